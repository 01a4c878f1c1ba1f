import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

// Worker threads can't load TypeScript: what runs on them, and so the whole run, comes from the build.
import { folderOfFile } from '../../../test-support/temporary-folder.ts';
import { createScribe } from '../dist/ai/scribe/index.js';
import { createOrchestrator } from '../dist/index.js';
import { fictionPipeline } from '../dist/pipelines/fiction/index.js';
import type { ModelCallOptions, ModelClient, ModelReply, ModelRequest, ModelStream } from '../src/ai/model-client.ts';
import { countWords } from '../src/ai/scribe/sentences.ts';

type Rewrite = (reply: ModelReply, request: ModelRequest) => ModelReply;

/** The scribe with other habits: it hears another request, or its replies are changed. */
function habit(
  id: string,
  hear: (request: ModelRequest) => ModelRequest,
  change: Rewrite = (reply) => reply,
): ModelClient {
  const scribe = createScribe();
  const generate = async (request: ModelRequest, options?: ModelCallOptions): Promise<ModelReply> =>
    change(await scribe.generate(hear(request), options), request);
  return {
    id,
    identity: { provider: 'test', model: id },
    capabilities: scribe.capabilities,
    generate,
    priceOf: () => 0,
    stream: (request, options): ModelStream => {
      const reply = generate(request, options);
      reply.catch(() => undefined);
      return {
        reply,
        async *[Symbol.asyncIterator]() {
          yield (await reply).text;
        },
      };
    },
  };
}

/** Writes a constant factor more or less than it is asked for, on every call. */
const offBy = (factor: number): ModelClient =>
  habit(`test/off-by-${factor}`, (request) => ({
    ...request,
    prompt: request.prompt.replace(
      /<target>(\d+)<\/target>/u,
      (_, target: string) => `<target>${Math.round(Number(target) * factor)}</target>`,
    ),
  }));

const isTask = (request: ModelRequest, task: string): boolean => request.prompt.includes(`<task>${task}</task>`);

const dir = folderOfFile();

async function run(
  model: ModelClient,
  options: { text?: string; words?: number; maxWorkers?: number; continuity?: string; data?: boolean } = {},
) {
  const orchestrator = createOrchestrator({
    model,
    dataDir: options.data === true ? dir : false,
    cache: false,
    maxWorkers: options.maxWorkers ?? 4,
  });
  try {
    const result = await orchestrator.run(fictionPipeline, {
      text: options.text ?? 'Create a story about space exploration',
      seed: 1,
      ...(options.words === undefined ? {} : { words: options.words }),
      ...(options.continuity === undefined ? {} : { options: { continuity: options.continuity } }),
    }).result;
    expect(result.error).toBeUndefined();
    expect(result.status).toBe('succeeded');
    return result;
  } finally {
    await orchestrator.close();
  }
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The words of the prose: without headings, scene breaks and the note about the model. */
function proseWords(manuscript: string): number {
  const [prose = ''] = manuscript.split(/\n---\n/u);
  return countWords(prose.replace(/^(?:#|\* \* \*).*$/gmu, ''));
}

describe('the fiction pipeline', () => {
  it('leaves the same bytes at any concurrency, and all its files', async () => {
    const result = await run(createScribe(), { data: true });
    for (const maxWorkers of [1, 8])
      expect(hash((await run(createScribe(), { maxWorkers })).text)).toBe(hash(result.text));
    expect(result.artifacts.map((artifact) => artifact.path).toSorted()).toEqual([
      'chapters/chapter-01.md',
      'chapters/chapter-02.md',
      'chapters/chapter-03.md',
      'chapters/chapter-04.md',
      'characters.json',
      'manuscript.md',
      'outline.json',
      'stats.json',
    ]);
    const folder = result.artifactsDir ?? '';
    expect(await readdir(join(folder, 'chapters'))).toHaveLength(4);
    expect(await readFile(join(folder, 'manuscript.md'), 'utf8')).toBe(result.text);
    const stats = JSON.parse(await readFile(join(folder, 'stats.json'), 'utf8')) as {
      words: number;
      target: number;
      chapters: { words: number; score: number }[];
    };
    expect(stats.target).toBe(2000);
    expect(stats.words).toBe(proseWords(result.text));
    expect(stats.words).toBe(result.words);
    expect(stats.chapters.every((chapter) => chapter.score >= 0.8)).toBe(true);
    expect(result.phases.filter((phase) => phase.status === 'skipped').map((phase) => phase.id)).toEqual([
      'fit',
      'revise',
    ]);
  });

  it('says that the offline model wrote it, and how to use a real one; and says nothing when a real one did', async () => {
    expect((await run(createScribe())).text).toMatch(/`offline\/scribe`.*--model/u);
    expect((await run(offBy(1))).text).not.toMatch(/offline|--model/u);
  });

  it.each([1.4, 0.6])(
    'with a model that writes %s times what it is asked for lands within a twentieth of its words, at any concurrency',
    async (factor) => {
      for (const words of [2000, 6000]) {
        const result = await run(offBy(factor), { words });
        expect(Math.abs(proseWords(result.text) / words - 1)).toBeLessThanOrEqual(0.05);
        expect(hash((await run(offBy(factor), { words, maxWorkers: 1 })).text)).toBe(hash(result.text));
      }
    },
  );

  it('chains the scenes of a chapter when continuity is strict', async () => {
    const endings: boolean[] = [];
    const model = habit('test/strict', (request) => {
      if (isTask(request, 'scene')) endings.push(request.prompt.includes('<ending_of_previous_scene>'));
      return request;
    });
    const result = await run(model, { continuity: 'strict' });
    expect(endings.filter(Boolean)).toHaveLength(4);
    expect(result.phases.find((phase) => phase.id === 'scene')?.tasks).toBe(4);
    expect(Math.abs(proseWords(result.text) / 2000 - 1)).toBeLessThanOrEqual(0.1);
  });

  it('revises what did not pass, at most twice, and keeps the best version', async () => {
    const revisions: string[] = [];
    const judge = (kept: boolean): ModelClient =>
      habit(
        `test/judge-${kept}`,
        (request) => request,
        (reply, request) => {
          if (isTask(request, 'revise')) {
            revisions.push(request.prompt);
            return { ...reply, text: `${reply.text}\n\nThe revised end.` };
          }
          if (!isTask(request, 'critique')) return reply;
          const revised = request.prompt.includes('The revised end.');
          const score = revised ? (kept ? 0.7 : 0.3) : 0.5;
          const object = { ...(reply.object as object), score };
          return { ...reply, object, text: JSON.stringify(object) };
        },
      );
    const better = await run(judge(true), { words: 900 });
    expect(revisions).toHaveLength(4);
    expect(better.text).toContain('The revised end.');
    const worse = await run(judge(false), { words: 900 });
    expect(worse.text).not.toContain('The revised end.');
  });

  it('comes out whole when the model plans other numbers of scenes and chapters than it was asked for', async () => {
    const model = habit(
      'test/miscount',
      (request) => request,
      (reply, request) => {
        if (isTask(request, 'plot')) {
          const plot = reply.object as { chapters: unknown[] };
          return { ...reply, object: { ...plot, chapters: plot.chapters.slice(0, 3) } };
        }
        if (isTask(request, 'chapter')) {
          const plan = reply.object as { scenes: unknown[] };
          return {
            ...reply,
            object: {
              ...plan,
              scenes: [
                ...plan.scenes.slice(0, 1),
                ...(request.prompt.includes('<chapter>1<') ? [...plan.scenes, ...plan.scenes] : []),
              ],
            },
          };
        }
        return reply;
      },
    );
    const result = await run(model);
    expect(Math.abs(proseWords(result.text) / 2000 - 1)).toBeLessThanOrEqual(0.15);
    expect(result.text.match(/^## /gmu)).toHaveLength(4);
  });
});

import { fileURLToPath } from 'node:url';

import { loadPipeline } from '@orc/core/pipelines';
import { describe, expect, it } from 'vitest';

import { runOffline } from './built.ts';

const example = (name: string): string => fileURLToPath(new URL(`../../../../examples/${name}`, import.meta.url));

describe('the examples', () => {
  it('product-page.yaml writes a section per selling point', async () => {
    await runOffline(
      await loadPipeline(example('product-page.yaml')),
      { text: 'A lamp that follows the sun' },
      (result) => {
        expect(result.phases.find((phase) => phase.id === 'section')?.tasks).toBe(3);
        expect(result.artifacts.map((artifact) => artifact.path)).toEqual(['page.md']);
        expect(result.text).toMatch(/^# /);
        expect(result.text).not.toContain('{{');
      },
    );
  });

  it('meeting-notes.yaml reads the files that it declares', async () => {
    await runOffline(
      await loadPipeline(example('meeting-notes.yaml')),
      { text: 'Minutes for the team', input: example('notes') },
      (result) => {
        expect(result.text).toMatch(/## Decisions\n\n- /);
        expect(result.text).toMatch(/## Tasks\n\n- /);
      },
    );
  });

  it('meeting-notes.yaml says what to do without a folder', async () => {
    await expect(
      runOffline(await loadPipeline(example('meeting-notes.yaml')), { text: 'Minutes' }, () => undefined),
    ).rejects.toThrow('declares the relative file "monday.txt", but the request has no input folder');
  });

  it('critique-loop.yaml rewrites only what was judged weak', async () => {
    await runOffline(await loadPipeline(example('critique-loop.yaml')), { text: 'Autumn at the harbour' }, (result) => {
      expect(result.phases.find((phase) => phase.id === 'best')?.tasks).toBe(4);
      expect(result.text.split('\n\n').length).toBeGreaterThanOrEqual(5);
    });
  });

  it('word-count.mjs runs on a worker thread, without a model call', async () => {
    await runOffline(await loadPipeline(example('word-count.mjs')), { text: 'to be or not to be' }, (result) => {
      expect(result.text).toBe('be\t2\nto\t2\nnot\t1\nor\t1\n');
      const { tasks } = result.report as unknown as { tasks: { task: string; threadId?: number }[] };
      expect(tasks.find((task) => task.task === 'count')?.threadId).toBeGreaterThan(0);
    });
  });

  it('names a file that is not there, and one that is no pipeline', async () => {
    await expect(loadPipeline(example('missing.yaml'))).rejects.toMatchObject({ code: 'ERR_ORC_PIPELINE_NOT_FOUND' });
    await expect(loadPipeline(example('word-count-task.mjs'))).rejects.toMatchObject({ code: 'ERR_ORC_PIPELINE_FILE' });
    await expect(loadPipeline(example('README.md'))).rejects.toMatchObject({ code: 'ERR_ORC_PIPELINE_FILE' });
  });
});

import { writeOfCodebase } from './codebase.ts';
import { writeEssay } from './essay.ts';
import { text, type Facts } from './facts.ts';
import { writeProject } from './project.ts';

/**
 * Answers the prompts of the built-in pipelines other than `fiction`: a text, or the value of a structured reply. `undefined` where the prompt is none of
 * theirs.
 *
 * @param prompt - The prompt, whose parts stand in tags such as `<task>`, `<request>`, `<facts>`, `<card>`.
 */
export function writeForPipeline(prompt: string): unknown {
  const task = tag(prompt, 'task');
  if (task === undefined) return undefined;
  if (!/^(?:analyze|build|general|quick)\//.test(task)) return undefined;
  if (task.startsWith('analyze/')) return writeOfCodebase(task, parsed(prompt, 'facts') as Facts);
  const brief = parsed(prompt, 'brief') as Facts;
  const card = parsed(prompt, 'card') as Facts;
  const request = tag(prompt, 'request') ?? '';
  if (task.startsWith('build/')) {
    return writeProject(task, {
      request,
      brief,
      card,
      plan: parsedList(prompt, 'plan') as Facts[],
      features: parsedList(prompt, 'features') as string[],
      interfaces: parsedList(prompt, 'interfaces') as Facts[],
    });
  }
  const part = /^(\d+) of (\d+)$/.exec(tag(prompt, 'part') ?? '');
  return writeEssay(task, {
    request: request === '' ? text(brief, 'title') : request,
    brief,
    card,
    words: Number(tag(prompt, 'words') ?? 0),
    part: part === null ? [0, 1] : [Number(part[1]) - 1, Number(part[2])],
  });
}

function tag(prompt: string, name: string): string | undefined {
  const start = prompt.indexOf(`<${name}>`);
  const end = start === -1 ? -1 : prompt.indexOf(`</${name}>`, start);
  return end === -1 ? undefined : prompt.slice(start + name.length + 2, end).trim();
}

function parsed(prompt: string, name: string): unknown {
  try {
    const value: unknown = JSON.parse(tag(prompt, name) ?? '{}');
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

function parsedList(prompt: string, name: string): unknown[] {
  const value = parsed(prompt, name);
  return Array.isArray(value) ? value : [];
}

import type { FanOut, PhaseArtifact } from '../../pipeline/phase.ts';
import type { FileCheck } from './check-task.ts';
import { codeOf } from './code-block.ts';
import type { BuildBrief, Interfaces } from './schemas.ts';

/** All that the last phase puts together. */
export interface ProjectParts {
  readonly brief: BuildBrief;
  readonly interfaces: Interfaces;
  readonly file: FanOut<string>;
  readonly refine: FanOut<string | undefined>;
  readonly check: FanOut<FileCheck>;
  readonly recheck: FanOut<FileCheck | undefined>;
  readonly test: FanOut<string>;
  readonly docs: string;
}

/** The project and the text that describes it. */
export interface Project {
  readonly title: string;
  readonly text: string;
  readonly files: readonly PhaseArtifact[];
}

/** Takes the better version of each file, says what parses and what is missing, and lays the project out. */
export function assembleProject(parts: ProjectParts): Project {
  const refined = new Map(parts.refine.map((entry) => [entry.key, entry.value]));
  const rechecked = new Map(parts.recheck.map((entry) => [entry.key, entry.value]));
  const checked = new Map(parts.check.map((entry) => [entry.key, entry.value]));
  const modules = parts.file.map(({ key, value }) => {
    const first = checked.get(key) as FileCheck;
    const second = rechecked.get(key);
    // A refinement that parses worse, or loses a promised export, is no refinement.
    const better =
      second !== undefined && second.parses && (!first.parses || second.missing.length <= first.missing.length);
    return { name: key, source: codeOf(better ? (refined.get(key) as string) : value), check: better ? second : first };
  });
  const lines = modules.map(
    ({ name, check }) =>
      `- \`src/${name}.js\`: ${check.parses ? 'parses' : `does not parse (${check.problem})`}${check.missing.length === 0 ? '' : `, missing ${check.missing.join(', ')}`}`,
  );
  const text = `# ${parts.brief.name}\n\n${parts.brief.summary.trim()}\n\n${parts.docs.trim()}\n\n## Checked\n\n${lines.join('\n')}\n`;
  const manifest = {
    name: parts.brief.name,
    version: '0.1.0',
    private: true,
    type: 'module',
    description: parts.brief.summary,
    scripts: { test: 'node --test' },
  };
  const files: PhaseArtifact[] = [
    { path: 'README.md', content: text },
    { path: 'package.json', content: `${JSON.stringify(manifest, null, 2)}\n` },
    ...modules.map(({ name, source }) => ({ path: `src/${name}.js`, content: source })),
    ...parts.test.map(({ key, value }) => ({ path: `test/${key.split('/')[0]}.test.js`, content: codeOf(value) })),
  ];
  return { title: parts.brief.name, text, files };
}

import { globalFlags, otherFlags, runFlags, type FlagSpec } from '../args/flags.ts';
import type { CommandContext } from './context.ts';

/** What runs a command: returns the exit code. */
export type CommandRun = (context: CommandContext) => Promise<number>;

/** A command of the command line. */
export interface CommandSpec {
  /** Its name; a subcommand's name holds a space. */
  readonly name: string;
  /** Its words, as the help shows them. */
  readonly usage: string;
  /** The fewest and the most words it takes. */
  readonly words: readonly [number, number];
  /** What it does, one line. */
  readonly summary: string;
  /** More about it, for its own help. */
  readonly details?: string;
  /** Its flags besides the global ones. */
  readonly flags: readonly FlagSpec[];
  /** Examples: a command line and what it does. */
  readonly examples: readonly (readonly [string, string])[];
  /** What completes its words. */
  readonly complete?: 'session' | 'pipeline' | 'setting' | 'shell' | 'file';
  /** Loads its code. */
  readonly load: () => Promise<CommandRun>;
}

const { json } = otherFlags;
const pick = (...names: readonly string[]): readonly FlagSpec[] => runFlags.filter((flag) => names.includes(flag.name));
const without = (...names: readonly string[]): readonly FlagSpec[] =>
  runFlags.filter((flag) => !names.includes(flag.name));
const planFlags = pick(
  'optimized',
  'concurrency',
  'model',
  'pipeline',
  'input',
  'option',
  'words',
  'seed',
  'fresh',
  'cache',
  'budget-usd',
  'redis',
);

/** All commands, in the order of the help. */
export const commands: readonly CommandSpec[] = [
  {
    name: 'run',
    usage: '<request>',
    words: [0, 1],
    summary: 'run a request (the word `run` may be left out)',
    details:
      'The request is one quoted argument; `-` or a pipe reads it from stdin. The result goes to stdout, everything else to stderr.',
    flags: runFlags,
    examples: [
      ['orc "Create a story about space exploration"', 'writes a story'],
      ['orc -concurrency 8 -output story "A mystery of 5000 words"', 'eight tasks at once, files copied to ./story'],
      ['orc "A tale of two moons" > tale.md', 'the manuscript into a file, progress on the terminal'],
      ['echo "A sea story" | orc --output-format json', 'one JSON document'],
    ],
    load: async () => (await import('./run.ts')).run,
  },
  {
    name: 'resume',
    usage: '[id]',
    words: [0, 2],
    summary: 'go on with a session where it stopped (no id: the latest)',
    flags: without('resume', 'dry-run', 'input', 'option', 'words', 'seed', 'fresh', 'model'),
    examples: [
      ['orc resume', 'goes on with the latest session'],
      ['orc resume 20250717-190514-k3p9', 'goes on with that one'],
    ],
    complete: 'session',
    load: async () => (await import('./resume.ts')).resume,
  },
  {
    name: 'plan',
    usage: '<request>',
    words: [0, 1],
    summary: 'show what a run would do, before anything is spent (= --dry-run)',
    flags: [...planFlags, json],
    examples: [
      ['orc plan "A novel about the sea"', 'the graph, what the cache holds and why, calls, tokens, cost and time'],
    ],
    load: async () => (await import('./plan.ts')).plan,
  },
  {
    name: 'prefetch',
    usage: '<request…>',
    words: [1, 1000],
    summary: 'run requests ahead, into the cache alone',
    flags: [...planFlags.filter((flag) => flag.name !== 'fresh' && flag.name !== 'cache'), json],
    examples: [['orc prefetch "A story about rain" "A story about snow"', 'later runs of both come from the cache']],
    load: async () => (await import('./prefetch.ts')).prefetch,
  },
  {
    name: 'sessions list',
    usage: '',
    words: [0, 0],
    summary: 'list the sessions, newest first',
    flags: [json, otherFlags.limit],
    examples: [
      ['orc sessions', 'the latest 20 sessions'],
      ['orc sessions list --json', 'all that is known of each'],
    ],
    load: async () => (await import('./sessions-list.ts')).sessionsList,
  },
  {
    name: 'sessions show',
    usage: '[id]',
    words: [0, 1],
    summary: 'show one session',
    flags: [json],
    examples: [['orc sessions show', 'the latest session']],
    complete: 'session',
    load: async () => (await import('./show.ts')).show,
  },
  {
    name: 'sessions rm',
    usage: '<id…>',
    words: [1, 1000],
    summary: 'remove sessions with their files',
    flags: [],
    examples: [['orc sessions rm 20250717-190514-k3p9', 'removes that session']],
    complete: 'session',
    load: async () => (await import('./sessions-rm.ts')).sessionsRemove,
  },
  {
    name: 'sessions prune',
    usage: '',
    words: [0, 0],
    summary: 'remove old sessions (default: 30 days)',
    flags: [otherFlags.olderThan],
    examples: [['orc sessions prune --older-than 7d', 'removes what nobody touched for a week']],
    load: async () => (await import('./sessions-prune.ts')).sessionsPrune,
  },
  {
    name: 'show',
    usage: '[id] [phase]',
    words: [0, 2],
    summary: 'show a session, or the output of one of its phases',
    flags: [json],
    examples: [
      ['orc show', 'the latest session, phase by phase'],
      ['orc show latest premise', 'what the phase `premise` produced'],
    ],
    complete: 'session',
    load: async () => (await import('./show.ts')).show,
  },
  {
    name: 'report',
    usage: '[id]',
    words: [0, 1],
    summary: 'write the report of a session: timeline, graph, critical path, savings',
    flags: [otherFlags.format, otherFlags.to, otherFlags.open],
    examples: [
      ['orc report --open', 'the latest session in a browser'],
      ['orc report latest --format chrome-trace --to trace.json', 'for ui.perfetto.dev'],
      ['orc report latest --format markdown --to -', 'Markdown on stdout'],
    ],
    complete: 'session',
    load: async () => (await import('./report.ts')).report,
  },
  {
    name: 'cache stats',
    usage: '',
    words: [0, 0],
    summary: 'show how full the cache is',
    flags: [json],
    examples: [['orc cache stats', 'entries, bytes, limits, folder']],
    load: async () => (await import('./cache-stats.ts')).cacheStats,
  },
  {
    name: 'cache ls',
    usage: '',
    words: [0, 0],
    summary: 'list the cached results, the last used first',
    flags: [json, otherFlags.limit, otherFlags.phase],
    examples: [['orc cache ls --phase scene', 'the cached scenes']],
    load: async () => (await import('./cache-ls.ts')).cacheList,
  },
  {
    name: 'cache explain',
    usage: '<request> [phase]',
    words: [1, 2],
    summary: 'tell why a phase hits or misses: which part of its key differs',
    flags: [...planFlags, json],
    examples: [
      [
        'orc cache explain "A story about rain" premise',
        'which part of the key of `premise` differs from the nearest earlier entry',
      ],
    ],
    load: async () => (await import('./cache-explain.ts')).cacheExplain,
  },
  {
    name: 'cache prune',
    usage: '',
    words: [0, 0],
    summary: 'remove what is expired or beyond the limits',
    flags: [json],
    examples: [['orc cache prune', 'tidies up now instead of in the background']],
    load: async () => (await import('./cache-prune.ts')).cachePrune,
  },
  {
    name: 'cache clear',
    usage: '',
    words: [0, 0],
    summary: 'remove every cached result',
    flags: [],
    examples: [['orc cache clear', 'the next run starts from nothing']],
    load: async () => (await import('./cache-clear.ts')).cacheClear,
  },
  {
    name: 'cache path',
    usage: '',
    words: [0, 0],
    summary: 'print the folder of the cache',
    flags: [],
    examples: [['du -sh "$(orc cache path)"', 'its size on disk']],
    load: async () => (await import('./cache-path.ts')).cachePath,
  },
  {
    name: 'config list',
    usage: '',
    words: [0, 0],
    summary: 'show every setting',
    flags: [otherFlags.showOrigin, json],
    examples: [['orc config list --show-origin', 'every setting, and the file, variable or flag it comes from']],
    load: async () => (await import('./config-list.ts')).configList,
  },
  {
    name: 'config get',
    usage: '<key>',
    words: [1, 1],
    summary: 'print one setting',
    flags: [otherFlags.showOrigin],
    examples: [['orc config get performance.cache.ttl', 'prints 30m']],
    complete: 'setting',
    load: async () => (await import('./config-get.ts')).configGet,
  },
  {
    name: 'config set',
    usage: '<key> <value>',
    words: [2, 2],
    summary: 'write one setting to the file; comments stay',
    flags: [otherFlags.project],
    examples: [['orc config set ai.model anthropic/claude-sonnet-4-5', 'the model of every later run']],
    complete: 'setting',
    load: async () => (await import('./config-set.ts')).configSet,
  },
  {
    name: 'config unset',
    usage: '<key>',
    words: [1, 1],
    summary: 'remove one setting from the file',
    flags: [otherFlags.project],
    examples: [['orc config unset ai.model', 'back to the default']],
    complete: 'setting',
    load: async () => (await import('./config-set.ts')).configUnset,
  },
  {
    name: 'config path',
    usage: '',
    words: [0, 0],
    summary: "print the path of the user's file",
    flags: [otherFlags.project],
    examples: [['orc config path', 'where it is, also when it does not exist yet']],
    load: async () => (await import('./config-path.ts')).configPath,
  },
  {
    name: 'config validate',
    usage: '[file]',
    words: [0, 1],
    summary: 'check the configuration',
    flags: [otherFlags.schema],
    examples: [
      ['orc config validate', 'everything that is wrong, with line and column'],
      ['orc config validate --schema > orc.schema.json', 'the JSON Schema, for editors'],
    ],
    complete: 'file',
    load: async () => (await import('./config-validate.ts')).configValidate,
  },
  {
    name: 'config edit',
    usage: '',
    words: [0, 0],
    summary: "open the user's file in $VISUAL or $EDITOR",
    flags: [otherFlags.project],
    examples: [['orc config edit', 'starts with every setting as a comment']],
    load: async () => (await import('./config-edit.ts')).configEdit,
  },
  {
    name: 'pipelines list',
    usage: '',
    words: [0, 0],
    summary: 'list the built-in pipelines',
    flags: [json],
    examples: [['orc pipelines', 'names, phases and what they are for']],
    load: async () => (await import('./pipelines-list.ts')).pipelinesList,
  },
  {
    name: 'pipelines show',
    usage: '<name|file>',
    words: [1, 1],
    summary: 'show the phases of a pipeline',
    flags: [json],
    examples: [['orc pipelines show fiction', 'its phases, what each needs, and of which kind it is']],
    complete: 'pipeline',
    load: async () => (await import('./pipelines-show.ts')).pipelinesShow,
  },
  {
    name: 'pipelines validate',
    usage: '<file>',
    words: [1, 1],
    summary: 'check a pipeline file',
    flags: [],
    examples: [['orc pipelines validate review.yaml', 'everything that is wrong, with line and column']],
    complete: 'file',
    load: async () => (await import('./pipelines-validate.ts')).pipelinesValidate,
  },
  {
    name: 'pipelines graph',
    usage: '<name|file>',
    words: [1, 1],
    summary: 'draw the graph of a pipeline',
    flags: [otherFlags.diagram],
    examples: [['orc pipelines graph fiction --diagram mermaid', 'for a Markdown file']],
    complete: 'pipeline',
    load: async () => (await import('./pipelines-graph.ts')).pipelinesGraph,
  },
  {
    name: 'models',
    usage: '',
    words: [0, 0],
    summary: 'list the model providers and whether a key is there',
    flags: [json],
    examples: [['orc models', 'what -m takes, and which one is chosen without it']],
    load: async () => (await import('./models.ts')).models,
  },
  {
    name: 'worker',
    usage: '',
    words: [0, 0],
    summary: 'lend this machine to runs on others, through Redis',
    flags: [
      ...pick('redis', 'concurrency', 'model', 'log-level', 'log-format'),
      {
        name: 'pipeline',
        value: 'NAME',
        repeatable: true,
        doc: 'a module whose phases this worker may run too',
        complete: 'file',
      },
    ],
    examples: [['orc worker --redis redis://queue:6379 -concurrency 8', 'works until Ctrl-C']],
    load: async () => (await import('./worker.ts')).worker,
  },
  {
    name: 'doctor',
    usage: '',
    words: [0, 0],
    summary: 'check Node, configuration, folders, keys, Redis and the terminal',
    flags: [...pick('redis'), json],
    examples: [['orc doctor', 'one line for each, and what to do about it']],
    load: async () => (await import('./doctor.ts')).doctor,
  },
  {
    name: 'completion',
    usage: '<bash|zsh|fish>',
    words: [1, 1],
    summary: 'print a completion script',
    flags: [],
    examples: [
      ['source <(orc completion bash)', 'completes in this shell'],
      ['orc completion fish > ~/.config/fish/completions/orc.fish', 'completes in every fish'],
    ],
    complete: 'shell',
    load: async () => (await import('./completion.ts')).completion,
  },
];

/** The commands that have subcommands, and the one that is meant without one. */
export const groups: Readonly<Record<string, { readonly summary: string; readonly fallback: string | undefined }>> = {
  sessions: { summary: 'list, show and remove sessions', fallback: 'sessions list' },
  cache: { summary: 'look into the cache', fallback: 'cache stats' },
  config: { summary: 'look at and change the configuration', fallback: 'config list' },
  pipelines: { summary: 'look at pipelines', fallback: 'pipelines list' },
};

/** All flags of a command. */
export function flagsOf(command: CommandSpec): readonly FlagSpec[] {
  return [...command.flags, ...globalFlags];
}

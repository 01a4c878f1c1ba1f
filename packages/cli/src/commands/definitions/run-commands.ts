import { otherFlags } from '../../args/other-flags.ts';
import { flagsWithout, pickFlags, planFlags, runFlags } from '../../args/run-flags.ts';
import type { CommandSpec } from '../command-spec.ts';

/** The commands that run, plan and serve. */
export const runCommands: readonly CommandSpec[] = [
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
      [
        'orc -concurrency 8 -output story "A mystery story of 5,000 words"',
        'eight tasks at once, files copied to ./story',
      ],
      ['orc "A tale of two moons" > tale.md', 'the manuscript into a file, progress on the terminal'],
      ['echo "A sea story" | orc --output-format json', 'one JSON document'],
    ],
    load: async () => (await import('../run.ts')).run,
  },
  {
    name: 'resume',
    usage: '[id]',
    words: [0, 2],
    summary: 'go on with a session where it stopped (no id: the latest)',
    flags: flagsWithout('resume', 'dry-run', 'input', 'option', 'words', 'seed', 'fresh', 'model'),
    examples: [
      ['orc resume', 'goes on with the latest session'],
      ['orc resume 20250717-190514-k3p9', 'goes on with that one'],
    ],
    complete: 'session',
    load: async () => (await import('../resume.ts')).resume,
  },
  {
    name: 'plan',
    usage: '<request>',
    words: [0, 1],
    summary: 'show what a run would do, before anything is spent (= --dry-run)',
    flags: [...planFlags, otherFlags.json],
    examples: [
      ['orc plan "A novel about the sea"', 'the graph, what the cache holds and why, calls, tokens, cost and time'],
    ],
    load: async () => (await import('../plan.ts')).plan,
  },
  {
    name: 'prefetch',
    usage: '<request…>',
    words: [1, 1000],
    summary: 'run requests ahead, into the cache alone',
    flags: [...planFlags.filter((flag) => flag.name !== 'fresh' && flag.name !== 'cache'), otherFlags.json],
    examples: [['orc prefetch "A story about rain" "A story about snow"', 'later runs of both come from the cache']],
    load: async () => (await import('../prefetch.ts')).prefetch,
  },
  {
    name: 'worker',
    usage: '',
    words: [0, 0],
    summary: 'lend this machine to runs on others, through Redis',
    flags: [
      ...pickFlags('redis', 'concurrency', 'model', 'log-level', 'log-format'),
      {
        name: 'pipeline',
        value: 'NAME',
        repeatable: true,
        doc: 'a module whose phases this worker may run too',
        complete: 'file',
      },
    ],
    examples: [['orc worker --redis redis://queue:6379 -concurrency 8', 'works until Ctrl-C']],
    load: async () => (await import('../worker.ts')).worker,
  },
];

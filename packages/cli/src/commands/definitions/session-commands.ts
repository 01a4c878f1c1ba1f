import { otherFlags } from '../../args/other-flags.ts';
import type { CommandSpec } from '../command-spec.ts';

/** The commands about sessions and their reports. */
export const sessionCommands: readonly CommandSpec[] = [
  {
    name: 'sessions list',
    usage: '',
    words: [0, 0],
    summary: 'list the sessions, newest first',
    flags: [otherFlags.json, otherFlags.limit],
    examples: [
      ['orc sessions', 'the latest 20 sessions'],
      ['orc sessions list --json', 'all that is known of each'],
    ],
    load: async () => (await import('../sessions-list.ts')).sessionsList,
  },
  {
    name: 'sessions show',
    usage: '[id]',
    words: [0, 1],
    summary: 'show one session',
    flags: [otherFlags.json],
    examples: [['orc sessions show', 'the latest session']],
    complete: 'session',
    load: async () => (await import('../show.ts')).show,
  },
  {
    name: 'sessions rm',
    usage: '<id…>',
    words: [1, 1000],
    summary: 'remove sessions with their files',
    flags: [],
    examples: [['orc sessions rm 20250717-190514-k3p9', 'removes that session']],
    complete: 'session',
    load: async () => (await import('../sessions-rm.ts')).sessionsRemove,
  },
  {
    name: 'sessions prune',
    usage: '',
    words: [0, 0],
    summary: 'remove old sessions (default: 30 days)',
    flags: [otherFlags.olderThan],
    examples: [['orc sessions prune --older-than 7d', 'removes what nobody touched for a week']],
    load: async () => (await import('../sessions-prune.ts')).sessionsPrune,
  },
  {
    name: 'show',
    usage: '[id] [phase]',
    words: [0, 2],
    summary: 'show a session, or the output of one of its phases',
    flags: [otherFlags.json],
    examples: [
      ['orc show', 'the latest session, phase by phase'],
      ['orc show latest premise', 'what the phase `premise` produced'],
    ],
    complete: 'session',
    load: async () => (await import('../show.ts')).show,
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
    load: async () => (await import('../report.ts')).report,
  },
];

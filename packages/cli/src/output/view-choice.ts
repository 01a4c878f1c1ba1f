import type { Host } from '../host.ts';

/** How progress is shown. */
export type ViewName = 'live' | 'plain' | 'none';

/** What the choice depends on. */
export interface ViewWish {
  /** The `--ui` flag. */
  readonly ui: string | undefined;
  /** The `--quiet` flag. */
  readonly quiet: boolean;
  /** The log's format. */
  readonly logFormat: 'text' | 'json';
  /** The `--output-format` flag. */
  readonly outputFormat: string;
}

/** Chooses the view: live only in the foreground of a terminal that can move its cursor and that nobody reads with a program. */
export function chooseView(host: Host, wish: ViewWish): ViewName {
  const wished = wishedView(host, wish);
  // In the background of a shell the live view's keys would stop the run, and its lines would run over what is typed.
  return wished === 'live' && !host.ownsTerminal() ? 'plain' : wished;
}

function wishedView(host: Host, wish: ViewWish): ViewName {
  if (wish.quiet) return 'none';
  if (wish.ui === 'plain' || wish.ui === 'none' || wish.ui === 'live') return wish.ui;
  if (!host.stderr.isTTY || host.env['TERM'] === 'dumb' || isCI(host)) return 'plain';
  if (wish.logFormat === 'json' || wish.outputFormat !== 'text') return 'plain';
  return 'live';
}

/** Whether this runs in continuous integration: `CI` is set to anything but `0`, `false` or nothing. */
function isCI(host: Host): boolean {
  return !['', '0', 'false'].includes(host.env['CI'] ?? '');
}

import { homedir } from 'node:os';
import { isAbsolute, join, parse, resolve } from 'node:path';

import type { Host } from '../host.ts';

/** What the places depend on. */
export type PlaceHost = Pick<Host, 'env' | 'platform' | 'cwd'>;

/** Where things live on this machine. */
export interface Paths {
  /** The user's configuration file. */
  readonly configFile: string;
  /** The folder of the configuration, which may hold a `.env`. */
  readonly configDir: string;
  /** Where sessions live. */
  readonly dataDir: string;
  /** Where cached results live. */
  readonly cacheDir: string;
}

/** The folders by the XDG rules, under `orchestrator`: `~/.config` on every system but Windows. */
export function resolvePaths(host: PlaceHost): Paths {
  const home = homeOf(host);
  const folder = (variable: string, fallback: string): string => {
    const value = host.env[variable];
    // The XDG specification says that relative values are to be ignored.
    return join(value !== undefined && isAbsolute(value) ? value : fallback, 'orchestrator');
  };
  const roaming = host.platform === 'win32' ? host.env['APPDATA'] : undefined;
  const local = host.platform === 'win32' ? host.env['LOCALAPPDATA'] : undefined;
  const configDir = folder('XDG_CONFIG_HOME', roaming ?? join(home, '.config'));
  return {
    configDir,
    configFile: join(configDir, 'config.yaml'),
    dataDir: folder('XDG_DATA_HOME', local ?? join(home, '.local', 'share')),
    cacheDir: folder('XDG_CACHE_HOME', local === undefined ? join(home, '.cache') : join(local, 'cache')),
  };
}

/** The home folder. Without one the root stands in: what lies in the working directory may be anybody's, what lies there is not. */
export function homeOf(host: PlaceHost): string {
  const value = host.env['HOME'] ?? (host.platform === 'win32' ? host.env['USERPROFILE'] : undefined);
  if (value !== undefined && isAbsolute(value)) return value;
  try {
    const found = homedir();
    return isAbsolute(found) ? found : parse(host.cwd).root;
  } catch {
    return parse(host.cwd).root;
  }
}

/** An absolute path of what a person wrote: `~` is the home folder, anything else starts at `base`. */
export function userPath(host: PlaceHost, path: string, base: string = host.cwd): string {
  if (path === '~') return homeOf(host);
  if (path.startsWith('~/') || path.startsWith('~\\')) return join(homeOf(host), path.slice(2));
  return resolve(base, path);
}

/** A path as people like to read it: the home folder as `~`. */
export function showPath(host: PlaceHost, path: string): string {
  const home = homeOf(host);
  if (home !== '/' && (path === home || path.startsWith(`${home}/`))) return `~${path.slice(home.length)}`;
  return path;
}

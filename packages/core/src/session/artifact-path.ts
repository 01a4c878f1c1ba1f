import { OrcError, shown } from '../errors.ts';

const reserved = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?$/i;

/**
 * Checks the path of an artifact: relative, forward slashes, inside the artifact folder, and a name on every system, since sessions
 * are carried from one to another.
 *
 * @throws OrcError `ERR_ORC_ARTIFACT`.
 */
export function checkArtifactPath(path: string): void {
  const problem = problemOf(path);
  if (problem === undefined) return;
  throw new OrcError(
    'ERR_ORC_ARTIFACT',
    `Expected the path of an artifact to be relative to the artifact folder and to stay inside it, got ${shown(path)}: ${problem}`,
    {
      hint: 'Use a path such as `chapters/chapter-01.md`.',
      retryable: false,
    },
  );
}

function problemOf(path: unknown): string | undefined {
  if (typeof path !== 'string' || path === '') return 'it is empty';
  if (path.length > 1024) return 'it is longer than 1024 characters';
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) return 'it is absolute';
  if (path.includes('\\')) return 'it has a backslash';
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001F\u007F<>:"|?*]/.test(path)) return 'it has a character that not every system allows in a name';
  for (const segment of path.split('/')) {
    if (segment === '') return 'it has an empty segment';
    if (segment === '.' || segment === '..') return `it has the segment \`${segment}\``;
    if (segment.endsWith('.') || segment.endsWith(' ')) return 'a segment ends with a dot or a space';
    if (Buffer.byteLength(segment) > 255) return 'a segment is longer than 255 bytes';
    if (reserved.test(segment)) return `\`${segment}\` is the name of a device on Windows`;
  }
  return undefined;
}

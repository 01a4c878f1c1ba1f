/**
 * Whether a file of a run is hidden, itself or by a folder on its way. Programs read such files unasked (`.bashrc`, `.git/config`, `.vscode/tasks.json`), and a pipeline names its
 * files: they stay in the run's own folder.
 */
export function isHidden(path: string): boolean {
  return path.split(/[\\/]/).some((part) => part.startsWith('.'));
}

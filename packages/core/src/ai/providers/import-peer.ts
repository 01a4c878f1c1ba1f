import { ModelError } from '../model-error.ts';

/**
 * Imports an optional package on first use.
 * @throws `ERR_ORC_MODEL_PROVIDER` with the command that installs it, when it is missing.
 */
export async function importPeer<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (!isMissing(error, name)) throw error;
    const packages = name === 'ai' ? 'ai@6' : `ai@6 ${name}`;
    throw new ModelError('ERR_ORC_MODEL_PROVIDER', `This model needs the package \`${name}\`, which is not installed`, {
      cause: error,
      retryable: false,
      hint: `Install it: \`npm install ${packages}\`.`,
    });
  }
}

/** Whether an import failed because a package is not installed, and not because of what it imports itself. */
export function isMissing(error: unknown, name: string): boolean {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  return (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') && String(message).includes(name);
}

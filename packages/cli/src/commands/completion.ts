import { didYouMean } from '../args/suggest.ts';
import { bashScript } from '../completion/bash.ts';
import { fishScript } from '../completion/fish.ts';
import { shells } from '../completion/model.ts';
import { zshScript } from '../completion/zsh.ts';
import { usageError } from '../errors.ts';
import type { CommandContext } from './context.ts';

const scripts: ReadonlyMap<string, () => string> = new Map([
  ['bash', bashScript],
  ['zsh', zshScript],
  ['fish', fishScript],
]);

/** `orc completion bash|zsh|fish`: a static script made from the table of commands. */
// oxlint-disable-next-line typescript/require-await -- every command resolves to its exit code
export async function completion(context: CommandContext): Promise<number> {
  const [shell = ''] = context.words;
  const script = scripts.get(shell);
  if (script === undefined) {
    throw usageError(
      `there is no completion for \`${shell}\``,
      didYouMean(shell, shells) || `there are ${shells.join(', ')}`,
    );
  }
  context.print(script());
  return 0;
}

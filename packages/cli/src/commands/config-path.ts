import { fileToEdit } from '../config/edit-file.ts';
import type { CommandContext } from './context.ts';

/** `orc config path`. */
export async function configPath(context: CommandContext): Promise<number> {
  context.printExact(`${fileToEdit(context.host, context.flags)}\n`);
  return 0;
}

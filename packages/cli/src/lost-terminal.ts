import { closeSync, fstatSync, statSync } from 'node:fs';
import { isatty } from 'node:tty';

/**
 * Closes those of the three standard streams whose terminal was closed. When a process ends, Node gives each terminal back the modes that it
 * found, and aborts where the system refuses; what is closed it leaves alone.
 */
export function dropLostTerminal(): void {
  for (const file of [0, 1, 2]) {
    try {
      const found = fstatSync(file);
      // A device that is no terminal is /dev/null, or a terminal no longer.
      if (found.isCharacterDevice() && !isatty(file) && found.rdev !== statSync('/dev/null').rdev) closeSync(file);
    } catch {
      // Closed already.
    }
  }
}

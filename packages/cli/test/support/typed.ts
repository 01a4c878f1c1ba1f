/** Keys for a program on a terminal, and what it shows when it has taken them. */
export interface Step {
  readonly keys: string;
  readonly until: RegExp;
}

/** Types into a program on a terminal, each step when the one before has been answered; resolves to what each showed. */
export async function typed(
  program: readonly string[],
  env: Readonly<Record<string, string>>,
  steps: readonly Step[],
): Promise<readonly string[]> {
  // Loaded on use: where it can't be, other tests of the same file still run.
  const { default: pty } = await import('@lydell/node-pty');
  const [file = '', ...args] = program;
  return new Promise((resolve) => {
    const size = { cols: 160, rows: 50, cwd: env['HOME'] ?? '/' };
    const terminal = pty.spawn(file, args, { ...size, env: { ...env, TERM: 'xterm' } });
    const shown: string[] = [];
    let seen = '';
    terminal.onData((data) => {
      // oxlint-disable-next-line no-control-regex -- what moves the cursor or paints is not what is read
      seen += data.replace(/\u001B\[[0-9;?]*[A-Za-z]|\u001B[=>]/g, '');
      if (steps[shown.length]?.until.test(seen) !== true) return;
      shown.push(seen);
      seen = '';
      const next = steps[shown.length];
      if (next === undefined) terminal.kill('SIGKILL');
      else terminal.write(next.keys);
    });
    terminal.onExit(() => resolve(shown));
  });
}

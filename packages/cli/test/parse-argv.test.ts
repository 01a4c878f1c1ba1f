import { describe, expect, it } from 'vitest';

import { parseArgv, type Invocation } from '../src/args/program.ts';
import { commands } from '../src/commands/table.ts';
import { exitCodeMeanings } from '../src/exit-code.ts';

// oxlint-disable-next-line typescript/require-await -- what is thrown becomes a rejection
const parse = async (...argv: string[]): Promise<Invocation> =>
  parseArgv(argv, { columns: 100, interactive: () => false });
const command = async (...argv: string[]): Promise<Extract<Invocation, { type: 'command' }>> => {
  const invocation = await parse(...argv);
  if (invocation.type !== 'command') throw new Error(`not a command: ${invocation.type}`);
  return invocation;
};

describe('which command is meant', () => {
  it('a request without a command runs', async () => {
    expect(await command('a story about rain')).toMatchObject({
      command: { name: 'run' },
      words: ['a story about rain'],
    });
    expect((await command('-concurrency', '8', 'analyze this codebase')).flags.text('concurrency')).toBe('8');
  });

  it('a command name wins, and run -- takes it as a request', async () => {
    expect((await command('resume')).command.name).toBe('resume');
    expect(await command('run', '--', 'resume')).toMatchObject({ command: { name: 'run' }, words: ['resume'] });
    expect(await command('--', 'resume')).toMatchObject({ command: { name: 'run' }, words: ['resume'] });
  });

  it('flags may stand before the command', async () => {
    expect(await command('--json', 'sessions', 'list')).toMatchObject({ command: { name: 'sessions list' } });
  });

  it('a group alone means its first command', async () => {
    expect((await command('sessions')).command.name).toBe('sessions list');
    expect((await command('cache')).command.name).toBe('cache stats');
    expect((await command('config')).command.name).toBe('config list');
  });

  it('-resume ID is resume ID, --dry-run is plan', async () => {
    expect(await command('-resume', 'abc', 'the request')).toMatchObject({
      command: { name: 'resume' },
      words: ['abc', 'the request'],
    });
    expect(await command('-resume')).toMatchObject({ command: { name: 'resume' }, words: ['latest'] });
    expect(await command('--dry-run', 'a story')).toMatchObject({ command: { name: 'plan' }, words: ['a story'] });
  });

  it.each([
    ['sesions', 'orc sessions'],
    ['doctr', 'orc doctor'],
  ])('%s: did you mean %s', async (word, meant) => {
    await expect(parse(word)).rejects.toThrow(
      expect.objectContaining({ hint: expect.stringContaining(meant) as string }) as Error,
    );
  });

  it('an unknown subcommand is an error, also when it is close to nothing', async () => {
    await expect(parse('cache', 'stat')).rejects.toThrow(
      expect.objectContaining({ hint: 'did you mean `orc cache stats`?' }) as Error,
    );
    await expect(parse('cache', 'frobnicate')).rejects.toThrow(/unknown command/);
  });

  it('several bare words are told to be quoted', async () => {
    await expect(parse('write', 'a', 'story')).rejects.toThrow(
      expect.objectContaining({ hint: 'quote the request: orc "write a story"' }) as Error,
    );
  });

  it('a value with a space behind a boolean is told to take `=`, not to be quoted with the request', async () => {
    await expect(parse('-optimized', 'false', 'a story')).rejects.toThrow(
      expect.objectContaining({ hint: 'for example -optimized=false' }) as Error,
    );
  });

  it('a flag of another command is refused', async () => {
    await expect(parse('cache', 'stats', '--words', '5')).rejects.toThrow('orc cache stats takes no --words');
  });

  it('a word that is not among the choices is refused, with a suggestion', async () => {
    await expect(parse('--ui', 'plian', 'a story')).rejects.toThrow(
      expect.objectContaining({ hint: 'did you mean `plain`?' }) as Error,
    );
  });
});

describe('help', () => {
  const text = async (...argv: string[]): Promise<string> => {
    const invocation = await parse(...argv);
    return invocation.type === 'help' ? invocation.text : '';
  };

  it('names every command, every exit code and the documented flags', async () => {
    const help = await text('--help');
    for (const { name } of commands.filter((each) => !each.name.includes(' '))) expect(help).toContain(name);
    for (const [code] of exitCodeMeanings) expect(help).toContain(String(code));
    for (const flag of [
      '--no-optimized',
      '--concurrency N',
      '--verbose',
      '--config FILE',
      '--output DIR',
      '--resume ID',
    ])
      expect(help).toContain(flag);
  });

  it.each(commands.map(({ name }) => [name]))('of %s shows its flags and examples', async (name) => {
    const help = await text(...name.split(' '), '--help');
    expect(help).toContain(`Usage: orc ${name}`);
    expect(help).toContain('Examples:');
    expect(await text('help', ...name.split(' '))).toBe(help);
  });

  it('of help itself is that of everything', async () => {
    expect(await text('help', 'help')).toBe(await text('--help'));
  });

  it('of a group names its commands', async () => {
    expect(await text('cache', '--help')).toContain('cache explain');
  });

  it('a person who says nothing is told how to begin, in less than a window; a pipe is the request', () => {
    const begin = parseArgv([], { columns: 80, interactive: () => true });
    const lines = begin.type === 'help' ? begin.text.split('\n') : [];
    expect(lines.length).toBeLessThan(24);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.join('\n')).toContain('orc "Create a story about space exploration"');
    expect(parseArgv([], { columns: 80, interactive: () => false })).toMatchObject({
      type: 'command',
      command: { name: 'run' },
    });
  });

  it.each([...commands.map(({ name }) => name), '', 'cache'])('of `%s` fits a window of 80 columns', async (name) => {
    const words = name === '' ? [] : name.split(' ');
    const help = parseArgv([...words, '--help'], { columns: 80, interactive: () => true });
    const lines = help.type === 'help' ? help.text.split('\n') : [];
    // An example stays in one line: it is there to be copied.
    const own = lines.filter((line) => !line.startsWith('  orc '));
    expect(Math.max(...own.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.join('\n')).not.toMatch(/ {2}\[flags\]|undefined/);
  });

  it('tells what a flag does that turns something off, not what it turns off', async () => {
    expect(await text('run', '--help')).toMatch(/--no-cache +neither read nor write the cache/);
  });

  it('of what is no command is a clear error', async () => {
    await expect(parse('help', 'frobnicate')).rejects.toThrow('there is no command `frobnicate`');
    await expect(parse('help', 'resme')).rejects.toThrow(
      expect.objectContaining({ hint: expect.stringContaining('orc resume') as string }) as Error,
    );
  });
});

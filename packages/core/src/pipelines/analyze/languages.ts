/** How a language is read: comments, strings, and what adds a path through the code. */
export interface Language {
  /** Its name. */
  readonly name: string;
  /** What opens a comment to the end of the line. */
  readonly line: readonly string[];
  /** What opens and closes a comment over lines. */
  readonly block: readonly (readonly [string, string])[];
  /** What opens and closes a string. */
  readonly quotes: readonly string[];
  /** What adds a decision: one more path through a function (McCabe, 1976). */
  readonly decisions: RegExp;
}

const cLike = /\b(?:if|for|while|case|catch)\b|&&|\|\||\?\?|\?(?![.?:])/g;
const c: Omit<Language, 'name'> = { line: ['//'], block: [['/*', '*/']], quotes: ['"', "'"], decisions: cLike };
const script: Omit<Language, 'name'> = { ...c, quotes: ['"', "'", '`'] };
const hash: Omit<Language, 'name'> = {
  line: ['#'],
  block: [],
  quotes: ['"', "'"],
  decisions: /\b(?:if|elif|elsif|for|while|case|when|rescue|except|unless|until|and|or)\b|&&|\|\|/g,
};

const languages: readonly (readonly [Language, readonly string[]])[] = [
  [{ name: 'TypeScript', ...script }, ['ts', 'tsx', 'mts', 'cts']],
  [{ name: 'JavaScript', ...script }, ['js', 'jsx', 'mjs', 'cjs']],
  [
    {
      name: 'Python',
      ...hash,
      block: [
        ['"""', '"""'],
        ["'''", "'''"],
      ],
    },
    ['py', 'pyi'],
  ],
  [{ name: 'Go', ...c, quotes: ['"', "'", '`'] }, ['go']],
  [{ name: 'Rust', ...c, quotes: ['"'], decisions: /\b(?:if|for|while|loop|match)\b|=>|&&|\|\|/g }, ['rs']],
  [{ name: 'Java', ...c }, ['java']],
  [{ name: 'Kotlin', ...c, decisions: /\b(?:if|for|while|when|catch)\b|->|&&|\|\||\?:/g }, ['kt', 'kts']],
  [{ name: 'C#', ...c }, ['cs']],
  [{ name: 'C', ...c }, ['c', 'h']],
  [{ name: 'C++', ...c }, ['cc', 'cpp', 'cxx', 'hpp', 'hh']],
  [{ name: 'Swift', ...c, quotes: ['"'] }, ['swift']],
  [{ name: 'PHP', ...c, line: ['//', '#'] }, ['php']],
  [{ name: 'Ruby', ...hash, block: [['=begin', '=end']] }, ['rb']],
  [{ name: 'Shell', ...hash }, ['sh', 'bash', 'zsh']],
  [
    { name: 'SQL', line: ['--'], block: [['/*', '*/']], quotes: ["'"], decisions: /\b(?:case|when|and|or|exists)\b/gi },
    ['sql'],
  ],
  [{ name: 'Lua', ...hash, line: ['--'], block: [['--[[', ']]']] }, ['lua']],
  [
    {
      name: 'Vue',
      ...script,
      block: [
        ['/*', '*/'],
        ['<!--', '-->'],
      ],
    },
    ['vue', 'svelte'],
  ],
  [{ name: 'CSS', line: [], block: [['/*', '*/']], quotes: ['"', "'"], decisions: /$^/g }, ['css', 'scss', 'less']],
  [{ name: 'HTML', line: [], block: [['<!--', '-->']], quotes: [], decisions: /$^/g }, ['html', 'htm']],
  [{ name: 'Markdown', line: [], block: [], quotes: [], decisions: /$^/g }, ['md', 'mdx', 'rst']],
  [{ name: 'JSON', line: [], block: [], quotes: [], decisions: /$^/g }, ['json', 'jsonc']],
  [{ name: 'YAML', line: ['#'], block: [], quotes: [], decisions: /$^/g }, ['yaml', 'yml']],
  [{ name: 'Go module', line: ['//'], block: [], quotes: [], decisions: /$^/g }, ['mod']],
  [
    { name: 'Settings', line: ['#', ';'], block: [], quotes: [], decisions: /$^/g },
    ['env', 'ini', 'cfg', 'conf', 'properties'],
  ],
  [{ name: 'TOML', line: ['#'], block: [], quotes: [], decisions: /$^/g }, ['toml']],
];

const byExtension = new Map(
  languages.flatMap(([language, extensions]) => extensions.map((extension) => [extension, language] as const)),
);
const prose = new Set(['Markdown', 'JSON', 'YAML', 'TOML', 'HTML', 'CSS', 'Go module', 'Settings']);

/** The language of a file by its extension; `undefined` where it is not one that is read. */
export function languageOf(path: string): Language | undefined {
  const dot = path.lastIndexOf('.');
  return dot === -1 ? undefined : byExtension.get(path.slice(dot + 1).toLowerCase());
}

/** Whether a language is one that programs are written in, not data or prose. */
export function isCode(name: string | undefined): boolean {
  return name !== undefined && !prose.has(name);
}

/** Whether a path is a test by the customs of its language. */
export function isTest(path: string): boolean {
  return (
    /(?:^|\/)(?:tests?|spec|__tests__|testing|e2e)\//i.test(path) ||
    /(?:[._-](?:test|spec)\.[^./]+$|_test\.[^./]+$|(?:^|\/)test_[^/]+\.py$|Tests?\.[^./]+$)/.test(path)
  );
}

import type { KeyParts } from './phase-keys.ts';

/** How a key differs from the nearest one that was stored before. */
export interface KeyDifference {
  /** The name of the part: `version`, `model`, `request.text`, `input.outline`, … */
  readonly part: string;
  /** What it was; absent where the earlier key had no such part. */
  readonly before?: string | undefined;
  /** What it is; absent where there is no such part any more. */
  readonly now?: string | undefined;
}

/** The earlier key that shares most parts with this one, one of the same item before all others, by its differences; `undefined` where there is no earlier one. */
export function nearestDifference(now: KeyParts, earlier: Iterable<KeyParts>): readonly KeyDifference[] | undefined {
  let nearest: KeyParts | undefined;
  let least = Infinity;
  for (const before of earlier) {
    // What another scope holds is not this one's to be told of.
    if (before['scope'] !== now['scope']) continue;
    const count = differing(before, now, least);
    if (count >= least) continue;
    least = count;
    nearest = before;
  }
  return nearest === undefined ? undefined : difference(nearest, now);
}

/** More than there are parts. */
const anotherItem = 1000;

// Counts alone, and no further than to the best so far: this runs on every miss.
function differing(before: KeyParts, now: KeyParts, enough: number): number {
  let count = before['item'] === now['item'] ? 0 : anotherItem;
  if (count >= enough) return count;
  for (const name in now) {
    if (before[name] !== now[name] && (count += 1) >= enough) return count;
  }
  for (const name in before) {
    if (now[name] === undefined && (count += 1) >= enough) return count;
  }
  return count;
}

function difference(before: KeyParts, now: KeyParts): readonly KeyDifference[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  return names
    .filter((name) => before[name] !== now[name])
    .map((part) => ({
      part,
      ...(before[part] === undefined ? {} : { before: before[part] }),
      ...(now[part] === undefined ? {} : { now: now[part] }),
    }));
}

/** A miss, explained in one sentence. */
export function missReason(differences: readonly KeyDifference[] | undefined): string {
  if (differences === undefined) return 'this phase has no earlier result';
  if (differences.length === 0) return 'the earlier result is no longer kept';
  if (differences.some(({ part }) => part === 'item')) return 'this item has no earlier result';
  // A prompt differs whenever something that it shows differs; the cause says more.
  const causes = differences.filter(({ part }) => part !== 'prompt' && part !== 'item.value');
  const told = (causes.length === 0 ? differences : causes).map(sentence);
  return told.length === 1 ? (told[0] as string) : `${told.slice(0, -1).join(', ')} and ${told.at(-1) as string}`;
}

function sentence({ part, before, now }: KeyDifference): string {
  const [head = '', ...rest] = part.split('.');
  const name = rest.join('.');
  const change = before === undefined || now === undefined ? '' : ` (${before} → ${now})`;
  switch (head) {
    case 'input':
      return `the output of \`${name}\` changed`;
    case 'request':
      return name === 'text' ? 'the request text changed' : `\`${name}\` of the request changed${change}`;
    case 'env':
      return `the environment variable ${name} changed`;
    case 'file':
      return `the file ${name} changed`;
    case 'version':
      return "the phase's source or version changed";
    case 'code':
      return "the pipeline's module, or one that it imports, changed";
    case 'scope':
      return 'the scope changed';
    case 'package':
      return `the package changed${change}`;
    case 'schema':
      return 'the output schema changed';
    case 'prompt':
      return 'the prompt changed';
    case 'item':
      return 'the item changed';
    case 'model':
      return name === ''
        ? `the model changed${change}`
        : name === 'identity'
          ? "the model's settings changed"
          : `the model's ${name} changed${change}`;
    case 'format':
      return `the format of keys changed${change}`;
    default:
      return `\`${part}\` changed${change}`;
  }
}

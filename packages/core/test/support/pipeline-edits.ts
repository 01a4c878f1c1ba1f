import { below, pick, type Draft, type Random } from './edited-pipeline.ts';

type Edit = (draft: Draft, random: Random) => void;

const phase = (draft: Draft, random: Random): Draft['phases'][number] => pick(random, draft.phases);

function toggle(list: string[], name: string): void {
  const at = list.indexOf(name);
  if (at === -1) list.push(name);
  else list.splice(at, 1);
}

/** What can be edited between two runs, one kind each. */
export const edits: Readonly<Record<string, Edit>> = {
  nothing: () => undefined,
  text: (draft) => (draft.request.text += '!'),
  'long text': (draft) => (draft.request.text = draft.request.text.repeat(50).slice(0, 600)),
  words: (draft) => (draft.request.words = draft.request.words === undefined ? 7 : undefined),
  seed: (draft) => (draft.request.seed = 3 - draft.request.seed),
  'option null or absent': (draft) => {
    if ('y' in draft.request.options) delete draft.request.options['y'];
    else draft.request.options['y'] = null;
  },
  'option undefined or absent': (draft) => (draft.request.options['y'] = undefined),
  'option empty': (draft, random) => (draft.request.options['y'] = pick(random, ['', 0, false, [], {}])),
  'order of members': (draft) => {
    const { x } = draft.request.options;
    if (typeof x === 'object' && x !== null)
      draft.request.options['x'] = Object.fromEntries(Object.entries(x).toReversed());
  },
  'option value': (draft, random) => (draft.request.options['x'] = { a: below(random, 3), b: 2 }),
  variable: (draft) => (draft.env['ONE'] = draft.env['ONE'] === 'one' ? 'ONE' : 'one'),
  'variable empty or absent': (draft) => (draft.env['TWO'] = draft.env['TWO'] === undefined ? '' : undefined),
  file: (draft) => (draft.files['f1.txt'] = draft.files['f1.txt'] === 'one' ? 'eno' : 'one'),
  'file there or not': (draft) => (draft.files['f2.txt'] = draft.files['f2.txt'] === undefined ? 'two' : undefined),
  'files of a phase': (draft, random) => (phase(draft, random).files = pick(random, ['none', 'listed', 'named'])),
  model: (draft) => (draft.model.edition = 1 - draft.model.edition),
  temperature: (draft, random) => (phase(draft, random).temperature = pick(random, [undefined, 0, 0.5])),
  body: (draft, random) => {
    const one = phase(draft, random);
    one.word = one.word === 'a' ? 'b' : 'a';
  },
  'bound function': (draft, random) => {
    const one = phase(draft, random);
    one.bound = !one.bound;
  },
  version: (draft, random) => (phase(draft, random).version = pick(random, [undefined, '1', '2'])),
  source: (draft, random) => (phase(draft, random).source = pick(random, [undefined, 's', 't'])),
  schema: (draft, random) =>
    (phase(draft, random).schema = pick(random, ['none', 'upper', 'refine', 'default', 'closed', 'zod3', 'overwrite'])),
  'inside of a schema': (draft, random) => (phase(draft, random).edition += 1),
  'version of the pipeline': (draft) => (draft.version = draft.version === '1' ? '2' : '1'),
  'id of the pipeline': (draft) => (draft.id = draft.id === 'p' ? 'q' : 'p'),
  package: (draft, random) => (draft.package = pick(random, [undefined, '1.0.0', '1.0.1'])),
  closure: (draft) => (draft.code += 1),
  'order of items': (draft, random) => {
    const one = phase(draft, random);
    one.items = one.items?.toReversed();
  },
  'an item more or less': (draft, random) => {
    const { items } = phase(draft, random);
    if (items !== undefined) toggle(items, 'k4');
  },
  'value of items': (draft, random) => (phase(draft, random).value += 1),
  'a need less': (draft, random) => void phase(draft, random).needs.pop(),
  'order of needs': (draft, random) => {
    const one = phase(draft, random);
    one.needs = one.needs.toReversed();
  },
  uses: (draft, random) => toggle(phase(draft, random).uses, pick(random, ['text', 'words', 'options.x', 'options.y'])),
  when: (draft, random) => (phase(draft, random).when = pick(random, ['none', 'always', 'by-inputs'])),
  loop: (draft, random) => (phase(draft, random).loop = pick(random, [0, 2, 3])),
  cache: (draft, random) => (phase(draft, random).cache = pick(random, [undefined, true, false])),
  scope: (draft, random) => (draft.scope = pick(random, [undefined, 'one', 'two'])),
};

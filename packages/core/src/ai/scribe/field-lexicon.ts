/** Values for fields of structured replies that the scribe has no composer for, by what the field is called. */
const byName: readonly (readonly [RegExp, readonly string[]])[] = [
  [
    /^(?:title|heading|headline|name)$/iu,
    [
      'The Short Way Round',
      'What Was Already Known',
      'A Second Look',
      'First Principles',
      'Before the Details',
      'The Plain Version',
    ],
  ],
  [
    /summary|abstract|overview|synopsis|tldr/iu,
    [
      'It comes down to a few things that can be checked.',
      'The parts fit together once their order is clear.',
      'Most of it is settled; a little is open.',
    ],
  ],
  [
    /description|explanation|detail|rationale|reason|why/iu,
    ['It follows from what was given.', 'It is what the rest depends on.', 'It is easier to see in an example.'],
  ],
  [/question/iu, ['What would show that this is wrong?', 'Who is it for?', 'What happens if nothing is done?']],
  [
    /answer|conclusion|result|verdict/iu,
    [
      'It holds, within the limits named here.',
      'It depends on one thing that is easy to check.',
      'Start small and measure.',
    ],
  ],
  [
    /step|action|task|todo|recommend|suggest|fix|advice|next/iu,
    [
      'Write down what is known.',
      'Check the largest assumption first.',
      'Try it on the smallest case.',
      'Ask the person who will use it.',
      'Measure before and after.',
    ],
  ],
  [
    /risk|issue|problem|weakness|concern|limit/iu,
    [
      'The main assumption has not been checked.',
      'One part depends on a single person.',
      'The boundary is not written down.',
    ],
  ],
  [/audience|reader/iu, ['a curious reader without special knowledge']],
  [/tone|voice|style/iu, ['plain and direct']],
  [/goal|objective|purpose|intent/iu, ['to give a clear and useful first answer']],
  [/theme|topic|subject|keyword|tag|category/iu, ['groundwork', 'structure', 'evidence', 'practice', 'limits']],
  [/place|location|setting|city/iu, ['the reading room', 'the harbour', 'the long corridor', 'the upper meadow']],
  [/character|person|author|who|speaker/iu, ['Mara Okafor', 'Silas Thorne', 'Ines Galvao', 'Jonas Lindqvist']],
  [/date|day/iu, ['2024-03-21', '2024-06-02', '2024-10-17']],
  [/url|link|href/iu, ['https://example.com/']],
  [/email/iu, ['someone@example.com']],
  [/language|lang/iu, ['en']],
  [/severity|priority|level/iu, ['medium', 'low', 'high']],
  [/path|file/iu, ['src/index.ts', 'src/main.ts', 'README.md']],
];

const otherwise: readonly string[] = [
  'the first thing to look at',
  'a part that carries the rest',
  'something that can be checked',
  'the case that decides it',
  'what is left open on purpose',
];

/** The values that suit a field's name. */
export function valuesFor(field: string): readonly string[] {
  return byName.find(([pattern]) => pattern.test(field))?.[1] ?? otherwise;
}

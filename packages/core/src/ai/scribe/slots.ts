import type { Person, Place, Story } from './story.ts';

/** What the slots of one scene stand for. */
export interface Scene {
  /** The story. */
  readonly story: Story;
  /** Where it plays. */
  readonly place: Place;
  /** Where the story goes next. */
  readonly next?: Place | undefined;
  /** The other person. */
  readonly partner?: Person | undefined;
  /** The clue that counts here, with its indefinite article. */
  readonly clue: string;
  /** Texts of the card: goal, conflict, outcome, fact, entry, exit. */
  readonly texts: Readonly<Record<string, string>>;
}

/** Whom a pronoun would mean just now, and for how long already. */
export interface Focus {
  /** The name last given. */
  readonly name: string;
  /** Mentions of the hero by pronoun since the name. */
  readonly since: number;
}

const forms = {
  she: { he: 'she', him: 'her', his: 'her', himself: 'herself' },
  he: { he: 'he', him: 'him', his: 'his', himself: 'himself' },
} as const;

const addition =
  / (?:from|with|darker|marked|tuned|in|that|sealed|drawn|dipped|for|out|to|folded|no|nobody|written|clipped|taken|delivered|on|under|stiff|sewn|full|one|around|behind|whose|much|and|had|could|who|round) /u;

/** The short, definite form of a clue: `a banknote out of sequence` is `the banknote`. */
export function theClue(clue: string): string {
  const noun = /^an? \S+/u.exec(clue)?.[0].length ?? clue.length;
  const at = clue.slice(noun).search(addition);
  const short = at === -1 ? clue : clue.slice(0, noun + at);
  return short.replace(/^an? /u, 'the ');
}

/** `to` with a place, as its preposition wants it. */
export function toPlace(place: Place): string {
  if (place.at === 'aboard') return `aboard ${place.name}`;
  return `${place.at.startsWith('out') ? 'out to' : 'to'} ${place.name}`;
}

function personFor(letter: string, scene: Scene): Person | undefined {
  const { people } = scene.story;
  switch (letter) {
    case 'H':
      return people.hero;
    case 'A':
      return scene.partner;
    case 'Y':
      return people.ally;
    case 'R':
      return people.rival;
    case 'E':
      return people.mentor;
    case 'L':
      return people.lost;
    default:
      return undefined;
  }
}

function plainSlot(name: string, scene: Scene): string | undefined {
  const { story, place, next } = scene;
  switch (name) {
    case 'P':
      return place.name;
    case 'in P':
      return `${place.at} ${place.name}`;
    case 'to P':
      return toPlace(place);
    case 'Q':
      return next?.name;
    case 'in Q':
      return next === undefined ? undefined : `${next.at} ${next.name}`;
    case 'to Q':
      return next === undefined ? undefined : toPlace(next);
    case 'spot':
      return scene.texts['spot'];
    case 'T':
      return story.brief.topic;
    case 'M':
      return story.brief.motif;
    case 'town':
      return story.town;
    case 'obj':
      return story.quest.object;
    case 'clue':
      return scene.clue;
    case 'theclue':
      return theClue(scene.clue);
    case 'lostRole':
    case 'event':
    case 'belief':
    case 'rivalWant':
    case 'hint':
    case 'secret':
    case 'give':
    case 'keep':
    case 'ending':
    case 'after':
      return story.quest[name];
    default:
      return scene.texts[name];
  }
}

const upper = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Fills the slots of a text. Returns it with the focus after it. A slot that has nothing to stand for gives `undefined`. */
export function fill(
  text: string,
  scene: Scene,
  focus: Focus,
): { readonly text: string; readonly focus: Focus } | undefined {
  const hero = scene.story.people.hero;
  let { name, since } = focus;
  let missing = false;
  let result = '';
  const pattern = /<([A-Za-z]+(?: [A-Z])?!?)(?:\.(\w+))?>/gu;
  let end = 0;
  const write = (source: string): void => {
    const first = result === '' || /(?:^|[.!?…]\s|\n)“?$/u.test(result);
    result += first ? upper(source) : source;
  };
  for (const match of text.matchAll(pattern)) {
    result += text.slice(end, match.index);
    end = match.index + match[0].length;
    const [, slot = '', field] = match;
    const lower = slot.charAt(0).toLowerCase() + slot.slice(1);
    if (/^(?:he|him|his|himself)$/u.test(lower)) {
      const form = forms[hero.pronoun][lower as 'he'];
      result += slot === lower ? form : upper(form);
      continue;
    }
    const person =
      slot === 'h' || slot === 'H' || slot === 'H!' ? hero : slot.length === 1 ? personFor(slot, scene) : undefined;
    if (person !== undefined && field !== undefined) {
      const fieldLower = field.charAt(0).toLowerCase() + field.slice(1);
      const form =
        fieldLower === 'role'
          ? person.role
          : fieldLower === 'surname'
            ? person.surname
            : forms[person.pronoun][fieldLower as 'he'];
      result += field === fieldLower ? form : upper(form);
      continue;
    }
    if (person === hero && slot !== 'H!') {
      // `said she` is nobody's English.
      if (name === hero.name && since < 4 && !/\b(?:said|asked) $/u.test(result)) {
        since += 1;
        result += slot === 'H' ? upper(forms[hero.pronoun].he) : forms[hero.pronoun].he;
      } else {
        name = hero.name;
        since = 0;
        result += hero.name;
      }
      continue;
    }
    if (person !== undefined) {
      if (person === hero) since = 0;
      // A person of the other gender can't be taken for the hero, so the pronoun stays clear.
      if (person === hero || person.pronoun === hero.pronoun) name = person.name;
      result += person.name;
      continue;
    }
    const known = plainSlot(slot, scene) ?? plainSlot(lower, scene);
    if (known === undefined) {
      missing = true;
      continue;
    }
    // What a slot stands for may hold slots of its own.
    const inner = known.includes('<') ? fill(known, scene, { name, since }) : { text: known, focus: { name, since } };
    if (inner === undefined) {
      missing = true;
      continue;
    }
    ({ name, since } = inner.focus);
    if (slot === lower || plainSlot(slot, scene) !== undefined) write(inner.text);
    else result += upper(inner.text);
  }
  if (missing) return undefined;
  result += text.slice(end);
  return { text: fixArticles(result), focus: { name, since } };
}

/** Puts `a` and `an` right, by sound as far as spelling tells. */
export function fixArticles(text: string): string {
  return text.replace(/\b([Aa])n? (?=(“?)([\p{L}’-]+))/gu, (whole, article: string, _quote: string, word: string) => {
    const lower = word.toLowerCase();
    if (whole.trim().toLowerCase() === 'a' && /^(?:and|or|is|in|as)$/u.test(lower)) return whole;
    const vowel =
      /^(?:[aeio]|u(?!ni(?!n|m)|s[aeiu]|t[io]|b[io]|ko)|hour|honest|honou?r|heir)/u.test(lower) &&
      !/^(?:one|once|eu|ewe|ouija)/u.test(lower);
    return `${article}${vowel ? 'n' : ''} `;
  });
}

import type { Quest } from './lexicon/genre.ts';

/** Things that one person can carry away. */
const portable: ReadonlySet<string> = new Set(
  (
    'violin,ring,map,crown,book,painting,diamond,necklace,letter,key,clock,watch,sword,statue,jewel,pearl,diary,' +
    'manuscript,guitar,portrait,box,compass,medal,coin,mask,harp,camera,recipe,flute,cello,photograph,emerald,ruby,' +
    'bracelet,lamp,lantern,mirror,doll,chalice,scroll,globe,telescope,trumpet,amulet,locket,vase,icon,egg,suitcase'
  ).split(','),
);

const taken = /^the (?:stolen|lost|missing|vanished|hidden|forgotten|forbidden) /u;
/** What was taken but is not a thing: people, animals and places are looked for in other ways. */
const elusive =
  /(?:city|world|island|child|children|boy|girl|king|queen|people|love|time|war|kingdom|son|daughter|brother|sister|planet|colony|crew|continent|childhood|memory|dream|identity|village|town)$/u;

const places: ReadonlySet<string> = new Set(
  'lighthouse,castle,library,island,mill,monastery,theatre,museum,bridge,hotel,cathedral,cave,palace,tower,temple'.split(
    ',',
  ),
);

function questFor(thing: string, topic: string): Partial<Quest> {
  return {
    object: topic,
    lostRole: `the last keeper of ${thing}`,
    event: `<L> went out into the night with ${thing} under one arm, and neither was seen again`,
    belief: `<L> had sold ${thing} to the first buyer and had never looked back`,
    rivalWant: `to have ${thing} behind glass, where nobody else could touch it`,
    hint: `${thing} had never been sold, and the receipt everybody knew had been written by somebody else`,
    secret: `<L> had been asked to hand over a copy and burn the real one, and had disappeared to keep ${thing} whole`,
    give: `to give ${thing} back to those it had been made for, in front of everybody`,
    keep: `to let ${thing} go to the highest bidder, and be comfortable`,
    ending: `${thing} went back to those it had been made for, and nobody asked for a receipt`,
    after: `a card with two names was set beside ${thing}, and one of them was the name of <L>`,
  };
}

/** The quest, made to be about the thing or the place that the request names, where it names one. */
export function questOfTopic(
  quest: Quest,
  brief: { readonly topic: string; readonly motif: string; readonly creature: boolean },
): Quest {
  const { topic, motif } = brief;
  const noun = motif.split(' ').at(-1)?.toLowerCase() ?? '';
  if (brief.creature || !topic.startsWith('the ') || !motif.startsWith('the ')) return quest;
  if (places.has(noun)) return { ...quest, finalPlace: `at|${motif}|the worn step;the inner door;the one lit window` };
  if (portable.has(noun) || (taken.test(topic) && !noun.endsWith('s') && !elusive.test(noun)))
    return { ...quest, ...questFor(motif, topic) };
  return quest;
}

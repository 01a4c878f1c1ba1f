import type { Situation } from './situation.ts';

/** One more way for a story to begin and one more for it to end. */
export const ends: readonly Situation[] = [
  {
    id: 'an auction',
    stage: 'call',
    company: 'ally',
    goal: 'to buy a box of odds and ends for as little as possible',
    conflict: 'somebody else was bidding, and would not stop',
    outcome: 'the box was paid for with more than it was worth, and <theclue> pointed <to Q>',
    titles: ['Odds and Ends', 'Going Once', 'The Lot Nobody Wanted'],
    beats: [
      'The effects of <L>, <lostRole>, were {sold|cleared} at last, {fourteen|eleven} years late, in {nineteen|thirty} lots. Lot {seven|nine} was a {cardboard|wooden} box. <A>, who was a <A.role> and {loved|trusted} a bargain, {nudged|poked} <H!>. “Two {coins|at most},” <A.he> said.',
      'Two became {ten|twelve}. At the back a {man|woman} in {grey|good} gloves {raised|lifted} one finger, {again and again|every time}, without looking up. “That one is not {bidding|paying} with {honest money|a private purse},” {whispered|breathed} <A>. “{Who|What sort of person} wants {buttons|old spoons} so badly?”',
      'It was {madness|against all reason} to go on. <H> {went|bid} higher, {out of temper|from plain stubbornness}, and the hammer {fell|came down}, [simile].',
      'Under the {buttons|spoons} and a {knitted|single} sock, at the very {bottom|end}, lay <clue>. With it went a label, and on that, in a {round|well-known} hand: for <H!>, once <he> has {found|counted} both shoes.',
      '“Shoes?” {said|asked} <A>.\n“I used to {lose|mislay} them. Nobody {knew|counted} but <L>.” The {room|floor} was {hot|too full} all of a sudden. “They {told|taught} us that <belief>.”\n“They {also|further} told us this was {buttons|cutlery}.”',
      'One {question|thing} had never been {answered|settled} in all those years, and it was what had {become|come} of <obj>. A {bidder|stranger} in grey gloves, who had been sent by <R>, the <R.role>, was {waiting|already} by the {exit|stairs}. They {took|chose} the {window|other way}.',
    ],
  },
  {
    id: 'a bench with a name',
    stage: 'return',
    company: 'ally',
    goal: 'to sit still for one whole afternoon',
    conflict: 'people kept coming to say thank you',
    outcome: '<after>',
    titles: ['A Bench with a Name', 'One Whole Afternoon', 'What Stayed'],
    beats: [
      'The bench was <A>’s {idea|doing}. It was {crooked|too low}, and it had the name of <L> {carved|burned} into the back, with {one|the second} letter {wrong|upside down}. [Weather] while they {tried|tested} it.',
      '“It {wobbles|leans},” <h> said.\n“It has {character|opinions},” said <A>. “<L> would have {sat|slept} on it.”\n“And {mended|sawn} it first.”',
      'There was no {peace|sitting still}. {First|Before tea} came a {family|boy} with a {cake|hen}, {then|next} an old {couple|soldier} who only wanted to {shake|hold} a hand. They {told|explained} it all {over|once more}: <after>.',
      'Even <R> {came|called}, {toward evening|when it was quieter}, and {stood|hovered} at a {distance|loss}. “I was {passing|in the area},” <R.he> said. Nobody {believed|minded} it. <A> {moved|slid} along, and there was {just|barely} room for three.',
      'Somebody {asked|wished to know} what <T> was, {really|after all that}. <H> {opened|had opened} <his> mouth, and {thought|considered}, and {laughed|shook <his> head}. It would {take|need} a whole {book|winter} to say, and it {fitted|went} into one {word|look}.',
      'When the last of them had {gone|left}, <h> {took|pulled} off both shoes and {set|stood} them side by side on the {ground|step}, {neatly|very straight}, where anybody who {came|looked} {back|by} could {see|count} them.',
    ],
  },
];

/** Living things that can go along in a story. */
export const creatures: ReadonlySet<string> = new Set(
  'cat kitten dog puppy horse pony bee bees fox foxes wolf wolves bear bird birds raven crow crows owl parrot whale whales dolphin dragon dragons goat donkey mule rabbit rabbits mouse mice hedgehog badger otter seal penguin penguins elephant lion tiger turtle tortoise frog snake spider butterfly unicorn hen chicken pig sheep lamb cow duck goose geese swan squirrel monkey robot robots octopus snail ant ants'.split(
    ' ',
  ),
);

/** People, as requests name them, that don't end like people do. */
export const peopleWords: ReadonlySet<string> = new Set(
  'detective investigator apprentice inspector scientist astronaut pilot captain cook chef nurse spy knight witch king queen prince princess girl boy child woman man mother father widow monk nun priest thief pirate clown poet judge clerk nomad shepherd orphan twin soldier surgeon vet guard maid butler hermit pharaoh samurai viking magician musician librarian politician mechanic mage'.split(
    ' ',
  ),
);

/** Words in -er, -or, -ist that are no people. */
export const notPeople: ReadonlySet<string> = new Set(
  'water river weather winter summer computer tower number danger power paper letter murder order disaster adventure after under over never ever forever together another other further matter mirror error terror horror border corner flower fever silver copper gender chapter character dinner supper shower thunder hunger anger wonder summer december november october september color colour motor reactor tractor mist list twist fist heist exist rooster container spider hamster lobster tiger panther otter badger beaver door floor cancer butter timber monster ginger cucumber ladder feather leather laughter slaughter daughter sister brother mother father center theater quarter master finger trigger layer player discover remember bitter better tender super later'.split(
    ' ',
  ),
);

/** Words of a request that say nothing about its subject. */
export const emptyWords: ReadonlySet<string> = new Set(
  'a an the and or but of on in at to for from with without by as is are was were be been being it its this that these those i me my we us our you your he she they them his her their who whom whose which what when where why how about into over under between through during please can could would should will shall may might must do does did not no yes if then than so very more most much many some any all each every one two three four five six seven eight nine ten first last new write create tell make generate compose give want need like story stories novel novels novella tale tales book fiction narrative short long chapter chapters word words set featuring involving based'.split(
    ' ',
  ),
);

/** Common words of other languages for things that stories are about. */
export const translations: Readonly<Record<string, string>> = {
  wald: 'the forest',
  meer: 'the sea',
  stadt: 'the city',
  katze: 'the cat',
  hund: 'the dog',
  drache: 'the dragon',
  drachen: 'dragons',
  weltraum: 'space',
  bienen: 'bees',
  liebe: 'love',
  krieg: 'the war',
  leuchtturm: 'the lighthouse',
  zeit: 'time',
  mond: 'the moon',
  schiff: 'the ship',
  insel: 'the island',
  fluss: 'the river',
  berg: 'the mountain',
  haus: 'the house',
  freundschaft: 'friendship',
  espacio: 'space',
  mar: 'the sea',
  bosque: 'the forest',
  ciudad: 'the city',
  gato: 'the cat',
  perro: 'the dog',
  amor: 'love',
  guerra: 'the war',
  faro: 'the lighthouse',
  abejas: 'bees',
  luna: 'the moon',
  tiempo: 'time',
  barco: 'the ship',
  isla: 'the island',
  amistad: 'friendship',
  dragón: 'the dragon',
  montaña: 'the mountain',
  casa: 'the house',
  forêt: 'the forest',
  mer: 'the sea',
  ville: 'the city',
  chat: 'the cat',
  chien: 'the dog',
  amour: 'love',
  guerre: 'the war',
  phare: 'the lighthouse',
  abeilles: 'bees',
  lune: 'the moon',
  temps: 'time',
  espace: 'space',
  bateau: 'the ship',
  île: 'the island',
  amitié: 'friendship',
  montagne: 'the mountain',
  maison: 'the house',
  dragon: 'the dragon',
  foresta: 'the forest',
  mare: 'the sea',
  città: 'the city',
  gatto: 'the cat',
  cane: 'the dog',
  amore: 'love',
  nave: 'the ship',
  isola: 'the island',
  floresta: 'the forest',
  cidade: 'the city',
  космос: 'space',
  лес: 'the forest',
  море: 'the sea',
  кот: 'the cat',
  город: 'the city',
  любовь: 'love',
  宇宙: 'space',
  森: 'the forest',
  海: 'the sea',
  猫: 'the cat',
  爱: 'love',
};

/** Small words of other languages, which are dropped from a subject. */
export const foreignEmptyWords: ReadonlySet<string> = new Set(
  'der die das den dem des ein eine einen einem einer und über von mit im am zur zum erzähl erzähle erzählung schreib schreibe mir bitte eine geschichte el la los las un una unos unas y sobre de del con en al cuenta cuéntame escribe una historia cuento le les une des et sur du avec dans au raconte raconte-moi écris moi histoire il lo gli i uno e di della con nel racconta scrivi storia o os as um uma do da no na conte escreva história расскажи напиши историю про о мне'.split(
    ' ',
  ),
);

/** People by what they are to each other: a story can be about them, but it is no trade. */
export const relatives: ReadonlySet<string> = new Set(
  'sister sisters brother brothers twins friends friend mother father daughter son family couple cousins parents grandmother grandfather aunt uncle wife husband children neighbours neighbors lovers people man woman men women boys girls'.split(
    ' ',
  ),
);

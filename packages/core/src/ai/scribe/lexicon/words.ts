/** Single words of a genre; each of one list goes with each of its partner list. */
export interface Words {
  /** What is heard: `the hum`. */
  readonly noise: readonly string[];
  /** Of what it is heard. */
  readonly source: readonly string[];
  /** What smells. */
  readonly smell: readonly string[];
  /** How a thing looks. */
  readonly look: readonly string[];
  /** Things that lie or stand about. */
  readonly thing: readonly string[];
  /** Things to work with. */
  readonly tool: readonly string[];
  /** What is done, as gerunds. */
  readonly work: readonly string[];
  /** To what it is done. */
  readonly matter: readonly string[];
  /** What moves outside. */
  readonly sky: readonly string[];
  /** How it moves, in the past. */
  readonly moved: readonly string[];
}

const read = (text: string): string[] => text.split(',');

const looks = read('dented,labelled,patched,forgotten,numbered,cracked,polished,crooked,mended,unlabelled,grey,faded');
const noises = read('creak,tick,knock,sigh,murmur,rattle,click,groan');
const work = read('checking,cleaning,counting,mending,sorting');

const words: Readonly<Record<string, Words>> = {
  space: {
    noise: read('hum,tick,knock,whine,murmur,rattle,tremor,sigh'),
    source: read(
      'the pumps,the hull,the vents,the old relays,the coolant lines,the airlock,the fans,the hatches,the lift,the batteries,the scrubbers,the dish motors,the deck plates,the water tanks,the winch,the heat shield,the cable runs,the docking arms,the crew bunks,the radiators,the gyros,the reactor,the oxygen lines,the spare thrusters,the inner doors',
    ),
    smell: read(
      'coolant,hot dust,mint,ozone,solder,burnt coffee,rubber,cold iron,wet soil,moon dust,lamp glass,sealant,old foam,yeast',
    ),
    look: looks,
    thing: read(
      'helmet,flask,fuse box,sample case,air bottle,gauge,glove ring,tool roll,chart tube,locker,mug,hatch wheel,headset,seat harness',
    ),
    tool: read('torch,wrench,tether,meter,cutter,scanner,clamp,radio'),
    work,
    matter: read('the seals,the filters,the fuses,the valves,the fuel cells,the air bottles,the cables,the lamps'),
    sky: read(
      'the planet,the nearest moon,the ring,a supply drone,the bright limb,a swarm of ice,the comet,the shadow',
    ),
    moved: read('turned,drifted past,went by,swung round,slid away,came into sight'),
  },
  sea: {
    noise: [...noises, 'slap'],
    source: read(
      'wet rope,the moorings,the pier,loose shutters,the rigging,the slipway,the boathouse,the winch,the chains,the buoys,the oars,the cellar steps,the bilge,the netting,the sea wall,the ice box,the mast,the jetty planks,the windlass,the ferry ramp,the tarpaulins,the oil drums,the lamp room,the flagpole,the hatch covers',
    ),
    smell: read('tar,kelp,salt,fish scales,wet wool,diesel,paint,rust,mussels,smoke,rope,cold stone,lamp oil,brine'),
    look: looks,
    thing: read(
      'buoy,lantern,net float,anchor,oar,compass,bucket,lobster pot,sea chest,rudder,oilskin,barrel,bell,ladder',
    ),
    tool: read('boathook,lantern,marlinspike,gaff,sextant,line,knife,spyglass'),
    work,
    matter: read('the nets,the lamps,the lines,the hooks,the floats,the sails,the pots,the planks'),
    sky: read('the tide,a bank of fog,the swell,a line of gulls,the light,a squall,the moon,a distant sail'),
    moved: read('came in,moved off,turned,drew nearer,went by,shifted'),
  },
  mystery: {
    noise: noises,
    source: read(
      'the stairs,the radiator,old hinges,the lift cage,the floorboards,the pipes,the letter box,the window frames,the gate,the carriage springs,a slow clock,the roof tiles,the bookcase,the shop sign,the fire escape,the attic beams,the back door,the filing drawers,the awning,the bedsprings,the cellar hatch,the tram wires,the piano stool,the kitchen pipes,the café chairs',
    ),
    smell: read(
      'cigars,wet wool,ink,floor polish,gin,cold tea,face powder,rosin,gas,damp plaster,lilies,varnish,soot,cough drops',
    ),
    look: looks,
    thing: read(
      'umbrella,ashtray,music stand,suitcase,hat box,keyring,inkwell,envelope,mirror,playbill,gas lamp,walking stick,cash box,calendar',
    ),
    tool: read('torch,lockpick,magnifier,notebook,penknife,camera,tape measure,skeleton key'),
    work,
    matter: read('the statements,the tickets,the receipts,the photographs,the letters,the dates,the keys,the files'),
    sky: read('the rain,a tram,the fog,a late cab,the street light,a thin moon,the crowd,the river mist'),
    moved: read('moved on,went past,turned the corner,came closer,thinned out,drew back'),
  },
  fantasy: {
    noise: noises,
    source: read(
      'the drawbridge,old armour,the torches,the rafters,wet leather,the well rope,the gate,the banners,the great hinges,the bone chimes,the cauldron,the thorns,the portcullis,the kitchen spits,the old bridge,the wagon wheels,the war drums,the crypt doors,the stable,the mill,the lanterns,the weapon racks,the rope bridge,the great table,the frozen reeds',
    ),
    smell: read(
      'resin,wet fur,candle wax,rosemary,hot iron,peat smoke,honey,old velvet,thunder,moss,stone dust,apples,myrrh,wolf',
    ),
    look: looks,
    thing: read('goblet,shield,lute,banner,chest,candlestick,mask,helm,tapestry,horn,spellbook,cradle,crown,saddle'),
    tool: read('torch,dagger,rope,staff,lantern,charm,horn,whetstone'),
    work,
    matter: read('the arrows,the candles,the harness,the charms,the wards,the coins,the herbs,the blades'),
    sky: read('the mist,a flight of crows,the red moon,the snow,a far fire,the storm,the evening star,the shadow'),
    moved: read('passed over,sank,came nearer,turned,drew off,spread'),
  },
  city: {
    noise: noises,
    source: read(
      'the trams,the shutters,the stairs,a loose sign,the dishes,the lift,the washing lines,the pipes,the bicycle stand,the market stalls,the gate,the ovens,the swings,the scaffolding,the corner shop,the fire escape,the bakery vans,the radiators,the flagpoles,the letter boxes,the café chairs,the awning,the drains,the tram wires,the fridge',
    ),
    smell: read(
      'fresh bread,wet pavement,coffee,petrol,oranges,laundry,fried garlic,chalk,paint,cinnamon,cold chips,new paper,basil,rain',
    ),
    look: looks,
    thing: read(
      'bicycle,doorbell,flowerpot,umbrella,bench,mailbox,kettle,signboard,ladder,pram,suitcase,lamp,jar,stool',
    ),
    tool: read('torch,screwdriver,notebook,pencil,key ring,ladder,telephone,penknife'),
    work,
    matter: read('the bills,the trays,the keys,the chairs,the letters,the boxes,the windows,the shelves'),
    sky: read('a bus,the rain,the evening crowd,a delivery van,the pigeons,the street light,a cloud,the traffic'),
    moved: read('went by,came back,turned the corner,moved off,slowed down,drifted past'),
  },
  history: {
    noise: noises,
    source: read(
      'the cartwheels,the looms,the spits,the shutters,the pewter,the stable doors,the well chain,the benches,the harness,the watchman’s boots,the bellows,the gallery,the church door,the mill wheel,the ferry rope,the wine press,the rafters,the gallows chain,the toll gate,the kneelers,the carriage springs,the butcher’s hooks,the granary,the printing press,the window leads',
    ),
    smell: read(
      'tallow,horses,wet straw,sealing wax,gunpowder,lavender,hot bread,vinegar,tanned hide,incense,ale,woodsmoke,iron,quince',
    ),
    look: looks,
    thing: read(
      'candlestick,psalter,ledger,pike,goblet,spinning wheel,strongbox,saddle,quill,warming pan,cradle,drum,pitcher,sundial',
    ),
    tool: read('lantern,knife,quill,rope,candle,hammer,key,spade'),
    work,
    matter: read('the ledgers,the candles,the stores,the bolts,the harness,the coins,the barrels,the seals'),
    sky: read('the snow,a string of carts,the mist,a patrol,the smoke,the thaw wind,the moon,a flock of rooks'),
    moved: read('went by,came on,drew off,turned,passed over,settled'),
  },
  nature: {
    noise: noises,
    source: read(
      'the beeches,dry reeds,the hive boxes,the barn door,the millrace,the old gate,the hay loft,the fence wire,the weathercock,the orchard,the ice,the bracken,the willows,the sheepfold,the hen house,the roof slates,the cider press,the plough chains,the stile,the water butt,the pines,the cattle grid,the stable latch,the thatch,the footbridge',
    ),
    smell: read(
      'wax,clover,cut hay,moss,honey,wet dog,nettles,apples,woodsmoke,thyme,river mud,bark,sheep,elderflower',
    ),
    look: looks,
    thing: read(
      'hive,milk churn,basket,gatepost,scythe,beehive lid,trough,lantern,jar,ladder,barrow,boot,bird box,rake',
    ),
    tool: read('smoker,spade,hook,lantern,basket,knife,rope,saw'),
    work,
    matter: read('the frames,the fences,the jars,the seed trays,the apples,the tools,the nets,the lambs'),
    sky: read('the mist,a flock of rooks,the rain,the swarm,a buzzard,the cloud,the evening light,the wind'),
    moved: read('moved off,came over,turned,went by,drew nearer,settled'),
  },
};

/** The words of a genre; a name that is none of ours gets the everyday ones. */
export function wordsOf(genre: string): Words {
  return words[genre] ?? (words['city'] as Words);
}

/** What a story of one kind is about: who was lost, what they left, what the truth was, and what it costs. */
export interface Quest {
  /** The thing everybody is looking for, with its article. */
  readonly object: string;
  /** What the lost person was, with its article. */
  readonly lostRole: string;
  /** How the lost person went, as a clause in the past. */
  readonly event: string;
  /** What everybody believes happened, as a clause in the past perfect. */
  readonly belief: string;
  /** What the opponent wants, as an infinitive. */
  readonly rivalWant: string;
  /** What turns the story at its middle, as a clause in the past perfect. */
  readonly hint: string;
  /** What really happened, as a clause in the past perfect. */
  readonly secret: string;
  /** The generous choice, as an infinitive. */
  readonly give: string;
  /** The tempting choice, as an infinitive. */
  readonly keep: string;
  /** What the choice led to, as a clause in the past. */
  readonly ending: string;
  /** What came of it later, as a clause in the past. */
  readonly after: string;
  /** Where it ends: `preposition|name|detail;detail;detail`. */
  readonly finalPlace: string;
}

/** The words of one kind of story. Lists hold phrases of one grammatical form, so that any of them fits where the list is named. */
export interface Genre {
  /** Its name, as the brief carries it. */
  readonly id: string;
  /** Names for the wider place where it plays. */
  readonly region: readonly string[];
  /** Where the people live and work, with its article. */
  readonly base: string;
  /** What the people around the hero are called together, with its article. */
  readonly group: string;
  /** What people do, without article. */
  readonly roles: {
    readonly hero: readonly string[];
    readonly ally: readonly string[];
    readonly rival: readonly string[];
    readonly elder: readonly string[];
    readonly stranger: readonly string[];
  };
  /** Places, each `preposition|name|detail;detail;detail`. */
  readonly places: readonly string[];
  /** Phrases by list name. */
  readonly lists: {
    /** Clauses in the past about what goes on outside. */
    readonly weather: readonly string[];
    /** Noun phrases. */
    readonly sound: readonly string[];
    /** Noun phrases. */
    readonly smell: readonly string[];
    /** Noun phrases with article. */
    readonly detail: readonly string[];
    /** Noun phrases with indefinite article. */
    readonly tool: readonly string[];
    /** Gerund phrases. */
    readonly task: readonly string[];
    /** Clauses in the past about something going wrong. */
    readonly danger: readonly string[];
    /** Sayings, as clauses in the present. */
    readonly lore: readonly string[];
    /** Comparisons that start with "like". */
    readonly simile: readonly string[];
    /** Verb phrases in the past: how they got there. */
    readonly travel: readonly string[];
    /** Clues, noun phrases with indefinite article. */
    readonly trace: readonly string[];
  };
  /** The stories it tells. */
  readonly quests: readonly Quest[];
  /** Title patterns. */
  readonly titles: readonly string[];
}

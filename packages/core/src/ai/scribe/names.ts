/** A first name and how its bearer is spoken of. */
export interface GivenName {
  /** The name. */
  readonly name: string;
  /** `she` or `he`. */
  readonly pronoun: 'she' | 'he';
}

const women =
  'Ada Brigid Chiara Dunya Edda Farah Greta Hana Ines Juno Kamala Leonie Mara Nadia Oona Petra Quilla Rosalind Signe Thea Ursel Vera Wilma Yara Zofia'.split(
    ' ',
  );
const men =
  'Anselm Bastian Cato Dario Emeka Florian Gideon Hugo Ivo Jonas Kasimir Laszlo Matteo Nils Oskar Pavel Quentin Rafael Silas Tomas Ulric Viktor Wendel Yusuf Zeno'.split(
    ' ',
  );

/** First names; no two of them are alike enough to be mixed up by their first letter and gender. */
export const givenNames: readonly GivenName[] = [
  ...women.map((name) => ({ name, pronoun: 'she' }) as const),
  ...men.map((name) => ({ name, pronoun: 'he' }) as const),
];

/** Family names. */
export const surnames: readonly string[] =
  'Abara Bellweather Castellan Drummond Eskola Fairburn Galvao Holloway Iversen Jaramillo Kestrel Lindqvist Moreau Nakagawa Okafor Pellegrin Quarles Ravensworth Szabo Thorne Umber Valdes Whitlock Yarrow Zielinski'.split(
    ' ',
  );

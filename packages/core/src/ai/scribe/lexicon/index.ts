import { city } from './city.ts';
import { fantasy } from './fantasy.ts';
import type { Genre } from './genre.ts';
import { history } from './history.ts';
import { mystery } from './mystery.ts';
import { nature } from './nature.ts';
import { sea } from './sea.ts';
import { space } from './space.ts';

const genres: readonly Genre[] = [space, sea, mystery, fantasy, city, history, nature];

/** The words for a kind of story; a name that is none of ours gets the everyday ones. */
export function genreOf(id: string): Genre {
  const name = id.toLowerCase();
  return genres.find((genre) => name.includes(genre.id)) ?? city;
}

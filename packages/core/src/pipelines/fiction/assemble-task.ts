import { assembleManuscript, type Manuscript, type ManuscriptInput } from './manuscript.ts';

/** Puts the book together on a worker thread. */
export function assembleBook(input: ManuscriptInput): Manuscript {
  return assembleManuscript(input);
}

/** Counts words on a worker thread. */
export function countWords({ key, text, pieces }) {
  return { key, words: text.split(/\s+/).filter(Boolean).length, pieces };
}

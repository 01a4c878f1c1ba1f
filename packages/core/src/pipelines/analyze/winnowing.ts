/** The number of tokens that a fingerprint stands for. */
export const gram = 30;

const window = 12;

/** The fingerprints of a text: a hash and the token that its gram begins with, in pairs. */
export function fingerprintsOf(hashes: Int32Array): Int32Array {
  const count = hashes.length - gram + 1;
  if (count <= 0) return new Int32Array(0);
  const rolled = gramHashes(hashes, count);
  const kept: number[] = [];
  let smallest = -1;
  let last = -1;
  for (let start = 0; start <= Math.max(0, count - window); start += 1) {
    const end = Math.min(start + window, count);
    if (smallest < start) {
      smallest = start;
      for (let index = start + 1; index < end; index += 1)
        if ((rolled[index] as number) <= (rolled[smallest] as number)) smallest = index;
    } else if ((rolled[end - 1] as number) <= (rolled[smallest] as number)) {
      smallest = end - 1;
    }
    if (smallest !== last) kept.push(rolled[smallest] as number, smallest);
    last = smallest;
  }
  return Int32Array.from(kept);
}

// The hash rolls, so the cost does not depend on the length of a gram.
function gramHashes(hashes: Int32Array, count: number): Int32Array {
  let power = 1;
  for (let index = 1; index < gram; index += 1) power = Math.imul(power, 31);
  const rolled = new Int32Array(count);
  let sum = 0;
  for (let index = 0; index < gram; index += 1) sum = (Math.imul(sum, 31) + (hashes[index] as number)) | 0;
  rolled[0] = sum;
  for (let index = 1; index < count; index += 1) {
    const without = (sum - Math.imul(hashes[index - 1] as number, power)) | 0;
    sum = (Math.imul(without, 31) + (hashes[index + gram - 1] as number)) | 0;
    rolled[index] = sum;
  }
  return rolled;
}

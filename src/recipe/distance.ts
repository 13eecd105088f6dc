/** Edit distance (Levenshtein), case counted as a tenth of an edit, to name the nearest known key. */
export function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const x = a[i - 1]!;
      const y = b[j - 1]!;
      const swap = x === y ? 0 : x.toLowerCase() === y.toLowerCase() ? 0.1 : 1;
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + swap));
    }
    row = next;
  }
  return row[b.length]!;
}

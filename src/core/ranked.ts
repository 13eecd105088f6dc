/** The k-th smallest of some numbers without sorting them (C. A. R. Hoare, Algorithm 65: FIND, Commun. ACM 4, 321 (1961)): a few passes. */

/**
 * @param values without NaN; comes back in another order, with what is smaller before `rank` and what is larger after it
 * @param rank 0 … values.length − 1
 */
export function ranked(values: Float64Array, rank: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const pivot = values[rank]!;
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (pivot < values[j]!) j--;
      if (i > j) break;
      const held = values[i]!;
      values[i++] = values[j]!;
      values[j--] = held;
    }
    if (j < rank) low = i;
    if (rank < i) high = j;
  }
  return values[rank]!;
}

/** A number for each pair of numbers (a, b) ≥ 0, in a typed array: open addressing, linear probing. Not here: growth; it holds what it was made for. */

const EMPTY = -1;
/** Numbers of an entry: the lower and the higher of the pair, its value, and one that makes entries begin on a line of the cache. */
const WIDE = 4;

export class PairTable {
  readonly #mask: number;
  readonly #entries: Int32Array;

  /** @param most entries at a time */
  constructor(most: number) {
    let size = 16;
    while (size < 2 * most) size *= 2;
    this.#mask = size - 1;
    this.#entries = new Int32Array(WIDE * size).fill(EMPTY);
  }

  /** −1 where there is none. The order of a and b does not matter. */
  get(a: number, b: number): number {
    const at = this.#find(a, b);
    return at < 0 ? -1 : this.#entries[WIDE * at + 2]!;
  }

  /** Of a pair that is not there. */
  set(a: number, b: number, value: number): void {
    const entries = this.#entries;
    let at = this.#start(a, b);
    while (entries[WIDE * at]! >= 0) at = (at + 1) & this.#mask;
    entries[WIDE * at] = Math.min(a, b);
    entries[WIDE * at + 1] = Math.max(a, b);
    entries[WIDE * at + 2] = value;
  }

  /** What was pushed past this entry moves up, so that no search gets longer by what is gone. */
  delete(a: number, b: number): void {
    const entries = this.#entries;
    let free = this.#find(a, b);
    if (free < 0) return;
    for (let at = (free + 1) & this.#mask; entries[WIDE * at] !== EMPTY; at = (at + 1) & this.#mask) {
      const [low, high, value] = [entries[WIDE * at]!, entries[WIDE * at + 1]!, entries[WIDE * at + 2]!];
      if (((at - this.#start(low, high)) & this.#mask) < ((at - free) & this.#mask)) continue;
      entries[WIDE * free] = low;
      entries[WIDE * free + 1] = high;
      entries[WIDE * free + 2] = value;
      free = at;
    }
    entries[WIDE * free] = EMPTY;
  }

  #start(a: number, b: number): number {
    let h = Math.imul(Math.min(a, b), 0x9e3779b1) ^ Math.imul(Math.max(a, b), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
    return (h ^ (h >>> 13)) & this.#mask;
  }

  #find(a: number, b: number): number {
    const entries = this.#entries;
    const [low, high] = [Math.min(a, b), Math.max(a, b)];
    for (let at = this.#start(a, b); entries[WIDE * at] !== EMPTY; at = (at + 1) & this.#mask) {
      if (entries[WIDE * at] === low && entries[WIDE * at + 1] === high) return at;
    }
    return -1;
  }
}

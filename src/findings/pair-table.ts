/** A number for each pair of numbers (a, b) ≥ 0, in typed arrays: open addressing, linear probing. Not here: growth; it holds what it was made for. */

const EMPTY = -1;

export class PairTable {
  readonly #mask: number;
  readonly #a: Int32Array;
  readonly #b: Int32Array;
  readonly #value: Int32Array;

  /** @param most entries at a time */
  constructor(most: number) {
    let size = 16;
    while (size < 2 * most) size *= 2;
    this.#mask = size - 1;
    this.#a = new Int32Array(size).fill(EMPTY);
    this.#b = new Int32Array(size);
    this.#value = new Int32Array(size);
  }

  /** −1 where there is none. The order of a and b does not matter. */
  get(a: number, b: number): number {
    const at = this.#find(a, b);
    return at < 0 ? -1 : this.#value[at]!;
  }

  /** Of a pair that is not there. */
  set(a: number, b: number, value: number): void {
    let at = this.#start(a, b);
    while (this.#a[at]! >= 0) at = (at + 1) & this.#mask;
    this.#a[at] = Math.min(a, b);
    this.#b[at] = Math.max(a, b);
    this.#value[at] = value;
  }

  /** What was pushed past this entry moves up, so that no search gets longer by what is gone. */
  delete(a: number, b: number): void {
    let free = this.#find(a, b);
    if (free < 0) return;
    for (let at = (free + 1) & this.#mask; this.#a[at] !== EMPTY; at = (at + 1) & this.#mask) {
      const home = this.#start(this.#a[at]!, this.#b[at]!);
      if (((at - home) & this.#mask) < ((at - free) & this.#mask)) continue;
      this.#a[free] = this.#a[at]!;
      this.#b[free] = this.#b[at]!;
      this.#value[free] = this.#value[at]!;
      free = at;
    }
    this.#a[free] = EMPTY;
  }

  #start(a: number, b: number): number {
    let h = Math.imul(Math.min(a, b), 0x9e3779b1) ^ Math.imul(Math.max(a, b), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
    return (h ^ (h >>> 13)) & this.#mask;
  }

  #find(a: number, b: number): number {
    const [low, high] = [Math.min(a, b), Math.max(a, b)];
    for (let at = this.#start(a, b); this.#a[at] !== EMPTY; at = (at + 1) & this.#mask) {
      if (this.#a[at] === low && this.#b[at] === high) return at;
    }
    return -1;
  }
}

/**
 * Counter-based random streams: Philox4x32-10 (Salmon, Moraes, Dror, Shaw, SC'11, "Parallel random numbers: as easy
 * as 1, 2, 3"). A stream is named by a seed and a path of keys, so that any worker can draw the numbers of any
 * structure or epoch without the others: results do not depend on the order or the number of workers.
 * There is no global random state.
 */

const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;

/** High and low 32-bit words of a·b, both unsigned. */
function mulhi(a: number, b: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  // Products of 16-bit halves, and these sums, stay below 2³².
  const t = (Math.imul(a1, b0) >>> 0) + (Math.imul(a0, b0) >>> 16);
  const u = (Math.imul(a0, b1) >>> 0) + (t & 0xffff);
  return (Math.imul(a1, b1) + (t >>> 16) + (u >>> 16)) >>> 0;
}

/** One Philox4x32-10 block: fills `out` (4 words) from counter (c0..c3) and key (k0, k1). */
export function philox(c0: number, c1: number, c2: number, c3: number, k0: number, k1: number, out: Uint32Array): void {
  for (let round = 0; round < 10; round++) {
    const hi0 = mulhi(M0, c0);
    const lo0 = Math.imul(M0, c0) >>> 0;
    const hi1 = mulhi(M1, c2);
    const lo1 = Math.imul(M1, c2) >>> 0;
    c0 = (hi1 ^ c1 ^ k0) >>> 0;
    c1 = lo1;
    c2 = (hi0 ^ c3 ^ k1) >>> 0;
    c3 = lo0;
    k0 = (k0 + W0) >>> 0;
    k1 = (k1 + W1) >>> 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/** FNV-1a over the text, continued from `hash`. */
function fnv1a(text: string, hash: number): number {
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash;
}

const LOG_FACTORIAL: readonly number[] = (() => {
  const table = [0];
  for (let n = 1; n < 128; n++) table.push(table[n - 1]! + Math.log(n));
  return table;
})();

/** ln n! of a whole n. */
export function logFactorial(n: number): number {
  if (n < 128) return LOG_FACTORIAL[n]!;
  const x = n + 1;
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * x) - 1 / (360 * x * x * x);
}

export class RandomStream {
  readonly #seed: number;
  readonly #keys: readonly (string | number)[];
  readonly #k0: number;
  readonly #k1: number;
  readonly #c2: number;
  readonly #c3: number;
  #block = 0;
  #used = 4;
  readonly #words: Uint32Array = new Uint32Array(4);
  #spare: number | undefined;

  /** @param seed integer; @param keys the path that names this stream, such as ('noise', epoch, index) */
  constructor(seed: number, ...keys: readonly (string | number)[]) {
    const path = keys.map((key) => `${typeof key}:${key}`).join('/');
    this.#seed = seed;
    this.#keys = keys;
    this.#k0 = seed >>> 0;
    this.#k1 = Math.floor(seed / 2 ** 32) >>> 0;
    this.#c2 = fnv1a(path, 0x811c9dc5);
    this.#c3 = fnv1a(path, 0x050c5d1f);
  }

  /** The stream whose path goes on from this one's; it does not depend on what was drawn. */
  fork(...keys: readonly (string | number)[]): RandomStream {
    return new RandomStream(this.#seed, ...this.#keys, ...keys);
  }

  /** Philox's key, which the seed makes: for a kernel that draws by itself. */
  get key(): readonly [number, number] {
    return [this.#k0, this.#k1];
  }

  /** The next 32 random bits. */
  bits(): number {
    if (this.#used === 4) {
      philox(this.#block >>> 0, Math.floor(this.#block / 2 ** 32), this.#c2, this.#c3, this.#k0, this.#k1, this.#words);
      this.#block++;
      this.#used = 0;
    }
    return this.#words[this.#used++]!;
  }

  /** Passes over the next n times 32 bits without making them. */
  skip(n: number): void {
    const at = 4 * this.#block - (4 - this.#used) + n;
    this.#block = Math.floor(at / 4);
    this.#used = 4;
    for (let k = at % 4; k > 0; k--) this.bits();
  }

  /** Uniform in the open interval (0, 1), 32 bits. */
  uniform(): number {
    return (this.bits() + 0.5) * 2 ** -32;
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** Uniform integer in 0 … n−1. */
  integer(n: number): number {
    return Math.floor(this.uniform() * n);
  }

  /** Standard normal deviate (Box and Muller). */
  normal(): number {
    if (this.#spare !== undefined) {
      const value = this.#spare;
      this.#spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.#spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /** Fills with standard normal deviates, pair by pair: what `normal` gives a stream with none in hand, several times as fast. */
  normals(into: Float64Array): Float64Array {
    const n = into.length;
    let i = 0;
    const pair = (a: number, b: number): void => {
      const radius = Math.sqrt(-2 * Math.log((a + 0.5) * 2 ** -32));
      const angle = 2 * Math.PI * ((b + 0.5) * 2 ** -32);
      into[i++] = radius * Math.cos(angle);
      if (i < n) into[i++] = radius * Math.sin(angle);
    };
    // Words left of a block, then block by block.
    while (i < n && this.#used !== 4) pair(this.bits(), this.bits());
    const words = this.#words;
    for (; n - i > 2; this.#block++) {
      philox(this.#block >>> 0, Math.floor(this.#block / 2 ** 32), this.#c2, this.#c3, this.#k0, this.#k1, words);
      pair(words[0]!, words[1]!);
      pair(words[2]!, words[3]!);
    }
    while (i < n) pair(this.bits(), this.bits());
    return into;
  }

  /** Poisson deviate of the given mean (≥ 0): products below 12, transformed rejection PTRS above (Hörmann 1993). */
  poisson(mean: number): number {
    if (!(mean > 0)) return 0;
    if (mean < 12) {
      const limit = Math.exp(-mean);
      let n = 0;
      for (let product = this.uniform(); product > limit; product *= this.uniform()) n++;
      return n;
    }
    const b = 0.931 + 2.53 * Math.sqrt(mean);
    const a = -0.059 + 0.02483 * b;
    const vr = 0.9277 - 3.6224 / (b - 2);
    const logMean = Math.log(mean);
    const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
    for (;;) {
      const u = this.uniform() - 0.5;
      const v = this.uniform();
      const us = 0.5 - Math.abs(u);
      const k = Math.floor(((2 * a) / us) * u + b * u + mean + 0.43);
      if (us >= 0.07 && v <= vr) return k;
      if (k < 0 || (us < 0.013 && v > us)) continue;
      if (Math.log(v) + Math.log(inverseAlpha) - Math.log(a / (us * us) + b) <= -mean + k * logMean - logFactorial(k)) {
        return k;
      }
    }
  }

  /** Shuffles in place (Fisher and Yates). */
  shuffle<T extends { length: number; [index: number]: number }>(items: T): T {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const held = items[i]!;
      items[i] = items[j]!;
      items[j] = held;
    }
    return items;
  }
}

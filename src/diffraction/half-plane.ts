/** Half of the frequencies of a real field, in which potentials are built with exact phases. */

import { frequency } from '../core/fft.ts';

/**
 * The frequencies of a real potential: half plane kx ≥ 0, the rest follows by conjugation. The Nyquist frequencies are left out. Frequencies of equal |k|
 * form a shell; shells ascend.
 */
export class HalfPlane {
  readonly width: number;
  readonly height: number;
  /** |k| of each shell [1/Å]. */
  readonly k: Float64Array;
  readonly #fx: Float64Array;
  readonly #fy: Float64Array;
  /** Shell of each frequency; −1 outside the band limit. */
  readonly #shell: Int32Array;
  readonly #phaseR: Float64Array;
  readonly #phaseI: Float64Array;
  readonly #rowR: Float64Array;
  readonly #rowI: Float64Array;

  constructor(nx: number, ny: number, lx: number, ly: number, bandLimit: number) {
    const inBand = (i: number, size: number) => Math.abs(frequency(i, size)) < (bandLimit * size) / 2;
    this.width = (nx >> 1) + (nx & 1);
    this.height = ny;
    this.#fx = Float64Array.from({ length: this.width }, (_, x) => x / lx);
    this.#fy = Float64Array.from({ length: ny }, (_, y) => frequency(y, ny) / ly);
    this.#phaseR = new Float64Array(this.width);
    this.#phaseI = new Float64Array(this.width);
    this.#rowR = new Float64Array(this.width);
    this.#rowI = new Float64Array(this.width);
    this.#shell = new Int32Array(this.width * ny).fill(-1);
    const key = (x: number, y: number) => Math.round((this.#fx[x]! ** 2 + this.#fy[y]! ** 2) * 1e9);
    const members = new Map<number, number[]>();
    for (let y = 0, i = 0; y < ny; y++) {
      for (let x = 0; x < this.width; x++, i++) {
        if (!inBand(x, nx) || !inBand(y, ny)) continue;
        const list = members.get(key(x, y));
        if (list) list.push(i);
        else members.set(key(x, y), [i]);
      }
    }
    const keys = [...members.keys()].sort((a, b) => a - b);
    this.k = Float64Array.from(keys, (value) => {
      const i = members.get(value)![0]!;
      return Math.hypot(this.#fx[i % this.width]!, this.#fy[Math.floor(i / this.width)]!);
    });
    for (const [shell, value] of keys.entries()) for (const i of members.get(value)!) this.#shell[i] = shell;
  }

  get size(): number {
    return this.#shell.length;
  }

  /** How many frequencies of row y lie within |k| ≤ reach, or little more; 0 where none does. */
  #rowEnd(y: number, reach: number): number {
    const ky = this.#fy[y]!;
    if (Math.abs(ky) > reach) return 0;
    return Math.min(this.width, Math.floor(Math.sqrt(reach * reach - ky * ky) / (this.#fx[1] ?? reach)) + 1);
  }

  /** exp(−2πik_x x) along a row, times the weight. */
  #phases(x_A: number, weight: number): void {
    for (let x = 0; x < this.width; x++) {
      const angle = -2 * Math.PI * this.#fx[x]! * x_A;
      this.#phaseR[x] = weight * Math.cos(angle);
      this.#phaseI[x] = weight * Math.sin(angle);
    }
  }

  /** Adds w·exp(−2πik·r) to each sum, at every frequency: those outside the band limit too, which nothing reads. */
  addToEach(
    x_A: number,
    y_A: number,
    sums: readonly { readonly weight: number; readonly re: Float64Array; readonly im: Float64Array }[],
  ): void {
    this.#phases(x_A, 1);
    const [phaseR, phaseI, rowR, rowI] = [this.#phaseR, this.#phaseI, this.#rowR, this.#rowI];
    const { width } = this;
    const reach = this.k.at(-1)! + 1e-6;
    for (let y = 0; y < this.height; y++) {
      const end = this.#rowEnd(y, reach);
      const angle = -2 * Math.PI * this.#fy[y]! * y_A;
      const yr = Math.cos(angle);
      const yi = Math.sin(angle);
      for (let x = 0; x < end; x++) {
        rowR[x] = phaseR[x]! * yr - phaseI[x]! * yi;
        rowI[x] = phaseR[x]! * yi + phaseI[x]! * yr;
      }
      for (const { weight, re, im } of sums) {
        for (let x = 0, i = y * width; x < end; x++, i++) {
          re[i] = re[i]! + weight * rowR[x]!;
          im[i] = im[i]! + weight * rowI[x]!;
        }
      }
    }
  }

  /** Adds weight·amplitude(shell)·exp(−2πik·r) for the first `shells` shells; no amplitude: 1. */
  addAtom(
    x_A: number,
    y_A: number,
    weight: number,
    amplitude: Float64Array | undefined,
    shells: number,
    re: Float64Array,
    im: Float64Array,
  ): void {
    if (shells === 0) return;
    const reach = this.k[shells - 1]! + 1e-6;
    this.#phases(x_A, weight);
    for (let y = 0; y < this.height; y++) {
      const end = this.#rowEnd(y, reach);
      if (end === 0) continue;
      const angle = -2 * Math.PI * this.#fy[y]! * y_A;
      const yr = Math.cos(angle);
      const yi = Math.sin(angle);
      for (let x = 0, i = y * this.width; x < end; x++, i++) {
        const shell = this.#shell[i]!;
        if (shell < 0 || shell >= shells) continue;
        const xr = this.#phaseR[x]!;
        const xi = this.#phaseI[x]!;
        const a = amplitude === undefined ? 1 : amplitude[shell]!;
        re[i] = re[i]! + a * (xr * yr - xi * yi);
        im[i] = im[i]! + a * (xr * yi + xi * yr);
      }
    }
  }

  /** Adds amplitude(shell)·plane for the first `shells` shells, of a plane of this kind. */
  addPlane(
    planeRe: Float64Array,
    planeIm: Float64Array,
    amplitude: Float64Array,
    shells: number,
    re: Float64Array,
    im: Float64Array,
  ): void {
    if (shells === 0) return;
    const reach = this.k[shells - 1]! + 1e-6;
    for (let y = 0; y < this.height; y++) {
      const end = this.#rowEnd(y, reach);
      for (let x = 0, i = y * this.width; x < end; x++, i++) {
        const shell = this.#shell[i]!;
        if (shell < 0 || shell >= shells) continue;
        const a = amplitude[shell]!;
        re[i] = re[i]! + a * planeRe[i]!;
        im[i] = im[i]! + a * planeIm[i]!;
      }
    }
  }

  /** Adds factor(shell)·sum to the whole plane [height][nx] of a real field's spectrum. */
  unfold(
    sumRe: Float64Array,
    sumIm: Float64Array,
    factor: Float64Array,
    nx: number,
    re: Float64Array,
    im: Float64Array,
  ): void {
    for (let y = 0, i = 0; y < this.height; y++) {
      for (let x = 0; x < this.width; x++, i++) {
        const shell = this.#shell[i]!;
        if (shell < 0) continue;
        const f = factor[shell]!;
        const at = y * nx + x;
        re[at] = re[at]! + f * sumRe[i]!;
        im[at] = im[at]! + f * sumIm[i]!;
        if (x === 0) continue;
        const mirror = ((this.height - y) % this.height) * nx + (nx - x);
        re[mirror] = re[mirror]! + f * sumRe[i]!;
        im[mirror] = im[mirror]! - f * sumIm[i]!;
      }
    }
  }
}

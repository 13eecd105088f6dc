/**
 * Short Fourier transforms as straight-line programs, written once over an algebra: as WGSL text they are the GPU's butterflies, over numbers they tell
 * what rounded constants do (`line-plan.ts`). Radices 2, 3, 4, 5, 7 and their products (8 = 2·4, 16 = 4·4).
 * X[q] = Σ_p x[p]·exp(sign·2πi·pq/r), not normalised.
 */

/** Complex values of any kind and what a butterfly does with them. Constants are float32 numbers. */
export interface Algebra<C> {
  add(a: C, b: C): C;
  subtract(a: C, b: C): C;
  /** a + s·b, s real. */
  addScaled(a: C, s: number, b: C): C;
  scale(s: number, a: C): C;
  /** ±i·a. */
  turn(a: C, sign: 1 | -1): C;
  /** (re + i·im)·a. */
  rotate(a: C, re: number, im: number): C;
}

const cosine = (turns: number): number => Math.fround(Math.cos(2 * Math.PI * turns));
const sine = (turns: number): number => Math.fround(Math.sin(2 * Math.PI * turns));

/** The factors that a radix is built of, one where it is elementary. */
function split(radix: number): [number, number] | [number] {
  if ([2, 3, 4, 5, 7].includes(radix)) return [radix];
  const inner = radix % 4 === 0 ? 4 : [2, 3, 5, 7].find((f) => radix % f === 0);
  if (inner === undefined) throw new RangeError(`no butterfly of radix ${radix}`);
  return [radix / inner, inner];
}

export function butterfly<C extends {}>(algebra: Algebra<C>, x: readonly C[], sign: 1 | -1): C[] {
  const radix = x.length;
  if (radix === 1) return [...x];
  const { add, subtract, addScaled, scale, turn, rotate } = algebra;
  const factors = split(radix);
  if (factors.length === 2) {
    // p = b·p1 + p2, q = q1 + a·q2: transforms over p1, factors exp(±2πi p2·q1/r), transforms over p2.
    const [a, b] = factors;
    const columns = Array.from({ length: b }, (_, p2) => {
      const column = butterfly(
        algebra,
        Array.from({ length: a }, (_, p1) => x[b * p1 + p2]!),
        sign,
      );
      return column.map((value, q1) => {
        const turns = (p2 * q1) / radix;
        if (turns === 0) return value;
        if (turns === 0.25) return turn(value, sign);
        if (turns === 0.5) return scale(-1, value);
        return rotate(value, cosine(turns), sign * sine(turns));
      });
    });
    const out: C[] = [];
    for (let q1 = 0; q1 < a; q1++) {
      const row = butterfly(
        algebra,
        columns.map((column) => column[q1]!),
        sign,
      );
      for (let q2 = 0; q2 < b; q2++) out[q1 + a * q2] = row[q2]!;
    }
    return out;
  }
  if (radix === 2) return [add(x[0]!, x[1]!), subtract(x[0]!, x[1]!)];
  if (radix === 4) {
    const [a, b] = [add(x[0]!, x[2]!), subtract(x[0]!, x[2]!)];
    const [c, d] = [add(x[1]!, x[3]!), turn(subtract(x[1]!, x[3]!), sign)];
    return [add(a, c), add(b, d), subtract(a, c), subtract(b, d)];
  }
  // Odd: pairs p, r − p share cosines and sines.
  const half = (radix - 1) / 2;
  const sums: C[] = [];
  const differences: C[] = [];
  for (let p = 1; p <= half; p++) {
    sums.push(add(x[p]!, x[radix - p]!));
    differences.push(subtract(x[p]!, x[radix - p]!));
  }
  const out: C[] = [sums.reduce(add, x[0]!)];
  for (let q = 1; q <= half; q++) {
    let even = x[0]!;
    let odd: C | undefined;
    for (let p = 1; p <= half; p++) {
      even = addScaled(even, cosine((p * q) / radix), sums[p - 1]!);
      const s = sine((p * q) / radix);
      odd = odd === undefined ? scale(s, differences[p - 1]!) : addScaled(odd, s, differences[p - 1]!);
    }
    const turned = turn(odd!, sign);
    out[q] = add(even, turned);
    out[radix - q] = subtract(even, turned);
  }
  return out;
}

/** Complex numbers in float64. */
export const numbers: Algebra<readonly [number, number]> = {
  add: (a, b) => [a[0] + b[0], a[1] + b[1]],
  subtract: (a, b) => [a[0] - b[0], a[1] - b[1]],
  addScaled: (a, s, b) => [a[0] + s * b[0], a[1] + s * b[1]],
  scale: (s, a) => [s * a[0], s * a[1]],
  turn: (a, sign) => [-sign * a[1], sign * a[0]],
  rotate: (a, re, im) => [a[0] * re - a[1] * im, a[0] * im + a[1] * re],
};

/** A float32 constant in WGSL. */
const literal = (value: number): string => `${Object.is(value, -0) ? 0 : value}f`;

/** Names of vec2f values; each operation appends a statement to `lines`. Names begin with `prefix`, which no other value in scope has. */
export function wgslAlgebra(lines: string[], prefix: string): Algebra<string> {
  let count = 0;
  const bind = (expression: string): string => {
    const name = `${prefix}${count++}`;
    lines.push(`let ${name} = ${expression};`);
    return name;
  };
  return {
    add: (a, b) => bind(`${a} + ${b}`),
    subtract: (a, b) => bind(`${a} - ${b}`),
    addScaled: (a, s, b) => bind(`${a} + ${literal(s)} * ${b}`),
    scale: (s, a) => bind(`${literal(s)} * ${a}`),
    turn: (a, sign) => bind(sign > 0 ? `vec2f(-${a}.y, ${a}.x)` : `vec2f(${a}.y, -${a}.x)`),
    rotate: (a, re, im) =>
      bind(
        `vec2f(${a}.x * ${literal(re)} - ${a}.y * ${literal(im)}, ${a}.x * ${literal(im)} + ${a}.y * ${literal(re)})`,
      ),
  };
}

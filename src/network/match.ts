/**
 * Library patterns that a scan's patterns look like: for each, the nearest ones by Σ(√x − √m)², with weights that add up to 1. A mixture of real elastic patterns is dark
 * between its disks as they are, so that it cannot stand in for a background. Weights are those of greatest likelihood for Poisson counts, by expectation
 * maximisation (Richardson 1972; Lucy 1974).
 */

/** Patterns in a mixture, and rounds of expectation maximisation. */
const MIXED = 8;
const ROUNDS = 40;

export interface Mixture {
  /** Of the library patterns given. */
  readonly members: readonly number[];
  /** Non-negative, of sum 1. */
  readonly weights: readonly number[];
  /** Σ(√x − √m)²/Σx of the mixture. */
  readonly misfit: number;
}

export const at = (patterns: Float32Array, i: number, size: number): Float32Array =>
  patterns.subarray(i * size, (i + 1) * size);

/** Σ weights · patterns of a mixture, [size]. */
export function mixed(
  { members, weights }: Pick<Mixture, 'members' | 'weights'>,
  patterns: Float32Array,
  size: number,
): Float32Array {
  const out = new Float32Array(size);
  members.forEach((member, j) => {
    const pattern = at(patterns, member, size);
    for (let i = 0; i < size; i++) out[i]! += weights[j]! * pattern[i]!;
  });
  return out;
}

/** Distances Σ(√x − √m)², [scan][library]. @param size of a pattern */
export function distances(scan: Float32Array, library: Float32Array, size: number): Float64Array {
  const roots = (values: Float32Array) => values.map((value) => Math.sqrt(Math.max(0, value)));
  const [a, b] = [roots(scan), roots(library)];
  const [n, m] = [scan.length / size, library.length / size];
  const out = new Float64Array(n * m);
  const sum = (values: Float32Array) => {
    let total = 0;
    for (let i = 0; i < values.length; i++) total += values[i]! * values[i]!;
    return total;
  };
  const square = Float64Array.from({ length: m }, (_, j) => sum(at(b, j, size)));
  for (let i = 0; i < n; i++) {
    const x = at(a, i, size);
    const own = sum(x);
    for (let j = 0; j < m; j++) {
      let [s, t] = [0, 0];
      for (let k = 0, o = j * size; k < size; k += 2) {
        s += x[k]! * b[o + k]!;
        t += x[k + 1]! * b[o + k + 1]!;
      }
      out[i * m + j] = own + square[j]! - 2 * (s + t);
    }
  }
  return out;
}

/** The mixture nearest to a pattern. @param row distances to `library` [patterns] @param allowed which of them may be taken */
export function nearestMixture(
  pattern: Float32Array,
  library: Float32Array,
  row: Float64Array,
  allowed: (member: number) => boolean,
): Mixture {
  const size = pattern.length;
  const members: number[] = [];
  for (let j = 0; j < row.length; j++) {
    if (!allowed(j)) continue;
    let place = members.length;
    while (place > 0 && row[members[place - 1]!]! > row[j]!) place--;
    if (place < MIXED) members.splice(place, 0, j);
    if (members.length > MIXED) members.pop();
  }
  const parts = members.map((member) => at(library, member, size));
  const sums = parts.map((part) => part.reduce((a, b) => a + b, 0));
  let weights = members.map(() => 1 / members.length);
  const model = new Float64Array(size);
  const evaluate = () => {
    model.fill(0);
    parts.forEach((part, j) => {
      for (let i = 0; i < size; i++) model[i]! += weights[j]! * part[i]!;
    });
  };
  for (let round = 0; round < ROUNDS; round++) {
    evaluate();
    const next = parts.map((part, j) => {
      let gain = 0;
      for (let i = 0; i < size; i++) if (model[i]! > 0) gain += (Math.max(0, pattern[i]!) * part[i]!) / model[i]!;
      return (weights[j]! * gain) / sums[j]!;
    });
    const total = next.reduce((a, b) => a + b, 0);
    if (!(total > 0)) break;
    weights = next.map((weight) => weight / total);
  }
  evaluate();
  let [left, all] = [0, 0];
  for (let i = 0; i < size; i++) {
    const x = Math.max(0, pattern[i]!);
    left += (Math.sqrt(x) - Math.sqrt(model[i]!)) ** 2;
    all += x;
  }
  return { members, weights, misfit: left / all };
}

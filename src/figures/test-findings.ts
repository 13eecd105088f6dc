/**
 * Made-up findings for the gallery and the tests: a film in cross-section with nanodomains and a tail-to-tail middle, at −2, 0 and +2 V. Plausible to look at, not simulated.
 * Deterministic. Polarization in µC/cm², lengths in nm.
 */

import { RandomStream } from '../core/random.ts';
import type { VectorField } from '../findings/vector-field.ts';

export interface ExampleState {
  readonly name: string;
  readonly bias_V: number;
  readonly field: VectorField;
  /** 1 between domains. */
  readonly walls: Uint8Array;
  /** What a wall's strength is [µC/cm²]. */
  readonly spread: Float64Array;
  /** A topological density [1/nm²], NaN at the edge. */
  readonly density: Float64Array;
}

/** Three states on [ny][nx] positions 0.4 nm apart; the upper right corner is masked. */
export function exampleStates(ny: number, nx: number): ExampleState[] {
  return [-2, 0, 2].map((bias_V) => exampleState(ny, nx, bias_V));
}

function exampleState(ny: number, nx: number, bias_V: number): ExampleState {
  const random = new RandomStream(11, 'figures', 'findings');
  const count = Math.max(4, Math.round((ny * nx) / 480));
  const seeds = Array.from({ length: count }, () => {
    const y = random.between(0, ny);
    const sign = (): number => (random.uniform() < 0.5 ? -1 : 1);
    return {
      x: random.between(0, nx),
      y,
      tx: sign() * random.between(0.4, 1.2),
      tz: sign() * random.between(0.3, 1.3),
      size: random.between(6, 14),
      lean: 0.5 * random.normal(),
    };
  });
  const noise = new RandomStream(12, 'figures', 'noise', bias_V + 5);
  const [x, y, z, density, spread] = Array.from({ length: 5 }, () => new Float64Array(ny * nx));
  const walls = new Uint8Array(ny * nx);
  const valid = new Uint8Array(ny * nx).fill(1);
  for (let i = 0; i < ny * nx; i++) {
    const [px, py] = [i % nx, Math.floor(i / nx)];
    const [near, other] = nearestTwo(seeds, px, py);
    const gap = other.distance - near.distance;
    const blend = 0.5 * Math.exp(-gap / 4);
    const depth = (seed: Seed): [number, number, number] => {
      const up = Math.tanh((6 * (seed.y / ny - 0.45 - 0.11 * bias_V * -1)) / 1) + seed.lean * 0.4;
      const length = Math.hypot(seed.tx, up, seed.tz);
      return [(seed.size * seed.tx) / length, (seed.size * up) / length, (seed.size * seed.tz) / length];
    };
    const [a, b] = [depth(near.seed), depth(other.seed)];
    const part = (k: 0 | 1 | 2): number => (1 - blend) * a[k] + blend * b[k];
    x![i] = part(0) + 0.7 * noise.normal();
    y![i] = part(1) + 0.7 * noise.normal();
    z![i] = part(2) + 2.5 * noise.normal();
    spread![i] = Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]) / 4;
    const middle = Math.exp(-(((py / ny - 0.5) / 0.22) ** 2));
    const edge = px === 0 || py === 0 || px === nx - 1 || py === ny - 1;
    density![i] = edge
      ? Number.NaN
      : 0.05 * middle * spread![i]! * Math.exp(-gap / 3) * Math.sin(0.35 * px + 0.5 * py) + 0.006 * noise.normal();
    const [right, down] = [nearestTwo(seeds, px + 1, py), nearestTwo(seeds, px, py + 1)];
    walls[i] = right[0].seed !== near.seed || down[0].seed !== near.seed ? 1 : 0;
    if (px > 0.9 * nx && py < 0.14 * ny) {
      valid[i] = 0;
      for (const array of [x, y, z, density]) array![i] = Number.NaN;
      walls[i] = 0;
    }
  }
  const constant = (value: number) => new Float64Array(ny * nx).fill(value);
  return {
    name: `${bias_V > 0 ? '+' : bias_V < 0 ? '−' : ''}${Math.abs(bias_V)} V`,
    bias_V,
    field: {
      shape: [ny, nx],
      step_nm: 0.4,
      unit: 'uC/cm2',
      values: { x: x!, y: y!, z: z! },
      sigma: { x: constant(0.7), y: constant(0.7), z: constant(2.5) },
      valid,
    },
    walls: thinned(walls, [ny, nx]),
    spread: spread!,
    density: density!,
  };
}

interface Seed {
  readonly x: number;
  readonly y: number;
  readonly tx: number;
  readonly tz: number;
  readonly size: number;
  readonly lean: number;
}

function nearestTwo(
  seeds: readonly Seed[],
  x: number,
  y: number,
): { seed: Seed; distance: number }[] & { 0: { seed: Seed; distance: number }; 1: { seed: Seed; distance: number } } {
  let [a, b] = [0, 0];
  let [da, db] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  seeds.forEach((seed, i) => {
    const d = Math.hypot(seed.x - x, seed.y - y);
    if (d < da) [a, b, da, db] = [i, a, d, da];
    else if (d < db) [b, db] = [i, d];
  });
  return [
    { seed: seeds[a]!, distance: da },
    { seed: seeds[b]!, distance: db },
  ];
}

/** Marks with a marked neighbour both to the left and above are taken out: lines about one cell wide. */
function thinned(walls: Uint8Array, [ny, nx]: readonly [number, number]): Uint8Array {
  const out = walls.slice();
  for (let y = 1; y < ny; y++)
    for (let x = 1; x < nx; x++) if (out[y * nx + x - 1] && out[(y - 1) * nx + x]) out[y * nx + x] = 0;
  return out;
}

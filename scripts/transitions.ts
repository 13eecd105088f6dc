/**
 * Phase transitions of (Ba,Sr)TiO3 by cooling and heating: 16³ cells, strain free, 10 ps to settle and 15 ps of averaging at each temperature, every 10 K (5 K for x = 0).
 * `npm run transitions` runs all three compositions, `npm run transitions -- 0.5` one (about three minutes). Published: Nishimatsu, Grünebohm, Waghmare and Kubo,
 * J. Phys. Soc. Jpn. 85, 114714 (2016). x ≠ 0.5 is the set of x = 0.5 under pressure, without chemical disorder, as there.
 */

import { RandomStream } from '../src/core/random.ts';
import { orderA } from '../src/crystal/perovskite.ts';
import { Dynamics } from '../src/ferroelectric/dynamics.ts';
import { KernelHamiltonian } from '../src/ferroelectric/kernel.ts';
import { BARIUM_STRONTIUM_TITANATE } from '../src/ferroelectric/parameters.ts';
import { FREE } from '../src/ferroelectric/strain.ts';
import { type SweepPoint, sweep } from '../src/ferroelectric/sweep.ts';
import { Langevin } from '../src/ferroelectric/thermostats.ts';
import { compositionPressure_GPa } from '../src/ferroelectric/uniform.ts';

const CELLS = [16, 16, 16] as const;
/** A component of the mean mode counts as ordered above this [Å]; fluctuations at 16³ stay below, the smallest ordered one is 0.07. */
const ORDERED_A = 0.035;
const NAMES = ['R–O', 'O–T', 'T–C'];

interface Study {
  readonly x: number;
  readonly low_K: number;
  readonly high_K: number;
  readonly step_K: number;
  /** Cooling and heating, R–O, O–T, T–C [K]. */
  readonly published: readonly string[];
}

const STUDIES: readonly Study[] = [
  { x: 0, low_K: 50, high_K: 120, step_K: 5, published: ['72/77', '81/84', '100/100'] },
  { x: 0.5, low_K: 100, high_K: 270, step_K: 10, published: ['124/146', '166/179', '233/234'] },
  { x: 1, low_K: 180, high_K: 430, step_K: 10, published: ['209/241', '271/298', '397/401'] },
];

/** Where the number of ordered components passes 3|2, 2|1 and 1|0: midway between two temperatures [K]. */
function transitions(points: readonly SweepPoint[]): string[] {
  const rising = points.toSorted((a, b) => a.temperature_K - b.temperature_K);
  const ordered = rising.map(({ order_A }) => order_A.filter((u) => u > ORDERED_A).length);
  return [3, 2, 1].map((n) => {
    const first = ordered.findIndex((m) => m < n);
    return first <= 0 ? '–' : ((rising[first - 1]!.temperature_K + rising[first]!.temperature_K) / 2).toFixed(0);
  });
}

const asked = process.argv.slice(2).map(Number);
for (const { x, low_K, high_K, step_K, published } of STUDIES.filter(
  (s) => asked.length === 0 || asked.includes(s.x),
)) {
  const disordered = x === 0.5;
  const stream = new RandomStream(1, 'transitions');
  const ba = orderA({ a_order: 'random', ba_fraction: 0.5 }, CELLS, stream);
  const system = {
    parameters: BARIUM_STRONTIUM_TITANATE,
    cells: CELLS,
    ...(disordered && { aSites: Int8Array.from(ba, (n) => 2 * n - 1) }),
  };
  const kernel = await KernelHamiltonian.load(system, { held: FREE, pressure_GPa: compositionPressure_GPa(x) });
  const run = new Dynamics(kernel, { thermostat: new Langevin(high_K, 1) });
  const up = Array.from({ length: (high_K - low_K) / step_K + 1 }, (_, i) => low_K + i * step_K);
  const result: Record<string, string[]> = {};
  for (const [name, temperatures_K] of [
    ['cooling', up.toReversed()],
    ['heating', up],
  ] as const) {
    const points: SweepPoint[] = [];
    for await (const point of sweep(run, { temperatures_K, settling_fs: 10_000, averaging_fs: 15_000 })) {
      points.push(point);
      console.error(
        `x = ${x}, ${name}: ${point.temperature_K} K, |u| ${point.order_A.map((u) => u.toFixed(3)).join(' ')} Å`,
      );
    }
    result[name] = transitions(points);
  }
  console.log(`x = ${x}${disordered ? ', Ba and Sr at random' : `, ${compositionPressure_GPa(x)} GPa`}`);
  for (const [i, name] of NAMES.entries()) {
    console.log(
      `  ${name}: ${result.cooling![i]}/${result.heating![i]} K (± ${step_K / 2}), published ${published[i]} K`,
    );
  }
}

/** Libraries along [110] and [111]: symmetry of patterns with their labels, blocks against the uniform crystal, columns under the probe, what is refused. */

import { expect, test } from 'vitest';
import { quietTask } from '../core/task.ts';
import { problem, problemOf } from '../core/test-problem.ts';
import { cellSteps } from '../crystal/options.ts';
import { cellAt } from '../crystal/structure.ts';
import { columnAt, stepsOf, zoneOf } from '../crystal/zone.ts';
import { SliceKernel } from '../diffraction/cpu/wasm.ts';
import { keepsPatterns, perOrder, pixel_mrad } from '../diffraction/detector.ts';
import { cpuEngine, type PatternEngine } from '../diffraction/engine.ts';
import { latticeProbe } from '../diffraction/scattering-matrix.ts';
import { r1 } from '../diffraction/test-structures.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { shardCost } from './cost.ts';
import { STORED_LABELS } from './labels.ts';
import { checkMicroscope, detectorOf } from './plan.ts';
import { ProbeWeights } from './probe-weights.ts';
import { gridOf, slicesPerCell } from './sampling.ts';
import { simulateShard } from './shard.ts';
import { UniformCrystal } from './uniform-crystal.ts';

const engine = cpuEngine(await SliceKernel.load());
const ZONES = [
  { axis: [0, 0, 1], cells: [2, 2, 1], orders: [4, 4] },
  { axis: [1, 1, 0], cells: [2, 2, 1], orders: [4, 6] },
  { axis: [1, 1, 1], cells: [2, 3, 1], orders: [6, 6] },
] as const;
const PIXELS = 32;
const recipe = ({ axis, cells, orders }: (typeof ZONES)[number], structures = '', library = '') =>
  parseRecipe(`
[crystal]
material = "BaTiO3"
a_A = 4
[structures]
zone = [${axis.join(', ')}]
cells = [${cells.join(', ')}]
jitter_pm = 0
texture = "uniform"
${structures}
[library]
thickness_nm = { min = 5, max = 6, step = 1 }
tilt_max_mrad = 1
patterns_per_structure = 6
pixels = ${PIXELS}
pixels_per_order = [${orders.join(', ')}]
grid_per_cell = 20
slices_per_cell = 8
${library}
`);

/** 4mm as matrices (rows). */
const OPERATIONS = [1, -1].flatMap((a) =>
  [1, -1].flatMap((d) => [
    [a, 0, 0, d],
    [0, a, d, 0],
  ]),
) as [number, number, number, number][];

for (const zone of ZONES) {
  const name = `[${zone.axis.join('')}]`;

  test(`${name}: a P and a tilt that a symmetry turns make the turned pattern, and those that none turns another`, async () => {
    const inputs = recipe(zone);
    const detector = detectorOf(inputs);
    const crystal = new UniformCrystal(inputs);
    // Of the pattern's lattice, so that turned tilts are points of it too; so thick that P along z shows.
    const tilt = pixel_mrad(detector);
    const [px, py] = [17, -9];
    const pattern = (P: readonly [number, number], [tx, ty]: readonly [number, number]) =>
      crystal.patterns({ P_uC_cm2: [P[0], P[1], 20], tilt_mrad: [tx, ty] }, [6], engine, quietTask);
    const before = await pattern([px, py], tilt);
    const kept: string[] = [];
    for (const matrix of OPERATIONS) {
      const [a, b, c, d] = matrix;
      // A quarter turn of pixels that are not square is no permutation of them.
      if (b !== 0 && zone.orders[0] !== zone.orders[1]) continue;
      const after = await pattern(
        [a * px + b * py, c * px + d * py],
        [a * tilt[0] + b * tilt[1], c * tilt[0] + d * tilt[1]],
      );
      const turned = new Float32Array(PIXELS ** 2);
      const own = new Float32Array(PIXELS ** 2);
      const half = PIXELS / 2;
      for (let y = 1; y < PIXELS; y++) {
        for (let x = 1; x < PIXELS; x++) {
          const [qx, qy] = [x - half, y - half];
          turned[y * PIXELS + x] = before[(b * qx + d * qy + half) * PIXELS + a * qx + c * qy + half]!;
          own[y * PIXELS + x] = after[y * PIXELS + x]!;
        }
      }
      const off = r1(own, turned);
      if (keepsPatterns(detector, matrix)) {
        expect(off).toBeLessThan(5e-6);
        kept.push(matrix.join());
      } else expect(off).toBeGreaterThan(2e-3);
    }
    expect(kept.length).toBe(zone.axis[0] === 0 ? 8 : zone.axis[2] === 0 ? 4 : 2);
  });

  test(`${name}: blocks of columns make the patterns of the uniform crystal with their labels`, async () => {
    // Alike columns count once, so that every probe is on the first: that on which the uniform crystal has it.
    const inputs = recipe(zone, '', 'on_column_fraction = 1');
    const shard = await simulateShard(inputs, 0, false, engine, quietTask);
    const crystal = new UniformCrystal(inputs);
    for (let p = 0; p < shard.count; p++) {
      const label = (what: string) =>
        shard.labels[p * STORED_LABELS.length + STORED_LABELS.findIndex((one) => one.name === what)]!;
      const pattern = await crystal.patterns(
        { P_uC_cm2: [label('P_x'), label('P_y'), label('P_z')], tilt_mrad: [label('tilt_x'), label('tilt_y')] },
        [label('thickness')],
        engine,
        quietTask,
      );
      const size = PIXELS ** 2;
      // Labels are kept as float32, and each probe's mean of one P has rounding of its own.
      expect(r1(shard.patterns.subarray(p * size, (p + 1) * size), pattern)).toBeLessThan(2e-4);
      for (const component of ['x', 'y', 'z']) {
        expect(label(`P_${component}_column`)).toBeCloseTo(label(`P_${component}`), 3);
      }
    }
  });

  test(`${name}: a probe lights the columns around it, as much on one side as on the other`, () => {
    const inputs = recipe(zone);
    const [x_A, y_A] = cellSteps(inputs);
    const detector = detectorOf(inputs);
    const cells = [8, 12, 1] as const;
    const block = { cells, zone: zone.axis };
    const weights = new ProbeWeights(
      latticeProbe(detector, 0),
      [x_A, y_A],
      block,
      perOrder({ pixelsPerOrder: [8, 12] }),
      40,
    );
    for (const at of [
      [3, 5, 0],
      [4, 5, 0],
    ] as const) {
      const [i, j] = stepsOf(zoneOf(zone.axis), at);
      const place = [(i + 0.5) * x_A, (j + 0.5) * y_A] as const;
      const lit = weights.along(place, [0, 0], 40)[0]!.weights;
      const nearest = columnAt(block, [place[0] / x_A, place[1] / y_A]);
      expect(nearest).toBe(at[1] * cells[0] + at[0]);
      expect(Math.max(...lit)).toBe(lit[nearest]);
      let [mx, my, sum] = [0, 0, 0];
      lit.forEach((weight, column) => {
        const [cx, cy] = stepsOf(zoneOf(zone.axis), cellAt(cells, column));
        const wrap = (d: number, n: number) => d - n * Math.round(d / n);
        mx += weight * wrap(cx - i, cells[0]);
        my += weight * wrap(cy - j, cells[1]);
        sum += weight;
      });
      expect(sum).toBeCloseTo(1, 9);
      expect(Math.abs(mx)).toBeLessThan(0.02);
      expect(Math.abs(my)).toBeLessThan(0.02);
    }
  });

  test(`${name}: textures, layers at the faces, absorption and a spread of composition run, thicknesses are whole cells of a column`, async () => {
    const inputs = recipe(zone, 'depth_blocks = 2\ndead_layer_nm = [0.5, 1.2]\na_spread_percent = 1\n');
    const seen: number[] = [];
    let grid: readonly [number, number] = [0, 0];
    const counting: PatternEngine = async (job, task) => {
      seen.push(...job.requests.map(({ exit }) => exit));
      grid = [job.stack.nx, job.stack.ny];
      return engine(job, task);
    };
    const { patterns, labels, count } = await simulateShard(inputs, 1, false, counting, quietTask);
    const size = PIXELS ** 2;
    for (let p = 0; p < count; p++) {
      const sum = patterns.subarray(p * size, (p + 1) * size).reduce((a, b) => a + b, 0);
      expect(sum).toBeGreaterThan(0.3);
      expect(sum).toBeLessThan(1);
    }
    expect(labels.every(Number.isFinite)).toBe(true);
    const perCell = slicesPerCell(inputs.structures.zone, inputs.library);
    expect(seen.every((exit) => exit % perCell === 0)).toBe(true);
    expect(grid).toEqual(gridOf(inputs.structures, inputs.library));
    expect(shardCost(inputs).grid).toEqual(grid);
  });
}

test('disks that overlap, columns that the detector does not hold, are refused', async () => {
  const refused = (zone: (typeof ZONES)[number], mrad: number) =>
    problem(() =>
      checkMicroscope({ ...recipe(zone), microscope: { ...recipe(zone).microscope, convergence_mrad: mrad } }),
    );
  // λ/2a = 2.46 mrad at 300 kV and 4 Å; along [111] neighbours are √2 as far.
  for (const zone of ZONES.slice(0, 2)) expect(refused(zone, 2.5).tag).toBe('recipe');
  expect(() => refused(ZONES[2], 3.4)).toThrow();
  expect(refused(ZONES[2], 3.5).message).toContain('6.9');
  const cells = recipe(ZONES[1], '', '').structures;
  const odd = { ...recipe(ZONES[1]), structures: { ...cells, cells: [2, 4, 1] as const } };
  const wrong = await problemOf(simulateShard(odd, 0, false, engine, quietTask));
  expect([wrong.tag, wrong.message]).toEqual(['range', expect.stringContaining('4×6')]);
});

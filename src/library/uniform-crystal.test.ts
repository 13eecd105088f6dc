import { expect, test } from 'vitest';
import { quietTask } from '../core/task.ts';
import { problemOf } from '../core/test-problem.ts';
import { SliceKernel } from '../diffraction/cpu/wasm.ts';
import { cpuEngine } from '../diffraction/engine.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { STORED_LABELS } from './labels.ts';
import { simulateShard } from './shard.ts';
import { UniformCrystal } from './uniform-crystal.ts';

const recipe = (crystal: string, structures = '', height = 1) =>
  parseRecipe(`
[crystal]
${crystal}
[structures]
cells = [2, 2, ${height}]
depth_blocks = 1
texture = "uniform"
jitter_pm = 0
${structures}
[library]
thickness_nm = { min = 6, max = 8, step = 1 }
tilt_max_mrad = 1
patterns_per_structure = 6
pixels = 32
pixels_per_order = 4
grid_per_cell = 20
slices_per_cell = 8
`);
const engine = cpuEngine(await SliceKernel.load());

test('of an ordered crystal of uniform P it is what the library simulates, by another way: blocks of cells, wherever the probe is', async () => {
  const inputs = recipe('material = "BaTiO3"');
  const shard = await simulateShard(inputs, 0, false, engine, quietTask);
  const crystal = new UniformCrystal(inputs);
  const alone = crystal.placeless();
  const size = alone.length;
  for (let p = 0; p < shard.count; p++) {
    const label = (name: string) =>
      shard.labels[p * STORED_LABELS.length + STORED_LABELS.findIndex((one) => one.name === name)]!;
    const pattern = await crystal.patterns(
      { P_uC_cm2: [label('P_x'), label('P_y'), label('P_z')], tilt_mrad: [label('tilt_x'), label('tilt_y')] },
      [label('thickness')],
      engine,
      quietTask,
    );
    let off = 0;
    let all = 0;
    for (let i = 0; i < size; i++) {
      if (!alone[i]) continue;
      off += Math.abs(pattern[i]! - shard.patterns[p * size + i]!);
      all += pattern[i]!;
    }
    // Labels are kept as float32, and each probe's mean of one P has rounding of its own.
    expect(off / all).toBeLessThan(2e-3);
    expect(all).toBeGreaterThan(0.3);
  }
});

test('elements that share a site share it as a virtual crystal', () => {
  const { symbols, occupancy } = new UniformCrystal(recipe('ba_fraction = 0.3')).cell([0, 0, 0]);
  const there = Object.fromEntries(symbols.map((symbol, i) => [symbol, occupancy![i]]));
  expect(symbols.length).toBe(6);
  expect(there.Ba).toBeCloseTo(0.3, 12);
  expect(there.Sr).toBeCloseTo(0.7, 12);
});

test('a thickness between whole cells lies between their patterns', async () => {
  const inputs = recipe('material = "BaTiO3"');
  const edge_nm = inputs.crystal.a_A / 10;
  const state = { P_uC_cm2: [10, 0, 0], tilt_mrad: [0.2, 0] } as const;
  const nm = [15, 15.25, 16].map((cells) => cells * edge_nm);
  const made = await new UniformCrystal(inputs).patterns(state, nm, engine, quietTask);
  const [low, mid, high] = [0, 1, 2].map((i) => made.subarray(1024 * i, 1024 * (i + 1)));
  for (let i = 0; i < 1024; i++) expect(mid![i]).toBeCloseTo(0.75 * low![i]! + 0.25 * high![i]!, 6);
});

test('says what it cannot simulate', async () => {
  const rotated = recipe('material = "BaTiO3"\ntilt = { angle_deg = [5, 5, 5], phase = "---" }', '', 2);
  expect(() => new UniformCrystal(rotated)).toThrow(expect.objectContaining({ tag: 'unsupported' }));
  const file = recipe('', 'file = "frames.xyz"');
  expect(() => new UniformCrystal(file)).toThrow(expect.objectContaining({ tag: 'unsupported' }));
  const crystal = new UniformCrystal(recipe('material = "BaTiO3"'));
  const state = { P_uC_cm2: [0, 0, 0], tilt_mrad: [0, 0] } as const;
  for (const [tilt_mrad, t] of [
    [[40, 0], 8],
    [[0, Number.NaN], 8],
    [[0, 0], 0],
  ] as const) {
    const tried = crystal.patterns({ ...state, tilt_mrad }, [t], engine, quietTask);
    expect((await problemOf(tried)).tag).toBe('range');
  }
  // The greatest tilt that it accepts is one that the engine can do.
  expect((await crystal.patterns({ ...state, tilt_mrad: [18, -18] }, [1], engine, quietTask)).length).toBe(1024);
});

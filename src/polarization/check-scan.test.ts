import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { quietTask } from '../core/task.ts';
import { testHost } from '../core/test-host.ts';
import { problemOf } from '../core/test-problem.ts';
import { SliceKernel } from '../diffraction/cpu/wasm.ts';
import { pixelSide_mrad } from '../diffraction/detector.ts';
import { cpuEngine } from '../diffraction/engine.ts';
import { detectorOf } from '../library/plan.ts';
import { UniformCrystal } from '../library/uniform-crystal.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { type Calibration, mapFrom } from '../scan/calibration.ts';
import { count, exposeCamera } from '../scan/camera.ts';
import { memorySource } from '../scan/pattern-source.ts';
import { checkWorker, STATE_LABELS } from './check-job.ts';
import { checkedEvery, checkScan } from './check-scan.ts';
import type { PolarizationMap } from './polarization-map.ts';

const recipe = parseRecipe(`
[crystal]
material = "BaTiO3"
[structures]
cells = [2, 2, 1]
depth_blocks = 2
texture = "uniform"
p_max_uC_cm2 = 30
jitter_pm = 2
[library]
thickness_nm = { min = 6, max = 9, step = 1 }
patterns_per_structure = 4
tilt_max_mrad = 1
pixels = 32
pixels_per_order = 4
grid_per_cell = 20
slices_per_cell = 8
`);
const inputs = {
  library: recipe,
  inelastic_hwhm_mrad: recipe.training.inelastic_hwhm_mrad,
  error: { P_x: 1, P_y: 1, P_z: 8, tilt_x: 0.02, tilt_y: 0.02, thickness: 0.1 },
};
const detector = detectorOf(recipe);
const host = testHost(checkWorker);
const dose_e = 5e5;

const TRUE = { P_x: 22, P_y: -8, P_z: 3, tilt_x: 0.3, tilt_y: -0.2, thickness: 7 };
const units = { P: 'uC/cm2', tilt: 'mrad', thickness: 'nm' };
/** A map of one row of positions, each the truth but for what is given. */
const mapOf = (...wrong: readonly Partial<typeof TRUE>[]): PolarizationMap => ({
  shape: [1, wrong.length],
  step_nm: 0.4,
  channels: STATE_LABELS.map((name) => ({
    name,
    unit: units[name.split('_')[0] as keyof typeof units],
    values: Float32Array.from(wrong, (one) => ({ ...TRUE, ...one })[name]),
  })),
  meta: { recipe_hash: '', version: '', seed: 1, source: 'scan', held_out_mae: {} },
});

/** A turned camera of finer pixels that sees the true state at five positions. */
const POSITIONS = 5;
const { source, calibration } = await (async () => {
  const px_mrad = 0.43;
  const size = 128;
  const engine = cpuEngine(await SliceKernel.load());
  const state = { P_uC_cm2: [TRUE.P_x, TRUE.P_y, TRUE.P_z], tilt_mrad: [TRUE.tilt_x, TRUE.tilt_y] } as const;
  const values = await new UniformCrystal(recipe).patterns(state, [TRUE.thickness], engine, quietTask);
  const map = mapFrom(px_mrad, 7);
  const angles = { values, size: detector.pixels, step_mrad: pixelSide_mrad(detector) };
  const expected = exposeCamera(angles, size, size, [63.4, 64.2], map);
  const counting = { dose_e, dark_counts: 0, read_noise_counts: 0, hot: [], hot_counts: 0 };
  const data = Float32Array.from(
    Array.from({ length: POSITIONS }, (_, i) => i).flatMap((i) => [
      ...count(expected, counting, new RandomStream(2, 'test-check', i)),
    ]),
  );
  const shape = [1, POSITIONS, size, size] as const;
  const { a_A, voltage_kV, convergence_mrad } = detector;
  const made: Calibration = {
    version: 2,
    shape: [...shape],
    crystal: { a_A, voltage_kV, convergence_mrad },
    centre0_px: [63.4, 64.2],
    centre0_se_px: [0, 0],
    descan: {
      centre_px: [63.4, 64.2],
      per_ry_px: [0, 0],
      per_rx_px: [0, 0],
      middle: [0, (POSITIONS - 1) / 2],
      bend: [],
      jumps: [],
    },
    direct_beam: { odds: 1e6, runner_up_px: null, runner_up_hk: null, witnesses: [] },
    map_px_per_mrad: map,
    rotation_deg: 7,
    rotation_se_deg: 0,
    px_mrad,
    px_se_mrad: 0,
    ellipse_percent: 0,
    ellipse_se_percent: 0,
    ellipse_axis_deg: 0,
    disk_radius_mrad: 2.2,
    disk_radius_se_mrad: 0,
    edge_px: 1,
    hot_pixels: [],
    dead_pixels: [],
    dose_e,
    dose_from: 'vacuum probe',
    counts_per_electron: 1,
    counts_from: 'assumed',
    detected_e: dose_e,
    used: { dark: false, gain: false, vacuum: true, patterns: 2, left_out: {}, disks: 9 },
    residuals: { centre_rms_px: 0, centre_outliers: 0, lattice_rms_px: 0 },
    warnings: [],
  };
  return { source: memorySource(shape, data), calibration: made };
})();

const check = (map: PolarizationMap) => checkScan(source, map, calibration, inputs, host, quietTask);

test('χ² is near the floor for the right state and higher for wrong ones; what cannot be simulated is left out, and said', async () => {
  const reversed = { P_x: -TRUE.P_x, P_y: -TRUE.P_y };
  const map = mapOf({}, reversed, { thickness: TRUE.thickness + 5 }, { tilt_x: TRUE.tilt_x + 0.4 }, { tilt_x: 60 });
  const { channel, check: said, warnings } = await check(map);
  const [right, turned, thick, tilted, beyond] = [...channel.values] as [number, number, number, number, number];
  expect(right).toBeLessThan(1.6);
  expect(turned).toBeGreaterThan(1.5 * right);
  expect(thick).toBeGreaterThan(5 * right);
  expect(tilted).toBeGreaterThan(1.3 * right);
  expect(beyond).toBeNaN();
  const { floor, fitted, freedom, threshold, above, positions, left_out } = said;
  expect({ fitted, positions, left_out }).toEqual({ fitted: 9, positions: 4, left_out: 1 });
  expect(freedom).toBeGreaterThan(100);
  expect(floor.counting).toBeGreaterThan(0.85);
  expect(floor.counting).toBeLessThan(1.15);
  // Jitter of cells against each other is not in the uniform crystal.
  expect(floor.truth).toBeGreaterThan(floor.counting);
  expect(floor.thicker).toBeGreaterThan(floor.truth);
  expect(floor.reversed).toBeGreaterThan(floor.truth);
  expect(above).toBe([right, turned, thick, tilted].filter((value) => value > threshold).length / 4);
  expect(warnings.some(({ text }) => /1 position could not be checked: a tilt of 60/.test(text))).toBe(true);
  expect(thick).toBeGreaterThan(threshold);
  expect(warnings.some(({ text }) => /does not explain the patterns at/.test(text))).toBe(true);
});

test('refuses maps of which nothing can be simulated, and those without a state', async () => {
  expect(
    (
      await problemOf(
        check(mapOf({ tilt_x: 60 }, { thickness: -1 }, { tilt_y: 60 }, { thickness: 0 }, { P_x: Number.NaN })),
      )
    ).tag,
  ).toBe('range');
  const map = mapOf({}, {}, {}, {}, {});
  const blind = { ...map, channels: map.channels.filter(({ name }) => name !== 'tilt_y') };
  expect((await problemOf(check(blind))).tag).toBe('model-mismatch');
});

test('positions are chosen evenly, 256 at most', () => {
  expect(checkedEvery([16, 16])).toBe(1);
  expect(checkedEvery([17, 16])).toBe(2);
  expect(checkedEvery([1, 1000])).toBe(4);
});

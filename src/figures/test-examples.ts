/**
 * Made-up data for the gallery and the tests: plausible to look at, not simulated. Deterministic.
 * Polarization in µC/cm², displacement pm, tilt mrad, thickness nm, patterns in electrons.
 */

import { RandomStream } from '../core/random.ts';
import type { MapChannel, PolarizationMap } from '../polarization/polarization-map.ts';
import type { PatternSpot } from './pattern-figure.ts';
import type { HeldOutRow } from './report-parts.ts';
import type { SimulationReportInput } from './simulation-input.ts';

const META = {
  recipe_hash: '9f31c0de5a77b214',
  version: '0.1.0',
  seed: 1,
  source: 'made-up.h5',
  dose_e: 1e6,
  held_out_mae: { P_x: 0.42, P_y: 0.4, P_z: 8.9, tilt_x: 0.006, tilt_y: 0.006, thickness: 0.12 },
};

/** Vortices and a domain wall on [ry][rx] cells of 0.395 nm; with `gap`, a corner that was not measured. */
export function exampleMap(ry: number, rx: number, options: { gap?: boolean; noise?: number } = {}): PolarizationMap {
  const random = new RandomStream(5, 'figures', 'example');
  const noise = options.noise ?? 0.6;
  const count = ry * rx;
  const make = (f: (u: number, v: number) => number, spread: number): Float32Array => {
    const out = new Float32Array(count);
    for (let y = 0; y < ry; y++) {
      for (let x = 0; x < rx; x++) {
        const missing = options.gap && x > 0.8 * rx && y < 0.25 * ry;
        const value = f(x / 12, y / 12) + spread * random.normal();
        out[y * rx + x] = missing ? Number.NaN : value;
      }
    }
    return out;
  };
  const angle = (u: number, v: number): number =>
    2.1 * Math.sin(1.7 * u + 0.6 * v) + 1.6 * Math.cos(2.3 * v - 0.8 * u) + u;
  const rise = (u: number, v: number): number => Math.tanh(3 * Math.sin(1.9 * u - 1.2 * v + 0.9 * Math.cos(2 * v)));
  const size = (u: number, v: number): number => 17 + 6 * Math.sin(3.1 * u + 1) * Math.cos(2.2 * v);
  const px = make((u, v) => size(u, v) * Math.cos(angle(u, v)) * Math.cos(1.25 * rise(u, v)), noise);
  const py = make((u, v) => size(u, v) * Math.sin(angle(u, v)) * Math.cos(1.25 * rise(u, v)), noise);
  const pz = make((u, v) => size(u, v) * Math.sin(1.25 * rise(u, v)), noise);
  // Larger where P along the beam turns over.
  const channel = (name: string, unit: string, values: Float32Array, sigma?: number): MapChannel =>
    sigma === undefined
      ? { name, unit, values }
      : { name, unit, values, sigma: make((u, v) => sigma * (3 - 2 * Math.abs(rise(u, v))), 0.05 * sigma) };
  return {
    shape: [ry, rx],
    step_nm: 0.395,
    channels: [
      channel('P_x', 'uC/cm2', px, noise),
      channel('P_y', 'uC/cm2', py, noise),
      channel('P_z', 'uC/cm2', pz, noise),
      channel(
        'dTi_x',
        'pm',
        px.map((v) => v * 0.4),
      ),
      channel(
        'tilt_x',
        'mrad',
        make((u, v) => 0.4 + 0.3 * u - 0.5 * v, 0.01),
      ),
      channel(
        'thickness',
        'nm',
        make((u, v) => 46 + 3.2 * v + 0.4 * u, 0.12),
      ),
    ],
    meta: META,
  };
}

/** Held-out errors of P, P_z at the spread that is given [µC/cm²]. */
export function exampleHeldOut(spread: number): HeldOutRow[] {
  return ['P_x', 'P_y', 'P_z'].map((name, axis) => ({
    name,
    unit: 'uC/cm2',
    noiseFree: { mae: axis === 2 ? 3.1 : 0.4 },
    asTrained: { mae: axis === 2 ? 7.1 : 0.6, rmse: axis === 2 ? 8.9 : 0.8 },
    meanOnly: spread,
    told: axis !== 2,
  }));
}

/** True and predicted values with a given error, for parity plots. */
export function exampleParity(
  count: number,
  spread: number,
  error: number,
): { truth: Float32Array; predicted: Float32Array } {
  const random = new RandomStream(6, 'figures', 'parity', count);
  const truth = Float32Array.from({ length: count }, () => random.between(-spread, spread));
  return { truth, predicted: truth.map((v) => 0.97 * v + error * random.normal()) };
}

/** A square diffraction pattern of overlapping disks with Poisson noise. */
export function examplePattern(
  pixels: number,
  seed = 7,
): { data: Float32Array; shape: [number, number]; mrad_per_pixel: number } {
  const random = new RandomStream(seed, 'figures', 'pattern');
  const mrad = 40 / pixels;
  const data = new Float32Array(pixels * pixels);
  for (let y = 0; y < pixels; y++) {
    for (let x = 0; x < pixels; x++) {
      const qx = (x - pixels / 2) * mrad;
      const qy = (y - pixels / 2) * mrad;
      let mean = 1.5;
      for (let h = -4; h <= 4; h++) {
        for (let k = -4; k <= 4; k++) {
          const d = Math.hypot(qx - 5 * h, qy - 5 * k);
          const strength = 4000 * Math.exp(-0.9 * Math.hypot(h, k)) * (1 + 0.15 * h);
          const inside = 1 / (1 + Math.exp((d - 2.1) / 0.08));
          mean += strength * inside * (0.6 + 0.4 * Math.cos(2.2 * d + h - 0.7 * k));
        }
      }
      data[y * pixels + x] = random.poisson(mean);
    }
  }
  return { data, shape: [pixels, pixels], mrad_per_pixel: mrad };
}

/** The disks of `examplePattern`, 5 mrad apart, as hk0. */
export function exampleSpots(): PatternSpot[] {
  const orders = Array.from({ length: 9 }, (_, i) => i - 4);
  return orders.flatMap((k) => orders.map((h): PatternSpot => ({ hkl: [h, k, 0], q_mrad: [5 * h, 5 * k] })));
}

/** Signals of a perovskite's columns at (x, y) [Å], cell 3.9 Å, by detector: they grow or fade with thickness. Fractions of the beam. */
const DETECTORS: readonly {
  readonly name: string;
  readonly inner_mrad: number;
  readonly outer_mrad: number;
  readonly signal: (heavy: number, light: number, thickness_nm: number) => number;
}[] = [
  { name: 'HAADF', inner_mrad: 80, outer_mrad: 200, signal: (a, b, t) => 0.0009 * t * (0.25 + a + 0.3 * b) },
  {
    name: 'ABF',
    inner_mrad: 10.5,
    outer_mrad: 21,
    signal: (a, b, t) => 0.7 * Math.exp(-t / 90) * (1 - 0.3 * a - 0.2 * b),
  },
  { name: 'BF', inner_mrad: 0, outer_mrad: 6, signal: (a, b, t) => 0.09 * Math.exp(-t / 60) * (1 - 0.5 * a - 0.3 * b) },
];

/** Images of a perovskite along [001] over two cells, [thickness][detector][ry][rx]; the steps differ in x and y where the shape does. */
export function exampleImages(
  shape: readonly [number, number],
  thicknesses_nm: readonly number[],
): { images: Float32Array; step_A: [number, number] } {
  const [ry, rx] = shape;
  const step_A: [number, number] = [7.8 / rx, 7.8 / Math.max(2, ry)];
  const column = (x: number, y: number, sigma: number): number => {
    const near = (v: number): number => v - 3.9 * Math.round(v / 3.9);
    return Math.exp(-(near(x) ** 2 + near(y) ** 2) / (2 * sigma ** 2));
  };
  const images = new Float32Array(thicknesses_nm.length * DETECTORS.length * ry * rx);
  let at = 0;
  for (const t of thicknesses_nm) {
    for (const { signal } of DETECTORS) {
      for (let i = 0; i < ry * rx; i++) {
        const x = (i % rx) * step_A[0] - 1;
        const y = Math.floor(i / rx) * step_A[1] - 1;
        const light = column(x - 1.95, y - 1.95, 0.45) + 0.3 * (column(x - 1.95, y, 0.4) + column(x, y - 1.95, 0.4));
        images[at++] = signal(column(x, y, 0.55), light, t);
      }
    }
  }
  return { images, step_A };
}

/** A simulation's report over the scan's shape and thicknesses; with `camera`, patterns. */
export function exampleSimulation(
  shape: readonly [number, number],
  thicknesses_nm: readonly number[],
  options: { camera?: boolean } = {},
): SimulationReportInput {
  const { images, step_A } = exampleImages(shape, thicknesses_nm);
  const pixels = 64;
  const data = new Float32Array(thicknesses_nm.length * pixels * pixels);
  thicknesses_nm.forEach((_, t) => void data.set(examplePattern(pixels, 20 + t).data, t * pixels * pixels));
  return {
    title: 'SrTiO3 [001]',
    specimen: 'SrTiO3 along [001]',
    voltage_kV: 300,
    convergence_mrad: 21,
    scan: { shape, step_A },
    thicknesses_nm,
    detectors: DETECTORS.map(({ name, inner_mrad, outer_mrad }) => ({ name, inner_mrad, outer_mrad })),
    images,
    ...(options.camera
      ? { patterns: { data, shape: [pixels, pixels], mrad_per_pixel: 40 / pixels, spots: exampleSpots() } }
      : {}),
    settings: {
      grid: [512, 480],
      pixel_A: [0.0457, 0.0488],
      window_A: [23.4, 23.4],
      slices: 205,
      slice_A: 1.95,
      largest_mrad: 287,
      thermal: 'Einstein snapshots, 8 averaged',
      engine: 'WebAssembly, float32, 2 threads',
      wall_s: 83.2,
    },
    warnings: [],
    recipe_toml: '[specimen]\ncrystal = "SrTiO3"\n',
    recipe_hash: META.recipe_hash,
    seed: META.seed,
    version: META.version,
  };
}

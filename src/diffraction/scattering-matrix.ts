/**
 * Patterns from one scattering matrix: every tilt, probe position and thickness out of one set of plane-wave passes.
 *
 * A block of n columns a step s apart (cells and a along [001]) repeats laterally with period n·s. A plane wave k only reaches q ≡ k modulo 1/(n·s), so with S_t(q, k) known
 *   I(q; r0, θ, t) = |Σ_{k ≡ q, |k − kθ| < kα} A(k − kθ) S_t(q, k)|²,  A as in `probe.ts`, Σ|A|² = 1,
 * exactly, by linearity. A tilt shifts the aperture to kθ and the pattern is re-centred by kθ.
 *
 * The fine lattice: patterns are sampled every 1/(s·pixelsPerOrder), along x and y. Its points fall into classes modulo the block's own
 * lattice; each class is a set of passes with the offset β of that class. Tilts are points of the fine lattice plus an
 * `offset` in [0, 1)², drawn once per block, so that the tilts of many blocks cover the range continuously.
 */

import { fail } from '../core/errors.ts';
import { extent } from '../core/extent.ts';
import { checkAborted, type Task } from '../core/task.ts';
import type { Aberrations } from './aberrations.ts';
import type { Multislice } from './cpu/multislice.ts';
import { panelIndex } from './cpu/panels.ts';
import { type LatticeDetector, perOrder, pixel_invA, pixel_mrad } from './detector.ts';
import { wavelength } from './optics.ts';
import { apertureLimit_mrad, type ProbeOptions, probeAmplitude } from './probe.ts';

export interface PatternRequest {
  /** Probe position in the block [Å]. */
  readonly position_A: readonly [x: number, y: number];
  /** Tilt in steps of the fine lattice, integers: θ = λ·(index + offset)/(s·pixelsPerOrder). */
  readonly tilt: readonly [x: number, y: number];
  /** Slices that the beam passes. */
  readonly exit: number;
  /** Added to the geometry's [nm]; 0 where absent. */
  readonly defocus_nm?: number;
}

export interface LatticeGeometry {
  readonly detector: LatticeDetector;
  readonly defocus_nm: number;
  /** What the lens has beyond defocus; none where absent. */
  readonly aberrations?: Aberrations | undefined;
  /** Columns of the block along x and y. */
  readonly cells: readonly [x: number, y: number];
  /** Position of the fine lattice against the zone axis, in its own steps, [0, 1)². */
  readonly offset: readonly [x: number, y: number];
}

/** The probe of a lattice detector: its aperture's edge is one pixel wide, its longer side. */
export function latticeProbe(detector: LatticeDetector, defocus_nm: number, aberrations?: Aberrations): ProbeOptions {
  return {
    wavelength_A: wavelength(detector.voltage_kV),
    convergence_mrad: detector.convergence_mrad,
    defocus_nm,
    edge_mrad: Math.max(...pixel_mrad(detector)),
    aberrations,
  };
}

/** Fine-lattice points inside the aperture, relative to its centre. */
function aperturePoints(detector: LatticeDetector): [x: number, y: number][] {
  const [sx, sy] = pixel_mrad(detector);
  const limit = apertureLimit_mrad(latticeProbe(detector, 0));
  const [reachX, reachY] = [Math.floor(limit / sx), Math.floor(limit / sy)];
  const points: [number, number][] = [];
  for (let y = -reachY; y <= reachY; y++) {
    for (let x = -reachX; x <= reachX; x++) if (Math.hypot(x * sx, y * sy) < limit) points.push([x, y]);
  }
  return points;
}

const floorMod = (a: number, m: number) => ((a % m) + m) % m;

/** The plane waves of one class of fine-lattice points, and the part of their spectra that patterns need. */
export interface WaveClass {
  /** The class: fine-lattice points ≡ (x, y) modulo the plan's `modulus`. */
  readonly at: readonly [x: number, y: number];
  /** Offset of the class inside the block's reciprocal lattice [1/Å]. */
  readonly offset_invA: readonly [x: number, y: number];
  /** Plane waves as indices of the block's reciprocal lattice. */
  readonly waves: readonly (readonly [gx: number, gy: number])[];
  /** Index in `waves` of a fine-lattice point of this class. */
  waveOf(x: number, y: number): number;
  /** First reciprocal lattice index that a detector reaches, and how many from there. */
  readonly low: readonly [x: number, y: number];
  readonly width: number;
  readonly height: number;
}

/** What both engines need to know before the first wave. */
export interface PatternPlan {
  /** Classes along each axis. */
  readonly modulus: readonly [x: number, y: number];
  readonly classes: readonly WaveClass[];
  /** Fine-lattice points inside the aperture, relative to its centre. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** The probe's amplitude at such a point, not normalised, and Σ|A|² over all of them. */
  amplitude(
    point: readonly [x: number, y: number],
    request: Pick<PatternRequest, 'position_A' | 'defocus_nm'>,
  ): readonly [re: number, im: number];
  readonly norm: number;
  /** Slice counts that requests ask for, ascending. */
  readonly exits: readonly number[];
  /** Plane waves of all classes. */
  readonly total: number;
}

/** @throws 'range' where the block's lattice does not divide the detector's, or the detector reaches past the grid */
export function planPatterns(
  grid: { readonly nx: number; readonly ny: number },
  geometry: LatticeGeometry,
  requests: readonly PatternRequest[],
): PatternPlan {
  const { detector, cells, offset } = geometry;
  const { pixels } = detector;
  const orders = perOrder(detector);
  const modulus = cells.map((n, axis) => orders[axis]! / n);
  const [mx, my] = modulus as [number, number];
  if (!Number.isInteger(mx) || !Number.isInteger(my)) {
    fail(
      'range',
      `A block of ${cells.join('×')} cells has no pattern lattice of ${orders[0] === orders[1] ? orders[0] : orders.join('×')} pixels per order.`,
      'Make library.pixels_per_order a multiple of structures.cells.',
    );
  }
  const span = (axis: 0 | 1): [low: number, high: number] => {
    const tilts = requests.map((request) => request.tilt[axis]);
    const [least, greatest] = extent(tilts);
    return [least - pixels / 2, greatest + pixels / 2 - 1];
  };
  const range = [span(0), span(1)] as const;
  for (const axis of [0, 1] as const) {
    const reach = Math.ceil(Math.max(-range[axis][0], range[axis][1]) / modulus[axis]!) + 1;
    if (reach > (axis === 0 ? grid.nx : grid.ny) / 2) {
      fail('range', 'The detector reaches past what the real-space grid resolves.', 'Raise library.grid_per_cell.');
    }
  }

  const [stepX, stepY] = pixel_invA(detector);
  const probe = latticeProbe(detector, geometry.defocus_nm, geometry.aberrations);
  const points = aperturePoints(detector);
  let norm = 0;
  for (const [x, y] of points)
    norm +=
      probeAmplitude(x * stepX, y * stepY, 0, 0, probe)[0] ** 2 +
      probeAmplitude(x * stepX, y * stepY, 0, 0, probe)[1] ** 2;
  const tiltPoints = [...new Map(requests.map((request) => [request.tilt.join(), request.tilt])).values()];
  const classes = Array.from({ length: mx * my }, (_, c): WaveClass => {
    const cx = c % mx;
    const cy = Math.floor(c / mx);
    const waves = new Map<string, [gx: number, gy: number]>();
    for (const [tx, ty] of tiltPoints) {
      for (const [x, y] of points) {
        if (floorMod(x + tx, mx) !== cx || floorMod(y + ty, my) !== cy) continue;
        const g: [number, number] = [(x + tx - cx) / mx, (y + ty - cy) / my];
        waves.set(g.join(), g);
      }
    }
    const index = new Map([...waves.keys()].map((key, i) => [key, i]));
    const low = [Math.floor((range[0][0] - cx) / mx), Math.floor((range[1][0] - cy) / my)] as const;
    return {
      at: [cx, cy],
      offset_invA: [(cx + offset[0]) * stepX, (cy + offset[1]) * stepY],
      waves: [...waves.values()],
      waveOf: (x, y) => index.get(`${(x - cx) / mx},${(y - cy) / my}`)!,
      low,
      width: Math.ceil((range[0][1] - cx) / mx) - low[0] + 1,
      height: Math.ceil((range[1][1] - cy) / my) - low[1] + 1,
    };
  });
  return {
    modulus: [mx, my],
    classes,
    points,
    amplitude: ([x, y], { position_A, defocus_nm = 0 }) =>
      probeAmplitude(x * stepX, y * stepY, ...position_A, { ...probe, defocus_nm: probe.defocus_nm + defocus_nm }),
    norm,
    exits: [...new Set(requests.map((request) => request.exit))].sort((a, b) => a - b),
    total: classes.reduce((sum, { waves }) => sum + waves.length, 0),
  };
}

/** True where a fine-lattice point belongs to the class. */
export function inClass(plan: PatternPlan, { at }: WaveClass, x: number, y: number): boolean {
  return floorMod(x, plan.modulus[0]) === at[0] && floorMod(y, plan.modulus[1]) === at[1];
}

/**
 * The first pixel (px, py) of a request that is a point of the class, and its index in the class's spectra. Pixel p is fine-lattice point
 * p − pixels/2 + tilt; every `modulus`-th is of the class, and its neighbour in the spectra.
 */
export function firstPixel(
  plan: PatternPlan,
  { at, low }: WaveClass,
  pixels: number,
  tilt: readonly [number, number],
): readonly [px: number, py: number, x: number, y: number] {
  const first = ([0, 1] as const).map((axis) => floorMod(at[axis] - tilt[axis] + pixels / 2, plan.modulus[axis]));
  const index = ([0, 1] as const).map(
    (axis) => (first[axis]! - pixels / 2 + tilt[axis] - at[axis]) / plan.modulus[axis] - low[axis],
  );
  return [first[0]!, first[1]!, index[0]!, index[1]!];
}

/** Patterns [requests][pixels qy][pixels qx]: fraction of the incident beam per pixel. @throws what `planPatterns` throws */
export function simulatePatterns(
  multislice: Multislice,
  geometry: LatticeGeometry,
  requests: readonly PatternRequest[],
  task: Task,
): Float32Array {
  const plan = planPatterns(multislice, geometry, requests);
  const { pixels } = geometry.detector;
  const { exits, points } = plan;
  const [mx, my] = plan.modulus;
  const exitIndex = new Map(exits.map((exit, i) => [exit, i]));
  let done = 0;

  const patterns = new Float32Array(requests.length * pixels * pixels);
  const { nx, ny } = multislice;
  for (const group of plan.classes) {
    const { waves, low, width, height, offset_invA } = group;
    const size = width * height;
    const re = new Float32Array(waves.length * exits.length * size);
    const im = new Float32Array(waves.length * exits.length * size);
    const scale = 1 / (nx * ny);
    for (const [w, [gx, gy]] of waves.entries()) {
      checkAborted(task);
      multislice.run(
        (panels) => fillPlaneWave(panels, nx, ny, gx, gy),
        exits,
        { offset_invA },
        (exit, spectrum) => {
          let to = (w * exits.length + exitIndex.get(exit)!) * size;
          for (let y = 0; y < height; y++) {
            const row = floorMod(low[1] + y, ny);
            for (let x = 0; x < width; x++, to++) {
              const from = panelIndex(floorMod(low[0] + x, nx), row, ny);
              re[to] = spectrum[from]! * scale;
              im[to] = spectrum[from + 4]! * scale;
            }
          }
        },
      );
      task.progress(++done, plan.total, 'plane waves');
    }
    const sumRe = new Float32Array(size);
    const sumIm = new Float32Array(size);
    for (const [r, request] of requests.entries()) {
      sumRe.fill(0);
      sumIm.fill(0);
      const [tx, ty] = request.tilt;
      for (const point of points) {
        const [x, y] = point;
        if (!inClass(plan, group, x + tx, y + ty)) continue;
        const [ar, ai] = plan.amplitude(point, request);
        const from = (group.waveOf(x + tx, y + ty) * exits.length + exitIndex.get(request.exit)!) * size;
        for (let i = 0; i < size; i++) {
          const sr = re[from + i]!;
          const si = im[from + i]!;
          sumRe[i] = sumRe[i]! + ar * sr - ai * si;
          sumIm[i] = sumIm[i]! + ar * si + ai * sr;
        }
      }
      const [firstX, firstY, x0, y0] = firstPixel(plan, group, pixels, request.tilt);
      for (let py = firstY, y = y0; py < pixels; py += my, y++) {
        for (let px = firstX, i = y * width + x0; px < pixels; px += mx, i++) {
          patterns[(r * pixels + py) * pixels + px] = (sumRe[i]! ** 2 + sumIm[i]! ** 2) / plan.norm;
        }
      }
    }
  }
  return patterns;
}

/** exp(2πi(gx·x/nx + gy·y/ny)) as nx·ny complex numbers in panels (cpu/panels.ts); gx, gy are indices of the window's reciprocal lattice. */
export function fillPlaneWave(panels: Float32Array, nx: number, ny: number, gx: number, gy: number): void {
  for (let y = 0; y < ny; y++) {
    for (let x = 0; x < nx; x++) {
      const angle = 2 * Math.PI * ((gx * x) / nx + (gy * y) / ny);
      const at = panelIndex(x, y, ny);
      panels[at] = Math.cos(angle);
      panels[at + 4] = Math.sin(angle);
    }
  }
}

/**
 * Patterns from one scattering matrix: every tilt, probe position and thickness out of one set of plane-wave passes.
 *
 * A block of n cells repeats laterally with period n·a. A plane wave k only reaches q ≡ k modulo 1/(n·a), so with S_t(q, k) known
 *   I(q; r0, θ, t) = |Σ_{k ≡ q, |k − kθ| < kα} A(k − kθ) S_t(q, k)|²,  A as in `probe.ts`, Σ|A|² = 1,
 * exactly, by linearity. A tilt shifts the aperture to kθ and the pattern is re-centred by kθ.
 *
 * The fine lattice: patterns are sampled every 1/(a·pixelsPerOrder). Its points fall into classes modulo the block's own
 * lattice; each class is a set of passes with the offset β of that class. Tilts are points of the fine lattice plus an
 * `offset` in [0, 1)², drawn once per block, so that the tilts of many blocks cover the range continuously.
 */

import { fail } from '../core/errors.ts';
import { checkAborted, type Task } from '../core/task.ts';
import type { Multislice } from './cpu/multislice.ts';
import { panelIndex } from './cpu/panels.ts';
import type { LatticeDetector } from './detector.ts';
import { wavelength } from './optics.ts';
import { apertureLimit_mrad, type ProbeOptions, probeAmplitude } from './probe.ts';

export interface PatternRequest {
  /** Probe position in the block [Å]. */
  readonly position_A: readonly [x: number, y: number];
  /** Tilt in steps of the fine lattice, integers: θ = λ·(index + offset)/(a·pixelsPerOrder). */
  readonly tilt: readonly [x: number, y: number];
  /** Slices that the beam passes. */
  readonly exit: number;
}

export interface LatticeGeometry {
  readonly detector: LatticeDetector;
  readonly defocus_nm: number;
  /** Unit cells of the block along x and y. */
  readonly cells: readonly [x: number, y: number];
  /** Position of the fine lattice against the zone axis, in its own steps, [0, 1)². */
  readonly offset: readonly [x: number, y: number];
}

/** Angle of one step of the fine lattice, λ/(a·pixelsPerOrder) [mrad]: the pixel of the pattern. */
export function pixel_mrad(detector: LatticeDetector): number {
  return (wavelength(detector.voltage_kV) * 1e3) / (detector.a_A * detector.pixelsPerOrder);
}

/** The probe of a lattice detector: its aperture's edge is one pixel wide. */
export function latticeProbe(detector: LatticeDetector, defocus_nm: number): ProbeOptions {
  return {
    wavelength_A: wavelength(detector.voltage_kV),
    convergence_mrad: detector.convergence_mrad,
    defocus_nm,
    edge_mrad: pixel_mrad(detector),
  };
}

/** Fine-lattice points inside the aperture, relative to its centre. */
export function aperturePoints(detector: LatticeDetector): [x: number, y: number][] {
  const step = pixel_mrad(detector);
  const limit = apertureLimit_mrad(latticeProbe(detector, 0)) / step;
  const reach = Math.floor(limit);
  const points: [number, number][] = [];
  for (let y = -reach; y <= reach; y++) {
    for (let x = -reach; x <= reach; x++) if (Math.hypot(x, y) < limit) points.push([x, y]);
  }
  return points;
}

const floorMod = (a: number, m: number) => ((a % m) + m) % m;

/**
 * Patterns [requests][pixels qy][pixels qx]: fraction of the incident beam per pixel.
 * @throws 'range' where the block's lattice does not divide the detector's, or the detector reaches past the grid
 */
export function simulatePatterns(
  multislice: Multislice,
  geometry: LatticeGeometry,
  requests: readonly PatternRequest[],
  task: Task,
): Float32Array {
  const { detector, cells, offset } = geometry;
  const { pixels, pixelsPerOrder, a_A } = detector;
  const classes = cells.map((n) => pixelsPerOrder / n);
  const [mx, my] = classes as [number, number];
  if (!Number.isInteger(mx) || !Number.isInteger(my)) {
    fail(
      'range',
      `A block of ${cells.join('×')} cells has no pattern lattice of ${pixelsPerOrder} pixels per order.`,
      'Make library.pixels_per_order a multiple of structures.cells.',
    );
  }
  const span = (axis: 0 | 1): [low: number, high: number] => {
    const tilts = requests.map((request) => request.tilt[axis]);
    return [Math.min(...tilts) - pixels / 2, Math.max(...tilts) + pixels / 2 - 1];
  };
  const range = [span(0), span(1)] as const;
  for (const axis of [0, 1] as const) {
    const grid = axis === 0 ? multislice.nx : multislice.ny;
    const reach = Math.ceil(Math.max(-range[axis][0], range[axis][1]) / classes[axis]!) + 1;
    if (reach > grid / 2) {
      fail('range', 'The detector reaches past what the real-space grid resolves.', 'Raise library.grid_per_cell.');
    }
  }

  const step = 1 / (a_A * pixelsPerOrder);
  const probe = latticeProbe(detector, geometry.defocus_nm);
  const points = aperturePoints(detector);
  const exits = [...new Set(requests.map((request) => request.exit))].sort((a, b) => a - b);
  const exitIndex = new Map(exits.map((exit, i) => [exit, i]));
  let norm = 0;
  for (const [x, y] of points)
    norm +=
      probeAmplitude(x * step, y * step, 0, 0, probe)[0] ** 2 + probeAmplitude(x * step, y * step, 0, 0, probe)[1] ** 2;
  const tiltPoints = [...new Map(requests.map((request) => [request.tilt.join(), request.tilt])).values()];

  // Plane waves of every class, so that progress has an end.
  const wavesOf = (cx: number, cy: number) => {
    const waves = new Map<string, [gx: number, gy: number]>();
    for (const [tx, ty] of tiltPoints) {
      for (const [x, y] of points) {
        if (floorMod(x + tx, mx) !== cx || floorMod(y + ty, my) !== cy) continue;
        const g: [number, number] = [(x + tx - cx) / mx, (y + ty - cy) / my];
        waves.set(g.join(), g);
      }
    }
    return [...waves.values()];
  };
  const allWaves = Array.from({ length: mx * my }, (_, c) => wavesOf(c % mx, Math.floor(c / mx)));
  const total = allWaves.reduce((sum, waves) => sum + waves.length, 0);
  let done = 0;

  const patterns = new Float32Array(requests.length * pixels * pixels);
  const { nx, ny } = multislice;
  for (let c = 0; c < mx * my; c++) {
    const cx = c % mx;
    const cy = Math.floor(c / mx);
    const low = [Math.floor((range[0][0] - cx) / mx), Math.floor((range[1][0] - cy) / my)] as const;
    const width = Math.ceil((range[0][1] - cx) / mx) - low[0] + 1;
    const height = Math.ceil((range[1][1] - cy) / my) - low[1] + 1;
    const size = width * height;
    const waves = allWaves[c]!;
    const waveIndex = new Map(waves.map((g, i) => [g.join(), i]));
    const re = new Float32Array(waves.length * exits.length * size);
    const im = new Float32Array(waves.length * exits.length * size);
    const beta: [number, number] = [(cx + offset[0]) * step, (cy + offset[1]) * step];
    const scale = 1 / (nx * ny);
    for (const [w, [gx, gy]] of waves.entries()) {
      checkAborted(task);
      multislice.run(
        (panels) => fillPlaneWave(panels, nx, ny, gx, gy),
        exits,
        { offset_invA: beta },
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
      task.progress(++done, total, 'plane waves');
    }
    const sumRe = new Float32Array(size);
    const sumIm = new Float32Array(size);
    for (const [r, request] of requests.entries()) {
      sumRe.fill(0);
      sumIm.fill(0);
      const [tx, ty] = request.tilt;
      for (const [x, y] of points) {
        if (floorMod(x + tx, mx) !== cx || floorMod(y + ty, my) !== cy) continue;
        const [ar, ai] = probeAmplitude(x * step, y * step, ...request.position_A, probe);
        const w = waveIndex.get(`${(x + tx - cx) / mx},${(y + ty - cy) / my}`)!;
        const from = (w * exits.length + exitIndex.get(request.exit)!) * size;
        for (let i = 0; i < size; i++) {
          const sr = re[from + i]!;
          const si = im[from + i]!;
          sumRe[i] = sumRe[i]! + ar * sr - ai * si;
          sumIm[i] = sumIm[i]! + ar * si + ai * sr;
        }
      }
      // Pixel p of this request is fine-lattice point p − pixels/2 + tilt; only those of this class are filled.
      const firstX = floorMod(cx - tx + pixels / 2, mx);
      const firstY = floorMod(cy - ty + pixels / 2, my);
      for (let py = firstY; py < pixels; py += my) {
        const y = (py - pixels / 2 + ty - cy) / my - low[1];
        for (let px = firstX; px < pixels; px += mx) {
          const i = y * width + (px - pixels / 2 + tx - cx) / mx - low[0];
          patterns[(r * pixels + py) * pixels + px] = (sumRe[i]! ** 2 + sumIm[i]! ** 2) / norm;
        }
      }
    }
  }
  return patterns;
}

/** exp(2πi(gx·x/nx + gy·y/ny)) in panels. */
function fillPlaneWave(panels: Float32Array, nx: number, ny: number, gx: number, gy: number): void {
  for (let y = 0; y < ny; y++) {
    for (let x = 0; x < nx; x++) {
      const angle = 2 * Math.PI * ((gx * x) / nx + (gy * y) / ny);
      const at = panelIndex(x, y, ny);
      panels[at] = Math.cos(angle);
      panels[at + 4] = Math.sin(angle);
    }
  }
}

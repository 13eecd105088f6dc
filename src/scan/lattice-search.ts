/**
 * Finds the lattice of disks in a mean pattern when nothing but the crystal and the beam is known: the ratio of the
 * disks' radius α to their spacing (λ/a along [001]) is fixed, so pixel size and rotation are two numbers, searched on a grid. The
 * score is the mean over disks of the normalised edge contrast
 *   (Σ inside − Σ outside) / (Σ inside + Σ outside + 4·√(Σ inside + Σ outside)),
 * sums of counts along circles 1.3 px inside and outside the edge; the square root keeps disks of few counts from
 * counting. The direct beam itself is left out: a lattice needs more than one disk. Candidates are ranked by that mean
 * times n/(n + 6), n disks in the image, since few disks find a chance agreement more easily.
 */

import { breathe, type Task } from '../core/task.ts';
import type { Pair } from './calibration.ts';
import { type DiskGeometry, orderPlace } from './disk-edge.ts';

export interface SearchImage {
  /** Total counts over `patterns` patterns, bad pixels repaired. */
  readonly counts: Float64Array;
  readonly ny: number;
  readonly nx: number;
}

export interface LatticeGuess {
  /** Spacing of the disks [px] and rotation [degrees, axis 0 towards axis 1]. */
  readonly spacing_px: number;
  readonly rotation_deg: number;
  readonly centre: Pair;
  /** Mean edge contrast of the disks, and its ratio to its standard deviation by counting statistics. */
  readonly contrast: number;
  readonly significance: number;
  readonly disks: number;
  /** What candidates are ranked by. */
  readonly rank: number;
}

const OFFSET_PX = 1.3;
const ANGLES = 20;
const COS = Float64Array.from({ length: ANGLES }, (_, i) => Math.cos((2 * Math.PI * (i + 0.5)) / ANGLES));
const SIN = Float64Array.from({ length: ANGLES }, (_, i) => Math.sin((2 * Math.PI * (i + 0.5)) / ANGLES));

function ring(image: SearchImage, cy: number, cx: number, radius: number): number {
  let sum = 0;
  for (let i = 0; i < ANGLES; i++) {
    const y = cy + radius * COS[i]!;
    const x = cx + radius * SIN[i]!;
    const j = Math.floor(y);
    const k = Math.floor(x);
    const fy = y - j;
    const fx = x - k;
    const at = j * image.nx + k;
    const a = image.counts[at]! * (1 - fx) + image.counts[at + 1]! * fx;
    const b = image.counts[at + image.nx]! * (1 - fx) + image.counts[at + image.nx + 1]! * fx;
    sum += a * (1 - fy) + b * fy;
  }
  return sum;
}

function contrast(image: SearchImage, cy: number, cx: number, radius: number): [value: number, variance: number] {
  const inside = ring(image, cy, cx, Math.max(0.5, radius - OFFSET_PX));
  const outside = ring(image, cy, cx, radius + OFFSET_PX);
  const total = Math.max(0, inside + outside);
  const scale = total + 4 * Math.sqrt(total) + 1e-9;
  // Samples closer than a pixel repeat the same counts.
  const repeats = Math.max(1, ANGLES / (2 * Math.PI * Math.max(0.5, radius - OFFSET_PX)));
  return [(inside - outside) / scale, (repeats * total) / (scale * scale)];
}

/** Disks to this order along each axis count. */
const ORDERS = 3;

/** The score of one candidate. */
function latticeScore(
  image: SearchImage,
  centre: Pair,
  spacing: number,
  rotation_rad: number,
  radius: number,
  cell: DiskGeometry['cell'],
): Pick<LatticeGuess, 'contrast' | 'significance' | 'disks' | 'rank'> {
  const by: Pair = [spacing * Math.cos(rotation_rad), spacing * Math.sin(rotation_rad)];
  const margin = radius + OFFSET_PX + 1;
  let sum = 0;
  let variance = 0;
  let disks = 0;
  for (let h = -ORDERS; h <= ORDERS; h++) {
    for (let k = -ORDERS; k <= ORDERS; k++) {
      const [u, v] = orderPlace(cell, h, k);
      if ((h === 0 && k === 0) || u * u + v * v > ORDERS * ORDERS + 1) continue;
      const cy = centre[0] + u * by[0] - v * by[1];
      const cx = centre[1] + u * by[1] + v * by[0];
      if (cy < margin || cx < margin || cy > image.ny - 1 - margin || cx > image.nx - 1 - margin) continue;
      const [value, noise] = contrast(image, cy, cx, radius);
      sum += value;
      variance += noise;
      disks++;
    }
  }
  if (disks < 4) return { contrast: -1, significance: 0, disks, rank: -1 };
  return { rank: sum / (disks + 6), contrast: sum / disks, significance: sum / Math.sqrt(variance + 1e-12), disks };
}

/** The brightest place at the scale of a disk: mean over a square of the given half width. */
export function brightest(image: SearchImage, half: number): Pair {
  const { ny, nx, counts } = image;
  const table = new Float64Array((ny + 1) * (nx + 1));
  for (let y = 0; y < ny; y++) {
    let row = 0;
    for (let x = 0; x < nx; x++) {
      row += counts[y * nx + x]!;
      table[(y + 1) * (nx + 1) + x + 1] = table[y * (nx + 1) + x + 1]! + row;
    }
  }
  let best = -Infinity;
  let at: Pair = [ny / 2, nx / 2];
  const h = Math.max(1, Math.round(half));
  for (let y = h; y < ny - h; y++) {
    for (let x = h; x < nx - h; x++) {
      const [y0, y1, x0, x1] = [y - h, y + h + 1, x - h, x + h + 1];
      const w = nx + 1;
      const sum = table[y1 * w + x1]! - table[y0 * w + x1]! - table[y1 * w + x0]! + table[y0 * w + x0]!;
      if (sum > best) {
        best = sum;
        at = [y, x];
      }
    }
  }
  return at;
}

export interface SearchOptions {
  /** Spacing of the disks, where they are nearest, over the convergence semi-angle. */
  readonly spacing_over_radius: number;
  /** The lattice's cell, as in {@link DiskGeometry}, and the smallest angle that turns it into itself [degrees]. */
  readonly cell: DiskGeometry['cell'];
  readonly turn_deg: number;
  /** Radius of the direct beam, if the vacuum probe gave it [px]. */
  readonly radius_px?: number | undefined;
  /** Search only near this rotation [degrees]. */
  readonly rotation_deg?: number | undefined;
}

/** The best lattice, or undefined where no candidate has four disks in the image. */
export async function searchLattice(
  image: SearchImage,
  start: Pair,
  options: SearchOptions,
  task: Task,
): Promise<LatticeGuess | undefined> {
  const ratio = options.spacing_over_radius;
  const size = Math.min(image.ny, image.nx);
  const [low, high] = options.radius_px
    ? [0.88 * options.radius_px * ratio, 1.14 * options.radius_px * ratio]
    : [Math.max(4, 1.5 * ratio), Math.min(0.45 * size, 0.45 * size * ratio)];
  const middle = options.rotation_deg ?? 0;
  const spread = options.rotation_deg === undefined ? options.turn_deg / 2 : 3;
  const candidates: { score: number; p: [number, number, number, number] }[] = [];
  for (let g = low; g <= high; g += Math.max(0.3, 0.006 * g)) {
    await breathe(task);
    const radius = g / ratio;
    const centre = centreFor(image, start, radius);
    const step = 45 / Math.max(15, Math.ceil(45 / Math.min(2, (180 / Math.PI) * (0.8 / (3 * g)))));
    for (let angle = middle - spread; angle < middle + spread + step / 2; angle += step) {
      const { rank: score } = latticeScore(image, centre, g, (angle * Math.PI) / 180, radius, options.cell);
      candidates.push({ score, p: [g, angle, centre[0], centre[1]] });
    }
  }
  const best = candidates.toSorted((a, b) => b.score - a.score).slice(0, 12);
  let top: LatticeGuess | undefined;
  for (const candidate of best) {
    await breathe(task);
    const refined = climb(image, candidate.p, ratio, options.cell);
    if (!top || refined.rank > top.rank) top = refined;
  }
  return top;
}

/** Where the direct beam's own edge fits best, within half a radius of the start. */
function centreFor(image: SearchImage, start: Pair, radius: number): Pair {
  const reach = Math.max(1, Math.round(radius / 2));
  const margin = radius + OFFSET_PX + 1;
  let best = -Infinity;
  let at = start;
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      const [y, x] = [start[0] + dy, start[1] + dx];
      if (y < margin || x < margin || y > image.ny - 1 - margin || x > image.nx - 1 - margin) continue;
      const [value] = contrast(image, y, x, radius);
      if (value > best) {
        best = value;
        at = [y, x];
      }
    }
  }
  return at;
}

/** Coordinate ascent over spacing, rotation and centre with shrinking steps. */
function climb(image: SearchImage, from: readonly number[], ratio: number, cell: DiskGeometry['cell']): LatticeGuess {
  const p = [...from];
  const score = (v: readonly number[]) =>
    latticeScore(image, [v[2]!, v[3]!], v[0]!, (v[1]! * Math.PI) / 180, v[0]! / ratio, cell);
  let best = score(p);
  for (let shrink = 1; shrink > 0.1; shrink /= 2) {
    const steps = [(0.4 * shrink * p[0]!) / 20, 1 * shrink, 1 * shrink, 1 * shrink];
    for (let round = 0, moved = true; moved && round < 10; round++) {
      moved = false;
      for (const [i, step] of steps.entries()) {
        for (const sign of [-1, 1]) {
          const trial = [...p];
          trial[i]! += sign * step;
          const now = score(trial);
          if (now.rank > best.rank) {
            best = now;
            p[i] = trial[i]!;
            moved = true;
          }
        }
      }
    }
  }
  return { spacing_px: p[0]!, rotation_deg: p[1]!, centre: [p[2]!, p[3]!], ...best };
}

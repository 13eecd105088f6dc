/**
 * What stands at a scan position, from cheap facts of its own pattern: the crystal, or something that no polarization can be told of. A kind is decided against the
 * scan's own patterns: the lattice is missing where its contrast (lattice-contrast.ts) is less than a quarter of what patterns that show it have, by more than three
 * standard errors of counting; a frame is empty where it was lost or holds less than a tenth of their counts.
 * What this is not: whether a crystal is the one that a model was made for. The electrodes of a film are perovskites of nearly the same lattice and count as crystal
 * here; a model's domain tells them (network/marks.ts).
 */

import { disksApart_mrad, diskTurn_deg, diskVectors_mrad } from '../diffraction/detector.ts';
import { type BeamAndCrystal, type Calibration, centreAt, type Pair } from './calibration.ts';
import type { DiskGeometry } from './disk-edge.ts';
import { LatticePixels, meanOf, type PatternImage } from './lattice-contrast.ts';
import { median } from './linear.ts';
import { indexPosition } from './pattern-source.ts';
import type { Sample } from './survey.ts';

/** Kinds by their codes in a map's channel `position`. */
export const POSITION_KINDS = ['crystal', 'empty', 'vacuum', 'displaced', 'turned', 'other'] as const;
export type PositionKind = (typeof POSITION_KINDS)[number];

/** Share of the lattice's usual contrast, and standard errors, below which it is missing. */
const MISSING = 0.25;
const ERRORS = 3;
/** Contrast over its standard error from which on a pattern shows the lattice. */
const SHOWN = 5;
/** Share of the scan's usual counts below which a frame is empty. */
const EMPTY = 0.1;
/** Share of the counts above the background inside of the direct beam from which on there is nothing else, and of what a vacuum probe has there where there is one. */
const DIRECT = 0.54;
const DIRECT_OF_PROBE = 0.93;
/** Share of the usual contrast that a moved or turned lattice must reach to be named. */
const NAMED = 0.5;
const TURN_STEP_DEG = 2;
/** Share of a sample that must show the lattice for the others to be left out. */
const LEAST_CRYSTAL = 0.05;
/** Every so manieth pixel tells the background. */
const THIN = 13;

/** A pattern's facts: counts above the background, share of them in the direct beam, contrast of the lattice with its standard error, and where it is not shown the most that moving or turning it gives. */
export interface PositionFacts {
  readonly counts: number;
  readonly direct: number;
  readonly contrast: number;
  readonly contrast_se: number;
  readonly moved: number;
  readonly turned: number;
  /** Values that were no numbers and were replaced (no-numbers.ts). */
  readonly mended?: number;
}

/** Of a frame that was lost. */
export const NO_FACTS: PositionFacts = {
  counts: Number.NaN,
  direct: 0,
  contrast: 0,
  contrast_se: 0,
  moved: 0,
  turned: 0,
};

/** The lattice that facts are taken on: that of a calibration. */
export interface Seen extends Pick<Calibration, 'map_px_per_mrad' | 'descan' | 'counts_per_electron'> {
  readonly crystal: BeamAndCrystal;
}

/** Takes the facts of patterns of one camera. */
export class PositionLook {
  readonly #of: Seen;
  readonly #geometry: DiskGeometry;
  readonly #lattice: LatticePixels;
  #turns: readonly LatticePixels[] | undefined;

  constructor(of: Seen) {
    this.#of = of;
    this.#geometry = geometryOf(of.crystal, of.map_px_per_mrad);
    this.#lattice = new LatticePixels(this.#geometry);
  }

  /** Facts of a corrected pattern [ny][nx] at scan position (ry, rx), counts. */
  facts(data: Float32Array, ny: number, nx: number, ry: number, rx: number): PositionFacts {
    const image: PatternImage = { data, ny, nx, counts_per_electron: this.#of.counts_per_electron };
    const centre = centreAt(this.#of.descan, ry, rx);
    const background = backgroundOf(data);
    const total = data.reduce((sum, v) => sum + v, 0) - data.length * background;
    if (!Number.isFinite(total)) return NO_FACTS;
    const direct = directShare(image, this.#lattice, centre, background, total);
    const found = this.#lattice.contrast(image, centre) ?? { value: 0, se: 0 };
    const shown = found.value > SHOWN * found.se && found.value > 0.2;
    return {
      counts: total,
      direct,
      contrast: found.value,
      contrast_se: found.se,
      moved: shown ? 0 : this.#moved(image, centre),
      turned: shown ? 0 : this.#turned(image, centre),
    };
  }

  /** Most contrast about centres within a cell of the lattice. */
  #moved(image: PatternImage, centre: Pair): number {
    const { map, spacing_mrad, cell } = this.#geometry;
    const steps = Math.max(3, Math.ceil((3 * spacing_mrad) / this.#geometry.radius_mrad));
    let most = 0;
    for (let i = 0; i < steps; i++) {
      for (let j = 0; j < steps; j++) {
        const [a, b] = [i / steps - 0.5, j / steps - 0.5];
        const qy = spacing_mrad * (a * cell[0][0] + b * cell[1][0]);
        const qx = spacing_mrad * (a * cell[0][1] + b * cell[1][1]);
        const at: Pair = [centre[0] + map[0][0] * qy + map[0][1] * qx, centre[1] + map[1][0] * qy + map[1][1] * qx];
        most = Math.max(most, this.#lattice.contrast(image, at)?.value ?? 0);
      }
    }
    return most;
  }

  /** Most contrast of the lattice turned about the direct beam. */
  #turned(image: PatternImage, centre: Pair): number {
    const whole = diskTurn_deg(this.#of.crystal);
    this.#turns ??= Array.from(
      { length: Math.ceil(whole / TURN_STEP_DEG) - 1 },
      (_, i) => new LatticePixels(this.#geometry, (i + 1) * TURN_STEP_DEG),
    );
    return Math.max(0, ...this.#turns.map((lattice) => lattice.contrast(image, centre)?.value ?? 0));
  }

  /** Share of a vacuum probe's counts above its background that lie in the direct beam. @param vacuum corrected [ny][nx], counts */
  probeShare(vacuum: Float32Array, ny: number, nx: number): number {
    const image: PatternImage = { data: vacuum, ny, nx, counts_per_electron: this.#of.counts_per_electron };
    let [sum, sy, sx] = [0, 0, 0];
    const background = backgroundOf(vacuum);
    for (const [k, v] of vacuum.entries()) {
      const more = Math.max(0, v - background);
      sum += more;
      sy += more * Math.floor(k / nx);
      sx += more * (k % nx);
    }
    return directShare(image, this.#lattice, [sy / sum, sx / sum], background, sum);
  }
}

function geometryOf(crystal: BeamAndCrystal, map: Calibration['map_px_per_mrad']): DiskGeometry {
  const [alongX, other] = diskVectors_mrad(crystal);
  const spacing_mrad = disksApart_mrad(crystal);
  const inUnits = ([x, y]: Pair): Pair => [y / spacing_mrad, x / spacing_mrad];
  return {
    map,
    radius_mrad: crystal.convergence_mrad,
    edge_px: 1,
    spacing_mrad,
    cell: [inUnits(other), inUnits(alongX)],
  };
}

/** The level that half of the pixels lie below [counts]. */
const backgroundOf = (data: Float32Array): number => median(data.filter((_, i) => i % THIN === 0));

function directShare(image: PatternImage, lattice: LatticePixels, centre: Pair, background: number, total: number) {
  const { mean, n } = meanOf(image, lattice.direct.inside, centre);
  return total > 0 ? (n * (mean - background)) / total : 0;
}

/** The kinds of a scan's positions, as codes. @param probe_share of the vacuum probe, where there is one */
export function positionKinds(facts: readonly PositionFacts[], probe_share?: number): Uint8Array {
  const showing = facts.filter((f) => f.contrast > SHOWN * f.contrast_se && f.counts > 0);
  // Other crystals may show a little of the lattice: the clearer quarter tells what is usual.
  const usual = showing.map((f) => f.contrast).toSorted((a, b) => a - b)[Math.floor(0.75 * showing.length)]!;
  const counts = median(showing.map((f) => f.counts));
  const direct = probe_share === undefined ? DIRECT : DIRECT_OF_PROBE * probe_share;
  const kind = (f: PositionFacts): PositionKind => {
    if (!Number.isFinite(f.counts)) return 'empty';
    if (showing.length === 0) return 'crystal';
    if (f.counts < EMPTY * counts) return 'empty';
    const missing = MISSING * usual;
    if (f.contrast > Math.max(missing, SHOWN * f.contrast_se)) return 'crystal';
    if (f.direct > direct) return 'vacuum';
    if (f.contrast + ERRORS * f.contrast_se > missing) return 'crystal';
    if (f.moved > NAMED * usual && f.moved >= f.turned) return 'displaced';
    return f.turned > NAMED * usual ? 'turned' : 'other';
  };
  return Uint8Array.from(facts, (f) => POSITION_KINDS.indexOf(kind(f)));
}

/** How many positions are of each kind but crystal; kinds of which there are none are left out. */
export function countKinds(kinds: Uint8Array): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const code of kinds) if (code > 0) counts[POSITION_KINDS[code]!] = (counts[POSITION_KINDS[code]!] ?? 0) + 1;
  return counts;
}

/** A sample's patterns of the crystal, and how many of other kinds were left out; all of them where hardly any shows the lattice. @param vacuum corrected [ny][nx], counts */
export function crystalOnly(
  sample: Sample,
  seen: Seen,
  vacuum: Float32Array | undefined,
): { readonly sample: Sample; readonly left_out: Record<string, number> } {
  const [, , ny, nx] = sample.shape;
  const look = new PositionLook(seen);
  const facts = sample.patterns.map((pattern, i) =>
    look.facts(pattern, ny, nx, ...indexPosition(sample, sample.indices[i]!)),
  );
  const kinds = positionKinds(facts, vacuum && look.probeShare(vacuum, ny, nx));
  const kept = [...kinds.keys()].filter((i) => kinds[i] === 0);
  if (kept.length === kinds.length || kept.length < LEAST_CRYSTAL * kinds.length) return { sample, left_out: {} };
  return {
    sample: {
      ...sample,
      indices: kept.map((i) => sample.indices[i]!),
      patterns: kept.map((i) => sample.patterns[i]!),
    },
    left_out: countKinds(kinds),
  };
}

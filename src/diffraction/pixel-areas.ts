/**
 * What a detector's pixels record. The scattering matrix samples intensities at pixel centres, with the aperture's edge spread over a pixel; a camera's pixel holds the
 * integral over its area, as far as the disk lights it. These differ most where the edge crosses a pixel: its centre then lies up to half a pixel out of the part that is
 * lit, and the intensity changes across a disk as the beam tilts. With I the intensity of a disk without edge, by parabolas through neighbours (p/L of each, L the weight
 * that its sample has in `probe.ts`), and the moments of the lit part around the centre, m₀ = ∫1, m_x = ∫x, m_xx = ∫x² over it:
 *
 *     p → (ΣL/Σm₀)·[p + (m₀ − L)·I + m_x·∂_xI + m_y·∂_yI + ½(m_xx·∂²_xI + m_yy·∂²_yI)]
 *
 * Sums are over a disk. What lies between disks is left as it is. Beside samples three times finer R1 falls from 1.5–1.8% to 0.3–0.4% (the test); answers of models that had learned from
 * samples were 0.025 mrad off in tilt and 0.4 µC/cm² in P (docs/notes/0011-uncertainty.md).
 *
 * Disks that overlap share pixels whose parts nobody tells apart: patterns of such a lattice stay samples.
 */

import { diskBasis, disksApart_mrad, type LatticeDetector, pixel_mrad } from './detector.ts';
import { apertureAmplitude, apertureLimit_mrad } from './probe.ts';
import { latticeProbe } from './scattering-matrix.ts';

/** Below this weight a sample says more of what lies between the disks than of its disk. */
const LEAST = 0.2;
/** Points along each side of a pixel that its lit share is counted on. */
const FINE = 64;

/** A pixel that a disk lights, wholly or in part. */
interface LitPixel {
  readonly index: number;
  /** The pixels that its change is taken from, with what each one's sample counts for. */
  readonly from: readonly number[];
  readonly weights: readonly number[];
}

/** Moments of the lit part of a pixel around (x, y) [pixels from a disk's centre]: its share, and the means of dx, dy, dx², dy² over the pixel [pixels]. */
function litMoments(x: number, y: number, sides: readonly [number, number], radius_mrad: number) {
  const sums = { share: 0, x: 0, y: 0, xx: 0, yy: 0 };
  for (let j = 0; j < FINE; j++) {
    const dy = (j + 0.5) / FINE - 0.5;
    for (let i = 0; i < FINE; i++) {
      const dx = (i + 0.5) / FINE - 0.5;
      if (Math.hypot((x + dx) * sides[0], (y + dy) * sides[1]) >= radius_mrad) continue;
      sums.share += 1;
      sums.x += dx;
      sums.y += dy;
      sums.xx += dx * dx;
      sums.yy += dy * dy;
    }
  }
  const mean = (value: number) => value / FINE ** 2;
  return { share: mean(sums.share), x: mean(sums.x), y: mean(sums.y), xx: mean(sums.xx), yy: mean(sums.yy) };
}

/**
 * Weights of a line's values at −2 … 2 in m·I′ + ½·mm·I″ at 0, by the parabola through those that are known: both neighbours, or two on one side.
 * @param known of −2 … 2
 */
function alongLine(m: number, mm: number, known: readonly boolean[]): number[] {
  const out = [0, 0, 0, 0, 0];
  const put = (first: number, second: number, at: number) => {
    out[at + 2]! += m * first + 0.5 * mm * second;
  };
  if (known[1] && known[3]) {
    put(-0.5, 1, -1);
    put(0, -2, 0);
    put(0.5, 1, 1);
    return out;
  }
  const side = known[1] && known[0] ? -1 : known[3] && known[4] ? 1 : 0;
  if (side === 0) return out;
  put(-1.5 * side, 1, 0);
  put(2 * side, -2, side);
  put(-0.5 * side, 1, 2 * side);
  return out;
}

/** From samples at pixel centres to means over pixels, for one detector. */
export class PixelAreas {
  readonly #lit: readonly LitPixel[];
  readonly #scale: number;
  readonly #size: number;

  constructor(detector: LatticeDetector) {
    const n = detector.pixels;
    this.#size = n * n;
    const { convergence_mrad: radius } = detector;
    if (disksApart_mrad(detector) < 2 * radius) {
      this.#lit = [];
      this.#scale = 1;
      return;
    }
    const sides = pixel_mrad(detector);
    const probe = latticeProbe(detector, 0);
    const weight = (x: number, y: number) => apertureAmplitude(Math.hypot(x * sides[0], y * sides[1]), probe) ** 2;
    const disksAt = nearbyDisks(detector);
    const seen = new Map<string, ReturnType<typeof litMoments>>();
    /** Pixels of all disks are alike. */
    const momentsOf = (x: number, y: number) => {
      const known = seen.get(`${x},${y}`) ?? litMoments(x, y, sides, radius);
      seen.set(`${x},${y}`, known);
      return known;
    };
    /** Where two apertures reach, waves of two disks interfere: the sample is of neither. */
    const ofOne = (px: number, py: number) =>
      disksAt(px - n / 2, py - n / 2).filter(([x, y]) => weight(x, y) > 0).length <= 1;
    const steps = [-2, -1, 0, 1, 2];
    const lit: LitPixel[] = [];
    for (let index = 0; index < n * n; index++) {
      const at = [index % n, Math.floor(index / n)] as const;
      const sum = new Map<number, number>();
      for (const [x, y] of disksAt(at[0] - n / 2, at[1] - n / 2)) {
        const moments = momentsOf(x, y);
        const sampled = weight(x, y);
        /** Adds what `factor` times the disk's intensity (dx, dy) from here counts for. */
        const add = (dx: number, dy: number, factor: number) => {
          const to = index + dx + dy * n;
          if (factor !== 0) sum.set(to, (sum.get(to) ?? 0) + factor / weight(x + dx, y + dy));
        };
        // The first row and column have no partner at the other border: a pattern and its mirror image are to be treated alike.
        const known = (dx: number, dy: number) => {
          const [px, py] = [at[0] + dx, at[1] + dy];
          return px > 0 && py > 0 && px < n && py < n && weight(x + dx, y + dy) >= LEAST && ofOne(px, py);
        };
        if (sampled < LEAST || !ofOne(...at)) {
          // Hardly a sample of the disk: what is lit is as bright as the pixels inward of it.
          const inward = [[-Math.sign(x), 0] as const, [0, -Math.sign(y)] as const].filter(
            ([dx, dy]) => (dx !== 0 || dy !== 0) && known(dx, dy),
          );
          for (const [dx, dy] of inward) add(dx, dy, (moments.share - sampled) / inward.length);
          continue;
        }
        add(0, 0, moments.share - sampled);
        for (const [axis, m, mm] of [
          [[1, 0], moments.x, moments.xx],
          [[0, 1], moments.y, moments.yy],
        ] as const) {
          const line = alongLine(
            m,
            mm,
            steps.map((k) => known(k * axis[0], k * axis[1])),
          );
          for (const [i, k] of steps.entries()) add(k * axis[0], k * axis[1], line[i]!);
        }
      }
      if (sum.size > 0) lit.push({ index, from: [...sum.keys()], weights: [...sum.values()] });
    }
    this.#lit = lit;
    const share = (x: number, y: number) => momentsOf(x, y).share;
    const reach = apertureLimit_mrad(probe) + Math.max(...sides);
    this.#scale = diskSum(sides, reach, weight) / diskSum(sides, reach, share);
  }

  /** Alters patterns [count][pixels][pixels] in place. */
  apply(patterns: Float32Array): void {
    const change = new Float64Array(this.#lit.length);
    for (let first = 0; first < patterns.length; first += this.#size) {
      for (const [k, { from, weights }] of this.#lit.entries()) {
        let sum = 0;
        for (let i = 0; i < from.length; i++) sum += weights[i]! * patterns[first + from[i]!]!;
        change[k] = sum;
      }
      for (const [k, { index }] of this.#lit.entries()) {
        patterns[first + index] = Math.max(0, patterns[first + index]! + change[k]!);
      }
    }
    if (this.#scale !== 1) for (let i = 0; i < patterns.length; i++) patterns[i] = patterns[i]! * this.#scale;
  }
}

/** Where a pixel, counted from the direct beam, lies from the centres of the disks around it [pixels]. */
function nearbyDisks(detector: LatticeDetector): (px: number, py: number) => [x: number, y: number][] {
  const [a, b] = diskBasis(detector);
  return (px, py) => {
    const row = Math.floor(py / b[1]);
    return [row, row + 1].flatMap((k) => {
      const column = Math.floor((px - k * b[0]) / a[0]);
      return [column, column + 1].map((j): [number, number] => [px - k * b[0] - j * a[0], py - k * b[1]]);
    });
  };
}

/** Over the pixels of a disk, (x, y) in pixels from its centre. */
function diskSum(sides: readonly [number, number], reach_mrad: number, f: (x: number, y: number) => number): number {
  const [nx, ny] = sides.map((side) => Math.ceil(reach_mrad / side)) as [number, number];
  let sum = 0;
  for (let y = -ny; y <= ny; y++) for (let x = -nx; x <= nx; x++) sum += f(x, y);
  return sum;
}

/**
 * Which disk of the lattice is the direct beam. The brightest one usually is, but not under a beam stop, at a thickness of extinction or off the zone axis; the edges
 * of disks place the lattice and say nothing of it. Witnesses, each a log-likelihood ratio of a site o against no knowledge:
 *   symmetry: near a zone axis I(o + g) ≈ I(o − g), structure factors and envelope alike. With differences d = ln I(o + g) − ln I(o − g) over n pairs, of median size b,
 *     against those of disks paired at random, b₀: SHARE·n·ln(b₀/b), n at most MOST_PAIRS, since pairs err together by tilt and thickness;
 *   background: the same between the disks;
 *   vacuum probe: the beam without the specimen, to within VACUUM_SPACINGS of a spacing, with a floor, since a beam can be moved between two exposures;
 *   brightness: a beam that is hidden in HIDDEN of all scans, otherwise as the cube of I/I_max; image: the middle of the camera, to within a quarter of its width.
 * All times TEMPER, so that odds hold: of 1,050 simulated single patterns of (Ba,Sr)TiO3, 10 to 80 nm, tilted by up to 3 mrad along each axis, seen without a vacuum probe, those chosen
 * at 3 to 7 to 1 were right in 79%, at 7 to 20 in 91%, at 20 to 150 in 98%, above in 106 of 106; to 2 mrad of tilt 356 of 359. With the direct beam at 15% of its intensity
 * 66, 82 and 90% were, and 24 of 24.
 *
 * What this is not: a fit. Everything is said of sites of a lattice that is known.
 */

import { fail } from '../core/errors.ts';
import { quantity } from '../core/numbers.ts';
import type { Pair } from './calibration.ts';
import { diskOffset } from './centre.ts';
import { type DiskGeometry, radius_px } from './disk-edge.ts';
import { median } from './linear.ts';

/** Part of the pairs that count as independent. */
const SHARE = 0.15;
const MOST_PAIRS = 30;
const VACUUM_SPACINGS = 0.3;
const VACUUM_FLOOR = -6;
const HIDDEN = 0.05;
/** What somebody who gives the centre says against all others. */
const GIVEN = 100;
const TEMPER = 0.7;
/** Sites to this order about the given one are asked. */
const REACH = 3;
/** Orders of the disks that are paired. */
const ORDERS = 9;
/** Electrons that a disk must hold to be paired, and pairs that symmetry needs. */
const LEAST_ELECTRONS = 25;
const LEAST_PAIRS = 4;
/** Differences of ln I smaller than this say nothing. */
const LEAST_DIFFERENCE = 0.03;

export const WITNESSES = ['given', 'symmetry', 'background', 'vacuum probe', 'brightness', 'image'] as const;
export type WitnessName = (typeof WITNESSES)[number];

export interface Site {
  /** Order relative to the disk that the lattice was counted from. */
  readonly hk: Pair;
  /** Log-likelihood ratios, natural logarithms; only witnesses that there are. */
  readonly said: Partial<Record<WitnessName, number>>;
  readonly sum: number;
}

export interface MeanPattern {
  /** Mean pattern [ny][nx], counts; 0 where the camera does not reach. */
  readonly data: ArrayLike<number>;
  readonly ny: number;
  readonly nx: number;
  /** Electrons of a count, summed over the patterns behind the mean. */
  readonly electrons_per_count: number;
}

/**
 * Sites that could be the direct beam, most probable first.
 * @param geometry lattice and disks, `centre` [y, x] the place of its disk (0, 0) [px]
 * @param vacuum where the vacuum probe has the beam, and `given` where somebody says it is, in the same frame [px]
 */
export function directBeamSites(
  image: MeanPattern,
  geometry: DiskGeometry,
  centre: Pair,
  vacuum: Pair | undefined,
  given?: Pair,
): Site[] {
  const place = (h: number, k: number): Pair => {
    const [y, x] = diskOffset(geometry, h, k);
    return [centre[0] + y, centre[1] + x];
  };
  const radius = radius_px(geometry);
  const spacing = (radius * geometry.spacing_mrad) / geometry.radius_mrad;
  const disks = new Map<string, number>();
  const between = new Map<string, number>();
  const gap = Math.max(0.7, 0.5 * (spacing * Math.SQRT1_2 - radius));
  // Between overlapping disks there is no background.
  const hasBackground = spacing * Math.SQRT1_2 > radius + 1.5;
  const all = ORDERS + REACH;
  for (let h = -all; h <= all; h++) {
    for (let k = -all; k <= all; k++) {
      put(disks, h, k, meanWithin(image, place(h, k), 0.8 * radius));
      if (hasBackground) put(between, h + 0.5, k + 0.5, meanWithin(image, place(h + 0.5, k + 0.5), gap));
    }
  }
  const most = Math.max(...disks.values());
  const asked: Site[] = [];
  const [disksAtRandom, betweenAtRandom] = [unrelated(disks), unrelated(between)];
  for (let h = -REACH; h <= REACH; h++) {
    for (let k = -REACH; k <= REACH; k++) {
      const at = place(h, k);
      if (at[0] < 0 || at[1] < 0 || at[0] > image.ny - 1 || at[1] > image.nx - 1) continue;
      const said: Site['said'] = {};
      const own = disks.get(`${h},${k}`);
      said.brightness = Math.log((1 - HIDDEN) * ((own ?? 0) / most) ** 3 + HIDDEN);
      said.symmetry = symmetry(disks, [h, k], disksAtRandom);
      if (between.size > 0) said.background = symmetry(between, [h, k], betweenAtRandom);
      const [dy, dx] = [(at[0] - (image.ny - 1) / 2) / image.ny, (at[1] - (image.nx - 1) / 2) / image.nx];
      said.image = -8 * (dy * dy + dx * dx);
      if (given) {
        const away = Math.hypot(at[0] - given[0], at[1] - given[1]) / (VACUUM_SPACINGS * spacing);
        said.given = Math.max(-GIVEN, -0.5 * away * away);
      }
      if (vacuum) {
        const away = Math.hypot(at[0] - vacuum[0], at[1] - vacuum[1]) / (VACUUM_SPACINGS * spacing);
        said['vacuum probe'] = Math.max(VACUUM_FLOOR, -0.5 * away * away);
      }
      for (const name of WITNESSES) if (said[name] !== undefined) said[name]! *= TEMPER;
      asked.push({ hk: [h, k], said, sum: Object.values(said).reduce((a, b) => a + b, 0) });
    }
  }
  return asked.sort((a, b) => b.sum - a.sum);

  function put(into: Map<string, number>, h: number, k: number, value: number | undefined): void {
    if (value !== undefined && value * Math.PI * radius * radius * image.electrons_per_count > LEAST_ELECTRONS) {
      into.set(`${h},${k}`, value);
    }
  }
}

/** Mean of the pixels within a radius; undefined where the circle leaves the image or reaches where there are no data. */
function meanWithin({ data, ny, nx }: MeanPattern, [cy, cx]: Pair, radius: number): number | undefined {
  if (cy - radius < 0 || cx - radius < 0 || cy + radius > ny - 1 || cx + radius > nx - 1) return undefined;
  let [sum, n] = [0, 0];
  for (let y = Math.ceil(cy - radius); y <= cy + radius; y++) {
    for (let x = Math.ceil(cx - radius); x <= cx + radius; x++) {
      if ((y - cy) ** 2 + (x - cx) ** 2 > radius * radius) continue;
      sum += data[y * nx + x]!;
      n++;
    }
  }
  return n > 0 && sum > 0 ? sum / n : undefined;
}

/** Log-likelihood ratio of point symmetry about `about`. */
function symmetry(values: ReadonlyMap<string, number>, [h0, k0]: Pair, atRandom: number): number {
  const differences: number[] = [];
  for (const [key, value] of values) {
    const [h, k] = key.split(',').map(Number) as [number, number];
    // Each pair once.
    if (h < h0 || (h === h0 && k <= k0)) continue;
    const other = values.get(`${2 * h0 - h},${2 * k0 - k}`);
    if (other !== undefined) differences.push(Math.abs(Math.log(value / other)));
  }
  if (differences.length < LEAST_PAIRS || !(atRandom > 0)) return 0;
  return (
    SHARE *
    Math.min(MOST_PAIRS, differences.length) *
    Math.log(Math.max(LEAST_DIFFERENCE, atRandom) / Math.max(LEAST_DIFFERENCE, median(differences)))
  );
}

/** The median of |ln I − ln I′| over disks paired at random, for a normal distribution of ln I: 0.6745·√2 of its scatter. */
function unrelated(values: ReadonlyMap<string, number>): number {
  const logs = [...values.values()].map(Math.log);
  if (logs.length < 2 * LEAST_PAIRS) return 0;
  const mean = logs.reduce((a, b) => a + b, 0) / logs.length;
  return 0.6745 * Math.sqrt((2 * logs.reduce((sum, v) => sum + (v - mean) ** 2, 0)) / logs.length);
}

/** Odds below which it is undecided which disk is the direct beam, and below which it is said that it could be another. */
const LEAST_ODDS = 3;
const SURE_ODDS = 20;
/** Beyond this, odds are 'more than'. */
const MOST_ODDS = 1e6;
/** A witness against the choice is heard where it says this much [nats]: a neighbour 4.5 times as bright. */
const HEARD = 1.5;

export interface DirectBeam {
  /** How much more probable this disk is than the next, at most 10⁶. */
  readonly odds: number;
  /** Where the next would have the centre at the middle of the scan [y, x] [px], and its order against this one. */
  readonly runner_up_px: Pair | null;
  readonly runner_up_hk: Pair | null;
  /** What each witness says for this disk against the next, natural logarithms of odds. */
  readonly witnesses: readonly { readonly name: string; readonly log_odds: number }[];
  /** Witnesses that would rather have another disk. */
  readonly doubts: readonly string[];
}

/**
 * The choice among sites counted from the disk at `centre_px` [y, x].
 * @throws 'incomplete' where odds are less than 3 to 1, or where witnesses prefer another disk in the end
 */
export function directBeam(sites: readonly Site[], geometry: DiskGeometry, centre_px: Pair): DirectBeam {
  const [best, next] = sites;
  const place = ({ hk }: Site): Pair => {
    const [y, x] = diskOffset(geometry, ...hk);
    return [centre_px[0] + y, centre_px[1] + x];
  };
  if (!best || !next) return { odds: MOST_ODDS, runner_up_px: null, runner_up_hk: null, witnesses: [], doubts: [] };
  const odds = Math.min(MOST_ODDS, Math.exp(best.sum - next.sum));
  if (odds < LEAST_ODDS || best.hk[0] !== 0 || best.hk[1] !== 0) {
    const at = [best, next].map((site) =>
      place(site)
        .map((v) => v.toFixed(1))
        .join(', '),
    );
    fail(
      'incomplete',
      `It is undecided which disk is the direct beam: the one at pixel (y, x) = (${at[0]}) or the one at (${at[1]}), ${odds.toFixed(1)} to 1.`,
      'Give the centre (scan.centre_px, --centre Y,X), or a vacuum probe recorded with the same alignment.',
      { odds, first: place(best), second: place(next) },
    );
  }
  const unsure =
    odds < SURE_ODDS
      ? [
          `The disk at pixel (y, x) = (${place(best).map((v) => v.toFixed(1))}) is taken for the direct beam, only ${quantity(odds, 'to 1', 2)} against the one at (${place(next).map((v) => v.toFixed(1))}): if that is wrong all of the map is; give the centre (--centre Y,X).`,
        ]
      : [];
  const witnesses = WITNESSES.flatMap((name) => {
    const [a, b] = [best.said[name], next.said[name]];
    return a === undefined || b === undefined ? [] : [{ name, log_odds: a - b }];
  });
  return {
    odds,
    runner_up_px: place(next),
    runner_up_hk: next.hk,
    witnesses,
    doubts: [...unsure, ...doubtsOf(sites, best, place)],
  };
}

/** Witnesses that would rather have another disk, a sentence each with what to do. */
function doubtsOf(sites: readonly Site[], best: Site, place: (site: Site) => Pair): string[] {
  return WITNESSES.flatMap((name) => {
    const own = best.said[name];
    if (own === undefined || name === 'image') return [];
    const other = sites.reduce((a, b) => ((b.said[name] ?? -Infinity) > (a.said[name] ?? -Infinity) ? b : a));
    const against = (other.said[name] ?? own) - own;
    if (against < HEARD) return [];
    const at = place(other)
      .map((v) => v.toFixed(1))
      .join(', ');
    return [
      `${capital(name)} would rather have the direct beam at pixel (y, x) = (${at}), ${quantity(Math.exp(against), 'to 1', 2)}; the other witnesses decide against it: look at the mean pattern, and give the centre (--centre Y,X) where this is wrong.`,
    ];
  });
}

const capital = (text: string): string => text[0]!.toUpperCase() + text.slice(1);

/**
 * Thickness of a measured position-averaged pattern by comparison with simulated ones, for tests: centre, scale and rotation are fitted, then the normalised
 * cross-correlation (NCC: the correlation over pixels, which leaves intensity scale and offset free) over all thicknesses.
 */

import { readFileSync } from 'node:fs';
import { decode } from 'jpeg-js';
import type { Pacbed } from './test-pacbed.ts';

/** A square grey image. */
export interface Grey {
  readonly size: number;
  /** [size][size] */
  readonly data: Float64Array;
}

/** A JPEG without colour, means of `bin` × `bin` pixels. */
export function readGrey(file: string, bin: number): Grey {
  const { width, height, data } = decode(readFileSync(file), { useTArray: true, formatAsRGBA: false });
  if (width !== height || width % bin !== 0) throw new Error(`${file}: ${width} × ${height} pixels.`);
  const size = width / bin;
  const out = new Float64Array(size * size);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 3) {
      const at = Math.floor(y / bin) * size + Math.floor(x / bin);
      out[at] = out[at]! + data[i]! / bin ** 2;
    }
  }
  return { size, data: out };
}

/** How a pattern lies in an image: centre [pixels], scale [mrad per pixel], rotation [rad]. */
export type Place = readonly [x: number, y: number, scale: number, angle: number];

/** NCC of the image within `radius_mrad` of the pattern's centre. */
export function ncc(
  image: Grey,
  { pixel_mrad, size }: Pacbed,
  pattern: Float64Array,
  place: Place,
  radius_mrad: number,
) {
  const [cx, cy, scale, angle] = place;
  const [c, s] = [Math.cos(angle), Math.sin(angle)].map((f) => (f * scale) / pixel_mrad) as [number, number];
  const reach = radius_mrad / scale;
  const half = (size - 1) / 2;
  let [n, a, b, aa, bb, ab] = [0, 0, 0, 0, 0, 0];
  for (let y = Math.ceil(Math.max(0, cy - reach)); y <= Math.min(image.size - 1, cy + reach); y++) {
    const dy = y - cy;
    const width = Math.sqrt(reach ** 2 - dy ** 2);
    for (let x = Math.ceil(Math.max(0, cx - width)); x <= Math.min(image.size - 1, cx + width); x++) {
      const dx = x - cx;
      const u = half + c * dx - s * dy;
      const v = half + s * dx + c * dy;
      const [i, j] = [Math.floor(u), Math.floor(v)];
      const [fu, fv, at] = [u - i, v - j, j * size + i];
      const here =
        (1 - fv) * ((1 - fu) * pattern[at]! + fu * pattern[at + 1]!) +
        fv * ((1 - fu) * pattern[at + size]! + fu * pattern[at + size + 1]!);
      const there = image.data[y * image.size + x]!;
      n++;
      a += here;
      b += there;
      aa += here * here;
      bb += there * there;
      ab += here * there;
    }
  }
  return (ab - (a * b) / n) / Math.sqrt((aa - (a * a) / n) * (bb - (b * b) / n));
}

/** Steps of one parameter after the other, halved where none is better: pixels, mrad per pixel, rad. */
function refine(value: (place: Place) => number, start: Place, first: Place): Place {
  let [place, best] = [start, value(start)];
  for (let share = 1; share > 0.02; share /= 2) {
    for (let moved = true; moved; ) {
      moved = false;
      for (const axis of [0, 1, 2, 3]) {
        for (const sign of [-1, 1]) {
          const next = place.map((p, i) => (i === axis ? p + sign * share * first[i]! : p)) as unknown as Place;
          const got = value(next);
          if (got > best) [place, best, moved] = [next, got, true];
        }
      }
    }
  }
  return place;
}

/** The bright disk as a first guess: the pixels above 0.4 of the brightest. */
function brightDisk({ size, data }: Grey, convergence_mrad: number): Place {
  const least = 0.4 * data.reduce((most, value) => Math.max(most, value), 0);
  let [n, x, y] = [0, 0, 0];
  for (const [i, value] of data.entries()) {
    if (value < least) continue;
    n++;
    x += i % size;
    y += Math.floor(i / size);
  }
  return [x / n, y / n, convergence_mrad / Math.sqrt(n / Math.PI), 0];
}

export interface ThicknessMatch {
  readonly best: number;
  readonly place: Place;
  /** NCC of each of the patterns, all at `place`. */
  readonly curve: readonly number[];
}

/** The pattern that fits best, with its own place: fitted and the best sought in turn until it stays. */
export function matchThickness(
  image: Grey,
  simulated: Pacbed,
  convergence_mrad: number,
  radius_mrad: number,
): ThicknessMatch {
  const { patterns } = simulated;
  const at = (pattern: number) => (place: Place) => ncc(image, simulated, patterns[pattern]!, place, radius_mrad);
  let best = patterns.length >> 1;
  const [x, y, scale] = brightDisk(image, convergence_mrad);
  const turns = Array.from({ length: 30 }, (_, i): Place => [x, y, scale, ((3 * i - 45) * Math.PI) / 180]);
  let place = turns.reduce((a, b) => (at(best)(b) > at(best)(a) ? b : a));
  for (let curve: number[] = []; ; ) {
    place = refine(at(best), place, [1, 1, 0.01 * scale, 0.03]);
    curve = patterns.map((_, e) => at(e)(place));
    const next = curve.indexOf(Math.max(...curve));
    if (next === best) return { best, place, curve };
    best = next;
  }
}

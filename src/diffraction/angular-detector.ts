/**
 * Detectors that integrate a diffraction pattern over angles: discs, annuli, sectors of annuli (segmented detectors, quadrants), first moments, and a
 * camera with pixels of its own. Angles are λ|k| (small-angle, as everywhere in this room) [mrad]; azimuths run from +qx towards +qy [degrees].
 *
 * A pixel of the pattern stands for the square of reciprocal space around its lattice point, and counts with the share of its area inside the detector,
 * exactly (circle and polygon intersect in closed form). So detectors that tile the plane share every electron once, and signals change smoothly with
 * their edges. What it is not: a detector's efficiency, gain or noise.
 */

import { fail } from '../core/errors.ts';
import { frequency } from '../core/fft.ts';
import { quantity } from '../core/numbers.ts';

export interface AngularDetector {
  readonly inner_mrad: number;
  /** Infinity takes in everything that the grid holds, its corners included. */
  readonly outer_mrad: number;
  /** A sector from azimuth `from_deg` to `to_deg` (greater, by less than 360); the whole ring where absent. */
  readonly sector_deg?: readonly [from: number, to: number];
  /** Centre of the detector in the pattern; [0, 0] where absent. */
  readonly centre_mrad?: readonly [x: number, y: number];
  /** Sums angle along x or y, from the centre, times intensity [mrad] instead of intensity: centre of mass. */
  readonly moment?: 'x' | 'y';
  /** 'area' as above (default); 'centre' counts a pixel whole where its centre has inner ≤ angle < outer, as other programs do. */
  readonly edges?: 'area' | 'centre';
}

/** Grid of a pattern in FFT order, as of a `Multislice`. */
export interface PatternGrid {
  readonly nx: number;
  readonly ny: number;
  readonly length_A: readonly [number, number];
}

type Point = readonly [x: number, y: number];

/** Area of the triangle (0, a, b) inside the disc of radius r around 0, with the sign of a × b. */
function triangleInDisc([ax, ay]: Point, [bx, by]: Point, r: number): number {
  const [dx, dy] = [bx - ax, by - ay];
  const a = dx * dx + dy * dy;
  if (a === 0) return 0;
  // Where the line a + t(b − a) crosses the circle.
  const b = ax * dx + ay * dy;
  const root = Math.max(0, b * b - a * (ax * ax + ay * ay - r * r));
  const t0 = Math.min(1, Math.max(0, (-b - Math.sqrt(root)) / a));
  const t1 = Math.min(1, Math.max(0, (-b + Math.sqrt(root)) / a));
  const at = (t: number): Point => [ax + t * dx, ay + t * dy];
  const sector = ([px, py]: Point, [qx, qy]: Point) => (r * r * Math.atan2(px * qy - py * qx, px * qx + py * qy)) / 2;
  const [p, q] = [at(t0), at(t1)];
  // Where an end lies inside there is no arc; computed, it would be any angle for an end in the centre.
  const arcs = (t0 > 0 ? sector([ax, ay], p) : 0) + (t1 < 1 ? sector(q, [bx, by]) : 0);
  return arcs + (p[0] * q[1] - p[1] * q[0]) / 2;
}

/** Area of a polygon (corners counter-clockwise) inside the disc of radius r around 0. */
function areaInDisc(polygon: readonly Point[], r: number): number {
  return r <= 0 ? 0 : polygon.reduce((sum, p, i) => sum + triangleInDisc(p, polygon[(i + 1) % polygon.length]!, r), 0);
}

/** The part of a convex polygon to the left of the direction `degrees` from 0 (Sutherland and Hodgman). */
function leftOf(polygon: readonly Point[], degrees: number): Point[] {
  const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const side = ([x, y]: Point) => c * y - s * x;
  return polygon.flatMap((p, i) => {
    const q = polygon[(i + 1) % polygon.length]!;
    const [u, v] = [side(p), side(q)];
    const out: Point[] = u >= 0 ? [p] : [];
    if (u >= 0 !== v >= 0) out.push([p[0] + (u / (u - v)) * (q[0] - p[0]), p[1] + (u / (u - v)) * (q[1] - p[1])]);
    return out;
  });
}

/** Areas of a polygon inside a sector of an annulus. */
function areaInSector(polygon: readonly Point[], detector: AngularDetector): number {
  const ring = (shape: readonly Point[]) =>
    areaInDisc(shape, detector.outer_mrad) - areaInDisc(shape, detector.inner_mrad);
  if (!detector.sector_deg) return ring(polygon);
  const [from, to] = detector.sector_deg;
  const wedge = (a: number, b: number) => ring(leftOf(leftOf(polygon, a), b + 180));
  return to - from <= 180 ? wedge(from, to) : ring(polygon) - wedge(to, from + 360);
}

/** Largest angle that a grid holds in every direction, band limit included [mrad]. */
export function gridLimit_mrad(grid: PatternGrid, wavelength_A: number, bandLimit = 1): number {
  return 1e3 * wavelength_A * bandLimit * Math.min(grid.nx / (2 * grid.length_A[0]), grid.ny / (2 * grid.length_A[1]));
}

/**
 * Weight of every pixel [ny][nx] of a pattern in FFT order (direct beam at [0][0]): its share inside the detector, 0 to 1, times the angle for a moment.
 * @throws 'range' for edges that are no annulus or sector, or an outer edge past `limit_mrad` (the grid's own where absent)
 */
export function detectorWeights(
  detector: AngularDetector,
  grid: PatternGrid,
  wavelength_A: number,
  limit_mrad: number = gridLimit_mrad(grid, wavelength_A),
): Float64Array {
  const { inner_mrad: inner, outer_mrad: outer, sector_deg: sector, moment } = detector;
  const [cx, cy] = detector.centre_mrad ?? [0, 0];
  const fields = { ...detector, limit_mrad };
  if (!(inner >= 0 && outer > inner)) {
    fail('range', `A detector from ${inner} to ${outer} mrad is no annulus.`, 'Give 0 ≤ inner < outer.', fields);
  }
  if (sector && !(sector[1] > sector[0] && sector[1] - sector[0] < 360)) {
    fail(
      'range',
      `A sector from ${sector.join(' to ')} degrees is empty or more than a ring.`,
      'Give from < to < from + 360.',
      fields,
    );
  }
  const reach = (Number.isFinite(outer) ? outer : inner) + Math.hypot(cx, cy);
  if (!(reach <= limit_mrad)) {
    fail(
      'range',
      `A detector reaches to ${quantity(reach, 'mrad')}; the grid holds angles to ${quantity(limit_mrad, 'mrad')}.`,
      'Use more pixels over the same length, a higher band limit or a smaller outer angle.',
      fields,
    );
  }
  const { nx, ny } = grid;
  const [px, py] = grid.length_A.map((length) => (1e3 * wavelength_A) / length) as [number, number];
  const half = Math.hypot(px, py) / 2;
  const weights = new Float64Array(nx * ny);
  for (let j = 0, i = 0; j < ny; j++) {
    const y = frequency(j, ny) * py - cy;
    for (let k = 0; k < nx; k++, i++) {
      const x = frequency(k, nx) * px - cx;
      const r = Math.hypot(x, y);
      let share = 0;
      if (detector.edges === 'centre') {
        if (r >= inner && r < outer && (!sector || inSector(x, y, sector))) share = 1;
      } else if (r >= inner - half && r <= outer + half) {
        // Away from every edge the polygon need not be cut.
        if (!sector && r >= inner + half && r <= outer - half) share = 1;
        else {
          const [u, v] = [px / 2, py / 2];
          const square: Point[] = [
            [x - u, y - v],
            [x + u, y - v],
            [x + u, y + v],
            [x - u, y + v],
          ];
          // A radius beyond the square's corners serves for Infinity.
          const shape = { ...detector, outer_mrad: Math.min(outer, r + 2 * half) };
          share = Math.min(1, Math.max(0, areaInSector(square, shape) / (px * py)));
        }
      }
      weights[i] = moment === undefined ? share : share * (moment === 'x' ? x : y);
    }
  }
  return weights;
}

function inSector(x: number, y: number, [from, to]: readonly [number, number]): boolean {
  const turn = (Math.atan2(y, x) * 180) / Math.PI - from;
  return turn - 360 * Math.floor(turn / 360) < to - from;
}

/** `count` equal sectors of an annulus, the first centred on azimuth `first_deg`: 4 and 0 are right, up (+y), left, down. */
export function segments(inner_mrad: number, outer_mrad: number, count: number, first_deg = 0): AngularDetector[] {
  const width = 360 / count;
  if (!(Number.isInteger(count) && count >= 2)) {
    fail('range', `A detector cannot have ${count} segments.`, 'Give two segments or more.', { count });
  }
  return Array.from({ length: count }, (_, i) => {
    const from = first_deg + (i - 0.5) * width;
    return { inner_mrad, outer_mrad, sector_deg: [from, from + width] };
  });
}

/** A pattern [height][width] whose direct beam is at [height >> 1][width >> 1] and whose pixels may be oblong. */
export interface WindowPattern {
  readonly intensity: ArrayLike<number>;
  readonly width: number;
  readonly height: number;
  readonly pixel_mrad: readonly [x: number, y: number];
}

/**
 * A pattern on a camera [pixels][pixels] with square pixels of `camera_mrad`, direct beam at ⌊pixels/2⌋: intensity is shared by area.
 * @throws 'range' where the camera reaches past the pattern
 */
export function onCamera(pattern: WindowPattern, pixels: number, camera_mrad: number): Float64Array {
  const { intensity, width, height, pixel_mrad } = pattern;
  /** Pattern pixels under each camera pixel along an axis, and their shares. */
  const sharesAlong = (size: number, pixel: number) => {
    // Edges of the camera in pixels of the pattern; pixel i covers [i − ½, i + ½].
    const edge = (i: number) => (size >> 1) + ((i - (pixels >> 1) - 0.5) * camera_mrad) / pixel;
    if (!(edge(0) >= -0.5 - 1e-9 && edge(pixels) <= size - 0.5 + 1e-9)) {
      fail(
        'range',
        'The camera reaches past the pattern.',
        'Simulate a larger pattern, or use fewer or smaller camera pixels.',
        { width, height, pixel_mrad, pixels, camera_mrad },
      );
    }
    return Array.from({ length: pixels }, (_, i) => {
      const [low, high] = [edge(i), edge(i + 1)];
      const first = Math.max(0, Math.floor(low + 0.5));
      const last = Math.min(size - 1, Math.ceil(high - 0.5));
      return Array.from(
        { length: last - first + 1 },
        (_, j) => [first + j, Math.max(0, Math.min(high, first + j + 0.5) - Math.max(low, first + j - 0.5))] as const,
      );
    });
  };
  const [alongX, alongY] = [sharesAlong(width, pixel_mrad[0]), sharesAlong(height, pixel_mrad[1])];
  const out = new Float64Array(pixels * pixels);
  for (let y = 0, i = 0; y < pixels; y++) {
    for (let x = 0; x < pixels; x++, i++) {
      for (const [fromY, shareY] of alongY[y]!) {
        for (const [fromX, shareX] of alongX[x]!) {
          out[i] = out[i]! + shareY * shareX * intensity[fromY * width + fromX]!;
        }
      }
    }
  }
  return out;
}

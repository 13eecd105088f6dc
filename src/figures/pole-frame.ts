/**
 * Which axes of a field lie right, up and towards the reader of a pole figure, by its polar axis, and directions turned into that frame (pole-figure.ts has the table).
 */

import type { Vec3 } from '../crystal/structure.ts';
import type { Axis } from '../findings/vector-field.ts';
import { gridDirections, type Half } from './stereographic.ts';

/** An axis of the field and its sign. */
type Signed = readonly [axis: Axis, sign: 1 | -1];
export const FRAMES: Readonly<Record<Axis, readonly [right: Signed, up: Signed, reader: Signed]>> = {
  x: [
    ['z', 1],
    ['y', -1],
    ['x', 1],
  ],
  y: [
    ['x', 1],
    ['z', 1],
    ['y', -1],
  ],
  z: [
    ['x', 1],
    ['y', -1],
    ['z', -1],
  ],
};
const INDEX: Readonly<Record<Axis, 0 | 1 | 2>> = { x: 0, y: 1, z: 2 };
export const named = ([axis, sign]: Signed): string => (sign < 0 ? `−${axis}` : axis);

/** A direction of the field's frame in the page's: right, up, to the reader. */
export function turned(v: Vec3, polar: Axis): Vec3 {
  const part = ([axis, sign]: Signed): number => sign * v[INDEX[axis]];
  const [right, up, reader] = FRAMES[polar];
  return [part(right), part(up), part(reader)];
}

/**
 * Directions of pixels × pixels cells over a half and a little beyond, in the field's frame (stereographic.ts: gridDirections): where a landscape is to be evaluated.
 */
export function poleDirections(pixels: number, half: Half, polar: Axis = 'y'): Vec3[] {
  return gridDirections(pixels, half).map((v) => {
    const out: [number, number, number] = [0, 0, 0];
    FRAMES[polar].forEach(([axis, sign], k) => {
      out[INDEX[axis]] = sign * v[k]!;
    });
    return out;
  });
}

/** What a half lies around: '−y'. */
export function middleOf(half: Half, polar: Axis): string {
  const [axis, sign] = FRAMES[polar][2];
  return `${(half === 'upper') === sign > 0 ? '+' : '−'}${axis}`;
}

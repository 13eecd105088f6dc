/**
 * What a beam stop hides: disks of the lattice that lie on dead pixels. Near a zone axis the disk opposite, or one that a turn of the lattice leads to, is about as bright
 * (Friedel's law, kinematically; a tilt of a mrad changes single disks by tens of per cent, their sum much less): its counts stand for those that are hidden. The direct
 * beam has no such partner. Of a disk that is hidden by less than a half, its own other pixels tell.
 *
 * What this is not: a repair of patterns. No disk is put where none was recorded.
 */

import { electrons, percent, plural } from '../core/numbers.ts';
import type { Calibration, Pair } from './calibration.ts';
import { diskOffset } from './centre.ts';
import { type DiskGeometry, orderPlace, radius_px } from './disk-edge.ts';

/** Share of a disk's pixels that are dead from which on it is hidden. */
const HIDDEN = 0.5;
const ORDERS = 15;

export interface HiddenDisks {
  readonly disks: number;
  readonly direct_beam: boolean;
  /** Mean counts per pattern that the hidden disks hold beyond what is there, the direct beam left out. */
  readonly counts: number;
}

export interface SeenMean {
  /** Aligned mean pattern [ny][nx], counts, dead pixels filled, and the direct beam in it [y, x]. */
  readonly mean: Float64Array;
  readonly nx: number;
  readonly centre: Pair;
  /** Dead pixels of the camera y·nx + x, and the direct beam on it at the middle of the scan. */
  readonly dead: readonly number[];
  readonly on_camera: Pair;
}

/** @param turn_deg what the lattice of disks is the same under */
export function hiddenDisks(seen: SeenMean, geometry: DiskGeometry, turn_deg: number): HiddenDisks | undefined {
  const { dead } = seen;
  const r = radius_px(geometry);
  if (dead.length < HIDDEN * Math.PI * r * r) return undefined;
  const look = lookAt(seen, r);
  const turns = Array.from({ length: 360 / turn_deg - 1 }, (_, i) => (i + 1) * turn_deg);
  // Friedel's opposite first.
  const order = [180, ...turns.filter((turn) => turn !== 180)];
  let [disks, counts, direct_beam] = [0, 0, false];
  for (let h = -ORDERS; h <= ORDERS; h++) {
    for (let k = -ORDERS; k <= ORDERS; k++) {
      const here = look(diskOffset(geometry, h, k));
      if (!here || here.dead === 0) continue;
      const missing = (bright: number) => Math.max(0, bright - here.mean) * here.pixels;
      if (here.dead < HIDDEN) {
        counts += missing(here.alive);
        continue;
      }
      disks++;
      if (h === 0 && k === 0) {
        direct_beam = true;
        continue;
      }
      const partner = order
        .map((turn) => look(turned(geometry, [h, k], turn)))
        .find((other) => other && other.dead < HIDDEN);
      if (partner) counts += missing(partner.alive);
    }
  }
  return disks > 0 ? { disks, direct_beam, counts } : undefined;
}

/** Place of disk (h, k) turned about the direct beam, relative to it [px]. */
function turned({ map: [[a, b], [c, d]], cell, spacing_mrad: g }: DiskGeometry, [h, k]: Pair, degrees: number): Pair {
  const [y, x] = orderPlace(cell, h, k);
  const t = (degrees * Math.PI) / 180;
  const [u, v] = [Math.cos(t) * y - Math.sin(t) * x, Math.sin(t) * y + Math.cos(t) * x];
  return [g * (a * u + b * v), g * (c * u + d * v)];
}

interface Disk {
  readonly dead: number;
  readonly mean: number;
  readonly alive: number;
  readonly pixels: number;
}

/** What is seen within a disk that lies off the direct beam by so much: share of dead pixels, mean counts of all and of the others, pixels; undefined where it leaves the camera. */
function lookAt({ mean, nx, centre, dead, on_camera }: SeenMean, r: number) {
  const ny = mean.length / nx;
  const isDead = new Uint8Array(mean.length);
  for (const k of dead) isDead[k] = 1;
  const [sy, sx] = [Math.round(on_camera[0] - centre[0]), Math.round(on_camera[1] - centre[1])];
  return ([oy, ox]: Pair): Disk | undefined => {
    const [cy, cx] = [centre[0] + oy, centre[1] + ox];
    if (cy < r || cx < r || cy > ny - 1 - r || cx > nx - 1 - r) return undefined;
    let [n, hidden, sum, alive] = [0, 0, 0, 0];
    for (let y = Math.ceil(cy - r); y <= cy + r; y++) {
      for (let x = Math.ceil(cx - r); x <= cx + r; x++) {
        if (Math.hypot(y - cy, x - cx) > r) continue;
        n++;
        sum += mean[y * nx + x]!;
        const [ay, ax] = [y + sy, x + sx];
        if (ay >= 0 && ax >= 0 && ay < ny && ax < nx && isDead[ay * nx + ax]) hidden++;
        else alive += mean[y * nx + x]!;
      }
    }
    return { dead: hidden / n, mean: sum / n, alive: alive / Math.max(1, n - hidden), pixels: n };
  };
}

/** What is said of it. @param share of the counts, found for hidden disks @param dose electrons */
export function hiddenText(
  { disks, direct_beam }: HiddenDisks,
  share: number,
  { dose_e, dose_from }: Pick<Calibration, 'dose_e' | 'dose_from'>,
): string {
  const others = disks - (direct_beam ? 1 : 0);
  const what = [
    ...(direct_beam ? ['The direct beam'] : []),
    ...(others > 0 ? [plural(others, direct_beam ? 'other disk' : 'disk')] : []),
  ].join(' and ');
  const behind = `${what} ${disks === 1 ? 'lies' : 'lie'} on dead pixels, as behind a beam stop.`;
  const opposite =
    others > 0 ? ` By the disks opposite, ${percent(share, 2)} of the counts are hidden, the direct beam's apart.` : '';
  if (dose_from === 'vacuum probe')
    return `${behind}${opposite} The dose is the vacuum probe's and does not miss them.`;
  if (!direct_beam) return `${behind}${opposite} The dose includes them.`;
  return `${behind}${opposite} What the direct beam holds is not known: the dose, ${electrons(dose_e)}, is a lower bound. A map takes patterns as fractions of the dose, so that all of them come out too bright by what is missing, which its σ does not cover. Give a vacuum probe of the same exposure, recorded without the stop (--vacuum), or record the scan without it.`;
}

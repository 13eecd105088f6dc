/** What a TIA series (.ser) says of its elements: where they lie in the file, and how in the scan. Not here: what an element is (tia.ts). */

import { fail } from '../../core/errors.ts';
import type { ScanFile } from '../scan-file.ts';
import { lengthInNm } from '../units.ts';

/** Elements that are images; 0x4120 are spectra. */
export const IMAGES = 0x4122;
/** Tags that hold the position of the beam beside the time. */
const WITH_POSITION = 0x4142;
/** From this version on (TIA 4.7.3) offsets have 64 bits. */
const WIDE = 0x220;
/** Bytes of a tag: its kind (4), time (4), position x and y (8 each), with y upwards [m]. */
const TAG = 24;
/** Headers with all axes are shorter [bytes]. */
const LONGEST = 65_536;

export interface Series {
  /** Of the elements: {@link IMAGES}. */
  readonly kind: number;
  /** Elements that were written. */
  readonly valid: number;
  /** Where each begins in the file [bytes]. */
  readonly offsets: Float64Array;
  /** Positions along y and x, of a scan over an area. */
  readonly shape?: readonly [ry: number, rx: number] | undefined;
  readonly step_nm?: number | undefined;
  /** Of rows against the x of positions, counter-clockwise [degrees]; where it is not zero. */
  readonly rotation_deg?: number | undefined;
  /** Whether later rows lie higher, by their positions. */
  readonly upwards: boolean;
  readonly notes: readonly string[];
}

interface Dimension {
  readonly size: number;
  readonly step: number;
  readonly unit: string;
}

/** @throws 'format' */
export async function seriesOf(file: ScanFile): Promise<Series> {
  const bad = (why: string): never =>
    fail('format', `${file.name} is no readable TIA series: ${why}.`, 'Copy it again from the microscope’s computer.');
  const bytes = await file.read(0, LONGEST);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const wide = bytes.length >= 34 && view.getUint16(4, true) >= WIDE;
  if (bytes.length < (wide ? 34 : 30)) bad('it is cut off within its header');
  const [kind, tags, total, valid] = [6, 10, 14, 18].map((at) => view.getInt32(at, true)) as [
    number,
    number,
    number,
    number,
  ];
  const table = wide ? Number(view.getBigInt64(22, true)) : view.getInt32(22, true);
  const dimensions = dimensionsOf(view, wide ? 30 : 26) ?? bad('its axes are damaged');
  if (valid < 1 || valid > total) bad(`${valid} of ${total} elements are written`);
  const width = wide ? 8 : 4;
  if (!(table > 0 && table + 2 * total * width <= file.size_bytes)) bad(`it lists ${total} elements beyond its end`);
  const listed = await file.read(table, 2 * total * width);
  if (listed.length < 2 * total * width) bad('its list of elements is cut off');
  const list = new DataView(listed.buffer, listed.byteOffset, listed.length);
  const at = (i: number): number => (wide ? Number(list.getBigInt64(8 * i, true)) : list.getUint32(4 * i, true));
  const offsets = Float64Array.from({ length: valid }, (_, i) => at(i));
  if (offsets.some((offset) => offset < 0 || offset > file.size_bytes)) bad('an element lies beyond its end');

  const common = { kind, valid, offsets, upwards: false, notes: [] };
  const [along, across] = dimensions;
  if (dimensions.length !== 2 || along!.size * across!.size !== total) return common;
  const rows = Math.floor(valid / along!.size);
  if (rows < 1) return common;
  const positions =
    tags === WITH_POSITION ? await corner(file, at(total), at(total + 1), rows > 1 ? at(total + along!.size) : 0) : {};
  const unit = lengthInNm(along!.unit);
  const stated = unit === undefined || !(along!.step > 0) ? undefined : along!.step * unit;
  const step_nm = positions.step_nm ?? stated;
  return {
    ...common,
    shape: [rows, along!.size],
    step_nm,
    rotation_deg: positions.rotation_deg,
    upwards: positions.upwards ?? false,
    notes: [
      ...(valid < total
        ? [
            `The scan was ended early: ${valid} of ${across!.size} × ${along!.size} patterns are written, ${rows} whole rows of them read.`,
          ]
        : []),
      ...(stated !== undefined && step_nm !== undefined && Math.abs(step_nm / stated - 1) > 0.01
        ? [
            `The step is ${step_nm} nm by the positions of its patterns and ${stated} nm by its axis: the first is taken.`,
          ]
        : []),
      ...(step_nm === undefined ? ['The file states no step that makes sense.'] : []),
    ],
  };
}

/** The fastest first. @param at where their number stands */
function dimensionsOf(view: DataView, at: number): readonly Dimension[] | undefined {
  const count = view.getInt32(at, true);
  if (count < 1 || count > 8) return undefined;
  const all: Dimension[] = [];
  let next = at + 4;
  const text = (): string | undefined => {
    if (next + 4 > view.byteLength) return undefined;
    const length = view.getUint32(next, true);
    if (next + 4 + length > view.byteLength) return undefined;
    const bytes = new Uint8Array(view.buffer, view.byteOffset + next + 4, length);
    next += 4 + length;
    return new TextDecoder('latin1').decode(bytes).replace(/\0/g, '');
  };
  for (let i = 0; i < count; i++) {
    if (next + 24 > view.byteLength) return undefined;
    const [size, step] = [view.getInt32(next, true), Math.abs(view.getFloat64(next + 12, true))];
    next += 24;
    const [name, unit] = [text(), text()];
    if (size < 1 || name === undefined || unit === undefined) return undefined;
    all.push({ size, step, unit: unit.trim() || 'm' });
  }
  return all;
}

/** Step and directions from the positions of the first pattern, the next, and the first of the next row (0: there is none). */
async function corner(
  file: ScanFile,
  first: number,
  second: number,
  below: number,
): Promise<Pick<Partial<Series>, 'step_nm' | 'rotation_deg' | 'upwards'>> {
  const places: [number, number][] = [];
  for (const offset of [first, second, below]) {
    const bytes = offset > 0 ? await file.read(offset, TAG) : new Uint8Array(0);
    if (bytes.length < TAG) break;
    const view = new DataView(bytes.buffer, bytes.byteOffset, TAG);
    if (view.getUint16(0, true) !== WITH_POSITION) break;
    places.push([view.getFloat64(8, true), view.getFloat64(16, true)]);
  }
  const [from, along, across] = places;
  if (!from || !along) return {};
  const [x, y] = [along[0] - from[0], along[1] - from[1]];
  const step_nm = Math.hypot(x, y) * 1e9;
  if (!(step_nm > 0 && step_nm < 1e6)) return {};
  const turn = (Math.atan2(y, x) * 180) / Math.PI;
  const turning = across ? x * (across[1] - from[1]) - y * (across[0] - from[0]) : 0;
  return { step_nm, upwards: turning > 0, rotation_deg: Math.abs(turn) > 0.05 ? turn : undefined };
}

/**
 * An open scan as writers take it: patterns in the type of its file, a bounded part at a time, and what a kind of file can say about it. Nothing is corrected:
 * dark reference and gain are carried, not applied. What this is not: any kind of file.
 */

import { setting } from '../../core/numbers.ts';
import { checkAborted, type Task } from '../../core/task.ts';
import { typeNotes } from '../formats/reader.ts';
import type { PatternSource, ScanInfo } from '../pattern-source.ts';
import type { ReciprocalUnit } from '../units.ts';
import { asKind, kindOf, type NumberArray, type NumberKind } from './number-type.ts';

export interface ScanToWrite {
  /** [ry, rx, qy, qx] */
  readonly shape: PatternSource['shape'];
  readonly kind: NumberKind;
  readonly info: ScanInfo;
  /** The file it came from, for its new one's provenance. */
  readonly from: string;
  readonly vacuum?: Float32Array | undefined;
  readonly dark?: Float32Array | undefined;
  readonly gain?: Float32Array | undefined;
  /** All patterns in scan order. @throws 'aborted', and what reading the scan throws */
  patterns(task: Task): AsyncGenerator<NumberArray>;
}

/** Held at once, as float32 [bytes]: a pattern at least. */
const PART = 2 ** 24;

/** @param turned whether patterns were flipped: a stated rotation then no longer holds */
export function scanToWrite(source: PatternSource, from: string, turned: boolean): ScanToWrite {
  const { shape, info, vacuum, dark, gain } = source;
  const [ry, rx, qy, qx] = shape;
  const kind = kindOf(info.dtype);
  const total = ry * rx;
  const size = qy * qx;
  const other = [
    ...(kind.name === info.dtype ? [] : [`Numbers of type ${info.dtype} are written as ${kind.name}.`]),
    ...typeNotes(kind.name).filter((note) => !info.notes.includes(note)),
  ];
  const lost =
    turned && (info.rotation_deg !== undefined || info.flip !== undefined)
      ? ['The file’s rotation between scan and detector is left out: it does not hold for turned patterns.']
      : [];
  return {
    shape,
    kind,
    from,
    vacuum,
    dark,
    gain,
    info: {
      ...info,
      notes: [...info.notes, ...other, ...lost],
      ...(turned ? { rotation_deg: undefined, flip: undefined } : {}),
    },
    async *patterns(task) {
      const most = Math.max(1, Math.floor(PART / (4 * size)));
      for (let first = 0; first < total; first += most) {
        checkAborted(task);
        const count = Math.min(most, total - first);
        const data = asKind(await source.read(first, count), kind, `${from}, patterns from ${first} on,`);
        for (let i = 0; i < count; i++) {
          yield data.subarray(i * size, (i + 1) * size);
          task.progress(first + i + 1, total, 'patterns');
        }
      }
    },
  };
}

export interface WrittenAxis {
  readonly name: 'Ry' | 'Rx' | 'Qy' | 'Qx';
  readonly count: number;
  readonly step: number;
  readonly unit: string;
}

/** Axes in order of the array, in units that pint reads. */
export function axesOf({ shape, info }: Pick<ScanToWrite, 'shape' | 'info'>): readonly WrittenAxis[] {
  const units: Readonly<Record<ReciprocalUnit, string>> = { mrad: 'mrad', '1/A': '1/angstrom', '1/nm': '1/nm' };
  const scan = { step: info.step_nm ?? 1, unit: info.step_nm === undefined ? 'px' : 'nm' };
  const { q_pixel, q_unit } = info;
  const pattern = q_pixel !== undefined && q_unit ? { step: q_pixel, unit: units[q_unit] } : { step: 1, unit: 'px' };
  return (['Ry', 'Rx', 'Qy', 'Qx'] as const).map((name, i) => ({
    name,
    count: shape[i]!,
    ...(i < 2 ? scan : pattern),
  }));
}

/** What is known of a scan beside its patterns. */
export type Fact = 'step' | 'pixel' | 'voltage' | 'semi-angle' | 'rotation' | 'dark' | 'vacuum' | 'gain';

/** What is known of this scan and does not go into a file that holds `held` alone, in words; a sentence, or nothing. */
export function leftOut(scan: ScanToWrite, held: readonly Fact[], into: string): string[] {
  const { info } = scan;
  const known: readonly (readonly [Fact, string | false | undefined])[] = [
    ['step', info.step_nm !== undefined && `the scan’s step (${setting(info.step_nm, 'nm')})`],
    ['pixel', info.q_pixel !== undefined && `the detector’s pixel (${setting(info.q_pixel, info.q_unit ?? '')})`],
    ['voltage', info.voltage_kV !== undefined && `the voltage (${setting(info.voltage_kV, 'kV')})`],
    ['semi-angle', info.semiangle_mrad !== undefined && `the semi-angle (${setting(info.semiangle_mrad, 'mrad')})`],
    ['rotation', info.rotation_deg !== undefined && `the stated rotation (${setting(info.rotation_deg, '°')})`],
    ['rotation', info.flip !== undefined && `whether the axes are swapped (${info.flip ? 'yes' : 'no'})`],
    ['dark', scan.dark && 'the dark reference'],
    ['vacuum', scan.vacuum && 'the vacuum probe'],
    ['gain', scan.gain && 'gain and masked pixels'],
  ];
  const lost = known.flatMap(([fact, text]) => (text && !held.includes(fact) ? [text] : []));
  return lost.length === 0 ? [] : [`${into} does not hold ${lost.join(', ')}. EMD (.h5) does.`];
}

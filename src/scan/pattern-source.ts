/**
 * The one narrow interface between files of microscopes and everything that reads a scan: raw counts, pattern by
 * pattern. Nothing here corrects, calibrates or holds a whole scan.
 *
 * Axes: scans [ry][rx], patterns [qy][qx], row-major, in the order of the file. py4DSTEM calls its first axis x; only
 * the names differ.
 */

import { fail } from '../core/errors.ts';
import type { ReciprocalUnit } from './units.ts';

/** 'y' turns the rows of patterns upside down, 'x' the columns left to right, 'transpose' exchanges the axes; one after the other. */
export type Flip = 'y' | 'x' | 'transpose';

/** How patterns lie against the scan: a step r of the probe lies on the camera along D·r (orientation.ts). */
export interface PatternTurn {
  /** Of patterns against the scan, axis 0 (y) towards axis 1 (x), before the axes are exchanged [degrees]. */
  readonly turn_deg: number;
  /** Whether the pattern's axes are exchanged then. */
  readonly mirror: boolean;
}

/** What a file says about its scan. Undefined: the file does not say. Nothing here is measured. */
export interface ScanInfo {
  /** Such as 'EMD 1.0 (py4DSTEM)'. */
  readonly format: string;
  readonly title: string;
  /** Where the patterns are in the file. */
  readonly dataset: string;
  /** Type of the stored numbers, such as 'uint16'. */
  readonly dtype: string;
  /** Step between scan positions [nm]; the mean of both axes where they differ. */
  readonly step_nm?: number | undefined;
  /** Size of a detector pixel, in `q_unit`. */
  readonly q_pixel?: number | undefined;
  readonly q_unit?: ReciprocalUnit | undefined;
  readonly voltage_kV?: number | undefined;
  readonly semiangle_mrad?: number | undefined;
  /** Rotation between scan and detector that the file states [degrees], in the file's own convention. */
  readonly rotation_deg?: number | undefined;
  /** Whether the file says that the pattern's axes are swapped against the scan's. */
  readonly flip?: boolean | undefined;
  /** How the file says that patterns lie against the scan, in this program's terms (orientation.ts); absent where its convention is not known. */
  readonly turned?: PatternTurn | undefined;
  /** Remarks a user should see: units that were not understood, other arrays in the file. */
  readonly notes: readonly string[];
}

export interface PatternSource {
  /** [ry, rx, qy, qx] */
  readonly shape: readonly [number, number, number, number];
  readonly info: ScanInfo;
  /**
   * Reads `count` consecutive patterns from index `first` (= y·rx + x) on: raw counts, [count][qy][qx].
   * @throws 'range', 'file-unreadable', 'unsupported'
   */
  read(first: number, count: number): Promise<Float32Array>;
  /** Direct beam without a specimen, raw counts [qy][qx]. */
  readonly vacuum?: Float32Array | undefined;
  /** Camera without beam, raw counts [qy][qx]. */
  readonly dark?: Float32Array | undefined;
  /** Relative gain per pixel [qy][qx]: counts are divided by it. */
  readonly gain?: Float32Array | undefined;
  /** How a user had the patterns turned, so that they lie as the scan does. */
  readonly flips?: readonly Flip[] | undefined;
  close(): void;
}

/** Scan position [y, x] of a linear index. */
export function indexPosition(source: Pick<PatternSource, 'shape'>, index: number): [number, number] {
  const rx = source.shape[1];
  return [Math.floor(index / rx), index % rx];
}

/** Refuses `count` patterns from linear index `first` on where they leave a scan of `shape` [ry, rx, qy, qx]. @throws 'range' */
export function checkRange(shape: PatternSource['shape'], first: number, count: number): void {
  const total = shape[0] * shape[1];
  if (!Number.isInteger(first) || !Number.isInteger(count) || first < 0 || count < 0 || first + count > total) {
    fail('range', `Patterns ${first} to ${first + count - 1} were asked of a scan of ${total}.`, 'Ask for fewer.', {
      first,
      count,
      total,
    });
  }
}

/** Refuses an empty scan or pattern. @throws 'shape' */
export function checkShape(shape: readonly number[], where: string): asserts shape is [number, number, number, number] {
  if (shape.length !== 4) {
    const axes = `${shape.length} axes (${shape.join(' × ')})`;
    fail(
      'shape',
      `${where} has ${axes}; a 4D-STEM scan has four: [scan y][scan x][pattern y][pattern x].`,
      advice(shape),
      {
        shape,
      },
    );
  }
  if (shape.some((n) => n < 1)) {
    fail('shape', `${where} holds no data: its shape is ${shape.join(' × ')}.`, 'Export the scan again.', { shape });
  }
}

function advice(shape: readonly number[]): string {
  if (shape.length === 3) {
    return 'If the first axis runs over all scan positions, reshape it to [ry][rx] and save it again; a plain image stack is not a scan.';
  }
  return 'Choose another dataset, or save the scan with four axes.';
}

/**
 * A scan held in memory: for tests and for data that was just simulated. `data` holds raw counts [ry][rx][qy][qx] for `shape` = [ry, rx, qy, qx] and is not
 * copied; `extra` adds images [qy][qx] and what a file would say. @throws 'shape'
 */
export function memorySource(
  shape: PatternSource['shape'],
  data: Float32Array,
  extra: Partial<Omit<PatternSource, 'shape' | 'read'>> = {},
): PatternSource {
  checkShape(shape, 'The array');
  const size = shape[2] * shape[3];
  if (data.length !== shape[0] * shape[1] * size) {
    fail(
      'shape',
      `The array holds ${data.length} values where its shape ${shape.join(' × ')} needs more or fewer.`,
      'Check it.',
    );
  }
  return {
    info: { format: 'memory', title: 'array', dataset: '', dtype: 'float32', notes: [] },
    close: () => {},
    ...extra,
    shape,
    read: async (first, count) => {
      checkRange(shape, first, count);
      return data.slice(first * size, (first + count) * size);
    },
  };
}

/** For tests: a TIA series, written by hand as FEI describes it. Not a test. */

import { ascii, joined } from './test-file.ts';

export interface TiaOptions {
  readonly version?: 0x210 | 0x220;
  /** Of scan axes, the fastest first. */
  readonly dimensions?: readonly number[];
  readonly written?: number;
  /** Positions of the tags [m]; undefined: time alone. */
  readonly place?: (x: number, y: number) => readonly [number, number];
  readonly kind?: number;
  readonly type?: number;
  /** [1/m] or [m] */
  readonly perPixel?: readonly [number, number];
  /** Columns of pattern `index`. */
  readonly columns?: (index: number) => number;
}

/** A field: its type and value. */
type Field = readonly ['u16' | 'i32' | 'i64' | 'f64', number];

function packed(fields: readonly Field[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(8 * fields.length));
  let at = 0;
  for (const [type, value] of fields) {
    if (type === 'u16') view.setUint16(at, value, true);
    else if (type === 'i32') view.setInt32(at, value, true);
    else if (type === 'i64') view.setBigInt64(at, BigInt(value), true);
    else view.setFloat64(at, value, true);
    at += { u16: 2, i32: 4, i64: 8, f64: 8 }[type];
  }
  return new Uint8Array(view.buffer, 0, at);
}

export const ROWS = 2;
const X_STEP_M = 2e-9;

/** Patterns of 2 × 3 numbers of 16 bits: pattern i holds 100 i + 0 … 5, its first row at the bottom. */
export function tia(options: TiaOptions = {}): Uint8Array {
  const { version = 0x220, dimensions = [3, 2], place, kind = 0x4122, type = 2, perPixel = [1e8, 1e8] } = options;
  const { columns = () => 3 } = options;
  const total = dimensions.reduce((a, b) => a * b, 1);
  const long = version === 0x220 ? 'i64' : 'i32';
  const tag = place ? 0x4142 : 0x4152;
  const axes = joined(
    ...dimensions.map((size) =>
      joined(
        packed([
          ['i32', size],
          ['f64', 0],
          ['f64', X_STEP_M],
          ['i32', 0],
          ['i32', 8],
        ]),
        ascii('Position'),
        packed([['i32', 1]]),
        ascii('m'),
      ),
    ),
  );
  const header = (table: number) =>
    packed([
      ['u16', 0x4949],
      ['u16', 0x197],
      ['u16', version],
      ['i32', kind],
      ['i32', tag],
      ['i32', total],
      ['i32', options.written ?? total],
      [long, table],
      ['i32', dimensions.length],
    ]);
  const table = header(0).length + axes.length;
  const elements: Uint8Array[] = [];
  const starts: Field[] = [];
  const tags: Field[] = [];
  let at = table + 2 * total * (long === 'i64' ? 8 : 4);
  for (let i = 0; i < total; i++) {
    const [x, y] = [i % dimensions[0]!, Math.floor(i / dimensions[0]!)];
    const image = joined(
      packed([
        ['f64', -1],
        ['f64', perPixel[0]],
        ['i32', 0],
        ['f64', -1],
        ['f64', perPixel[1]],
        ['i32', 0],
        ['u16', type],
        ['i32', columns(i)],
        ['i32', ROWS],
      ]),
      packed(Array.from({ length: ROWS * columns(i) }, (_, k): Field => ['u16', 100 * i + k])),
    );
    const [px, py] = place?.(x, y) ?? [0, 0];
    const time: Field[] = [
      ['i32', tag],
      ['i32', 1_456_077_582],
    ];
    const mark = packed(place ? [...time, ['f64', px], ['f64', py]] : time);
    starts.push([long, at]);
    tags.push([long, at + image.length]);
    elements.push(image, mark);
    at += image.length + mark.length;
  }
  return joined(header(table), axes, packed(starts), packed(tags), ...elements);
}

/** Merlin's files: bytes written by hand as the format is described, and counts that a camera stored both packed and unpacked. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { sample } from '../../../test/skip-aloud.ts';
import { scanFile } from '../../node/scan-file.ts';
import { describeFile } from '../describe.ts';
import { openScan } from '../open.ts';
import { ascii, bytesFile, expectTaggedWhenCut, joined, numbers } from './test-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'ferroscope-mib-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Head {
  readonly chips?: number;
  readonly layout?: string;
  readonly exposure_s?: number;
  readonly depth?: number;
  readonly sequence?: number;
  readonly counter?: number;
}
function header(columns: number, rows: number, type: string, head: Head = {}): Uint8Array {
  const { chips = 1, layout = '1x1', exposure_s = 0.001, depth = 6, sequence = 1, counter = 0 } = head;
  const bytes = chips === 1 ? 384 : 768;
  const pad = (n: number, width: number) => String(n).padStart(width, '0');
  return ascii(
    `MQ1,${pad(sequence, 6)},${pad(bytes, 5)},${pad(chips, 2)},${pad(columns, 4)},${pad(rows, 4)},${type},   ${layout},0F,2021-04-15 14:44:43.100924,${exposure_s.toFixed(6)},${counter},0,0,2.000000E+0,3RX,011,MQ1A,2021-05-07T16:51:10.9Z,${Math.round(exposure_s * 1e9)}ns,${depth}`,
    bytes,
  );
}

test.each([
  ['U08', 1, 'uint8', 200],
  ['U16', 2, 'uint16', 60_000],
  ['U32', 4, 'uint32', 16_000_000],
] as const)('%s: the counts in their places, most significant byte first', async (type, bytes, dtype, base) => {
  const value = (frame: number) => (i: number) => base + 7 * frame + i;
  const file = joined(...[0, 1, 2, 3, 4, 5].flatMap((f) => [header(3, 2, type), numbers(6, bytes, false, value(f))]));
  const source = await openScan(bytesFile('a.mib', file), { scan_shape: [2, 3] });
  expect(source.shape).toEqual([2, 3, 2, 3]);
  expect(source.info.dtype).toBe(dtype);
  expect([...(await source.read(4, 1))]).toEqual([0, 1, 2, 3, 4, 5].map((i) => base + 28 + i));
  expect(source.info.notes.join(' ')).toMatch(/says nothing of step.*mirrors patterns/);
  await expect(openScan(bytesFile('a.mib', file))).rejects.toThrow('does not say how they lie');
});

/** A pattern as Merlin packs it, told from the description: 64-bit words whose lowest bits are the leftmost pixel. @param rows of stored counts */
function packed(rows: readonly (readonly number[])[], bits: 1 | 8 | 16): Uint8Array {
  const out: number[] = [];
  for (const row of rows) {
    for (let x = 0; x < row.length; x += 64 / bits) {
      let word = 0n;
      for (let k = 0; k < 64 / bits; k++) word |= BigInt(row[x + k]!) << BigInt(bits * k);
      for (let byte = 7; byte >= 0; byte--) out.push(Number((word >> BigInt(8 * byte)) & 255n));
    }
  }
  return Uint8Array.from(out);
}
/** Rows as stored of a pattern [2·rows][512]: chips 4, 3, 2, 1, the lower two turned. */
function quadRows(pattern: (y: number, x: number) => number, rows: number): number[][] {
  return Array.from({ length: rows }, (_, r) => {
    const line = (y: number, x: number, turned: boolean) =>
      Array.from({ length: 256 }, (_, k) => pattern(y, turned ? x + 255 - k : x + k));
    const low = 2 * rows - 1 - r;
    return [...line(low, 256, true), ...line(low, 0, true), ...line(r, 256, false), ...line(r, 0, false)];
  });
}
const noise = (y: number, x: number) => (Math.imul(y * 7919 + x * 104_729 + 13, 2_654_435_761) >>> 8) & 0xffffff;

test.each([1, 6, 12, 24] as const)('raw, %i bits, one chip and four: every pixel in its place', async (depth) => {
  const count = (y: number, x: number) => noise(y, x) % 2 ** depth;
  const halves = depth === 24 ? [(v: number) => v >> 12, (v: number) => v & 4095] : [(v: number) => v];
  const bits = depth === 1 ? 1 : depth === 6 ? 8 : 16;
  const width = depth === 24 ? 2 : 1;
  const dtype = depth === 24 ? 'uint32' : depth === 12 ? 'uint16' : 'uint8';
  for (const chips of [1, 4]) {
    const [qy, qx] = chips === 1 ? [5, 256] : [10, 512];
    const rows =
      chips === 1
        ? Array.from({ length: 5 }, (_, y) => Array.from({ length: 256 }, (_, x) => count(y, x)))
        : quadRows(count, 5);
    const head = header(chips * 256 * width, 5, 'R64', { chips, layout: chips === 1 ? '1x1' : '2x2', depth });
    const frame = joined(
      ...halves.map((half) =>
        packed(
          rows.map((row) => row.map(half)),
          bits,
        ),
      ),
    );
    const empty = new Uint8Array(frame.length);
    const file = joined(head, empty, head, empty, head, frame, head, empty);
    const source = await openScan(bytesFile('r.mib', file), { scan_shape: [2, 2] });
    expect(source.shape).toEqual([2, 2, qy, qx]);
    expect(source.info.dtype).toBe(dtype);
    const got = await source.read(1, 2);
    expect(got.subarray(0, qy! * qx!).every((v) => v === 0)).toBe(true);
    const wanted = Array.from({ length: qy! * qx! }, (_, i) => count(Math.floor(i / qx!), i % qx!));
    expect([...got.subarray(qy! * qx!)]).toEqual(wanted);
    expect(source.info.notes.some((note) => note.includes('no such file was seen'))).toBe(depth === 24 && chips === 4);
  }
});

const frames = (n: number, head: (f: number) => Head = () => ({})) =>
  joined(...Array.from({ length: n }, (_, f) => [header(2, 1, 'U08', head(f)), Uint8Array.of(f, f)]).flat());
const firsts = async (source: Awaited<ReturnType<typeof openScan>>) =>
  [...(await source.read(0, source.shape[0] * source.shape[1]))].filter((_, i) => i % 2 === 0);

test('the way back is told by its exposure, left out, and said', async () => {
  const back = (at: number, period: number) => (f: number) => ({ exposure_s: f % period === at ? 0.01 : 0.001 });
  // Four frames a row, the last of them on the way back.
  const last = await openScan(bytesFile('f.mib', frames(12, back(3, 4))));
  expect(last.shape.slice(0, 2)).toEqual([3, 3]);
  expect(await firsts(last)).toEqual([0, 1, 2, 4, 5, 6, 8, 9, 10]);
  expect(last.info.notes.join(' ')).toContain('One frame in 4 was exposed 10.0 times as long');
  // The first of each row: row 0 begins at frame 1.
  const first = await openScan(bytesFile('f.mib', frames(12, back(0, 4))), { scan_shape: [2, 3] });
  expect(await firsts(first)).toEqual([1, 2, 3, 5, 6, 7]);
  // Someone who counts it as a column gets it, and is told.
  const kept = await openScan(bytesFile('f.mib', frames(12, back(3, 4))), { scan_shape: [3, 4] });
  expect(await firsts(kept)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  expect(kept.info.notes.join(' ')).toContain('it is kept');
  // Without exposures that differ, one frame more in each row is suspected aloud.
  const shifted = await openScan(bytesFile('f.mib', frames(12)), { scan_shape: [3, 3] });
  expect(shifted.info.notes.join(' ')).toContain('each row here is shifted; then give --scan-shape 3,4');
  // A stray long frame is no way back.
  await expect(
    openScan(
      bytesFile(
        'f.mib',
        frames(12, (f) => ({ exposure_s: f === 5 ? 0.01 : 0.001 })),
      ),
    ),
  ).rejects.toThrow('does not say how they lie');
});

test('the .hdr beside it: rows by trigger or by name, counts compared; it opens the scan too', async () => {
  const hdr = (...lines: string[]) => ascii(['HDR,\t', ...lines, 'End\t   '].join('\r\n'));
  const trigger = hdr('Frames in Acquisition (Number):\t8', 'Frames per Trigger (Number):\t3');
  const source = await openScan(bytesFile('s.mib', frames(6), { 's.hdr': trigger }));
  expect(source.shape.slice(0, 2)).toEqual([2, 3]);
  expect(source.info.notes.join(' ')).toMatch(/3 frames of one trigger.*guess.*speaks of 8 frames; the file holds 6/);
  const named = hdr('ScanX:\t2', 'ScanY:\t3');
  const both = { 's.hdr': named, 's.mib': frames(6) };
  expect((await openScan(bytesFile('/data/s.hdr', named, both))).shape.slice(0, 2)).toEqual([3, 2]);
  await expect(openScan(bytesFile('s.hdr', named))).rejects.toThrow('s.mib is not beside it');
  // One trigger for all frames says nothing.
  const all = hdr('Frames per Trigger (Number):\t6');
  await expect(openScan(bytesFile('s.mib', frames(6), { 's.hdr': all }))).rejects.toThrow('does not say how they lie');
  // Old headers end before the depth: then the .hdr has it.
  const old = header(256, 1, 'R64');
  old.fill(0, new TextDecoder().decode(old).indexOf(',MQ1A'));
  const raw = joined(old, packed([Array.from({ length: 256 }, (_, x) => x % 64)], 8));
  const options = { scan_shape: [1, 1] } as const;
  await expect(openScan(bytesFile('s.mib', raw), options)).rejects.toThrow('? bits');
  const deep = await openScan(bytesFile('s.mib', raw, { 's.hdr': hdr('Counter Depth (number):\t6') }), options);
  expect([...(await deep.read(0, 1))].slice(0, 70)).toEqual(Array.from({ length: 70 }, (_, x) => x % 64));
});

test('what is odd is said: a part, two counters, a cut end; what is not known is refused', async () => {
  const odd = joined(
    frames(4, (f) => ({ sequence: 101 + f, counter: f % 2 })),
    ascii('MQ1,0'),
  );
  const { info } = await openScan(bytesFile('o.mib', odd), { scan_shape: [2, 2] });
  expect(info.notes.join(' ')).toMatch(/two counters by turns.*last 5 bytes.*number 101/);
  const whole = await openScan(
    bytesFile(
      'o.mib',
      frames(4, (f) => ({ sequence: 1 + f })),
    ),
    { scan_shape: [2, 2] },
  );
  const dropped = await openScan(
    bytesFile(
      'o.mib',
      frames(4, (f) => ({ sequence: f < 2 ? 1 + f : 3 + f })),
    ),
    {
      scan_shape: [2, 2],
    },
  );
  expect(dropped.info.notes.join(' ')).toContain('last of its 4 frames is number 6, the first 1');
  expect(whole.info.notes.join(' ')).not.toContain('is number');
  const three = joined(header(768, 1, 'R64', { chips: 3, layout: '3x1' }), new Uint8Array(768));
  await expect(openScan(bytesFile('o.mib', three), { scan_shape: [1, 1] })).rejects.toThrow('not known');
  const wide = joined(header(2, 1, 'U64'), new Uint8Array(16));
  await expect(openScan(bytesFile('o.mib', wide), { scan_shape: [1, 1] })).rejects.toThrow('type U64');
  const huge = joined(header(65_000, 65_000, 'U32'), new Uint8Array(16));
  await expect(openScan(bytesFile('o.mib', huge), { scan_shape: [1, 1] })).rejects.toThrow('ends within its first');
  const late = frames(3);
  late.set(ascii('XXXX'), 386);
  await expect(openScan(bytesFile('o.mib', late), { scan_shape: [1, 3] })).rejects.toThrow(
    'no header of a frame stands at byte 386',
  );
});

test('cut anywhere: a tagged error', async () => {
  const whole = frames(2);
  const cuts = Array.from({ length: whole.length }, (_, i) => i);
  await expectTaggedWhenCut('c.mib', whole, cuts, { scan_shape: [1, 2] });
});

/** Sums of the samples by another program (Python's array module, bytes swapped; bits counted for raw). */
const SUMS = {
  Quad_9_Frame_CounterDepth_1_Rows_256: [512, 92_639],
  Quad_9_Frame_CounterDepth_1_Rows_256RAW: [512, 92_621],
  Quad_9_Frame_CounterDepth_6_Rows_256: [512, 1_032_369],
  Quad_9_Frame_CounterDepth_12_Rows_256: [512, 7_229_086],
  Quad_9_Frame_CounterDepth_24_Rows_256: [512, 7_285_037],
  Single_9_Frame_CounterDepth_1_Rows_256: [256, 21_614],
  Single_9_Frame_CounterDepth_1_Rows_256RAW: [256, 21_605],
  Single_9_Frame_CounterDepth_6_Rows_256: [256, 217_684],
  Single_9_Frame_CounterDepth_12_Rows_256: [256, 260_753],
  Single_9_Frame_CounterDepth_24_Rows_256: [256, 258_156],
} as const;

function unzip(path: string): void {
  execFileSync('unzip', ['-qo', path, '-d', folder]);
}

test('samples: shapes and sums, and raw counts where the unpacked ones of the same noisy pixels lie', async (context) => {
  unzip(sample(context, 'rosettasciio/Merlin_Single_Quad.zip'));
  const means = new Map<string, Float64Array>();
  for (const [name, [side, sum]] of Object.entries(SUMS)) {
    const source = await openScan(await scanFile(join(folder, `${name}.mib`)), { scan_shape: [3, 3] });
    expect(source.shape).toEqual([3, 3, side, side]);
    const all = await source.read(0, 9);
    const mean = new Float64Array(side * side);
    let total = 0;
    for (let i = 0; i < all.length; i++) {
      total += all[i]!;
      mean[i % mean.length]! += all[i]!;
    }
    expect(total, name).toBe(sum);
    means.set(name, mean);
  }
  for (const kind of ['Quad', 'Single']) {
    const name = `${kind}_9_Frame_CounterDepth_1_Rows_256`;
    expect(correlation(means.get(name)!, means.get(`${name}RAW`)!), kind).toBeGreaterThan(0.999);
  }
});

test('samples: a scan of 4 × 2 whose .hdr counts its frames, whole and with half the rows', async (context) => {
  unzip(sample(context, 'rosettasciio/Merlin_navigation4x2_ROI.zip'));
  for (const [name, rows, sum] of [
    ['001_4x2_6bit', 256, 3_623_664],
    ['002_4x2_6bit_roi128', 128, 3_263_829],
  ] as const) {
    const file = await scanFile(join(folder, `${name}.mib`));
    const said = await describeFile(file);
    expect(said.opens).toBe(false);
    expect(said.lines[0]).toContain('8 patterns');
    const source = await openScan(file, { scan_shape: [2, 4] });
    expect(source.shape).toEqual([2, 4, rows, 256]);
    expect((await source.read(0, 8)).reduce((a, b) => a + b, 0)).toBe(sum);
  }
});

test('samples: one raw frame of four chips, nothing in it, is a pattern of 512 × 512', async (context) => {
  for (const depth of [1, 6]) {
    const path = sample(context, `epsic_tools/test_${depth}bit_RAW_1frame.mib`);
    const source = await openScan(await scanFile(path), { scan_shape: [1, 1] });
    expect(source.shape).toEqual([1, 1, 512, 512]);
    expect((await source.read(0, 1)).every((v) => v === 0)).toBe(true);
  }
});

function correlation(a: Float64Array, b: Float64Array): number {
  const mean = (v: Float64Array) => v.reduce((s, x) => s + x, 0) / v.length;
  const [ma, mb] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += (a[i]! - ma) * (b[i]! - mb);
    aa += (a[i]! - ma) ** 2;
    bb += (b[i]! - mb) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

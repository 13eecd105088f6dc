/** `ferroscope analyze --scan`: patterns along a path across a wall, of scans whose every disk is known. */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeNpy } from '../src/core/npy.ts';
import { RandomStream } from '../src/core/random.ts';
import type { LatticeDetector } from '../src/diffraction/detector.ts';
import { disksApart_mrad } from '../src/diffraction/detector.ts';
import type { WallPath } from '../src/findings/wall-path.ts';
import { writeEmd } from '../src/node/emd.ts';
import { fileIdentity } from '../src/node/files.ts';
import type { PolarizationMap } from '../src/polarization/polarization-map.ts';
import { type Calibration, centreAt, mapFrom } from '../src/scan/calibration.ts';
import { filmMap, identityOfMap, STEP_nm, shiftAt, writeMap } from './film-maps.ts';
import { cli, fails } from './run-cli.ts';

const SHAPE = [18, 28] as const;
const CAMERA = [36, 36] as const;
const BIASES = [0, 2] as const;
const WALL = 12.5;
const DOSE = 1e6;
const DETECTOR: LatticeDetector = { pixels: 24, pixelsPerOrder: 6, a_A: 3.95, voltage_kV: 300, convergence_mrad: 2.2 };
const APART = disksApart_mrad(DETECTOR);
const HOT = 14 * CAMERA[1] + 4;
/** Part of the beam in a disk, and what P_x turns of it from −h to h. */
const DISK = 0.02;
const TURNED = 0.2;
/** Width of what a disk holds, as the rms of a Gaussian [mrad]: all but 0.7% lies within 2.2 mrad. */
const SPOT = 0.7;
/** By which (0 1 0) grows for a row of the scan: it says where a pattern was taken. */
const BY_ROW = 0.02;

let folder: string;
const at = (...parts: string[]): string => join(folder, ...parts);
const scans = BIASES.map((_, i) => `scan${i}.h5`);

/** P_x of a state at a position of its own map: head to head at the wall. */
const sideOf = (bias: number, x: number): number => (x - shiftAt(bias)[0] < WALL ? 1 : -1);

/** Turned by 12°, off the middle, with descan and a hot pixel: without its calibration nothing lies where it should. */
const CALIBRATION: Omit<Calibration, 'identity'> = {
  version: 2,
  shape: [...SHAPE, ...CAMERA],
  crystal: { a_A: 3.95, voltage_kV: 300, convergence_mrad: 2.2 },
  centre0_px: [17.2, 18.4],
  centre0_se_px: [0.01, 0.01],
  descan: {
    centre_px: [17.2, 18.4],
    per_ry_px: [0.05, -0.02],
    per_rx_px: [0.01, 0.04],
    middle: [8.5, 13.5],
    bend: [],
    jumps: [],
  },
  direct_beam: { odds: 1e6, runner_up_px: null, runner_up_hk: null, witnesses: [] },
  map_px_per_mrad: mapFrom(0.6, 12),
  rotation_deg: 12,
  rotation_se_deg: 0.01,
  px_mrad: 0.6,
  px_se_mrad: 0.001,
  ellipse_percent: 0,
  ellipse_se_percent: 0,
  ellipse_axis_deg: 0,
  disk_radius_mrad: 2.2,
  disk_radius_se_mrad: 0.01,
  edge_px: 0.5,
  hot_pixels: [HOT],
  dead_pixels: [],
  dose_e: DOSE,
  dose_from: 'vacuum probe',
  counts_per_electron: 1,
  counts_from: 'assumed',
  detected_e: DOSE,
  used: { dark: false, gain: false, vacuum: true, patterns: 10, left_out: {}, disks: 9 },
  residuals: { centre_rms_px: 0.1, centre_outliers: 0, lattice_rms_px: 0.1 },
  warnings: [],
};

/** Nine disks in counts. */
function patternAt(bias: number, index: number): Uint16Array {
  const [y, x] = [Math.floor(index / SHAPE[1]), index % SHAPE[1]];
  const centre = centreAt(CALIBRATION.descan, y, x);
  const [[a, b], [c, d]] = CALIBRATION.map_px_per_mrad;
  const det = a * d - b * c;
  const perPixel = (DOSE * DISK) / (2 * Math.PI * SPOT ** 2 * det);
  const pattern = Uint16Array.from({ length: CAMERA[0] * CAMERA[1] }, (_, i) => {
    const [dy, dx] = [Math.floor(i / CAMERA[1]) - centre[0], (i % CAMERA[1]) - centre[1]];
    const [qy, qx] = [(d * dy - b * dx) / det, (-c * dy + a * dx) / det];
    const [k, h] = [Math.round(qy / APART), Math.round(qx / APART)];
    if (Math.abs(h) > 1 || Math.abs(k) > 1) return 0;
    // Smooth, not a flat disk: of a rim some pixels more would count on one side than on the other.
    const inside = Math.exp(-0.5 * Math.hypot((qx - h * APART) / SPOT, (qy - k * APART) / SPOT) ** 2);
    const share = 1 + TURNED * h * sideOf(bias, x) + (h === 0 && k === 1 ? BY_ROW * y : 0);
    return Math.round(perPixel * inside * share * (h === 0 && k === 0 ? 10 : 1));
  });
  pattern[HOT] = 60_000;
  return pattern;
}

/** The wall in P_x alone; thickness and tilt as a film has them, by which states are registered. */
async function mapOf(bias: number, scan: string): Promise<PolarizationMap> {
  const film = filmMap(bias, { shape: SHAPE, sigma: [0.4, 0.4] });
  const random = new RandomStream(7 + bias, 'wall');
  const channels = film.channels.map((channel) => {
    if (!channel.name.startsWith('P_')) return channel;
    const level = (i: number) => (channel.name === 'P_x' ? 8 * sideOf(bias, i % SHAPE[1]) : 1);
    return { ...channel, values: Float32Array.from(channel.values, (_, i) => level(i) + 0.4 * random.normal()) };
  });
  const identity = identityOfMap({ files: { scan: await fileIdentity(at(scan)) } });
  return { ...film, channels, meta: { ...film.meta, identity } };
}

async function writeMapFolder(name: string, map: PolarizationMap): Promise<string> {
  const path = await writeMap(at(name), map);
  const identity = map.meta.identity!.inputs.calibration;
  await writeFile(join(path, 'calibration.json'), JSON.stringify({ ...CALIBRATION, identity }));
  await writeFile(join(path, 'model.json'), JSON.stringify({ detector: DETECTOR }));
  return path;
}

const maps: string[] = [];
let paths: WallPath[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferroscope-path-'));
  for (const [i, bias] of BIASES.entries()) {
    const shape = [...SHAPE, ...CAMERA] as const;
    await writeEmd(at(scans[i]!), { shape, patterns: (index) => patternAt(bias, index), step_nm: STEP_nm });
    maps.push(await writeMapFolder(`map${i}`, await mapOf(bias, scans[i]!)));
  }
  await writeFile(at('findings.toml'), '[findings]\npairs = 4\n');
  // In another order than that of the biases.
  const { code, err, out } = await cli(
    ...['analyze', maps[1]!, maps[0]!, '--bias', '2,0', '--recipe', at('findings.toml'), '--out', at('analysis')],
    ...['--scan', at(scans[1]!), at(scans[0]!), '--json'],
  );
  expect(err).not.toMatch(/bug/);
  expect(code, err).toBe(0);
  paths = (JSON.parse(out) as { states: { path: WallPath }[] }).states.map(({ path }) => path);
}, 600_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A table of the analysis, by column. */
async function table(name: string): Promise<Record<string, number[]>> {
  const [heads, ...rows] = (await readFile(at('analysis', 'data', name), 'utf8')).trim().split('\n');
  return Object.fromEntries(
    heads!.split(',').map((head, k) => [head, rows.map((row) => Number(row.split(',')[k]))] as const),
  );
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

describe.each([0, 1])('the path of state %i', (i) => {
  test('crosses the wall at right angles, in the frame of the reference', () => {
    const { centre_nm, normal, alone } = paths[i]!;
    expect(Math.abs(centre_nm[0] / STEP_nm - WALL)).toBeLessThan(1);
    expect(Math.abs(normal[0])).toBeGreaterThan(0.99);
    expect(alone).toBe(true);
  });

  test('has the patterns of its own scan: what a disk says of its row is the row that is named', async () => {
    const [along, positions] = [await table(`path-${i + 1}.csv`), await table(`path-${i + 1}-positions.csv`)];
    const shift = shiftAt(BIASES[i]!);
    for (const [k, x] of positions.scan_x!.entries()) {
      expect(Math.abs(x - positions.x_nm![k]! / STEP_nm - shift[0])).toBeLessThan(1);
      expect(Math.abs(positions.scan_y![k]! - positions.y_nm![k]! / STEP_nm - shift[1])).toBeLessThan(1);
    }
    along.distance_nm!.forEach((distance, step) => {
      const own = positions.distance_nm!.flatMap((one, k) => (one === distance ? [k] : []));
      expect(own).toHaveLength(along.positions![step]!);
      const row = mean(own.map((k) => positions.scan_y![k]!));
      const grown = along['I(0 1 0)']![step]! / along['I(0 -1 0)']![step]! - 1;
      expect(Math.abs(grown / BY_ROW - row)).toBeLessThan(0.3);
      const side = mean(own.map((k) => sideOf(BIASES[i]!, positions.scan_x![k]!)));
      const [plus, minus] = [along['I(1 0 0)']![step]!, along['I(-1 0 0)']![step]!];
      expect((plus - minus) / (plus + minus)).toBeCloseTo(TURNED * side, 2);
      expect(Math.abs((plus + minus) / (2 * DISK) - 0.99)).toBeLessThan(0.02);
      expect(along['I(1 0 0)_sigma']![step]).toBeCloseTo(Math.sqrt(plus / (DOSE * own.length)), 8);
      expect(Math.abs(along.P_x_uC_cm2![step]! - 8 * side)).toBeLessThan(5 * along.P_x_uC_cm2_sigma![step]!);
    });
  });
});

test('the figure has a pattern for each step and what it differs by, the hot pixel taken out', async () => {
  const svg = await readFile(at('analysis', 'figures', 'path-1.svg'), 'utf8');
  expect(svg.match(/class="pattern"/g)).toHaveLength(1 + 2 * 9);
  expect(svg.match(/class="ring"/g)).toHaveLength(8);
  const patterns = await table('path-1-patterns.csv');
  const steps = Object.entries(patterns).filter(([name]) => name.startsWith('at_'));
  expect(steps).toHaveLength(9);
  // The direct beam is ten times a disk; 60 000 counts would be more than its pixels.
  const largest = patterns.qx_mrad!.map((_, k) => Math.max(...steps.map(([, values]) => values[k]!)));
  const k = largest.indexOf(Math.max(...largest));
  expect(Math.hypot(patterns.qx_mrad![k]!, patterns.qy_mrad![k]!)).toBeLessThan(2.2);
  const report = await readFile(at('analysis', 'report.html'), 'utf8');
  expect(report).toContain('Patterns across a wall');
  expect(report).toContain(`of ${scans[1]}`);
});

describe('bad input', () => {
  const analyze = (...more: string[]) => ['analyze', ...more, '--recipe', at('findings.toml'), '--out', at('none')];
  const one = (scan: string, map = maps[0]!) => analyze(map, '--scan', at(scan));

  test('a scan that is not the one of the map, by shape and by contents', async () => {
    await fails(one(scans[1]!), 1, /was made with another scan: scan0\.h5 \([0-9a-f]{8}\); given is scan1\.h5/);
    await writeEmd(at('small.h5'), { shape: [2, 3, ...CAMERA], patterns: (index) => patternAt(0, index) });
    await fails(one('small.h5'), 1, /small\.h5 has 2 × 3 positions, .*map0 18 × 28/);
  });

  test('as many scans as maps; images beside the scan as the map had them', async () => {
    await fails(analyze(maps[0]!, '--scan', at(scans[0]!), at(scans[1]!)), 2, /1 map, and 2 scans/);
    const dark = at('dark.npy');
    await writeFile(dark, writeNpy({ data: new Float32Array(CAMERA[0] * CAMERA[1]), shape: [...CAMERA] }));
    await fails([...one(scans[0]!), '--dark', dark], 1, /another dark: none; given is dark\.npy/);
  });

  test('a map without its folder, and a calibration of another map', async () => {
    const bare = await writeMap(at('bare'), await mapOf(0, scans[0]!));
    await fails(one(scans[0]!, bare), 2, /bare\/calibration\.json is not there/);
    await writeFile(join(bare, 'model.json'), JSON.stringify({ detector: DETECTOR }));
    await writeFile(join(bare, 'calibration.json'), await readFile(join(maps[1]!, 'calibration.json')));
    await fails(one(scans[0]!, bare), 1, /is not the calibration that .*bare was made with/);
  });
});

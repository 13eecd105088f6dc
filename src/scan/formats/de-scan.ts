/** What Direct Electron's server writes beside a movie: `NAME_info.txt` (key = value) and, for scans that are no raster, `NAME_scan_coordinates.csv` (x,y a frame). */

import { fail } from '../../core/errors.ts';
import { leafName, type ScanFile } from '../scan-file.ts';

/** A file longer than this is none of them [bytes]. */
const LONGEST = 2 ** 26;

export interface DeScan {
  readonly shape?: readonly [ry: number, rx: number] | undefined;
  /** The frame of each position y·rx + x, where they were not taken row by row. */
  readonly frames?: Uint32Array | undefined;
  readonly voltage_kV?: number | undefined;
  readonly step_nm?: number | undefined;
  /** [1/nm] */
  readonly q_pixel?: number | undefined;
  readonly unsigned: boolean;
  readonly notes: readonly string[];
}

/**
 * What lies beside a movie; undefined where nothing does.
 * @param frames of the movie
 * @throws 'unsupported' for several frames a point; 'format' for coordinates that are none
 */
export async function deScan(movie: ScanFile, frames: number): Promise<DeScan | undefined> {
  const stem = /^(.*?)_?movie\.mrc$/i.exec(leafName(movie))?.[1];
  if (!stem) return undefined;
  // 20250429_06699_0_movie.mrc lies beside 20250429_06699_info.txt.
  for (const name of [stem, stem.replace(/_\d$/, '')]) {
    const info = await movie.sibling(`${name}_info.txt`);
    if (info)
      return described(await text(info), leafName(info), await movie.sibling(`${name}_scan_coordinates.csv`), frames);
  }
  return undefined;
}

async function text(file: ScanFile): Promise<string> {
  if (file.size_bytes > LONGEST)
    fail('format', `${file.name} has ${file.size_bytes} bytes: no such text.`, 'Rename it.');
  return new TextDecoder('latin1').decode(await file.read(0, file.size_bytes));
}

async function described(info: string, leaf: string, csv: ScanFile | undefined, frames: number): Promise<DeScan> {
  const fields = new Map<string, string>();
  for (const line of info.split('\n')) {
    const at = line.indexOf('=');
    if (at > 0) fields.set(line.slice(0, at).trim(), line.slice(at + 1).trim());
  }
  /** A number above zero: −1 and 0 stand for unknown. */
  const number = (key: string): number | undefined => {
    const value = Number(fields.get(key));
    return Number.isFinite(value) && value > 0 ? value : undefined;
  };
  const notes = [`Scan and beam are those of ${leaf}.`];
  const volts = number('Instrument Accelerating Voltage (V)');
  const mean = (x: string, y: string, what: string): number | undefined => {
    const [a, b] = [number(x), number(y)];
    if (a === undefined || b === undefined) return undefined;
    if (Math.abs(a - b) > 1e-3 * a) notes.push(`${what} differs along y and x: ${b} and ${a}; their mean is taken.`);
    return (a + b) / 2;
  };
  const q_pixel = mean('Diffraction Pixel Size X', 'Diffraction Pixel Size Y', 'The detector pixel');
  if (q_pixel !== undefined) notes.push(`The detector pixel, ${q_pixel}, has no unit in the file: taken as 1/nm.`);
  const beam = {
    voltage_kV: volts === undefined ? undefined : volts / 1000,
    step_nm: mean('Specimen Pixel Size X (nanometers)', 'Specimen Pixel Size Y (nanometers)', 'The step'),
    q_pixel,
    unsigned: /^uint8$/i.test(fields.get('Autosave Counted Movie Pixel Format') ?? ''),
    notes,
  };
  const rotation = Number(fields.get('Scan - Rotation') ?? 0);
  if (rotation !== 0) notes.push(`The scan was rotated by ${rotation}° against the microscope, as ${leaf} says.`);
  if (fields.get('Scan - Enable') !== 'Enable') return { ...beam, notes: [...notes, 'It says that no scan ran.'] };
  const each = number('Scan - Camera Frames Per Point') ?? 1;
  if (each > 1) {
    fail(
      'unsupported',
      `${leaf} states ${each} frames for each point of the scan.`,
      'Sum them when saving (Autosave Movie Sum Count), or convert the movie.',
    );
  }
  const roi = fields.get('Scan - ROI Enable') === 'Enable';
  if (csv) return { ...beam, ...grid(await text(csv), csv.name, frames, notes) };
  if ((fields.get('Scan - Type') ?? 'Raster') !== 'Raster') {
    notes.push(`The scan is no raster (${fields.get('Scan - Type')}), and its _scan_coordinates.csv is missing.`);
    return beam;
  }
  const [rx, ry] = roi
    ? [number('Scan - ROI Size X'), number('Scan - ROI Size Y')]
    : [number('Scan - Size X'), number('Scan - Size Y')];
  return { ...beam, shape: rx && ry && Number.isInteger(rx) && Number.isInteger(ry) ? [ry, rx] : undefined };
}

/** Where the frames lie, if the points fill a grid. @throws 'format' */
function grid(csv: string, name: string, frames: number, notes: string[]): Pick<DeScan, 'shape' | 'frames'> {
  const lines = csv.split('\n').filter((line) => line.trim() !== '');
  const points = lines.slice(0, frames).map((line, i) => {
    const [x, y] = line.split(',').map(Number);
    if (!Number.isInteger(x) || !Number.isInteger(y)) {
      fail('format', `${name}, line ${i + 1}: '${line.trim().slice(0, 40)}' is no position x,y.`, 'Copy it again.');
    }
    return [x!, y!] as const;
  });
  const xs = [...new Set(points.map(([x]) => x))].toSorted((a, b) => a - b);
  const ys = [...new Set(points.map(([, y]) => y))].toSorted((a, b) => a - b);
  const first = new Map<string, number>();
  for (const [frame, [x, y]] of points.entries()) if (!first.has(`${x},${y}`)) first.set(`${x},${y}`, frame);
  const steps = (values: number[]): ReadonlySet<number> => new Set(values.slice(1).map((v, i) => v - values[i]!));
  const [alongX, alongY] = [steps(xs), steps(ys)];
  if (first.size === 0 || first.size !== xs.length * ys.length || alongX.size > 1 || alongY.size > 1) {
    notes.push(`The ${first.size} points of ${name} fill no grid of even steps.`);
    return {};
  }
  const [dx = 1] = alongX;
  const [dy = 1] = alongY;
  if (dx !== 1 || dy !== 1) {
    notes.push(
      `Rows of points lie ${dy} apart and columns ${dx} in the camera’s grid: steps are that many times the stated one.`,
    );
  }
  const again = points.length - first.size;
  if (again > 0) notes.push(`${again} frames of points that were visited before are left out.`);
  const without = frames - points.length;
  if (without > 0) notes.push(`${without} frames without a point in ${name} are left out.`);
  const order = new Uint32Array(first.size);
  for (const [j, y] of ys.entries())
    for (const [i, x] of xs.entries()) order[j * xs.length + i] = first.get(`${x},${y}`)!;
  if (order.some((frame, i) => frame !== i))
    notes.push(`Patterns were not taken row by row: their places are those of ${name}.`);
  return { shape: [ys.length, xs.length], frames: order };
}

/**
 * EMPAD (Cornell, Thermo Fisher): a .raw of float32 frames of 130 × 128, least significant byte first, whose last two rows are no image, and an XML file that
 * tells of it. Either opens the scan. Shape and calibration have changed places between versions 0.51 and 1.2.2 of the camera's program.
 */

import { fail } from '../../core/errors.ts';
import type { PatternSource, ScanInfo } from '../pattern-source.ts';
import { leafName, type ScanFile } from '../scan-file.ts';
import { frameSource, type OpenOptions, type ScanReader, scanShapeOf } from './reader.ts';

const ROWS = 130;
const SIDE = 128;
const FRAME_BYTES = 4 * ROWS * SIDE;
/** An XML file longer than this is none of EMPAD's. */
const LONGEST = 2 ** 20;

type Shape = readonly [ry: number, rx: number];

/** Text of the first element `name` without children; undefined without it. */
function textOf(xml: string, name: string): string | undefined {
  const start = xml.indexOf(`<${name}>`);
  const end = start < 0 ? -1 : xml.indexOf(`</${name}>`, start);
  return end < 0 ? undefined : xml.slice(start + name.length + 2, end);
}

function numberOf(xml: string | undefined, name: string): number | undefined {
  const value = Number(xml === undefined ? undefined : (textOf(xml, name) ?? undefined));
  return Number.isFinite(value) ? value : undefined;
}

const pair = (y: number | undefined, x: number | undefined): Shape | undefined =>
  y !== undefined && x !== undefined && Number.isInteger(y) && Number.isInteger(x) && y > 0 && x > 0
    ? [y, x]
    : undefined;

const baseName = (path: string) => path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);

async function readXml(file: ScanFile): Promise<string | undefined> {
  if (file.size_bytes > LONGEST) return undefined;
  const xml = new TextDecoder().decode(await file.read(0, LONGEST));
  return xml.includes('<raw_file') && xml.includes('</root>') ? xml : undefined;
}

const rawName = (xml: string) => baseName(/<raw_file\s+filename="([^"]*)"/.exec(xml)?.[1] ?? '');

/** The frames and what tells of them. @throws 'unsupported', 'format' */
async function bothFiles(file: ScanFile): Promise<{ raw: ScanFile; xml?: string; notes: string[] }> {
  const leaf = leafName(file);
  const stem = leaf.replace(/\.(xml|raw)$/i, '');
  if (/\.xml$/i.test(leaf)) {
    const xml = await readXml(file);
    if (xml === undefined) {
      fail(
        'unsupported',
        `${file.name} is no EMPAD header, or was cut off: it names no raw file.`,
        'Give the file that holds the patterns.',
      );
    }
    const named = rawName(xml);
    const raw = named === '' ? undefined : await file.sibling(named);
    if (raw) return { raw, xml, notes: [] };
    const renamed = await file.sibling(`${stem}.raw`);
    if (renamed) return { raw: renamed, xml, notes: [`The header names ${named}; ${stem}.raw beside it is read.`] };
    return fail(
      'unsupported',
      `${file.name} is an EMPAD header, and its patterns, ${named}, are not beside it.`,
      'Put both into one folder, or give the .raw file with --scan-shape ROWS,COLUMNS.',
      { raw: named },
    );
  }
  // The header bears the name of the acquisition, which is that of the folder.
  const folder = baseName(file.name.slice(0, -leaf.length).replace(/[/\\]+$/, ''));
  for (const name of new Set([stem, folder])) {
    const beside = name === '' ? undefined : await file.sibling(`${name}.xml`);
    const xml = beside && (await readXml(beside));
    if (xml === undefined) continue;
    const named = rawName(xml);
    const notes = named === leaf ? [] : [`${name}.xml names ${named} as its patterns, not ${leaf}.`];
    if (named === leaf || name === stem) return { raw: file, xml, notes };
  }
  return {
    raw: file,
    notes: ['No EMPAD header lies beside it: nothing is known of step, detector pixel and voltage.'],
  };
}

/** Shapes that header and name state, surest first. */
function shapes(xml: string | undefined, leaf: string): { shape: Shape; where: string }[] {
  const found: { shape: Shape; where: string }[] = [];
  const add = (shape: Shape | undefined, where: string) => shape && found.push({ shape, where });
  add(pair(numberOf(xml, 'pix_y'), numberOf(xml, 'pix_x')), 'pix_x and pix_y');
  for (const name of [leaf, xml === undefined ? '' : rawName(xml)]) {
    const match = /_x(\d{1,6})_y(\d{1,6})/.exec(name);
    if (match) add(pair(Number(match[2]), Number(match[1])), 'the name of the raw file');
  }
  for (const mode of ['acquire', 'search']) {
    const start = xml?.indexOf(`<scan_parameters mode="${mode}"`) ?? -1;
    const block = start < 0 ? undefined : xml!.slice(start, xml!.indexOf('</scan_parameters>', start));
    const shape = pair(numberOf(block, 'scan_resolution_y'), numberOf(block, 'scan_resolution_x'));
    add(shape, `the scan parameters '${mode}'`);
  }
  return found;
}

/** Step, detector pixel and voltage, and what has to be said of them. */
function calibrationOf(xml: string, [ry, rx]: Shape): Partial<ScanInfo> & { notes: string[] } {
  const notes: string[] = [];
  const volts = numberOf(xml, 'high_voltage') ?? numberOf(xml, 'source.get_voltage');
  let step_nm: number | undefined;
  const old = /\[\s*([\d.eE+-]+)\s*,\s*([\d.eE+-]+)\s*\]/.exec(textOf(xml, 'optics.get_full_scan_field_of_view') ?? '');
  const block = textOf(xml, 'full_scan_field_of_view');
  if (old) {
    // Which is x is not said; they are equal on all instruments that were seen.
    step_nm = (1e9 * (Number(old[1]) / ry + Number(old[2]) / rx)) / 2;
    if (ry !== rx) notes.push('The step differs along x and y, as the field of view is square: the mean is taken.');
  } else if (block !== undefined) {
    // Both are the longer side, times the factor.
    const factor = numberOf(block, 'scale_factor') || 1;
    const [x, y] = [numberOf(block, 'x') ?? 0, numberOf(block, 'y') ?? 0];
    step_nm = (1e9 * (x + y)) / 2 / factor / Math.max(ry, rx);
    if (factor !== 1) notes.push(`The field of view is divided by the file's scale_factor, ${factor}.`);
  }
  if (step_nm !== undefined && step_nm > 0 && step_nm < 1e6) {
    notes.push(
      'The step is the full field of view over the pixels of the scan; on some instruments scan_size has to be multiplied in: check it.',
    );
  } else {
    step_nm = undefined;
    notes.push('The header states no field of view: the step is not known.');
  }
  const angle = numberOf(xml, 'calibrated_diffraction_angle');
  const q_pixel = angle !== undefined && angle > 0 && angle < 0.1 ? 1e3 * angle : undefined;
  if (q_pixel !== undefined) {
    notes.push(
      'calibrated_diffraction_angle is taken for the angle of one detector pixel [rad]; calibrated_pixelsize, which other programs take for that in 1/nm, is not used.',
    );
  }
  return {
    notes,
    step_nm,
    q_pixel,
    q_unit: q_pixel === undefined ? undefined : 'mrad',
    voltage_kV: volts !== undefined && volts > 0 ? volts / 1e3 : undefined,
  };
}

async function open(file: ScanFile, options: OpenOptions): Promise<PatternSource> {
  const { raw, xml, notes } = await bothFiles(file);
  const frames = Math.floor(raw.size_bytes / FRAME_BYTES);
  const rest = raw.size_bytes % FRAME_BYTES;
  if (xml === undefined && (rest > 0 || frames === 0)) {
    fail(
      'unsupported',
      `${raw.name} is no EMPAD scan: its ${raw.size_bytes} bytes are not a number of patterns of ${ROWS} × ${SIDE} float32, and no EMPAD header lies beside it.`,
      'Give its XML file, or save the scan in another format.',
      { size_bytes: raw.size_bytes },
    );
  }
  if (frames === 0) {
    fail('format', `${raw.name} ends within its first pattern.`, 'Copy it again.', { size_bytes: raw.size_bytes });
  }
  const series = xml !== undefined && textOf(xml, 'type') === 'series';
  const candidates = series ? [] : shapes(xml, leafName(raw));
  const fitting = candidates.find(({ shape: [y, x] }) => y * x === frames) ?? candidates[0];
  const scan = scanShapeOf(raw, frames, options, fitting?.shape);
  const other = candidates.find(({ shape: [y, x] }) => fitting && y * x !== fitting.shape[0] * fitting.shape[1]);
  const calibration = xml === undefined ? undefined : calibrationOf(xml, scan.shape);
  const source = frameSource(
    raw,
    {
      shape: [...scan.shape, SIDE, SIDE],
      dtype: 'float32',
      little: true,
      offset: (index) => index * FRAME_BYTES,
      stored: [ROWS, SIDE],
    },
    {
      format: 'EMPAD',
      title: (xml && /<root\s+name="([^"]*)"/.exec(xml)?.[1]) || leafName(raw),
      dataset: leafName(raw),
      ...calibration,
      notes: [
        ...scan.notes,
        ...(series ? ['The header calls it a series, not a scan.'] : []),
        ...(fitting && !options.scan_shape ? [`The scan's shape is that of ${fitting.where}.`] : []),
        ...(other ? [`${other.where} would make it ${other.shape.join(' × ')}.`] : []),
        ...notes,
        ...(calibration?.notes ?? []),
        ...(rest > 0 ? [`The file ends within a pattern: its last ${rest} bytes are left out.`] : []),
        'Values are in the camera’s own unit, not electrons; those that are no number are read as 0.',
      ],
    },
  );
  return {
    ...source,
    async read(first, count) {
      const out = await source.read(first, count);
      for (let i = 0; i < out.length; i++) if (!Number.isFinite(out[i])) out[i] = 0;
      return out;
    },
  };
}

export const EMPAD: ScanReader = {
  kind: 'empad',
  name: 'EMPAD',
  matches: (_, leaf) => /\.(xml|raw)$/i.test(leaf),
  open,
};

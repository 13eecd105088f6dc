/**
 * What is in a file of a microscope, for `ferroscope info`: every HDF5 flavour in detail, other formats by their
 * signature. Reads metadata only. A file that Ferroscope cannot open as a scan is still described, with the reason.
 */

import { FerroscopeError, fail } from '../core/errors.ts';
import { quantity, setting } from '../core/numbers.ts';
import { NUMBER_BYTES, type NumberType } from './decode-numbers.ts';
import { RAW_FORM } from './formats/raw.ts';
import type { ScanReader } from './formats/reader.ts';
import { readerOf } from './formats/readers.ts';
import { childDataset, childGroup, guarded, type Hdf5File, isDataset, isHdf5, walk } from './hdf5.ts';
import { isComplex, numberType } from './hdf5-array.ts';
import { isDectrisData } from './hdf5-kinds/cameras.ts';
import { findArrays } from './hdf5-kinds/find.ts';
import { type Found, shapeOf } from './hdf5-kinds/found.ts';
import { openHdf5Scan } from './hdf5-scan.ts';
import type { ScanInfo } from './pattern-source.ts';
import { leafName, type ScanFile } from './scan-file.ts';
import { openZarrScan } from './zarr-scan.ts';

export interface Description {
  /** Such as 'emd-1.0', 'prismatic', 'velox', 'arina-master', 'hdf5', 'dm4'. */
  readonly kind: string;
  /** Whether openScan reads it. */
  readonly opens: boolean;
  readonly lines: readonly string[];
  readonly json: object;
}

/** @throws 'file-unreadable', 'format' for an empty file, and 'unsupported' for one that no signature explains */
export async function describeFile(file: ScanFile): Promise<Description> {
  const { name: path } = file;
  if (file.tree) return describeFrames(file, ZARR);
  const head = await file.read(0, 1024);
  if (head.length === 0) fail('format', `${path} is empty (0 bytes).`, 'Copy it again from its source.', { path });
  if (isHdf5(head)) return describeHdf5(file);
  const reader = readerOf(file, head);
  if (reader) return describeFrames(file, reader);
  const other = signature(head);
  if (!other) {
    const hint = `Convert it with the program that wrote it; or, where it is plain numbers, say how they lie: ${RAW_FORM}.`;
    fail('unsupported', `${path} is none of the formats that Ferroscope knows.`, hint, { path });
  }
  const reason = `${other[1]}: Ferroscope does not read this format yet.`;
  return {
    kind: other[0],
    opens: false,
    lines: [`${leafName(file)}: ${reason}`, 'Convert it to EMD with py4DSTEM or HyperSpy.'],
    json: { file: leafName(file), kind: other[0], opens: false, reason },
  };
}

/** Formats told by their first bytes, or by their extension where they have no signature. */
function signature(head: Uint8Array): [kind: string, name: string] | undefined {
  const text = new TextDecoder('latin1').decode(head.subarray(0, 16));
  if (/^(II\*\0|MM\0\*|II\+\0|MM\0\+)/.test(text)) return ['tiff', 'TIFF image or stack'];
  return undefined;
}

/** A folder of Zarr; `openScan` sees for itself that it is a folder. */
const ZARR: ScanReader = {
  kind: 'zarr',
  name: 'Zarr',
  matches: () => false,
  open: (file, options) => openZarrScan(file, file.tree!, options),
};

/** A file that a reader of its own opens, or the reason why not. */
async function describeFrames(file: ScanFile, { kind, name, open }: ScanReader): Promise<Description> {
  const leaf = leafName(file);
  try {
    const source = await open(file, {});
    source.close();
    const { shape, info } = source;
    return {
      kind,
      opens: true,
      lines: [
        `${leaf}: a 4D-STEM scan, ${name}.`,
        ...scanLines(info, shape, NUMBER_BYTES[info.dtype as NumberType] ?? (info.dtype === 'float16' ? 2 : 1)),
      ],
      json: { file: leaf, kind, opens: true, shape, info },
    };
  } catch (error) {
    if (!(error instanceof FerroscopeError)) throw error;
    const reason = `${error.message.replace(`${file.name} `, 'It ')} ${error.hint}`;
    return {
      kind,
      opens: false,
      lines: [`${leaf}: ${name}, not opened as it is. ${reason}`],
      json: { file: leaf, kind, opens: false, reason },
    };
  }
}

function sizeText(shape: readonly number[] | null): string {
  return shape && shape.length > 0 ? shape.join(' × ') : 'a scalar';
}

async function describeHdf5(scan: ScanFile): Promise<Description> {
  const { name: path } = scan;
  const leaf = leafName(scan);
  const file = await scan.openHdf5();
  let arrays: readonly Found[];
  let special: { kind: string; reason: string } | undefined;
  let described: readonly object[];
  let bytes: ReadonlyMap<string, number>;
  let rest: readonly string[];
  try {
    [arrays, special] = guarded(path, 'reading', () => [findArrays(file), knownOtherwise(file)] as const);
    described = guarded(path, 'reading', () => arrays.map(arrayJson));
    bytes = new Map(arrays.map(({ parts: [part] }) => [part.path, part.metadata.size]));
    rest = arrays.length === 0 ? guarded(path, 'reading', () => contents(file)) : arrays.map(arrayLine);
  } finally {
    file.close();
  }
  try {
    const source = await openHdf5Scan(scan, {});
    source.close();
    const { shape, info } = source;
    const chosen = arrays.findIndex(({ parts: [part] }) => info.dataset.split(' … ')[0] === part.path);
    const kind = arrays[chosen]!.kind;
    const others = rest.filter((_, i) => i !== chosen);
    return {
      kind,
      opens: true,
      lines: [
        `${leaf}: a 4D-STEM scan, ${KIND_NAMES[kind] ?? info.format}.`,
        ...scanLines(info, shape, bytes.get(arrays[chosen]!.parts[0].path)!),
        ...others.map((line) => `  also ${line}`),
      ],
      json: { file: leaf, arrays: described, info, shape, kind, opens: true },
    };
  } catch (error) {
    if (!(error instanceof FerroscopeError)) throw error;
    const kind = special?.kind ?? arrays[0]?.kind ?? 'hdf5';
    const hint = error.hint.includes('ferroscope info') ? '' : ` ${error.hint}`;
    const reason = special?.reason ?? `${error.message.replace(`${path} `, 'It ').replace(`${path}:`, '')}${hint}`;
    return {
      kind,
      opens: false,
      lines: [`${leaf}: not a scan that Ferroscope reads as it is. ${reason}`, ...rest.map((line) => `  ${line}`)],
      json: { file: leaf, arrays: described, kind, opens: false, reason },
    };
  }
}

const typeOf = ({ parts: [part] }: Found): string =>
  isComplex(part) ? 'complex' : (numberType(part) ?? 'text or compound');

const arrayLine = (found: Found): string => `${found.parts[0].path}: ${sizeText(shapeOf(found))} ${typeOf(found)}`;

const KIND_NAMES: Record<string, string> = {
  'emd-1.0': 'EMD 1.0 (py4DSTEM)',
  'py4dstem-0.x': 'py4DSTEM before EMD 1.0',
  prismatic: 'simulated by Prismatic',
  'berkeley-emd': 'Berkeley EMD 0.2',
  hdf5: 'plain HDF5',
};

function arrayJson(found: Found): object {
  const { parts, axes, title } = found;
  return {
    path: parts[0].path,
    title,
    shape: shapeOf(found),
    dtype: typeOf(found),
    axes: axes.map((axis) => axis ?? null),
  };
}

/** @param bytes of a number */
function scanLines(info: ScanInfo, shape: readonly number[], bytes: number): string[] {
  const [ry, rx, qy, qx] = shape;
  const unknown = 'not stated';
  const lines = [
    `  patterns      ${info.dataset}`,
    `  scan          ${ry} × ${rx} positions, step ${info.step_nm === undefined ? unknown : setting(info.step_nm, 'nm')}`,
    `  detector      ${qy} × ${qx} pixels of ${info.q_pixel === undefined ? `a size ${unknown}` : setting(info.q_pixel, info.q_unit!)}`,
    `  numbers       ${info.dtype}, ${quantity((bytes * shape.reduce((a, b) => a * b, 1)) / 1e6, 'MB')} unpacked`,
  ];
  if (info.voltage_kV !== undefined) lines.push(`  voltage       ${setting(info.voltage_kV, 'kV')}`);
  if (info.semiangle_mrad !== undefined) lines.push(`  semi-angle    ${setting(info.semiangle_mrad, 'mrad')}`);
  if (info.rotation_deg !== undefined)
    lines.push(`  rotation      ${setting(info.rotation_deg, '°')} (the file's convention)`);
  if (info.flip !== undefined) lines.push(`  axes swapped  ${info.flip ? 'yes' : 'no'}`);
  return [...lines, ...info.notes.map((note) => `  note: ${note}`)];
}

/** HDF5 files of other programs, where they hold no 4D scan by themselves. */
function knownOtherwise(file: Hdf5File): { kind: string; reason: string } | undefined {
  const velox = childDataset(file, 'Version');
  const text = velox ? String(([] as unknown[]).concat(velox.json_value)[0] ?? '') : '';
  if (text.includes('Velox')) {
    const reason =
      'A Velox EMD file (Thermo Fisher): images and spectra without the shape of a scan. Where one of its stacks is a scan’s patterns, give --dataset PATH and --scan-shape ROWS,COLUMNS.';
    return { kind: 'velox', reason };
  }
  const entry = childGroup(file, 'entry');
  const bare = entry && childDataset(entry, 'data/data');
  if (bare && isDectrisData(bare)) {
    const reason = `Frames of a Dectris camera, ${sizeText(bare.shape)}: one of the data files of a master file, without the scan's shape. Open the master file, or give --scan-shape ROWS,COLUMNS.`;
    return { kind: 'dectris-data', reason };
  }
  return undefined;
}

/** The largest datasets of a file that holds no array in EMD groups. */
function contents(file: Hdf5File): string[] {
  const all: { path: string; shape: number[]; size: number; type: string }[] = [];
  for (const node of walk(file, 5000)) {
    if (!isDataset(node)) continue;
    const shape = node.shape ?? [];
    all.push({
      path: node.path,
      shape,
      size: shape.reduce((a, b) => a * b, 1),
      type: numberType(node) ?? 'text or compound',
    });
  }
  const largest = all.toSorted((a, b) => b.size - a.size).slice(0, 8);
  return largest.map((item) => `${item.path}: ${sizeText(item.shape)} ${item.type}`);
}

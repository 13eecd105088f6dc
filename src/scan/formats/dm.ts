/**
 * Gatan's DM3 and DM4 files of DigitalMicrograph (GMS): scans of four axes in either order, and stacks of patterns whose scan the tags '4D STEM Tags' or the user
 * state. Tags: dm-tags.ts; images and their axes: dm-images.ts.
 */

import { fail } from '../../core/errors.ts';
import { plural } from '../../core/numbers.ts';
import { NUMBER_BYTES } from '../decode-numbers.ts';
import type { PatternSource } from '../pattern-source.ts';
import { leafName, type ScanFile } from '../scan-file.ts';
import { lengthInNm, reciprocal } from '../units.ts';
import {
  axesText,
  chooseImage,
  DM_TYPES,
  type DmAxis,
  type DmImage,
  dmImages,
  patternsFirst,
  typeText,
} from './dm-images.ts';
import { type DmGroup, findNumber, readDmTags, textOf } from './dm-tags.ts';
import { frameSource, type OpenOptions, type ScanReader, scanShapeOf } from './reader.ts';
import { scanFastestSource } from './scan-fastest.ts';

/** Mean size of a step along two axes, in the unit of both. @param convert undefined where a unit is not understood */
function meanStep<T extends { size: number; unit: string }>(
  axes: readonly DmAxis[],
  what: string,
  convert: (size: number, unit: string) => T | undefined,
  notes: string[],
): T | undefined {
  const text = axes.map(({ scale, unit }) => `${scale ?? 'nothing'} '${unit}'`).join(' and ');
  // Not calibrated: no unit, a step of one.
  if (axes.every(({ scale, unit }) => unit === '' && (scale === undefined || scale === 1))) return undefined;
  const sizes = axes.map(({ scale, unit }) => (scale !== undefined && scale > 0 ? convert(scale, unit) : undefined));
  const [a, b] = sizes;
  if (!a || !b || a.unit !== b.unit) {
    notes.push(`${what} along x and y are ${text}: not understood, left out.`);
    return undefined;
  }
  if (Math.abs(a.size - b.size) > 1e-6 * a.size) notes.push(`${what} differ, ${text}: their mean is used.`);
  return { ...a, size: (a.size + b.size) / 2 };
}

/** Voltage and semi-angle from the tags of an image. */
function beamOf(
  tags: DmGroup,
  notes: string[],
): { voltage_kV?: number | undefined; semiangle_mrad?: number | undefined } {
  const voltage = findNumber(tags, 'Microscope Info', 'Voltage');
  const known = voltage && voltage.value >= 1e3 && voltage.value <= 5e6;
  if (voltage && !known && voltage.value !== 0) notes.push(`The voltage is stated as ${voltage.value} V: left out.`);
  if (voltage && known && voltage.under !== '') {
    notes.push(`The voltage stands under '${voltage.under}', with data that these were made from.`);
  }
  const angle = findNumber(tags, 'Convergence semi-angle (mrad)');
  const open = angle && angle.value > 0;
  if (open) notes.push(`The semi-angle, ${angle.value} mrad, is what someone entered (${angle.under}).`);
  return { voltage_kV: known ? voltage.value / 1e3 : undefined, semiangle_mrad: open ? angle.value : undefined };
}

/** Refuses an image that is no scan and no stack of patterns. @throws 'shape', 'unsupported' */
function checkScan(image: DmImage, file: ScanFile): void {
  const it = `${file.name} (${image.path}${image.name ? `, ${image.name}` : ''})`;
  const { axes } = image;
  const hint = 'Open the file of the camera’s own 4D data set, or choose another array with --dataset.';
  if (axes.length < 3) {
    fail('shape', `${it} is ${axes.length === 1 ? 'a line' : 'one image'} of ${axesText(image)}, no scan.`, hint, {
      shape: axes.map((axis) => axis.length),
    });
  }
  if (axes.length > 4) {
    fail(
      'unsupported',
      `${it} has ${axes.length} axes (${axesText(image)}, fastest first); a 4D-STEM scan has four.`,
      'Save one scan of the series by itself.',
    );
  }
  const energy = axes.some(({ unit }) => /^[kM]?eV$/.test(unit));
  if (energy || (axes.length === 3 && /^spectrum/i.test(textOf(image.tags, 'Meta Data', 'Format')))) {
    fail('unsupported', `${it} is a spectrum image, ${axesText(image)} (fastest first): no patterns.`, hint);
  }
}

async function open(file: ScanFile, options: OpenOptions): Promise<PatternSource> {
  const { version, little, root } = await readDmTags(file);
  const images = dmImages(root);
  const image = chooseImage(images, file.name, options.dataset);
  checkScan(image, file);
  const dtype =
    DM_TYPES[image.type] ??
    fail(
      'unsupported',
      `${file.name} (${image.path}) holds ${typeText(image.type)}: no counts of electrons.`,
      'Save real numbers.',
    );
  const { axes, data, brightness } = image;
  const needed = axes.reduce<number>((bytes, axis) => bytes * axis.length, NUMBER_BYTES[dtype]);
  if (data.bytes !== needed) {
    fail(
      'format',
      `${file.name} (${image.path}) has ${data.bytes} bytes of data, and ${axesText(image)} ${dtype} are ${needed}.`,
      'Save it again.',
    );
  }
  const { first, notes: said } = patternsFirst(image);
  const notes = [...said];
  const [q, r] = first ? [axes.slice(0, 2), axes.slice(2)] : [axes.slice(-2), axes.slice(0, -2)];
  const positions = r.reduce((n, axis) => n * axis.length, 1);
  const tagged = [
    findNumber(image.tags, '4D STEM Tags', 'Scan shape Y'),
    findNumber(image.tags, '4D STEM Tags', 'Scan shape X'),
  ];
  const [ty, tx] = tagged.map((tag) => tag?.value);
  const stack = r.length === 1;
  const stated = stack
    ? ty !== undefined && tx !== undefined && Number.isInteger(ty) && Number.isInteger(tx)
      ? ([ty, tx] as const)
      : undefined
    : ([r[1]!.length, r[0]!.length] as const);
  const scan = scanShapeOf(file, positions, options, stated);
  notes.push(...scan.notes);
  if (stack && stated && !options.scan_shape) {
    notes.push(
      `The scan’s shape, ${ty} × ${tx}, is from '4D STEM Tags'. Scans of that microscope (TitanX) are known to begin two positions late in each row; nothing is shifted here.`,
    );
  }
  const length = (size: number, unit: string) => {
    const nm = lengthInNm(unit);
    return nm === undefined ? undefined : { size: size * nm, unit: 'nm' };
  };
  // The axis of a stack counts patterns, not steps of the scan.
  const step = stack ? undefined : meanStep(r, 'Steps of the scan', length, notes);
  if (stack && r[0]!.unit !== '') {
    notes.push(`The stack’s axis is in steps of ${r[0]!.scale} '${r[0]!.unit}': not taken for the scan’s step.`);
  }
  const pixel = meanStep(q, 'Detector pixels', reciprocal, notes);
  const { origin, scale, unit } = brightness;
  if (scale !== 0 && (scale !== 1 || origin !== 0)) {
    notes.push(
      `The file states an intensity of (count − ${origin}) · ${scale} ${unit}; counts are as they are stored.`,
    );
  }
  const beam = beamOf(image.tags, notes);
  const others = images.filter((other) => other !== image && !other.thumbnail);
  if (others.length > 0) {
    const list = others.map((other) => `${other.path} ${other.name} (${axesText(other)} ${typeText(other.type)})`);
    notes.push(`Also in the file, ${plural(others.length, 'array', 'arrays')}: ${list.slice(0, 8).join(', ')}.`);
  }
  const info = {
    format: `Gatan DigitalMicrograph ${version}`,
    title: image.name || leafName(file),
    dataset: image.path,
    step_nm: step?.size,
    q_pixel: pixel?.size,
    q_unit: pixel?.unit,
    ...beam,
    notes,
  };
  const shape = [...scan.shape, q[1]!.length, q[0]!.length] as const;
  if (!first) return scanFastestSource(file, { shape, dtype, little, offset: data.offset, positions }, info);
  const bytes = needed / positions;
  return frameSource(file, { shape, dtype, little, offset: (index) => data.offset + index * bytes }, info);
}

function dmReader(version: 3 | 4): ScanReader {
  return {
    kind: `dm${version}`,
    name: `Gatan DigitalMicrograph ${version}`,
    // Version, length of all tags, byte order, and whether the tags are sorted and open.
    matches(head) {
      const view = new DataView(head.buffer, head.byteOffset, head.length);
      const order = version === 3 ? 8 : 12;
      if (head.length < order + 6) return false;
      return view.getUint32(0) === version && view.getUint32(order) <= 1 && (head[order + 4]! | head[order + 5]!) <= 1;
    },
    open,
  };
}

export const DM3 = dmReader(3);
export const DM4 = dmReader(4);

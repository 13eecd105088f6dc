/**
 * The images of a DM file, and what their axes are. DM lists axes fastest first. A scan is stored pattern by pattern, [qx, qy, rx, ry], where 'Meta Data/Data
 * Order Swapped' is 1, and otherwise as an image of the scan for each detector pixel, [rx, ry, qx, qy]. Thumbnails are images too.
 */

import { fail } from '../../core/errors.ts';
import type { NumberType } from '../decode-numbers.ts';
import { lengthInNm, reciprocal } from '../units.ts';
import { arrayOf, type DmArray, type DmGroup, groupAt, numberOf, tagAt, textOf } from './dm-tags.ts';

export interface DmAxis {
  readonly length: number;
  /** Size of a step, in `unit`; undefined where the file does not say. */
  readonly scale: number | undefined;
  readonly unit: string;
}

export interface DmImage {
  /** 'ImageList/1'. */
  readonly path: string;
  readonly name: string;
  readonly thumbnail: boolean;
  /** Fastest first. */
  readonly axes: readonly DmAxis[];
  /** Code of the type of its numbers. */
  readonly type: number;
  readonly data: DmArray;
  /** Intensity = (count − origin) · scale. */
  readonly brightness: { readonly origin: number; readonly scale: number; readonly unit: string };
  /** 'ImageTags': what the programs that made it say. */
  readonly tags: DmGroup;
}

/** Types of numbers by DM's code; 14 is binary. */
export const DM_TYPES: Readonly<Record<number, NumberType>> = {
  1: 'int16',
  2: 'float32',
  6: 'uint8',
  7: 'int32',
  9: 'int8',
  10: 'uint16',
  11: 'uint32',
  12: 'float64',
  14: 'uint8',
  39: 'int64',
  40: 'uint64',
};

/** What numbers are where they are no counts. */
export function typeText(type: number): string {
  if ([3, 5, 13, 27, 28].includes(type)) return 'complex numbers';
  if (type === 8 || type === 23) return 'colours';
  return DM_TYPES[type] ?? `numbers of type ${type}`;
}

/** '64 × 65 × 66', fastest first. */
export function axesText(image: DmImage): string {
  return image.axes.map((axis) => axis.length).join(' × ');
}

/** All images that have data, in the order of the file. */
export function dmImages(root: DmGroup): DmImage[] {
  const thumbnails = [...groupAt(root, 'Thumbnails').keys()].map((key) =>
    numberOf(root, 'Thumbnails', key, 'ImageIndex'),
  );
  const images: DmImage[] = [];
  for (const key of groupAt(root, 'ImageList').keys()) {
    const image = groupAt(root, 'ImageList', key);
    const data = arrayOf(image, 'ImageData', 'Data');
    const sizes = [...groupAt(image, 'ImageData', 'Dimensions').keys()];
    const lengths = sizes.map((size) => numberOf(image, 'ImageData', 'Dimensions', size) ?? 0);
    if (!data || lengths.length === 0 || lengths.some((n) => !(n >= 1))) continue;
    // Trailing axes of one step are none.
    while (lengths.length > 4 && lengths.at(-1) === 1) lengths.pop();
    const stated = groupAt(image, 'ImageData', 'Calibrations', 'Dimension');
    const light = groupAt(image, 'ImageData', 'Calibrations', 'Brightness');
    images.push({
      path: `ImageList/${key}`,
      name: textOf(image, 'Name'),
      thumbnail: lengths.length <= 2 && thumbnails.includes(Number(key)),
      axes: lengths.map((length, i) => ({
        length,
        scale: numberOf(stated, String(i), 'Scale'),
        unit: textOf(stated, String(i), 'Units'),
      })),
      type: numberOf(image, 'ImageData', 'DataType') ?? 0,
      data,
      brightness: {
        origin: numberOf(light, 'Origin') ?? 0,
        scale: numberOf(light, 'Scale') ?? 1,
        unit: textOf(light, 'Units'),
      },
      tags: groupAt(image, 'ImageTags'),
    });
  }
  return images;
}

/** The image to open: the named one, or the largest of most axes up to four, no thumbnail. @throws 'format' where there is none */
export function chooseImage(images: readonly DmImage[], file: string, wanted: string | undefined): DmImage {
  if (images.length === 0) fail('format', `${file} holds no image.`, 'Save the data set again.');
  if (wanted !== undefined) {
    const known = images.map((image) => `${image.path}${image.name ? ` (${image.name})` : ''}`).join(', ');
    return (
      images.find((image) => [image.path, image.path.slice('ImageList/'.length), image.name].includes(wanted)) ??
      fail('format', `${file} has no array '${wanted}'.`, `It has: ${known}.`)
    );
  }
  const rank = ({ axes, thumbnail }: DmImage): number => (thumbnail ? 0 : axes.length > 4 ? 3.5 : axes.length);
  return images.toSorted((a, b) => rank(b) - rank(a) || b.data.bytes - a.data.bytes)[0]!;
}

/** 1 for an axis of angles, −1 for one of lengths. */
function axisKind({ unit }: DmAxis): number {
  return reciprocal(1, unit) ? 1 : lengthInNm(unit) === undefined ? 0 : -1;
}

/** Whether the patterns' axes come first, by units; undefined where they do not tell. In a stack lengths tell nothing: patterns are stated in nm by mistake. */
function byUnits(axes: readonly DmAxis[]): boolean | undefined {
  const kinds = axes.map(axisKind);
  const [a, b, c, d] = kinds as [number, number, number, number?];
  if (d === undefined) return b === 1 && a !== c ? a === 1 : undefined;
  return a + b === c + d ? undefined : a + b > c + d;
}

/**
 * Whether an image of three or four axes is stored pattern by pattern: as its tag says, or else the units of its axes, or the size of the scan among its tags,
 * or else as GMS stores such data when it says nothing.
 */
export function patternsFirst({ axes, tags }: DmImage): { readonly first: boolean; readonly notes: readonly string[] } {
  const tag = tagAt(tags, 'Meta Data', 'Data Order Swapped');
  const text = textOf(tags, 'Meta Data', 'Data Order Swapped').toLowerCase();
  const said = typeof tag === 'number' ? tag !== 0 : text === '' ? undefined : text === 'true' || text === '1';
  const units = byUnits(axes);
  const stated = axes.map((axis) => `${axis.length} (${axis.unit || 'no unit'})`).join(' × ');
  const order = (first: boolean): string => (first ? 'the patterns’ axes first' : 'the scan’s axes first');
  if (said !== undefined) {
    const against = units !== undefined && units !== said;
    const note = `'Data Order Swapped' says that the file has ${order(said)}, and the units of its axes, ${stated}, say the opposite: taken as the tag says. Check a pattern.`;
    return { first: said, notes: against ? [note] : [] };
  }
  if (units !== undefined) {
    return {
      first: units,
      notes: [`The file does not say which axes come first; by their units, ${stated}, ${order(units)}.`],
    };
  }
  if (axes.length === 3) return { first: true, notes: [] };
  const sampling = groupAt(tags, 'SI', 'Acquisition', 'Spatial Sampling');
  const width = numberOf(sampling, 'Width (pixels)');
  const height = numberOf(sampling, 'Height (pixels)');
  const at = (i: number): boolean => axes[i]!.length === width && axes[i + 1]!.length === height;
  if (at(0) !== at(2)) {
    return {
      first: at(2),
      notes: [
        `The file does not say which axes come first; by the size of the scan, ${height} × ${width}, ${order(at(2))}.`,
      ],
    };
  }
  return {
    first: false,
    notes: [
      `The file does not say which axes come first, and nor do their units: taken as ${order(false)}, as GMS stores a scan where it says nothing. If patterns look like images of the specimen it is the other way round: set 'Meta Data:Data Order Swapped' to 1 in GMS.`,
    ],
  };
}

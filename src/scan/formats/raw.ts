/**
 * Numbers of which the user says how they lie, since the file does not: `--dataset raw:QY,QX,DTYPE,OFFSET,GAP,ENDIAN --scan-shape ROWS,COLUMNS`. QY and QX are
 * rows and columns of a pattern, OFFSET the bytes before the first one (0), GAP those between two (0), ENDIAN little (the default) or big.
 */

import { fail } from '../../core/errors.ts';
import { NUMBER_BYTES, type NumberType } from '../decode-numbers.ts';
import type { PatternSource } from '../pattern-source.ts';
import { leafName, type ScanFile } from '../scan-file.ts';
import { frameSource, type OpenOptions, scanShapeOf } from './reader.ts';

const PREFIX = 'raw:';
export const RAW_FORM = '--dataset raw:QY,QX,DTYPE,OFFSET,GAP,ENDIAN --scan-shape ROWS,COLUMNS';

export const isRaw = ({ dataset }: OpenOptions): boolean => dataset?.startsWith(PREFIX) ?? false;

/** @throws 'usage' where the layout is none; 'shape' where the scan's shape is missing or does not fit */
export async function openRaw(file: ScanFile, options: OpenOptions): Promise<PatternSource> {
  const parts = options
    .dataset!.slice(PREFIX.length)
    .split(',')
    .map((part) => part.trim());
  const [qy = '', qx = '', dtype = '', offset = '0', gap = '0', endian = 'little'] = parts;
  const whole = (text: string): number => (/^\d{1,15}$/.test(text) ? Number(text) : Number.NaN);
  const [rows, columns, start, between] = [qy, qx, offset, gap].map(whole) as [number, number, number, number];
  const known = Object.hasOwn(NUMBER_BYTES, dtype) && (endian === 'little' || endian === 'big') && parts.length <= 6;
  if (!known || !(rows > 0 && columns > 0 && start >= 0 && between >= 0)) {
    fail(
      'usage',
      `--dataset ${options.dataset} says no layout.`,
      `Write ${RAW_FORM}, such as raw:256,256,uint16,1024,0,little. DTYPE is one of ${Object.keys(NUMBER_BYTES).join(' ')}.`,
    );
  }
  const type = dtype as NumberType;
  const bytes = rows * columns * NUMBER_BYTES[type];
  const stride = bytes + between;
  const frames = Math.max(0, Math.floor((file.size_bytes - start + between) / stride));
  if (frames === 0) {
    fail(
      'shape',
      `${file.name} has ${file.size_bytes} bytes: less than a pattern of ${rows} × ${columns} ${type} behind ${start}.`,
      'Check the layout.',
    );
  }
  const scan = scanShapeOf(file, frames, options);
  // A gap may stand behind the last pattern too.
  const left = file.size_bytes - start - frames * stride;
  return frameSource(
    file,
    {
      shape: [...scan.shape, rows, columns],
      dtype: type,
      little: endian === 'little',
      offset: (i) => start + i * stride,
    },
    {
      format: 'raw numbers',
      title: leafName(file),
      dataset: options.dataset!,
      notes: [
        ...scan.notes,
        ...(left !== 0 && left !== -between
          ? [`${left + (left < 0 ? between : 0)} bytes behind pattern ${frames} are part of none: check the layout.`]
          : []),
        'All of the layout is the user’s: nothing in the file confirms it but its size.',
      ],
    },
  );
}

/**
 * Images that detectors make of one scan, side by side: each with its own range and colour bar, since bright field and HAADF differ by decades; one
 * scale bar for all. Proportions are those of the specimen, whatever the steps of the scan. x to the right, y down, as arrays [ry][rx] are stored.
 */

import { fail } from '../core/errors.ts';
import { powerLabel, setting } from '../core/numbers.ts';
import { palette } from './colormap.ts';
import { barRoom, colourBar, evenBar } from './colour-bar.ts';
import { textWidth } from './labels.ts';
import { axes, border, fitMap, levelImage, STRIP, scaleBar } from './map-frame.ts';
import { requireShape, robustRange } from './scale.ts';
import { lengthUnit, type SignalUnit, signalScale } from './signal-scale.ts';
import { el, escapeText, figureTitle, svgPage, text } from './svg.ts';
import { COLUMN_WIDTH, MARGIN, MUTED, TEXT } from './theme.ts';

export interface DetectorImage {
  /** Shown above; keep it short: 'HAADF, 10 nm'. */
  readonly title: string;
  /** Signal [unit]; [ry][rx]. */
  readonly data: ArrayLike<number>;
}

/** What the images have in common. */
export interface ImageScan {
  readonly shape: readonly [ry: number, rx: number];
  /** Steps of the scan [Å]. */
  readonly step_A: readonly [x: number, y: number];
  readonly unit: SignalUnit;
}

export interface ImageFigureOptions {
  readonly title?: string;
  /** Most that the figure may be wide [px]; default a journal column, 321. */
  readonly width?: number;
  /** Images in a row, such as the detectors of one thickness; default all of up to four. */
  readonly columns?: number;
  /** Grey levels, magma or viridis; default grey. */
  readonly colours?: 'gray' | 'magma' | 'viridis';
}

const GAP = 10;
/** Between image and bar, and the bar [px]. */
const BAR = { gap: 5, width: 7 } as const;
/** Least height of a bar that has room for two labels [px]. */
const BAR_HEIGHT = 40;
/** Most that an image may be high, and half of what it may be wide [px]. */
const LARGEST = 200;

/** Draws the images. @throws 'range' without images, 'shape' */
export function imageFigure(
  images: readonly DetectorImage[],
  scan: ImageScan,
  options: ImageFigureOptions = {},
): string {
  if (images.length === 0) fail('range', 'There is no image to draw.', 'Give at least one.');
  const { shape, step_A, unit } = scan;
  const columns = Math.min(images.length, options.columns ?? 4);
  const colours = palette(options.colours ?? 'gray');
  const ranges = images.map(({ data }) => {
    const [least, most] = robustRange(data, 1);
    const { power, factor } = signalScale(most, unit);
    return { power, factor, low: least * factor, high: most * factor };
  });
  const boxFor = (taken: number) => {
    const room = ((options.width ?? COLUMN_WIDTH) - 2 * MARGIN - (columns - 1) * GAP) / columns - taken;
    return fitMap(shape, 0, 0, Math.min(2 * LARGEST, room), Math.min(LARGEST, 1.2 * room), step_A);
  };
  const beside = BAR.gap + BAR.width;
  // The number of labels follows from a bar's height, the images' width from the labels.
  const guess = Math.max(boxFor(beside + 27).height, BAR_HEIGHT);
  const bars = ranges.map(({ low, high }) => evenBar([low, high], colours, [], guess));
  const taken = beside + Math.max(...bars.map(barRoom));
  const { width, height } = boxFor(taken);
  // Where images are narrow, their titles set how far apart they stand.
  const pitch = Math.max(width + taken, ...images.map(({ title }) => textWidth(title) + 26)) + GAP;
  const top = options.title ? MARGIN + TEXT.title + 6 : MARGIN;
  const heading = TEXT.base + 4;
  const rowHeight = heading + Math.max(height, BAR_HEIGHT) + GAP;
  const rows = Math.ceil(images.length / columns);
  const below = top + rows * rowHeight - GAP;

  const drawn = images.map(({ title, data }, i) => {
    requireShape(data, shape, title);
    const box = {
      x: MARGIN + (i % columns) * pitch,
      y: top + Math.floor(i / columns) * rowHeight + heading,
      width,
      height,
    };
    const { power, factor, low, high } = ranges[i]!;
    const bar = {
      x: box.x + width + BAR.gap,
      y: box.y,
      width: BAR.width,
      height: Math.max(height, BAR_HEIGHT),
    };
    const times = text(bar.x, box.y - 5, `× ${powerLabel(power)}`, { 'font-size': TEXT.small });
    return el(
      'g',
      { class: 'detector-image' },
      text(box.x, box.y - 5, escapeText(title)),
      levelImage(box, shape, colours, (k) => (data[k]! * factor - low) / (high - low)),
      border(box),
      colourBar(bar, bars[i]!),
      ...(power === 0 ? [] : [times]),
    );
  });

  const extent_A = shape[1] * step_A[0];
  const length = lengthUnit(extent_A);
  const longest = Math.min(60, 0.6 * width);
  const unitX = MARGIN + longest + 12;
  const pageWidth = Math.max(2 * MARGIN + columns * pitch - GAP, unitX + textWidth(unit, TEXT.small) + 40 + MARGIN);
  return svgPage({
    width: pageWidth,
    height: below + STRIP + MARGIN + 4,
    description: `Images of ${shape[0]} × ${shape[1]} positions, ${setting(step_A[0], 'Å')} apart in x and ${setting(step_A[1], 'Å')} in y: ${images.map(({ title }) => title).join('; ')}.`,
    body: [
      ...figureTitle(options.title),
      ...drawn,
      scaleBar(MARGIN, below + 7, longest, extent_A / length.angstrom / width, length.unit),
      text(unitX, below + 18, unit, { fill: MUTED, 'font-size': TEXT.small }),
      axes(pageWidth - MARGIN - 22, below + 11),
    ].join('\n'),
  });
}

import { expect, test } from 'vitest';
import { problem } from '../core/test-problem.ts';
import { type ImageScan, imageFigure } from './image-figure.ts';
import { exampleImages } from './test-examples.ts';
import { decodePng } from './test-png.ts';

const scan = (shape: readonly [number, number], step_A: readonly [number, number]): ImageScan => ({
  shape,
  step_A,
  unit: 'fraction of the beam',
});

/** A ramp from 0.1 to 0.9 of the largest value. */
const ramp = (count: number, top: number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => (0.1 + (0.8 * i) / (count - 1)) * top);

/** Sizes of the images of the scan; those of colour bars are 7 px wide. */
const boxes = (svg: string): { x: number; y: number; width: number; height: number }[] =>
  [...svg.matchAll(/<image x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g)]
    .map((m) => ({ x: Number(m[1]), y: Number(m[2]), width: Number(m[3]), height: Number(m[4]) }))
    .filter(({ width }) => width !== 7);

test('x right, y down, and the least and the largest value are black and white in each image', () => {
  const shape = [64, 64] as const;
  const data = new Float32Array(64 * 64).fill(0.5);
  data[5 * 64 + 40] = 0.9;
  data[60 * 64 + 3] = 0.1;
  const faint = data.map((v) => v / 1000);
  const svg = imageFigure(
    [
      { title: 'BF', data },
      { title: 'HAADF', data: faint },
    ],
    scan(shape, [0.1, 0.1]),
  );
  const pixels = [...svg.matchAll(/base64,([^"]+)"/g)]
    .map((m) => decodePng(new Uint8Array(Buffer.from(m[1]!, 'base64'))))
    .filter(({ width }) => width === 64);
  expect(pixels).toHaveLength(2);
  for (const { data: levels } of pixels) {
    expect([levels[5 * 64 + 40], levels[60 * 64 + 3], levels[0]]).toEqual([255, 0, 128]);
  }
});

test('proportions are the specimen’s, whatever the steps', () => {
  const data = ramp(200, 1);
  const proportion = (step_A: readonly [number, number]): number => {
    const [box] = boxes(imageFigure([{ title: 'a', data }], scan([10, 20], step_A)));
    return box!.height / box!.width;
  };
  expect(proportion([0.2, 0.2])).toBeCloseTo(0.5, 3);
  expect(proportion([0.2, 0.3])).toBeCloseTo(0.75, 3);
  expect(proportion([0.2, 0.8])).toBeCloseTo(2, 2);
});

test('the scale bar says the length that it has, in Å or nm', () => {
  const bar = (step: number): { length: number; unit: string } => {
    const svg = imageFigure([{ title: 'a', data: ramp(400, 1) }], scan([20, 20], [step, step]));
    const [, width, label, unit] =
      /class="scale-bar"><rect [^>]*?width="([\d.]+)"[\s\S]*?>([\d.]+) (Å|nm)<\/text>/.exec(svg)!;
    const shown = (Number(width) / boxes(svg)[0]!.width) * 20 * step;
    expect(shown / (unit === 'nm' ? 10 : 1)).toBeCloseTo(Number(label), 1);
    return { length: Number(label), unit: unit! };
  };
  expect(bar(0.4)).toEqual({ length: 2, unit: 'Å' });
  expect(bar(4)).toEqual({ length: 2, unit: 'nm' });
});

test('numbers at the colour bar are the values, small ones with their power of ten above', () => {
  const labels = (top: number): { power: string | undefined; marks: [number, number][]; bar: number[] } => {
    const svg = imageFigure([{ title: 'a', data: ramp(400, top) }], scan([20, 20], [0.4, 0.4]));
    const bar = /<g class="colour-bar">[\s\S]*?<\/g>/.exec(svg)![0];
    const [, y, height] = /<image [^>]*?y="([\d.]+)" [^>]*?height="([\d.]+)"/.exec(bar)!;
    return {
      power: />× (10[^<]+)</.exec(svg)?.[1],
      marks: [...bar.matchAll(/y="([\d.]+)"[^>]*>([\d.]+)<\/text>/g)].map((m) => [Number(m[2]), Number(m[1]) - 2.9]),
      bar: [Number(y), Number(height)],
    };
  };
  for (const [top, power, factor] of [
    [0.5, undefined, 1],
    [0.005, '10⁻³', 1e3],
    [2e6, '10⁶', 1e-6],
  ] as const) {
    const found = labels(top);
    expect(found.power).toBe(power);
    expect(found.marks.length).toBeGreaterThan(1);
    for (const [value, y] of found.marks) {
      // The bar runs from 0.1 to 0.9 of the top, upward.
      const share = (found.bar[0]! + found.bar[1]! - y) / found.bar[1]!;
      expect(0.1 + 0.8 * share).toBeCloseTo(value / factor / top, 1);
    }
  }
});

test('a grid: rows of as many columns as are asked for', () => {
  const images = Array.from({ length: 6 }, (_, i) => ({ title: `image ${i}`, data: ramp(400, 1) }));
  const found = boxes(imageFigure(images, scan([20, 20], [0.2, 0.2]), { columns: 3, width: 680 }));
  expect(new Set(found.map(({ y }) => y)).size).toBe(2);
  expect(found.map(({ x }) => x).slice(0, 3)).toEqual(found.map(({ x }) => x).slice(3));
  expect(found[1]!.x).toBeGreaterThan(found[0]!.x + found[0]!.width + 7);
});

test('what was not simulated is hatched cell by cell, in cells that are not square too', () => {
  const data = ramp(6, 1);
  data[4] = Number.NaN;
  const svg = imageFigure([{ title: 'a', data }], scan([2, 3], [1, 2]));
  const { x, y, width, height } = boxes(svg)[0]!;
  const [fromX, fromY, right, down] = /class="missing" d="M([\d.]+) ([\d.]+)l([\d.]+) (-[\d.]+)"/
    .exec(svg)!
    .slice(1)
    .map(Number);
  expect(fromX).toBeCloseTo(x + width / 3, 1);
  expect(fromY).toBeCloseTo(y + height, 1);
  expect([right, down]).toEqual([expect.closeTo(width / 3, 1), expect.closeTo(-height / 2, 1)]);
});

test('what cannot be drawn is refused', () => {
  expect(problem(() => imageFigure([], scan([2, 2], [1, 1]))).tag).toBe('range');
  expect(problem(() => imageFigure([{ title: 'a', data: [1] }], scan([2, 2], [1, 1]))).tag).toBe('shape');
});

test('gallery', async () => {
  const shape = [24, 36] as const;
  const { images, step_A } = exampleImages(shape, [10, 40]);
  const titles = ['HAADF, 10 nm', 'ABF, 10 nm', 'BF, 10 nm', 'HAADF, 40 nm', 'ABF, 40 nm', 'BF, 40 nm'];
  const panels = titles.map((title, i) => ({ title, data: images.subarray(i * 864, (i + 1) * 864) }));
  const figure = imageFigure(panels, scan(shape, step_A), { title: 'SrTiO3 [001]', columns: 3, width: 520 });
  await expect(figure).toMatchFileSnapshot('__snapshots__/image-figure.svg');
  await expect(imageFigure(panels.slice(0, 1), scan(shape, step_A), { colours: 'viridis' })).toMatchFileSnapshot(
    '__snapshots__/image-figure-one.svg',
  );
});

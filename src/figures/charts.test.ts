import { expect, test } from 'vitest';
import { chart } from './chart.ts';
import { densities } from './densities.ts';
import { textWidth } from './labels.ts';
import { parityPlot } from './parity-plot.ts';
import { patternFigure, patternLevel } from './pattern-figure.ts';
import { quantile } from './scale.ts';
import { exampleParity, examplePattern, exampleSpots } from './test-examples.ts';
import { decodePng } from './test-png.ts';
import { trainingCurve } from './training-curve.ts';

const numbers = (text: string): number[] => [...text.matchAll(/-?[\d.]+/g)].map((m) => Number(m[0]));

test('parity: the line of agreement runs from corner to corner, up the page, and the head states the errors', () => {
  const svg = parityPlot([0, 1, 2, 3], [1, 0, 5, 0], { name: 'dTi_z', unit: 'pm' });
  const [x0, y0, x1, y1] = numbers(/d="(M[^"]+)" stroke="#1b1f24"[^>]*class="parity"/.exec(svg)![1]!);
  expect(x1!).toBeGreaterThan(x0!);
  expect(y1!).toBeLessThan(y0!);
  const head = [...svg.matchAll(/<text [^>]*class="head"[^>]*>([^<]+)</g)].map((m) => m[1]!);
  // Errors 1, 1, 3, 3 of truths 0 to 3, which lie 1.5, 0.5, 0.5, 1.5 off their mean.
  expect(head.join('|')).toBe('MAE 2.00 pm\u2003mean only 1.00 pm|RMSE 2.24 pm\u2003r = 0.108|n = 4');
});

test('parity: a point above the line is drawn above it', () => {
  const svg = parityPlot([0, 10, 5], [0, 10, 9], { name: 'P_x', unit: 'uC/cm2' });
  const dots = [...svg.matchAll(/<circle[^>]*?cy="([\d.]+)" cx="([\d.]+)"/g)].map((m) => [Number(m[2]), Number(m[1])]);
  expect(dots).toHaveLength(3);
  const [low, high, above] = dots as [number, number][];
  const onLine = low![1]! + ((above![0]! - low![0]!) / (high![0]! - low![0]!)) * (high![1]! - low![1]!);
  expect(above![1]!).toBeLessThan(onLine - 10);
});

test('tick labels keep their decimals', () => {
  const axis = { label: '', domain: [1e-3, 1] as const, log: true };
  const svg = chart({ description: '', x: { label: '', domain: [0, 1], ticks: [0, 0.125] }, y: axis, marks: [] });
  for (const label of ['0.001', '0.01', '0.125']) expect(svg).toContain(`>${label}<`);
});

test('the name of the vertical axis has room beside its labels, however long', () => {
  for (const most of [1, 0.001, 99_000]) {
    const axis = { label: 'name', domain: [-most, most] as const };
    const svg = chart({ description: '', x: { label: '', domain: [0, 1] }, y: axis, marks: [], marginLeft: 20 });
    const left = Number(/aria-label="rule"[\s\S]*?x1="([\d.]+)"/.exec(svg)![1]);
    const labels = [...svg.matchAll(/<text[^>]*>(−?[\d.]+)<\/text>/g)].map((m) => m[1]!);
    const name = Number(/rotate\(-90 ([\d.]+)/.exec(svg)![1]);
    const longest = Math.max(...labels.map((label) => textWidth(label)));
    expect(left - 6 - longest).toBeGreaterThan(name);
  }
});

test('density integrates to the share inside the range, and skips what is not finite', () => {
  expect(densities([0.5, 1.5, 1.6, Number.NaN, 9], [0, 2], 2)).toEqual([0.25, 0.5]);
  expect(densities([2], [0, 2], 2)).toEqual([0, 1]);
});

test('training: a falling loss falls on the page; the kept epoch is marked; nothing positive is an error', () => {
  const svg = trainingCurve([{ name: 'validation', values: [10, 1, 0.1] }], { best: 3 });
  const line = numbers(/aria-label="line"[^>]*>\s*<path d="([^"]+)"/.exec(svg)![1]!);
  expect(line).toHaveLength(6);
  expect(line[3]! - line[1]!).toBeGreaterThan(20);
  // Equal factors are equal distances on a logarithmic axis.
  expect(line[5]! - line[3]!).toBeCloseTo(line[3]! - line[1]!, 1);
  const mark = numbers(/class="best" d="([^"]+)"/.exec(svg)![1]!);
  expect(mark[0]).toBeCloseTo(line[4]!, 1);
  expect(() => trainingCurve([{ name: 'x', values: [0, Number.NaN] }])).toThrow('No loss is positive');
});

test('intensity levels', () => {
  expect([0, 25, 100, 400].map((v) => patternLevel(v, 100, 'sqrt'))).toEqual([0, 0.5, 1, 1]);
  expect([-100, 0, 50].map((v) => patternLevel(v, 100, 'difference'))).toEqual([0, 0.5, 0.75]);
  expect([0, 0.99, 100].map((v) => patternLevel(v, 100, 'log'))).toEqual([0, expect.closeTo(0.5, 2), 1]);
});

test('a pattern keeps its orientation: qx right, qy down', () => {
  const data = new Float32Array(64 * 64);
  data[5 * 64 + 40] = 1;
  data.fill(1, 63 * 64);
  const svg = patternFigure([{ title: 'a', data, shape: [64, 64], mrad_per_pixel: 0.5 }], { unit: 'electrons' });
  const image = decodePng(new Uint8Array(Buffer.from(/base64,([^"]+)"/.exec(svg)![1]!, 'base64')));
  expect(image.width).toBe(64);
  expect(image.data[5 * 64 + 40]).toBe(255);
  expect(image.data[40 * 64 + 5]).toBe(0);
  expect(image.data[63 * 64]).toBe(255);
});

test('a disk is named where it lies, by the pattern’s own scale; those without room are not', () => {
  const panel = { title: 'a', data: new Float32Array(64 * 64), shape: [64, 64] as const, mrad_per_pixel: 0.5 };
  const at = (x: number, y: number, hkl: [number, number, number]) => ({ hkl, q_mrad: [x, y] as const });
  const svg = patternFigure([panel], {
    unit: 'electrons',
    spots: [at(10, -5, [2, -1, 0]), at(0, 0, [0, 0, 0]), at(0.2, 0, [1, 0, 0]), at(40, 0, [9, 0, 0])],
  });
  const names = [...svg.matchAll(/<text x="([\d.]+)" y="([\d.]+)"[^>]*fill="#ffe27a">(.*?)<\/text>/g)].map((m) => ({
    x: Number(m[1]),
    y: Number(m[2]),
    name: m[3]!.replaceAll(/<[^>]+overline[^>]+>/g, '-').replaceAll(/<[^>]+>/g, ''),
  }));
  expect(names.map(({ name }) => name)).toEqual(['000', '2-10']);
  const box = /<image x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"/.exec(svg)!.slice(1).map(Number) as [
    number,
    number,
    number,
  ];
  // The direct beam is the pixel 32 of 64; 10 mrad are 20 pixels.
  expect(names[0]!.x).toBeCloseTo(box[0] + (32.5 / 64) * box[2], 1);
  expect(names[1]!.x - names[0]!.x).toBeCloseTo((20 / 64) * box[2], 1);
  expect(names[1]!.y - names[0]!.y).toBeCloseTo((-10 / 64) * box[2], 1);
});

test('numbers at a pattern’s bar lie where the pixels of that intensity have their grey', () => {
  const data = Float32Array.from({ length: 4096 }, (_, i) => i);
  for (const scale of ['sqrt', 'log', 'linear'] as const) {
    const svg = patternFigure([{ title: 'a', data, shape: [64, 64], mrad_per_pixel: 0.5, scale }], {
      unit: 'electrons',
    });
    const bar = /<g class="colour-bar">[\s\S]*?<\/g>/.exec(svg)![0];
    const [y, height] = /<image [^>]*?y="([\d.]+)" [^>]*?height="([\d.]+)"/.exec(bar)!.slice(1).map(Number) as [
      number,
      number,
    ];
    const top = quantile(data, 0.9995);
    const marks = [...bar.matchAll(/y="([\d.]+)"[^>]*>([^<]+)<\/text>/g)];
    expect(marks.length).toBeGreaterThan(1);
    for (const [, at, label] of marks) {
      const power = /^10([¹²³])$/.exec(label!)?.[1];
      const value = power ? 10 ** '.¹²³'.indexOf(power) : Number(label);
      expect((y + height - (Number(at) - 2.9)) / height).toBeCloseTo(patternLevel(value, top, scale), 2);
    }
  }
});

test('gallery', async () => {
  const { truth, predicted } = exampleParity(3000, 25, 3);
  const file = (name: string): string => `__snapshots__/${name}.svg`;
  await expect(parityPlot(truth, predicted, { name: 'P_x', unit: 'uC/cm2' })).toMatchFileSnapshot(file('parity-plot'));
  const falling = (from: number, to: number) => Array.from({ length: 8 }, (_, i) => from * (to / from) ** (i / 7));
  await expect(
    trainingCurve(
      [
        { name: 'training', values: falling(9, 0.3) },
        { name: 'validation', values: falling(8, 0.4) },
        { name: 'prediction', values: falling(1, 0.02) },
      ],
      { best: 8, title: 'Training' },
    ),
  ).toMatchFileSnapshot(file('training-curve'));
  await expect(
    patternFigure(
      [
        { title: 'square root', ...examplePattern(64) },
        { title: 'logarithm', ...examplePattern(64), scale: 'log' },
      ],
      { unit: 'electrons', width: 480, spots: exampleSpots() },
    ),
  ).toMatchFileSnapshot(file('pattern-figure'));
});

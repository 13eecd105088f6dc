import { expect, test } from 'vitest';
import { problem } from '../core/test-problem.ts';
import { lineProfile, thicknessCurve } from './signal-curves.ts';
import { signalScale } from './signal-scale.ts';
import { exampleSimulation } from './test-examples.ts';

const unit = 'fraction of the beam';

/** The points of each line [px]. */
const lines = (svg: string): [number, number][][] =>
  [...svg.matchAll(/aria-label="line"[^>]*>\s*<path d="M([^"]+)"/g)].map((m) =>
    m[1]!.split('L').map((pair) => pair.split(',').map(Number) as [number, number]),
  );

test('the power of ten keeps numbers short and the words say it', () => {
  expect([0.5, 0.01, 0.002, 4e-5, 0].map((top) => signalScale(top, unit).power)).toEqual([0, 0, -3, -6, 0]);
  expect(signalScale(0.002, unit)).toEqual({ power: -3, factor: expect.closeTo(1e3, 9), words: '10⁻³ of the beam' });
  expect(signalScale(25_000, 'electrons').words).toBe('10³ electrons');
  expect(signalScale(250, 'electrons').words).toBe('electrons');
});

test('against thickness: thickness in proportion to the right, the signal in proportion upward from zero', () => {
  const svg = thicknessCurve([{ name: 'HAADF', values: [1e-3, 2e-3, 4e-3] }], [10, 20, 40], { unit });
  const [points] = lines(svg);
  const [[x0, y0], [x1, y1], [x2, y2]] = points as [[number, number], [number, number], [number, number]];
  expect((x2 - x1) / (x1 - x0)).toBeCloseTo(2, 2);
  // 1, 2 and 4 above the axis, which is one more step below the first.
  expect((y1 - y2) / (y0 - y1)).toBeCloseTo(2, 1);
  expect(y0 - y1).toBeGreaterThan(10);
  expect(svg).toContain('>signal (10⁻³ of the beam)<');
});

test('against thickness: signals that differ by more than a factor of 20 share a logarithmic axis', () => {
  const svg = thicknessCurve(
    [
      { name: 'BF', values: [0.8, 0.4, 0.2] },
      { name: 'HAADF', values: [0.002, 0.004, 0.008] },
      { name: 'far', values: [0, 0, 0] },
    ],
    [10, 20, 30],
    { unit },
  );
  const [bf, haadf] = lines(svg);
  expect(lines(svg)).toHaveLength(2);
  const factor2 = bf![1]![1] - bf![0]![1];
  expect(factor2).toBeGreaterThan(5);
  for (const step of [bf![2]![1] - bf![1]![1], haadf![0]![1] - haadf![1]![1], haadf![1]![1] - haadf![2]![1]]) {
    expect(step).toBeCloseTo(factor2, 1);
  }
  expect(svg).toContain('>signal (fraction of the beam)<');
  for (const label of ['0.001', '0.01', '0.1', '1']) expect(svg).toContain(`>${label}<`);
});

test('along a line: positions in Å or nm from the first on', () => {
  const values = Array.from({ length: 11 }, (_, i) => 0.2 + 0.1 * Math.cos(i));
  const short = lineProfile([{ name: '10 nm', values }], 1, { unit });
  expect(short).toContain('>position (Å)<');
  expect(short).toContain('>10<');
  const long = lineProfile([{ name: '10 nm', values }], 10, { unit });
  expect(long).toContain('>position (nm)<');
  expect(lines(long)).toEqual(lines(short));
  const [points] = lines(short);
  // The height of each point is the signal’s: a straight line through (0.3, y0) and (0.1…, y3).
  const y = (value: number): number =>
    points![0]![1] + ((value - values[0]!) / (values[3]! - values[0]!)) * (points![3]![1] - points![0]![1]);
  for (const [i, [, py]] of points!.entries()) expect(py).toBeCloseTo(y(values[i]!), 0);
  expect(points![3]![1]).toBeGreaterThan(points![0]![1] + 20);
});

test('what cannot be drawn is refused', () => {
  const one = [{ name: 'BF', values: [1] }];
  expect(problem(() => thicknessCurve(one, [10], { unit })).tag).toBe('range');
  expect(problem(() => thicknessCurve([], [10, 20], { unit })).tag).toBe('range');
  expect(problem(() => thicknessCurve(one, [10, 20], { unit })).tag).toBe('shape');
  expect(problem(() => lineProfile(one, 1, { unit })).tag).toBe('range');
  const ragged = [
    { name: 'a', values: [1, 2] },
    { name: 'b', values: [1, 2, 3] },
  ];
  expect(problem(() => lineProfile(ragged, 1, { unit })).tag).toBe('shape');
});

test('gallery', async () => {
  const thicknesses = Array.from({ length: 12 }, (_, i) => 5 * (i + 1));
  const { images, detectors } = exampleSimulation([1, 1], thicknesses);
  const signals = detectors.map(({ name }, d) => ({ name, values: thicknesses.map((_, t) => images[3 * t + d]!) }));
  await expect(thicknessCurve(signals, thicknesses, { unit, title: 'SrTiO3 [001]' })).toMatchFileSnapshot(
    '__snapshots__/thickness-curve.svg',
  );
  const line = exampleSimulation([1, 48], [10, 20, 40]);
  const profiles = line.thicknesses_nm.map((nm, t) => ({
    name: `${nm} nm`,
    values: line.images.subarray(3 * t * 48, (3 * t + 1) * 48),
  }));
  await expect(lineProfile(profiles, line.scan.step_A[0], { unit, title: 'HAADF' })).toMatchFileSnapshot(
    '__snapshots__/line-profile.svg',
  );
});

import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { lengthsOf, magnitudeMinimum, minimumOf, silverman } from './densities.ts';
import { lengthCurves } from './length-curves.ts';
import { scattering } from './scatter.ts';
import { textureOf } from './test-noisy-field.ts';
import { toldOf } from './told.ts';
import { mapComponents, type VectorField } from './vector-field.ts';

const PRIOR = 8;
const OPTIONS = { noise: { length_nm: 0 }, values: 'posterior', draws: 30 } as const;

/** As a network would map it: drawn to the prior's mean, 0. */
function posterior(truth: VectorField, sigma: Readonly<Record<'x' | 'y' | 'z', number>>, seed: number): VectorField {
  const stream = new RandomStream(seed, 'posterior');
  return {
    ...truth,
    values: mapComponents(truth.values, (value, _, axis) => {
      const kept = 1 - (sigma[axis] / PRIOR) ** 2;
      return kept * value + sigma[axis] * Math.sqrt(kept) * stream.normal();
    }),
    sigma: mapComponents(truth.values, (_, __, axis) => sigma[axis]),
    prior: { x: PRIOR, y: PRIOR, z: PRIOR },
  };
}
const curvesOf = (field: VectorField, dimensions: 2 | 3) =>
  lengthCurves(field, toldOf(field), dimensions, 25, { ...OPTIONS, stream: new RandomStream(1, 'curves') });
const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

test('where the curve is least is what the finding says', () => {
  const field = posterior(textureOf([50, 60], 1, 3), { x: 2, y: 2, z: 3 }, 4);
  for (const dimensions of [2, 3] as const) {
    const { at, mapped } = curvesOf(field, dimensions);
    const scattered = scattering(field, 'posterior');
    const finding = magnitudeMinimum(dimensions, silverman(lengthsOf(scattered, dimensions)))(scattered) as number;
    expect(Math.abs(minimumOf(at, mapped) - finding)).toBeLessThan(0.1);
  }
});

test('without prior and noise the mean |P| in the plane is that of the truth, as mapped it is not', () => {
  const truth = textureOf([50, 60], 1, 3);
  const { clean } = curvesOf(posterior(truth, { x: 4, y: 4, z: 4 }, 5), 2);
  if (typeof clean === 'string') throw new Error(clean);
  const true_ = mean(lengthsOf(truth, 2));
  const meanIn = (density: Float64Array) =>
    clean.centres.reduce((sum, p, i) => sum + p * density[i]!, 0) / density.reduce((a, b) => a + b, 0);
  expect(Math.abs(meanIn(clean.density) / true_ - 1)).toBeLessThan(0.04);
  expect(meanIn(clean.mapped) / true_).toBeLessThan(0.95);
  expect(meanIn(clean.raw) / true_).toBeGreaterThan(1.05);
  expect(clean.alike).toBe(true);
});

test('P along the beam not measured: no density in space, one in the plane, and the map is what the prior gives', () => {
  const field = posterior(textureOf([50, 60], 1, 3), { x: 1, y: 1, z: 0.98 * PRIOR }, 6);
  const space = curvesOf(field, 3);
  expect(space.clean).toMatch(/does not measure P along z/);
  expect(typeof curvesOf(field, 2).clean).toBe('object');
  expect(curvesOf(field, 2).prior).toBeUndefined();
  const { mean: centre, low, high } = space.prior!;
  const largest = centre.reduce((a, b) => Math.max(a, b));
  space.mapped.forEach((rho, i) => {
    expect(Math.abs(rho - centre[i]!)).toBeLessThan(0.15 * largest);
    expect(low[i]!).toBeLessThanOrEqual(high[i]!);
  });
});

test('where P does vary along the beam unlike the prior, the map leaves the band of the prior', () => {
  const truth = textureOf([50, 60], 1, 3);
  const strong = { ...truth, values: { ...truth.values, z: truth.values.z.map((v) => 12 * Math.sign(v)) } };
  const { mapped, prior } = curvesOf(posterior(strong, { x: 1, y: 1, z: 2 }, 7), 3);
  const out = Array.from(mapped.keys()).filter((i) => mapped[i]! > prior!.high[i]! || mapped[i]! < prior!.low[i]!);
  expect(out.length).toBeGreaterThan(0.5 * mapped.length);
});

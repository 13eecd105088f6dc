/**
 * How often stated 95% intervals hold the truth: synthetic fields whose truth is known, noise from a tenth of |P| to all of it in each component, as markdown.
 * `npm run coverage-study` takes 200 fields a row (about 20 minutes of one core), `-- 20` as many as said, `-- 200 4` only the fourth table. Tables from the fifth on are
 * coverage-textures.ts.
 *
 * Texture: three Gaussian components correlated over TEXTURE_nm around a mean vector, rms |P| = 10. Of this field: the truth is the same statistic of the field before
 * its noise. Of its kind: the truth is its mean over fields. A share p of n fields has the standard error √(p(1 − p)/n): 1.5% at 95% of 200.
 */

import { RandomStream } from '../src/core/random.ts';
import { NoiseSource, withNoise } from '../src/findings/draws.ts';
import { type EstimateOptions, estimate } from '../src/findings/estimate.ts';
import { meanOf } from '../src/findings/linear.ts';
import type { Statistic } from '../src/findings/statistic.ts';
import { mapComponents, type VectorField } from '../src/findings/vector-field.ts';
import { study, wanted } from './coverage-table.ts';

const STEP_nm = 0.4;
const NOISE = { length_nm: 0.4 };
const TEXTURE_nm = 1.6;
const MEAN = { x: 2, y: 4, z: 3 };
const BLOCK_nm = 8;
const RMS = 10;
const LEVELS = [0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5];
const SPREAD = Math.sqrt((RMS ** 2 - MEAN.x ** 2 - MEAN.y ** 2 - MEAN.z ** 2) / 3);
const NAMES = ['mean P_y', 'mean \\|P\\|', 'variance of P_x', 'P_y at one height'];

/** Mean P_y, mean |P|, variance of P_x, mean P_y of one row. */
const statistic: Statistic = ({ values: { x, y, z }, valid, shape: [ny, nx] }) => {
  let n = 0;
  let sx = 0;
  let sxx = 0;
  let sy = 0;
  let length = 0;
  for (let i = 0; i < valid.length; i++) {
    if (!valid[i]) continue;
    n++;
    sx += x[i]!;
    sxx += x[i]! * x[i]!;
    sy += y[i]!;
    length += Math.sqrt(x[i]! * x[i]! + y[i]! * y[i]! + z[i]! * z[i]!);
  }
  let row = 0;
  for (let at = (ny >> 1) * nx, end = at + nx; at < end; at++) row += y[at]!;
  return [sy / n, length / n, sxx / n - (sx / n) ** 2, row / nx];
};

/** A field without noise. @param spread of each component around its mean */
function texture(shape: readonly [number, number], spread: number, stream: RandomStream): VectorField {
  const at = { shape, step_nm: STEP_nm };
  const unit = new NoiseSource(at, { length_nm: TEXTURE_nm }).next(stream);
  const values = mapComponents(unit, (g, _, axis) => MEAN[axis] + spread * g);
  return { ...at, unit: 'uC/cm2', values, valid: new Uint8Array(shape[0] * shape[1]).fill(1) };
}

/** σ of each component: `level` of rms |P|, a half as large again at one side than at the other. */
function sigmaOfLevel({ shape: [, nx], values }: VectorField, level: number): VectorField['values'] {
  return mapComponents(values, (_, i) => level * RMS * (0.8 + (0.4 * (i % nx)) / (nx - 1)));
}

const stated = NAMES.map((name) => ({ name, unit: 'uC/cm2' }));
const stream = new RandomStream(11, 'coverage');
const options = (some: Partial<EstimateOptions>, ...path: (string | number)[]): EstimateOptions => ({
  noise: NOISE,
  correction: 'simex',
  of: 'field',
  pairs: 25,
  stream: stream.fork('draws', ...path),
  ...some,
});
const SMALL = [36, 44] as const;
const LARGE = [88, 110] as const;

study(`Of this field, SIMEX, ${SMALL.join(' × ')} positions`, LEVELS, (level, k) => {
  const truth = texture(SMALL, SPREAD, stream.fork('texture', k));
  const clean = { ...truth, sigma: sigmaOfLevel(truth, level) };
  const field = withNoise(clean, new NoiseSource(clean, NOISE).next(stream.fork('noise', level, k)));
  const findings = estimate(field, statistic, stated, options({}, level, k));
  const truths = statistic(truth) as number[];
  return {
    findings: [...findings, meanOf(field, 'y', NOISE, undefined, 'mean P_y, exactly')],
    truths: [...truths, truths[0]!],
  };
});

study(`Of this field, values that are posterior means, ${SMALL.join(' × ')} positions`, [0.3, 1], (level, k) => {
  const told = texture(SMALL, SPREAD * 0.7, stream.fork('texture', k));
  const field = { ...told, sigma: sigmaOfLevel(told, level) };
  const truth = withNoise(field, new NoiseSource(field, NOISE).next(stream.fork('noise', level, k)));
  return {
    findings: estimate(field, statistic, stated, options({ correction: 'posterior' }, level, k)),
    truths: statistic(truth) as number[],
  };
});

study(
  `Of this field, SIMEX, |P| the same everywhere, ${LARGE.join(' × ')} positions`,
  [0.2, 0.5, 0.7, 1],
  (level, k) => {
    const cloud = texture(LARGE, SPREAD, stream.fork('texture', k));
    const { x, y, z } = cloud.values;
    const values = mapComponents(cloud.values, (value, i) => (RMS * value) / Math.hypot(x[i]!, y[i]!, z[i]!));
    const truth = { ...cloud, values };
    const clean = { ...truth, sigma: sigmaOfLevel(truth, level) };
    const field = withNoise(clean, new NoiseSource(clean, NOISE).next(stream.fork('noise', level, k)));
    const found = estimate(field, statistic, stated, options({}, level, k));
    const truths = statistic(truth) as number[];
    return { findings: [found[1]!, found[2]!], truths: [truths[1]!, truths[2]!] };
  },
);

/** Means over fields of this size: the variance of P_x inside one is less than over all by that of its mean. */
const known = [0, 0, 0, 0];
for (let k = 0; k < (wanted(4) ? 1000 : 0); k++) {
  const found = statistic(texture(LARGE, SPREAD, stream.fork('known', k))) as number[];
  for (const [i, value] of found.entries()) known[i]! += value / 1000;
}
study(
  `Of its kind, SIMEX and blocks of ${BLOCK_nm} nm, ${LARGE.join(' × ')} positions`,
  [0.1, 0.3, 0.5, 1],
  (level, k) => {
    const truth = texture(LARGE, SPREAD, stream.fork('texture', k));
    const clean = { ...truth, sigma: sigmaOfLevel(truth, level) };
    const field = withNoise(clean, new NoiseSource(clean, NOISE).next(stream.fork('noise', level, k)));
    const block = { length_nm: BLOCK_nm, along: 'both' } as const;
    const [a, b, c] = estimate(field, statistic, stated, options({ of: 'kind', block }, level, k));
    return { findings: [a!, b!, c!], truths: known };
  },
);

await import('./coverage-textures.ts');

import { expect, test } from 'vitest';
import { trainingOptions } from '../network/options.ts';
import { instrumentShifts } from './evaluate-sets.ts';

test('each shift lies beyond the training, and leaves electrons for the crystal whatever the training had', () => {
  const shares = ['background_fraction', 'inelastic_fraction'] as const;
  for (const most of [0, 0.07, 0.9]) {
    const training = trainingOptions.parse({
      background_fraction: [0, most],
      inelastic_fraction: [0, most],
      dose_e: [1e6, 1e7],
    });
    const shifts = instrumentShifts(training);
    expect(shifts.map(({ name }) => name)).toEqual(['background', 'blur', 'inelastic', 'dose']);
    const own = Object.assign({}, ...shifts.map(({ change }) => change)) as typeof training;
    for (const key of shares) {
      expect(own[key][0]).toBeGreaterThan(most);
      expect(own[key][1]).toBeLessThan(1);
    }
    expect(own.blur_mrad[0]).toBeGreaterThan(training.blur_mrad[1]);
    expect(own.dose_e![1]).toBeLessThan(training.dose_e![0]);
  }
  // 7% and 10% are 17%, not 17.000000000000004.
  const { what } = instrumentShifts(trainingOptions.parse({ background_fraction: [0, 0.07] }))[0]!;
  expect(what).toBe('17 % of the electrons in a smooth background');
});

/** Slices: no atom lost or doubled, exact phases, shares. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Fft2, frequency } from '../core/fft.ts';
import { RandomStream } from '../core/random.ts';
import { type Atoms, type SliceOptions, type SliceStack, sliceStack } from './slices.ts';

const cell: [number, number, number] = [4, 5, 6];
const base = { nx: 12, ny: 10, nSlices: 12, u2_A2: { Ti: 0.006, O: 0.009 } };
const schemes = ['smooth', 'spline', 'box', 'whole-atom'] as const;
const integrated = (slicing: SliceOptions['slicing']) => slicing === 'box' || slicing === 'smooth';

function total(stack: SliceStack): Float64Array {
  const sum = new Float64Array(stack.nx * stack.ny);
  for (let s = 0; s < stack.nSlices; s++) for (const [i, v] of stack.slice(s).entries()) sum[i] = sum[i]! + v;
  return sum;
}

function largestDifference(a: Float64Array, b: Float64Array): number {
  return a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i]!)), 0);
}

function stackOf(positions: number[], options: Partial<SliceOptions>, occupancy?: Float64Array): SliceStack {
  const symbols = Array.from({ length: positions.length / 3 }, (_, i) => (i % 2 ? 'O' : 'Ti'));
  const atoms: Atoms = {
    cell_A: cell,
    symbols,
    positions_A: Float64Array.from(positions),
    ...(occupancy ? { occupancy } : {}),
  };
  return sliceStack(atoms, { ...base, slicing: 'spline', ...options });
}

/** Coordinates inside, outside, and exactly on edges of slices and cell. */
const coordinate = (period: number, slices: number) =>
  fc.oneof(
    fc.double({ min: -2 * period, max: 2 * period, noNaN: true }),
    fc.integer({ min: -slices, max: 2 * slices }).map((s) => (s * period) / slices),
    fc.constantFrom(0, period, -period, -Number.MIN_VALUE, period - 1e-15, -1e-17),
  );

test.each(schemes)('no atom is lost or doubled at an edge of slice or cell: %s', (slicing) => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(coordinate(4, 12), coordinate(5, 10), coordinate(6, 12)), { minLength: 1, maxLength: 3 }),
      (atoms) => {
        // The reference puts everything into one slice: the whole projection, wherever the atoms are along z.
        const want = stackOf(atoms.flat(), { slicing: 'whole-atom', nSlices: 1 }).slice(0);
        const difference = largestDifference(total(stackOf(atoms.flat(), { slicing })), want);
        const peak = want.reduce((a, b) => Math.max(a, b), 0);
        expect(difference / peak).toBeLessThan(integrated(slicing) ? 2e-7 : 1e-12);
      },
    ),
    { numRuns: integrated(slicing) ? 20 : 60 },
  );
});

test.each(schemes)(
  'a crystal cut anywhere holds the atoms whose nuclei lie between its faces, whole: %s',
  (slicing) => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(coordinate(4, 12), coordinate(5, 10), fc.double({ min: 0, max: 6, noNaN: true })), {
          minLength: 1,
          maxLength: 3,
        }),
        fc.integer({ min: 1, max: 11 }),
        (atoms, end) => {
          fc.pre(atoms.every(([, , z]) => Math.abs(2 * z - end) > 1e-9 && z > 1e-9));
          const stack = stackOf(atoms.flat(), { slicing });
          const sum = stack.cut!(end).map((v, i) => v - stack.cut!(0)[i]!);
          for (let s = 0; s < end; s++) for (const [i, v] of stack.slice(s).entries()) sum[i] = sum[i]! + v;
          // Each nucleus in the slice that holds it, whole.
          const want = new Float64Array(sum.length);
          const whole = stackOf(atoms.flat(), { slicing: 'whole-atom' });
          for (let s = 0; s < end; s++) for (const [i, v] of whole.slice(s).entries()) want[i] = want[i]! + v;
          const peak = total(whole).reduce((a, b) => Math.max(a, b), 0);
          expect(largestDifference(sum, want) / peak).toBeLessThan(integrated(slicing) ? 1e-4 : 1e-12);
        },
      ),
      { numRuns: integrated(slicing) ? 20 : 60 },
    );
  },
);

test('the mean of the whole projection is Σ f_e(0)/κ per area', () => {
  const sum = total(stackOf([1, 1, 0, 2, 2, 6], {}));
  const mean = sum.reduce((a, b) => a + b, 0) / sum.length;
  expect(mean).toBeCloseTo((47.877647 * (8.7797 + 2.0291)) / 20, 2);
});

test.each(schemes)('atoms that lie a period away are the same atoms: %s', (slicing) => {
  const here = [0.3, 4.9, 0.1, 3.9, 0.2, 5.9];
  const there = here.map((x, i) => x + [3, -2, -1][i % 3]! * cell[i % 3]!);
  const a = stackOf(here, { slicing });
  const b = stackOf(there, { slicing });
  for (let s = 0; s < 12; s++) expect(largestDifference(a.slice(s), b.slice(s))).toBeLessThan(1e-6);
});

test.each(['smooth', 'spline', 'box'] as const)(
  'a shift along z by whole slices permutes the slices: %s',
  (slicing) => {
    const a = stackOf([0.3, 4.9, 0.13, 3.9, 0.2, 5.81], { slicing });
    const b = stackOf([0.3, 4.9, 1.63, 3.9, 0.2, 7.31], { slicing });
    for (let s = 0; s < 12; s++) expect(largestDifference(a.slice(s), b.slice((s + 3) % 12))).toBeLessThan(1e-6);
  },
);

test('a lateral shift of 1 pm is a phase exp(−2πik·d), to rounding', () => {
  const d = [0.01, -0.007];
  const spectrum = (stack: SliceStack) => {
    const re = stack.slice(5);
    const im = new Float64Array(re.length);
    new Fft2(12, 10).run(re, im, -1);
    return { re, im };
  };
  const a = spectrum(stackOf([0.3, 4.9, 2.7], {}));
  const b = spectrum(stackOf([0.3 + d[0]!, 4.9 + d[1]!, 2.7], {}));
  for (let y = 0; y < 10; y++) {
    for (let x = 0; x < 12; x++) {
      const i = 12 * y + x;
      const angle = -2 * Math.PI * ((frequency(x, 12) / 4) * d[0]! + (frequency(y, 10) / 5) * d[1]!);
      const re = a.re[i]! * Math.cos(angle) - a.im[i]! * Math.sin(angle);
      expect(Math.abs(re - b.re[i]!)).toBeLessThan(1e-9 * a.re[0]!);
    }
  }
});

test('two half atoms in one place are one atom', () => {
  const whole = stackOf([1, 2, 3], {}).slice(5);
  const atoms: Atoms = {
    cell_A: cell,
    symbols: ['Ti', 'Ti'],
    positions_A: Float64Array.of(1, 2, 3, 1, 2, 3),
    occupancy: Float64Array.of(0.25, 0.75),
  };
  expect(largestDifference(sliceStack(atoms, { ...base, slicing: 'spline' }).slice(5), whole)).toBeLessThan(1e-9);
});

test('refuses positions that are not numbers, and no atoms', () => {
  expect(() => stackOf([1, Number.NaN, 3], {})).toThrow(/not a number/);
  expect(() => stackOf([], {})).toThrow(/no atoms/);
});

test('many atoms at nearly one height, taken together, are what they are one by one', () => {
  const stream = new RandomStream(1, 'heights');
  const options = { ...base, slicing: 'smooth', nSlices: 18 } as const;
  const atoms = Array.from({ length: 80 }, () => [
    4 * stream.uniform(),
    5 * stream.uniform(),
    2.2 + 0.1 * stream.normal(),
  ]);
  const occupancy = Float64Array.from(atoms, () => stream.uniform());
  const together = stackOf(atoms.flat(), options, occupancy);
  // So few at a time are not taken together. An even number: what an atom is goes by its place in the list.
  const few = Array.from({ length: 20 }, (_, i) =>
    stackOf(atoms.slice(4 * i, 4 * i + 4).flat(), options, occupancy.slice(4 * i, 4 * i + 4)),
  );
  for (const s of [0, 5, 6, 7, 12]) {
    const want = few.map((stack) => stack.slice(s)).reduce((a, b) => a.map((v, i) => v + b[i]!));
    const scale = Math.max(...stackOf(atoms.flat(), options, occupancy).slice(6));
    expect(largestDifference(together.slice(s), want)).toBeLessThan(1e-5 * scale);
  }
});

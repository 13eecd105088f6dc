import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  countLabel,
  decimalLabel,
  duration,
  electrons,
  fixedLabel,
  measured,
  numberLabel,
  percent,
  plural,
  quantity,
  setting,
  tickLabels,
  unitLabel,
} from './numbers.ts';

test('numbers as people write them', () => {
  expect([-1.5, 0, 1234567, 1e6, 2.5e-5, Number.NaN].map((v) => numberLabel(v))).toEqual([
    '−1.5',
    '0',
    '1.23 × 10⁶',
    '10⁶',
    '2.5 × 10⁻⁵',
    '–',
  ]);
  expect([3, 0.2, 12345, -0.5].map((v) => fixedLabel(v))).toEqual(['3.00', '0.200', '12345', '−0.500']);
  expect([-0.04, 12.25, -3].map((v) => decimalLabel(v, 1))).toEqual(['0.0', '12.3', '−3.0']);
  expect([7, 20000, 1234567].map(countLabel)).toEqual(['7', '20\u2009000', '1\u2009234\u2009567']);
});

test('units have one spelling, and those that are right stay', () => {
  for (const [from, to] of [
    ['uC/cm2', 'µC/cm²'],
    // The Greek letter instead of the micro sign.
    ['μC/cm²', 'µC/cm²'],
    ['µC/cm²', 'µC/cm²'],
    ['1/A', 'Å⁻¹'],
    ['1/Å', 'Å⁻¹'],
    ['A', 'Å'],
    ['e/A2', 'e/Å²'],
    ['eV/Å²', 'eV/Å²'],
    ['V/A', 'V/Å'],
    ['pm', 'pm'],
    ['mrad', 'mrad'],
    ['kV/cm', 'kV/cm'],
  ] as const) {
    expect(unitLabel(from)).toBe(to);
  }
});

test('values with units, by what is known of them', () => {
  expect(quantity(2.656190643545022, 'mrad')).toBe('2.66 mrad');
  expect(quantity(12.3456, 'uC/cm2')).toBe('12.3 µC/cm²');
  expect(quantity(45, '°')).toBe('45.0°');
  expect(setting(2.2, 'mrad')).toBe('2.2 mrad');
  expect(setting(0.1 + 0.2, 'nm')).toBe('0.3 nm');
  expect(measured(3.99712, 0.0123, '°')).toBe('3.997 ± 0.012°');
  expect(measured(-0.001, 0.5, 'px')).toBe('0.00 ± 0.50 px');
  expect(measured(412.3, 21, 'nm')).toBe('412 ± 21 nm');
  expect(measured(2.5, Number.NaN, 'mrad')).toBe('2.50 mrad');
  expect(percent(0.1234)).toBe('12.3 %');
  expect([4.21, 83.2, 600, 7200].map(duration)).toEqual(['4.2 s', '83 s', '10 min', '2.0 h']);
  expect([1e6, 998_731.4, 1, 0.5].map(electrons)).toEqual([
    '1\u2009000\u2009000 electrons',
    '998\u2009731 electrons',
    '1 electron',
    '0.5 electrons',
  ]);
});

test('one of a thing is singular, none and several are not', () => {
  expect([0, 1, 2, 1000].map((n) => plural(n, 'disk'))).toEqual(['0 disks', '1 disk', '2 disks', '1\u2009000 disks']);
  expect(plural(2, 'axis', 'axes')).toBe('2 axes');
});

test('ticks: as many decimals as their step needs', () => {
  expect(tickLabels([297, 297.5, 298])).toEqual(['297.0', '297.5', '298.0']);
  expect(tickLabels([-20, 0, 20])).toEqual(['−20', '0', '20']);
  expect(tickLabels([0, 0.25, 0.5])).toEqual(['0.00', '0.25', '0.50']);
  expect(tickLabels([9.985, 20.005, 29.99])).toEqual(['10', '20', '30']);
  expect(tickLabels([9.985, 12.485])).toEqual(['10.0', '12.5']);
  expect(tickLabels([9.985])).toEqual(['9.985']);
  expect(tickLabels([0, 2e-5, 4e-5])).toEqual(['0', '2 × 10⁻⁵', '4 × 10⁻⁵']);
  expect(tickLabels([998_000, 999_000, 1_000_000])).toEqual(['9.98 × 10⁵', '9.99 × 10⁵', '10⁶']);
});

test('ticks that differ have labels that differ, and the label is the value to a hundredth of the step', () => {
  const scale = fc.tuple(
    fc.integer({ min: -500, max: 500 }),
    fc.constantFrom(1, 2, 5),
    fc.integer({ min: -7, max: 7 }),
    fc.integer({ min: 2, max: 9 }),
  );
  fc.assert(
    fc.property(scale, ([first, digit, decade, count]) => {
      const step = digit * 10 ** decade;
      const labels = tickLabels(Array.from({ length: count }, (_, i) => (first + i) * step));
      expect(new Set(labels).size).toBe(count);
      for (const [i, label] of labels.entries()) {
        const [, mantissa = '1', power = '0'] = /^(−?[\d.]+)?(?: × )?(?:10([⁻⁰-⁹¹²³]+))?$/.exec(label) ?? [];
        const exponent = [...power]
          .map((c) => (c === '⁻' ? '-' : ('0123456789'['⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(c)] ?? c)))
          .join('');
        const read = label === '0' ? 0 : Number(mantissa.replace('−', '-')) * 10 ** Number(exponent);
        expect(Math.abs(read - (first + i) * step)).toBeLessThan(0.01 * step);
      }
    }),
  );
});

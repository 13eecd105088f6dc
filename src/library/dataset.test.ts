import { expect, test } from 'vitest';
import { problem } from '../core/test-problem.ts';
import type { LatticeDetector } from '../diffraction/detector.ts';
import { requireDetector } from './dataset.ts';

test('a library of another detector than the model’s is refused, whatever differs', () => {
  const detector: LatticeDetector = {
    pixels: 64,
    pixelsPerOrder: 8,
    a_A: 3.95,
    voltage_kV: 300,
    convergence_mrad: 2.2,
  };
  const against = (other: Partial<LatticeDetector>) => () =>
    requireDetector({ detector: { ...detector, ...other } }, detector, '');
  // The same in other words.
  for (const same of [
    {},
    { pixelsPerOrder: [8, 8] as [number, number] },
    { zone: [0, 0, 1] as [number, number, number] },
  ]) {
    expect(against(same)).not.toThrow();
  }
  const refused: readonly (readonly [Partial<LatticeDetector>, RegExp])[] = [
    [{ pixels: 32 }, /pixels 32 × 32 and 64 × 64/],
    [{ pixelsPerOrder: [8, 12] }, /pixels per order 8 × 12 and 8 × 8/],
    [{ zone: [1, 1, 0] }, /zone \[110\] and \[001\]/],
    [{ a_A: 3.96 }, /lattice parameter 3.96 Å and 3.95 Å/],
    [{ voltage_kV: 200 }, /voltage 200 kV and 300 kV/],
    [{ convergence_mrad: 1.5 }, /convergence 1.5 mrad and 2.2 mrad/],
  ];
  for (const [other, words] of refused) {
    const { tag, message } = problem(against(other));
    expect(tag).toBe('model-mismatch');
    expect(message).toMatch(words);
  }
});

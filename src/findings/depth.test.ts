import { expect, test } from 'vitest';
import { depthsOf } from './depth.ts';

const SHAPE = [4, 3] as const;
const film = Uint8Array.from({ length: 12 }, (_, i) => (i >= 3 ? 1 : 0));

test('from the film’s first position along the axis across it', () => {
  expect(Array.from(depthsOf({ regions: {}, across: 'y' }, film, SHAPE, 0.5)).filter((_, i) => i % 3 === 0)).toEqual([
    -0.5, 0, 0.5, 1,
  ]);
  expect(Array.from(depthsOf({ regions: {}, across: 'x' }, film, SHAPE, 0.5)).slice(3, 6)).toEqual([0, 0.5, 1]);
});

test('from an inclined interface, at right angles to it', () => {
  const options = {
    regions: {
      f: {
        interface_nm: [
          [0, 0],
          [1, 1],
        ] as [[number, number], [number, number]],
        distance_nm: [-9, 9] as [number, number],
      },
    },
    film: 'f',
    across: 'y' as const,
  };
  const depths = depthsOf(options, film, SHAPE, 1);
  // (x, y) = (0, 2): √2 from the diagonal, towards larger y.
  expect(depths[6]).toBeCloseTo(Math.SQRT2);
  expect(depths[2]).toBeCloseTo(-Math.SQRT2);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ranked } from './ranked.ts';

test('a rank is that of the sorted numbers, ties and infinities included', () => {
  const some = fc.array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true })), { minLength: 1 });
  fc.assert(
    fc.property(some, fc.nat(), (values, any) => {
      const rank = any % values.length;
      const sorted = Float64Array.from(values).sort();
      // −0 and 0 are equal.
      expect(ranked(Float64Array.from(values), rank) + 0).toBe(sorted[rank]! + 0);
    }),
  );
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Fft } from './fft.ts';

test('equals the sum that defines it, for any length', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.constantFrom(-1 as const, 1 as const), (n, sign) => {
      const re = Float64Array.from({ length: n }, (_, i) => Math.sin(3 * i + 1));
      const im = Float64Array.from({ length: n }, (_, i) => Math.cos(i * i));
      const gotRe = re.slice();
      const gotIm = im.slice();
      new Fft(n).line(gotRe, gotIm, 0, 1, sign);
      for (let k = 0; k < n; k++) {
        let sr = 0;
        let si = 0;
        for (let i = 0; i < n; i++) {
          const angle = (sign * 2 * Math.PI * i * k) / n;
          sr += re[i]! * Math.cos(angle) - im[i]! * Math.sin(angle);
          si += re[i]! * Math.sin(angle) + im[i]! * Math.cos(angle);
        }
        expect(gotRe[k]).toBeCloseTo(sr, 9);
        expect(gotIm[k]).toBeCloseTo(si, 9);
      }
    }),
  );
});

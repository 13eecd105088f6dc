import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Fft, Fft3 } from './fft.ts';

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

test('in three dimensions, a point becomes the plane wave of its place', () => {
  const [nx, ny, nz] = [3, 4, 5];
  const [i, j, k] = [2, 1, 3];
  const re = new Float64Array(nx * ny * nz);
  const im = new Float64Array(nx * ny * nz);
  re[(k * ny + j) * nx + i] = 1;
  new Fft3(nx, ny, nz).run(re, im, -1);
  for (let at = 0; at < re.length; at++) {
    const [qx, qy, qz] = [at % nx, Math.floor(at / nx) % ny, Math.floor(at / (nx * ny))];
    const angle = -2 * Math.PI * ((qx * i) / nx + (qy * j) / ny + (qz * k) / nz);
    expect(re[at]).toBeCloseTo(Math.cos(angle), 12);
    expect(im[at]).toBeCloseTo(Math.sin(angle), 12);
  }
});

import { expect, test } from 'vitest';
import { type DiskGeometry, fitDisk } from './disk-edge.ts';

/** A uniform disk of radius r, centred at (20.3, 19.8), convolved with a Gaussian of rms s, by summing over fine points. */
function blurred(r: number, s: number): Float64Array {
  const data = new Float64Array(41 * 41);
  const step = 0.2;
  for (let v = -r; v <= r; v += step) {
    for (let u = -r; u <= r; u += step) {
      if (v * v + u * u > r * r) continue;
      for (let y = 0; y < 41; y++) {
        const wy = Math.exp(-((y - 20.3 - v) ** 2) / (2 * s * s));
        if (wy < 1e-9) continue;
        for (let x = 0; x < 41; x++) data[y * 41 + x]! += wy * Math.exp(-((x - 19.8 - u) ** 2) / (2 * s * s));
      }
    }
  }
  return data;
}

test.each([
  [4, 0.8],
  [6, 1.5],
])('a disk of radius %f px blurred by %f px has that radius: blur draws its half-height contour in', (r, s) => {
  const data = blurred(r, s);
  const peak = Math.max(...data);
  const image = { data: data.map((v) => v / peak), ny: 41, nx: 41, per_count: 1e-4, floor: 1e-6 };
  let radius = 1.06 * r;
  for (let pass = 0; pass < 8; pass++) {
    const geometry: DiskGeometry = {
      map: [
        [1, 0],
        [0, 1],
      ],
      radius_mrad: radius,
      edge_px: s,
      spacing_mrad: 100,
      cell: [
        [1, 0],
        [0, 1],
      ],
    };
    radius += fitDisk(image, geometry, [20.3, 19.8], { rich: true, with_radius: true })!.growth;
  }
  // Without the term it is s²/2r short: 0.08 and 0.19 px.
  expect(Math.abs(radius - r)).toBeLessThan(0.03);
});

/** A scan for tests, of known geometry. Not a test. */

import { RandomStream } from '../core/random.ts';
import { diskVectors_mrad, type LatticeDetector } from '../diffraction/detector.ts';
import { mapFrom } from './calibration.ts';
import { memorySource, type PatternSource } from './pattern-source.ts';

export const BEAM = { a_A: 3.95, voltage_kV: 300, convergence_mrad: 2.2 } as const;

interface TestCamera {
  readonly rotation: number;
  readonly px: number;
  readonly ellipse?: number;
  readonly axis?: number;
  readonly scan?: readonly [number, number];
  readonly size?: readonly [number, number];
  readonly descan?: number;
}

/** Disks with smooth random contrast inside, fading outwards, on a faint background, with Poisson noise. */
export function synthetic(
  camera: TestCamera,
  dose = 3e5,
  zone?: LatticeDetector['zone'],
): { source: PatternSource; centre: (y: number, x: number) => [number, number] } {
  const [ry, rx] = camera.scan ?? [3, 4];
  const [ny, nx] = camera.size ?? [112, 120];
  const map = mapFrom(camera.px, camera.rotation, camera.ellipse, camera.axis);
  const descan = camera.descan ?? 0.4;
  const centre = (y: number, x: number): [number, number] => [
    54.3 + descan * y - 0.3 * x,
    61.8 + 0.5 * descan * x + 0.1 * y,
  ];
  const [alongX, other] = diskVectors_mrad({ ...BEAM, zone });
  const det = map[0][0] * map[1][1] - map[0][1] * map[1][0];
  const data = new Float32Array(ry * rx * ny * nx);
  for (let p = 0; p < ry * rx; p++) {
    const random = new RandomStream(11, 'pattern', p);
    const contrast = Array.from({ length: 81 * 4 }, () => random.normal());
    const [cy, cx] = centre(Math.floor(p / rx), p % rx);
    const ideal = new Float64Array(ny * nx);
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++) {
        const [dy, dx] = [y - cy, x - cx];
        const qy = (map[1][1] * dy - map[0][1] * dx) / det;
        const qx = (-map[1][0] * dy + map[0][0] * dx) / det;
        // The nearest disk: one of the four around, where rows are staggered.
        const low = Math.floor(qy / other[1]);
        const [[h, k, uy, ux]] = [low, low + 1]
          .flatMap((row) => {
            const column = Math.floor((qx - row * other[0]) / alongX[0]);
            return [column, column + 1].map(
              (n) => [row, n, qy - row * other[1], qx - row * other[0] - n * alongX[0]] as const,
            );
          })
          .sort((a, b) => Math.hypot(a[2], a[3]) - Math.hypot(b[2], b[3])) as [
          readonly [number, number, number, number],
        ];
        let value = 0.004 * Math.exp(-Math.hypot(qy, qx) / 8);
        if (Math.abs(h) <= 4 && Math.abs(k) <= 4) {
          const [a, b, c, d] = contrast.slice(4 * ((h + 4) * 9 + k + 4)) as [number, number, number, number];
          const inside = 1 / (1 + Math.exp((Math.hypot(uy, ux) - 2.2) / (0.35 * camera.px)));
          const texture = 1 + 0.5 * Math.tanh(a) + 0.3 * Math.sin(uy * b + ux * c + d);
          value += inside * Math.max(0.05, texture) * Math.exp(-Math.hypot(h, k) / 1.5) * ((h + k) % 2 ? 0.4 : 1);
        }
        ideal[y * nx + x] = value;
      }
    }
    const scale = dose / ideal.reduce((u, v) => u + v, 0);
    for (let i = 0; i < ideal.length; i++) data[p * ny * nx + i] = random.poisson(ideal[i]! * scale);
  }
  return { source: memorySource([ry, rx, ny, nx], data), centre };
}

import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { representatives, wallAngles } from './misorientation.ts';
import { type Partition, partitionOf } from './partition.ts';
import { segmentByNoise } from './segmentation.ts';
import { fieldOf, noisy } from './test-walls.ts';
import { type WallLinks, wallLinks } from './wall-links.ts';
import { linkCharges, typedWalls } from './wall-types.ts';

const N = 60;
const DEGREE = Math.PI / 180;

/** Two domains, numbered so that the first position is in domain 0. */
function halves(inside: (x: number, y: number) => boolean): Partition {
  return partitionOf(
    [N, N],
    Int32Array.from({ length: N * N }, (_, i) => (inside(i % N, Math.floor(i / N)) ? 1 : 0)),
  );
}

/** Angle from the true normal, of either sign, to each link's [rad], and what it is in σ. @param truth at the link's middle [positions] */
function errors({ count, i, j, nx, ny, angle_sigma }: WallLinks, truth: (x: number, y: number) => [number, number]) {
  const found = { angles: [] as number[], inSigma: [] as number[] };
  for (let k = 0; k < count; k++) {
    const [x, y] = [((i[k]! % N) + (j[k]! % N)) / 2, (Math.floor(i[k]! / N) + Math.floor(j[k]! / N)) / 2];
    const [a, b] = truth(x, y);
    const angle = Math.atan((nx[k]! * b - ny[k]! * a) / (nx[k]! * a + ny[k]! * b));
    found.angles.push(Math.abs(angle));
    found.inSigma.push(angle / angle_sigma[k]!);
  }
  return found;
}

const rms = (values: readonly number[]): number => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);

test('normals of straight walls at every 5° are within 3° of theirs at each link, to the map’s edge', () => {
  const random = new RandomStream(1, 'normals');
  for (let deg = 0; deg < 360; deg += 5) {
    const [c, s] = [Math.cos(deg * DEGREE), Math.sin(deg * DEGREE)];
    for (let n = 0; n < 3; n++) {
      const shift = random.between(-3, 3);
      const links = wallLinks(
        halves((x, y) => (x - 30) * c + (y - 30) * s > shift),
        0.4,
      );
      const { angles, inSigma } = errors(links, () => [c, s]);
      expect(Math.max(...angles), `${deg}°`).toBeLessThan(3 * DEGREE);
      // From `one` to `two`: the middle of domain 1 lies on that side.
      const side = links.one[0] === 0 && (0 - 30) * c + (0 - 30) * s <= shift ? 1 : -1;
      expect(links.nx.every((x, k) => side * (x * c + links.ny[k]! * s) > 0.99)).toBe(true);
      // Never much more than stated.
      expect(rms(inSigma)).toBeLessThan(1);
    }
  }
});

test('a disc’s normals point outwards, the nearer the larger it is', () => {
  const random = new RandomStream(2, 'normals');
  for (const [radius, most_deg] of [
    [4, 12],
    [8, 5],
    [20, 3],
  ] as const) {
    for (let n = 0; n < 8; n++) {
      const [cx, cy] = [29.5 + random.between(-0.5, 0.5), 29.5 + random.between(-0.5, 0.5)];
      const links = wallLinks(
        halves((x, y) => Math.hypot(x - cx, y - cy) < radius),
        1,
      );
      const { angles } = errors(links, (x, y) => [x - cx, y - cy]);
      expect(Math.max(...angles), `radius ${radius}`).toBeLessThan(most_deg * DEGREE);
      expect(links.length_nm.reduce((a, b) => a + b, 0) / (2 * Math.PI * radius)).toBeCloseTo(1, 1);
    }
  }
});

test('a stripe three positions wide: each of its sides has its own normal', () => {
  const links = wallLinks(
    halves((x, y) => Math.abs((x - 30) * 0.8 + (y - 30) * 0.6) < 1.5),
    1,
  );
  const { angles } = errors(links, () => [0.8, 0.6]);
  expect(Math.max(...angles)).toBeLessThan(3 * DEGREE);
});

test('around a domain of a few positions normals point away from it', () => {
  for (const inside of [
    (x: number, y: number) => y === 30 && (x === 30 || x === 31),
    (x: number, y: number) => (x === 30 || x === 31) && (y === 30 || y === 31),
    (x: number, y: number) => y === 30 && Math.abs(x - 30) < 2,
  ]) {
    const { count, i, j, nx, ny } = wallLinks(halves(inside), 1);
    for (let k = 0; k < count; k++) {
      const [from, to] = inside(i[k]! % N, Math.floor(i[k]! / N)) ? [i[k]!, j[k]!] : [j[k]!, i[k]!];
      const out = [(to % N) - (from % N), Math.floor(to / N) - Math.floor(from / N)];
      // Both from domain 0, which is around, into domain 1.
      expect(nx[k]! * out[0]! + ny[k]! * out[1]!).toBeLessThan(-0.5);
    }
  }
});

test('a position alone has no normal', () => {
  const links = wallLinks(
    halves((x, y) => x === 30 && y === 30),
    1,
  );
  expect([...links.nx, ...links.angle_sigma]).toEqual(Array(8).fill(Number.NaN));
});

test('noise: normals and charges of a head to head wall hold their σ, P along x and the wall turned from it', () => {
  for (const deg of [0, 15, 30, 45, 60]) {
    const [c, s] = [Math.cos(deg * DEGREE), Math.sin(deg * DEGREE)];
    const truth = fieldOf(N, N, (x, y) => [(x - 30) * c + (y - 30) * s > 0.3 ? -10 : 10, 0, 0]);
    const charge = 20 * c;
    const of = (sigma: number, seed: number) => {
      const field = sigma > 0 ? noisy(truth, sigma, seed) : truth;
      const partition = segmentByNoise(field, 0.5);
      const links = wallLinks(partition, 0.4);
      const sides = representatives(field, partition, links, { length_nm: 0 });
      const charges = linkCharges(links, sides);
      const walls = typedWalls(wallAngles(field, links, sides, { length_nm: 0 }), links, charges);
      return { links, charges, wall: walls.toSorted((a, b) => lengthOf(b) - lengthOf(a))[0]! };
    };
    const lengthOf = (wall: { readonly lengths_nm: Readonly<Record<string, number>> }) =>
      Object.values(wall.lengths_nm).reduce((a, b) => a + b, 0);
    const clean = of(0, 0);
    expect(clean.wall.charge, `${deg}°`).toBe('head-to-head');
    expect(Math.abs(clean.wall.charge_mean / charge - 1), `${deg}°`).toBeLessThan(0.02);
    for (const one of clean.charges.charge) expect(Math.abs(one - charge) / 20, `${deg}°`).toBeLessThan(0.05);
    // Noise displaces the wall by a position here and there.
    const inSigma: number[] = [];
    for (let seed = 1; seed <= 4; seed++) {
      const { links, wall } = of(4, seed);
      inSigma.push(...errors(links, () => [c, s]).inSigma);
      expect(wall.charge).toBe('head-to-head');
      expect(Math.abs(wall.charge_mean - charge), `${deg}°`).toBeLessThan(4 * wall.charge_sigma! + 0.05);
    }
    expect(rms(inSigma), `${deg}°`).toBeLessThan(1.5);
  }
});

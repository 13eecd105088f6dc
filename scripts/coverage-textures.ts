/**
 * The coverage study's tables of what no closed-form noise law tells: topological charge, minima of −ln ρ, angles of walls, domain sizes, each on fields whose truth follows
 * from how they are made. Imported by coverage-study.ts.
 */

import { RandomStream } from '../src/core/random.ts';
import { NoiseSource, withNoise } from '../src/findings/draws.ts';
import { type EstimateOptions, estimate } from '../src/findings/estimate.ts';
import type { Finding } from '../src/findings/finding.ts';
import { minimumOfLengths } from '../src/findings/length-findings.ts';
import { drawnLengths } from '../src/findings/minimum.ts';
import { representatives, wallAngles } from '../src/findings/misorientation.ts';
import { type Partition, partitionOf } from '../src/findings/partition.ts';
import { segmentByNoise } from '../src/findings/segmentation.ts';
import { domainSizes } from '../src/findings/sizes.ts';
import { numbersOf } from '../src/findings/statistic.ts';
import { topological, topologicalNames } from '../src/findings/topology-findings.ts';
import { mapComponents, type VectorField } from '../src/findings/vector-field.ts';
import { wallLinks } from '../src/findings/wall-links.ts';
import { findWalls } from '../src/findings/walls.ts';
import { study } from './coverage-table.ts';

type Vector = readonly [x: number, y: number, z: number];

const STEP_nm = 0.4;
const LENGTH = 10;
const stream = new RandomStream(11, 'textures');

function fieldOf(
  [ny, nx]: readonly [number, number],
  vector: (x: number, y: number, i: number) => Vector,
): VectorField {
  const one = () => new Float64Array(ny * nx);
  const values = { x: one(), y: one(), z: one() };
  for (let i = 0; i < ny * nx; i++) {
    [values.x[i], values.y[i], values.z[i]] = vector(i % nx, Math.floor(i / nx), i) as [number, number, number];
  }
  return { shape: [ny, nx], step_nm: STEP_nm, unit: 'uC/cm2', values, valid: new Uint8Array(ny * nx).fill(1) };
}

/** The same with σ of each component, and with noise of it. */
function measured(truth: VectorField, sigma: number, length_nm: number, ...path: (string | number)[]): VectorField {
  const clean = { ...truth, sigma: mapComponents(truth.values, () => sigma) };
  return withNoise(clean, new NoiseSource(clean, { length_nm }).next(stream.fork('noise', ...path)));
}

/** Skyrmions of radius 8, core down in up, 20 steps apart. */
const SKYRMIONS = fieldOf([40, 40], (x, y) => {
  const [u, v] = [(x % 20) - 9.6, (y % 20) - 9.4];
  const r = Math.hypot(u, v);
  const theta = r < 8 ? Math.PI * (1 - r / 8) : 0;
  const phi = Math.atan2(v, u);
  return [LENGTH * Math.sin(theta) * Math.cos(phi), LENGTH * Math.sin(theta) * Math.sin(phi), LENGTH * Math.cos(theta)];
});
/** Vortices and antivortices in turn, P_z as large as P in the plane is at most. */
const VORTICES = fieldOf([40, 40], (x, y) => {
  const k = (2 * Math.PI) / 20;
  return [7 * Math.sin(k * y), -7 * Math.sin(k * x), 5];
});
const UNIFORM = fieldOf([30, 40], () => [4, 6, 7]);

const drawing = (correction: 'none' | 'simex', length_nm: number, ...path: (string | number)[]): EstimateOptions => ({
  noise: { length_nm },
  correction,
  of: 'field',
  pairs: 25,
  stream: stream.fork('draws', ...path),
});

for (const [name, truth, whole] of [
  ['four skyrmions', SKYRMIONS, -4],
  ['vortices and antivortices', VORTICES, undefined],
  ['one vector', UNIFORM, 0],
] as const) {
  study(`Topological charge: ${name}, ${truth.shape.join(' × ')} positions`, [0.05, 0.1, 0.2, 0.3, 0.5], (level, k) => {
    const field = measured(truth, level * LENGTH, 0, name, level, k);
    const charge = topological('y');
    const both = (some: VectorField) => Array.from(numbersOf(charge, some)).slice(0, 2);
    const truths = both(truth);
    const stated = topologicalNames(field, 'y', 0, []).slice(0, 2);
    return {
      findings: estimate(field, both, stated, drawing('none', 0, name, level, k)),
      truths: [whole ?? truths[0]!, truths[1]!],
    };
  });
}

/** |P| of 12 ± 0.8 in some places and 5 ± 0.8 in others, directions that turn over 1.6 nm. */
function twoLengths(shape: readonly [number, number], k: number): VectorField {
  const at = { shape, step_nm: STEP_nm };
  const unit = (name: string, length_nm: number) => new NoiseSource(at, { length_nm }).next(stream.fork(name, k));
  const [where, turn, spread] = [unit('where', 1.6), unit('turn', 1.6), unit('spread', 0)];
  return fieldOf(shape, (_x, _y, i) => {
    const [a, b, c] = [turn.x[i]!, turn.y[i]!, turn.z[i]!];
    const scale = ((where.x[i]! > -0.4 ? 12 : 5) + 0.8 * spread.x[i]!) / Math.hypot(a, b, c);
    return [scale * a, scale * b, scale * c];
  });
}
/** Three components of mean 2, 4, 3 and spread 5, which turn over 1.6 nm: one broad preferred length. */
function oneLength(shape: readonly [number, number], k: number): VectorField {
  const turn = new NoiseSource({ shape, step_nm: STEP_nm }, { length_nm: 1.6 }).next(stream.fork('one', k));
  return fieldOf(shape, (_x, _y, i) => [2 + 5 * turn.x[i]!, 4 + 5 * turn.y[i]!, 3 + 5 * turn.z[i]!]);
}

for (const [name, make, length_nm] of [
  ['two lengths', twoLengths, 0],
  ['one length', oneLength, 0],
  ['one length, errors that correlate over 0.4 nm', oneLength, 0.4],
] as const) {
  study(`Minimum of −ln ρ, ${name}, 60 × 80 positions`, [0.05, 0.1, 0.2, 0.3, 0.5], (level, k) => {
    const truth = make([60, 80], k);
    const field = measured(truth, level * LENGTH, length_nm, 'lengths', level, k);
    const { noise, pairs, stream: draws } = drawing('none', length_nm, name, level, k);
    const errors = drawnLengths(field, [2, 3], { noise, pairs, stream: draws });
    const findings = ([2, 3] as const).map((d): Finding => {
      const value = numbersOf(minimumOfLengths(field, d), field)[0]!;
      return {
        name: d === 2 ? 'in the plane' : 'in space',
        unit: 'uC/cm2',
        value,
        n: 1,
        nulls: {},
        ...errors[d - 2]!.minimum,
      };
    });
    return { findings, truths: ([2, 3] as const).map((d) => numbersOf(minimumOfLengths(truth, d), truth)[0]!) };
  });
}

/** Two vectors of length 10 with an angle between them, along no axis. */
function pair(angle_deg: number): readonly [Vector, Vector] {
  const [c, s] = [LENGTH * Math.cos((angle_deg * Math.PI) / 180), LENGTH * Math.sin((angle_deg * Math.PI) / 180)];
  return [
    [0.48 * LENGTH, 0.6 * LENGTH, 0.64 * LENGTH],
    [0.48 * c + 0.8 * s, 0.6 * c, 0.64 * c - 0.6 * s],
  ];
}

for (const length_nm of [0, 0.4]) {
  study(
    `Angle of a wall of 24 positions, errors that correlate over ${length_nm} nm`,
    [0.1, 0.2, 0.3, 0.5, 0.7],
    (level, k) => {
      const angles = [20, 71, 109, 180];
      const findings = angles.map((angle): Finding => {
        const vectors = pair(angle);
        const truth = fieldOf([24, 24], (x, y) => vectors[x + 0.3 * y < 15 ? 0 : 1]);
        const field = measured(truth, level * LENGTH, length_nm, 'angle', angle, level, k);
        const partition = partitionOf(
          [24, 24],
          Int32Array.from({ length: 576 }, (_, i) => ((i % 24) + 0.3 * Math.floor(i / 24) < 15 ? 0 : 1)),
        );
        const links = wallLinks(partition, STEP_nm);
        const [wall] = wallAngles(field, links, representatives(field, partition, links, { length_nm }), { length_nm });
        const { angle_deg, corrected } = wall!;
        return {
          name: `${angle}°`,
          unit: 'deg',
          value: angle_deg,
          corrected: corrected?.angle_deg,
          interval: corrected?.interval_deg,
          n: 1,
          nulls: {},
        };
      });
      return { findings, truths: angles };
    },
  );
}

/** Labels of stripes whose widths are 4 to 10 steps, their normal turned from x. */
function stripes(n: number, turn_deg: number, random: RandomStream): Int32Array {
  const [c, s] = [Math.cos((turn_deg * Math.PI) / 180), Math.sin((turn_deg * Math.PI) / 180)];
  const walls: number[] = [-20 * random.uniform()];
  while (walls.at(-1)! < 1.5 * n) walls.push(walls.at(-1)! + random.between(4, 10));
  return Int32Array.from({ length: n * n }, (_, i) => {
    const across = (i % n) * c + Math.floor(i / n) * s;
    return walls.findIndex((wall) => wall > across);
  });
}

/** Labels of the nearest of so many points. */
function cells(n: number, points: number, random: RandomStream): Int32Array {
  const [x, y] = [0, 1].map(() => Float64Array.from({ length: points }, () => random.between(-0.2 * n, 1.2 * n)));
  return Int32Array.from({ length: n * n }, (_, i) => {
    let [nearest, label] = [Number.POSITIVE_INFINITY, -1];
    for (let p = 0; p < points; p++) {
      const apart = (x![p]! - (i % n)) ** 2 + (y![p]! - Math.floor(i / n)) ** 2;
      if (apart < nearest) [nearest, label] = [apart, p];
    }
    return label;
  });
}

const SIDE = 100;
/** Stripes, mean width 7 steps: as wide along x over the cosine. Cells of 160 points in (1.4 · 100)² steps: mean chord π/4 over √density. */
const SHAPES = [
  { name: 'stripes', labels: (random: RandomStream) => stripes(SIDE, 0, random), mean: 7 },
  {
    name: 'stripes turned by 30°',
    labels: (random: RandomStream) => stripes(SIDE, 30, random),
    mean: 7 / Math.cos(Math.PI / 6),
  },
  {
    name: 'nearest points',
    labels: (random: RandomStream) => cells(SIDE, 160, random),
    mean: (Math.PI / 4) * Math.sqrt((1.4 * SIDE) ** 2 / 160),
  },
] as const;

function sizeOf(partition: Partition, name: string): Finding {
  const { mean_nm: value, interval_nm: interval, n } = domainSizes(partition, STEP_nm).x;
  return { name, unit: 'nm', value, ...(interval && { interval }), n, nulls: {} };
}

study(`Domain sizes along x, domains known, ${SIDE} × ${SIDE} positions`, [0], (_, k) => ({
  findings: SHAPES.map(({ name, labels }) =>
    sizeOf(partitionOf([SIDE, SIDE], labels(stream.fork('sizes', name, k))), name),
  ),
  truths: SHAPES.map(({ mean }) => mean * STEP_nm),
}));

study(
  `Domain sizes along x, domains by χ² and by ridges of σ_P, ${SIDE} × ${SIDE} positions`,
  [0.1, 0.3],
  (level, k) => {
    const found = SHAPES.map(({ name, labels }) => {
      const random = stream.fork('sizes', name, k);
      const at = labels(random);
      const vectors = new Map<number, Vector>();
      const turn = random.fork('vectors');
      const vectorOf = (label: number): Vector => {
        const known = vectors.get(label);
        if (known) return known;
        const [a, b, c] = [turn.normal(), turn.normal(), turn.normal()];
        const scale = LENGTH / Math.hypot(a, b, c);
        const made = [scale * a, scale * b, scale * c] as const;
        vectors.set(label, made);
        return made;
      };
      const truth = fieldOf([SIDE, SIDE], (_x, _y, i) => vectorOf(at[i]!));
      const field = measured(truth, level * LENGTH, 0, 'sizes', name, level, k);
      return [sizeOf(segmentByNoise(field), `${name}, χ²`), sizeOf(findWalls(field, 0).partition, `${name}, ridges`)];
    });
    return { findings: found.flat(), truths: SHAPES.flatMap(({ mean }) => [mean * STEP_nm, mean * STEP_nm]) };
  },
);

/** Columns of made images: known displacements found, to the counting limit, with σ that holds; and images that are none. */

import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { problem } from '../core/test-problem.ts';
import { columnDisplacements } from './column-displacement.ts';
import { type ColumnImage, fitColumns } from './columns.ts';

/** Edge [px] and [Å], width of a column [px]. */
const EDGE = 9;
const EDGE_A = 4;
const WIDTH = 1.2;
const SIZE = 70;
const turn = (4 * Math.PI) / 180;
const a = [EDGE * Math.cos(turn), EDGE * Math.sin(turn)] as const;
const b = [-a[1], a[0]] as const;

interface Made {
  readonly image: ColumnImage;
  readonly deltas: Map<string, readonly [number, number]>;
}

/** A and B columns of unequal brightness on a turned lattice; B displaced by up to 20 pm along each edge. */
function made(seed: number, height: number, background: number, counted: boolean): Made {
  const random = new RandomStream(seed, 'columns');
  const values = new Float64Array(SIZE * SIZE).fill(background);
  const deltas = new Map<string, readonly [number, number]>();
  const draw = (u: number, v: number, h: number) => {
    const [x, y] = [34.2 + u * a[0] + v * b[0], 35.6 + u * a[1] + v * b[1]];
    for (let i = 0; i < values.length; i++) {
      const d2 = ((i % SIZE) - x) ** 2 + (Math.floor(i / SIZE) - y) ** 2;
      values[i] = values[i]! + h * Math.exp(-d2 / (2 * WIDTH ** 2));
    }
  };
  for (let v = -6; v <= 6; v++) {
    for (let u = -6; u <= 6; u++) {
      // Ba and Sr, say.
      draw(u, v, height * (random.uniform() < 0.5 ? 1 : 0.75));
      const delta = [random.between(-20, 20), random.between(-20, 20)] as const;
      deltas.set(`${u} ${v}`, delta);
      draw(u + 0.5 + delta[0] / (100 * EDGE_A), v + 0.5 + delta[1] / (100 * EDGE_A), 0.4 * height);
    }
  }
  const noise = new RandomStream(seed, 'counting');
  return {
    image: {
      values: counted ? values.map((mean) => noise.poisson(mean)) : values,
      shape: [SIZE, SIZE],
      electrons: counted,
    },
    deltas,
  };
}

/** Expected edges, 2 % and a degree off. */
const near = { a: [EDGE * 1.02, 0.05 * EDGE] as const, b: [-0.05 * EDGE, EDGE * 1.02] as const };
const measure = (image: ColumnImage) => columnDisplacements(image, near, [EDGE_A, EDGE_A]);

/** Errors along the edges over σ [pm]; cells are matched by the nearest image of the truth, whose origin is another A column. */
function errorsOf({ image, deltas }: Made) {
  const found = measure(image);
  return found.cells.flatMap(({ cell, delta_pm, sigma_pm, B }) => {
    const [x, y] = [B.x - 34.2, B.y - 35.6];
    const uv = [Math.floor((x * a[0] + y * a[1]) / EDGE ** 2), Math.floor((x * b[0] + y * b[1]) / EDGE ** 2)];
    const truth = deltas.get(uv.join(' '))!;
    expect(cell.every(Number.isInteger)).toBe(true);
    return [0, 1].map((i) => ({ error: delta_pm[i]! - truth[i]!, sigma: sigma_pm[i]! }));
  });
}

test('without noise displacements of overlapping columns of unequal brightness are exact', () => {
  const one = made(1, 100, 20, false);
  const errors = errorsOf(one);
  expect(errors.length).toBeGreaterThan(2 * 30);
  expect(Math.max(...errors.map(({ error }) => Math.abs(error)))).toBeLessThan(0.05);
  const { lattice, rms_pm, lost } = measure(one.image);
  for (const [i, value] of [...lattice.a, ...lattice.b].entries()) expect(value).toBeCloseTo([...a, ...b][i]!, 3);
  expect(rms_pm).toBeLessThan(0.05);
  expect(lost).toBe(0);
});

test('counted, they reach the Cramér–Rao limit of a Gaussian on its background, and σ is the error', () => {
  const [height, background] = [900, 100];
  const errors = [2, 3, 4, 5].flatMap((seed) => errorsOf(made(seed, height, background, true)));
  const rms = Math.sqrt(errors.reduce((sum, { error }) => sum + error ** 2, 0) / errors.length);
  const pull = Math.sqrt(errors.reduce((sum, { error, sigma }) => sum + (error / sigma) ** 2, 0) / errors.length);
  // Fisher information of x of a Gaussian, all pixels, its neighbours and its other parameters known.
  const limit = (h: number) => {
    let information = 0;
    for (let y = -12; y <= 12; y++)
      for (let x = -12; x <= 12; x++) {
        const g = h * Math.exp(-(x * x + y * y) / (2 * WIDTH ** 2));
        information += ((g * x) / WIDTH ** 2) ** 2 / (g + background);
      }
    return (100 * EDGE_A) / EDGE / Math.sqrt(information);
  };
  const best = Math.hypot(limit(0.4 * height), limit(0.875 * height) / 2);
  expect(rms).toBeGreaterThan(best);
  // What the disc leaves out, and neighbours that are as bright there.
  expect(rms).toBeLessThan(1.45 * best);
  expect(pull).toBeGreaterThan(0.9);
  expect(pull).toBeLessThan(1.15);
});

test('noise, another lattice, pixels that are too coarse: refused by name', () => {
  const flat: ColumnImage = { values: new Float64Array(400).fill(3), shape: [20, 20], electrons: true };
  expect(problem(() => measure(flat)).message).toContain('no columns');
  const { image } = made(1, 100, 20, false);
  const other = { a: [2.2 * EDGE, 0] as const, b: [0, 2.2 * EDGE] as const };
  expect(problem(() => columnDisplacements(image, other, [4, 4])).tag).toBe('range');
  expect(
    problem(() => measure({ ...image, values: Float64Array.from(image.values, (v) => v - 40) })).message,
  ).toContain('below zero');
  expect(problem(() => fitColumns(image, [[9, 9]], 1.5)).message).toContain('too near');
  expect(problem(() => fitColumns({ ...image, shape: [9, 9] }, [[4, 4]], 3)).tag).toBe('shape');
});

import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { absorbingStack } from './absorption.ts';
import { blockStack } from './block-stack.ts';
import { Multislice } from './cpu/multislice.ts';
import { panelIndex } from './cpu/panels.ts';
import { SliceKernel } from './cpu/wasm.ts';
import { multisliceReference, planeWave } from './reference.ts';
import type { Atoms, SliceOptions, SliceStack } from './slices.ts';

const A = 3.95;
const OPTIONS: SliceOptions = {
  nx: 24,
  ny: 24,
  nSlices: 20,
  slicing: 'smooth',
  u2_A2: { Ba: 0.0057, Sr: 0.0079, Ti: 0.0056, O: 0.0092 },
};

/** A column of two cells, faces between the planes, its A sites and a jitter of 10 pm its own. */
function block(seed: number): Atoms {
  const stream = new RandomStream(seed, 'block');
  const symbols: string[] = [];
  const positions: number[] = [];
  for (let k = 0; k < 2; k++) {
    const sites: [string, number, number, number][] = [
      [stream.uniform() < 0.5 ? 'Ba' : 'Sr', 0, 0, 0.25],
      ['Ti', 0.5, 0.5, 0.75],
      ['O', 0.5, 0.5, 0.25],
      ['O', 0.5, 0, 0.75],
      ['O', 0, 0.5, 0.75],
    ];
    for (const [symbol, ...at] of sites) {
      symbols.push(symbol);
      positions.push(...at.map((x, axis) => (x + (axis === 2 ? k : 0)) * A + 0.1 * stream.normal()));
    }
  }
  return { cell_A: [A, A, 2 * A], symbols, positions_A: Float64Array.from(positions) };
}

function onTop(blocks: readonly Atoms[]): Atoms {
  return {
    cell_A: [A, A, 2 * A * blocks.length],
    symbols: blocks.flatMap(({ symbols }) => symbols),
    positions_A: Float64Array.from(
      blocks.flatMap(({ positions_A }, j) => Array.from(positions_A, (x, i) => (i % 3 === 2 ? x + 2 * A * j : x))),
    ),
  };
}

function intensities(stack: SliceStack, exits: readonly number[]): Float64Array[] {
  const out: Float64Array[] = [];
  const options = { voltage_kV: 300, tilt_mrad: [3, 1] } as const;
  multisliceReference(stack, planeWave(stack.nx, stack.ny, 0, 0), exits, options, (_, { re, im }) =>
    out.push(re.map((x, i) => x * x + im[i]! ** 2)),
  );
  return out;
}

function r1(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, x, i) => sum + Math.abs(x - b[i]!), 0) / b.reduce((sum, x) => sum + x, 0);
}

test('different blocks are the crystal that they make, wherever it ends', () => {
  const order = [0, 2, 1, 1, 3, 0];
  const atoms = [0, 1, 2, 3].map(block);
  const made = blockStack(
    atoms.map((one) => absorbingStack(one, OPTIONS)),
    order,
  );
  const whole = absorbingStack(onTop(order.map((b) => atoms[b]!)), { ...OPTIONS, nSlices: 120 });
  // At a seam, in a block midway between planes, and behind all.
  const exits = [40, 70, 120];
  const want = intensities({ ...whole, order: Int32Array.from({ length: 120 }, (_, s) => s) }, exits);
  for (const [i, got] of intensities(made, exits).entries()) expect(r1(got, want[i]!)).toBeLessThan(2e-5);
  // What it would be with the tails left where each block's own repeat has them.
  const wrapped = { ...made, order: made.order!.map((s, place) => (s < 80 ? s : order[Math.floor(place / 20)]! * 20)) };
  expect(r1(intensities(wrapped, exits)[2]!, want[2]!)).toBeGreaterThan(2e-4);
});

test('a block on itself is the block repeated, to the last bit, by either engine', async () => {
  const one = absorbingStack(block(5), OPTIONS);
  const stack = blockStack([one], [0, 0, 0]);
  const exits = [20, 35, 60];
  expect(intensities(stack, exits)).toEqual(intensities(one, exits));
  const kernel = await SliceKernel.load();
  const run = (of: SliceStack) => {
    const out: Float32Array[] = [];
    const wave = (panels: Float32Array) => {
      for (let y = 0; y < 24; y++) for (let x = 0; x < 24; x++) panels[panelIndex(x, y, 24)] = 1;
      for (let y = 0; y < 24; y++) for (let x = 0; x < 24; x++) panels[panelIndex(x, y, 24) + 4] = 0;
    };
    new Multislice(kernel, of, 300).run(wave, exits, {}, (_, spectrum) => out.push(spectrum.slice()));
    return out;
  };
  expect(run(stack)).toEqual(run(one));
});

test('refused: blocks that do not fit onto each other, an order that names none, an exit beyond the last', () => {
  const one = absorbingStack(block(1), OPTIONS);
  const finer = absorbingStack(block(1), { ...OPTIONS, nSlices: 24 });
  expect(() => blockStack([one, finer], [0, 1])).toThrow(/do not fit/);
  expect(() => blockStack([one], [0, 1])).toThrow(/No block stands/);
  expect(() => intensities(blockStack([one], [0, 0]), [41])).toThrow(/41 slices of 40/);
});

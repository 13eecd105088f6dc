/** The programs of docs/library.md as they stand, through the package's own name and dist/: what they print against closed forms and Bloch waves. */

import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { E_PER_A2_IN_UC_CM2 } from '../src/core/constants.ts';
import { frequency } from '../src/core/fft.ts';
import { readNpy } from '../src/core/npy.ts';
import { memoryStore } from '../src/core/store.ts';
import { writeExtxyz } from '../src/crystal/extxyz.ts';
import { perovskite } from '../src/crystal/perovskite.ts';
import { SITE } from '../src/crystal/structure.ts';
import { type Beam, blochWaves } from '../src/diffraction/bloch.ts';
import { wavelength } from '../src/diffraction/optics.ts';
import { sliceStack } from '../src/diffraction/slices.ts';
import { decodeModel, encodeModel } from '../src/network/onnx-proto.ts';
import { writeEmd } from '../src/node/emd.ts';
import { nodeOnnx } from '../src/node/onnx.ts';
import { nodeWorkers } from '../src/node/worker-host.ts';
import { synthetic } from '../src/scan/test-scan.ts';
import { simulated, trained } from './page/study.ts';

const root = join(import.meta.dirname, '..');
let folder: string;
let programs: readonly string[];

beforeAll(async () => {
  const newest = Math.max(
    ...readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => statSync(join(root, 'src', file)).mtimeMs),
  );
  const built = join(root, 'dist/node/root.js');
  if (!existsSync(built) || statSync(built).mtimeMs < newest) {
    execFileSync('npx', ['tsc', '-p', 'tsconfig.build.json'], { cwd: root });
  }
  // Inside the package, so that its name means itself.
  await mkdir(join(root, 'out'), { recursive: true });
  folder = await mkdtemp(join(root, 'out/library-docs-'));
  const page = await readFile(join(root, 'docs/library.md'), 'utf8');
  programs = [...page.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code!);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the page's program as a process of its own, in the folder of its files. */
async function run(program: number): Promise<string> {
  await writeFile(join(folder, `${program}.mjs`), programs[program]!);
  const { stdout } = await promisify(execFile)(process.execPath, [`${program}.mjs`], { cwd: folder });
  return stdout;
}

test('there are three, of at most 15 lines', () => {
  expect(programs).toHaveLength(3);
  for (const program of programs) expect(program.trimEnd().split('\n').length).toBeLessThanOrEqual(15);
});

/** SrTiO3, a [Å]: symbol, fractional coordinates. */
const A = 3.905;
const ATOMS: readonly (readonly [symbol: string, x: number, y: number, z: number])[] = [
  ['Sr', 0, 0, 0],
  ['Ti', 0.5, 0.5, 0.5],
  ['O', 0.5, 0.5, 0],
  ['O', 0.5, 0, 0.5],
  ['O', 0, 0.5, 0.5],
];
const U2 = { Sr: 0.008, Ti: 0.0055, O: 0.009 };

test('a pattern of a CIF: disks as bright as Bloch waves say', async () => {
  const edges = ['a', 'b', 'c'].map((edge) => `_cell_length_${edge} ${A}`);
  const angles = ['alpha', 'beta', 'gamma'].map((angle) => `_cell_angle_${angle} 90`);
  const columns = ['label', 'type_symbol', 'fract_x', 'fract_y', 'fract_z', 'U_iso_or_equiv'];
  const rows = ATOMS.map(([symbol, ...f], i) => `${symbol}${i} ${symbol} ${f.join(' ')} ${U2[symbol as 'Sr']}`);
  const loop = ['loop_', ...columns.map((column) => `_atom_site_${column}`), ...rows];
  const head = ['data_SrTiO3', ...edges, ...angles, "_space_group_name_H-M_alt 'P 1'"];
  await writeFile(join(folder, 'SrTiO3.cif'), `${[...head, ...loop].join('\n')}\n`);
  const out = await run(0);

  const { data, shape } = readNpy(await readFile(join(folder, 'pattern.npy')));
  expect(shape).toEqual([64, 64]);
  const spacing_px = (1e3 * wavelength(200)) / A / 0.5;
  const disk = (h: number, k: number) => {
    let sum = 0;
    for (const [i, value] of (data as Float64Array).entries()) {
      const [x, y] = [(i % 64) - 32 - h * spacing_px, Math.floor(i / 64) - 32 - k * spacing_px];
      // Radius 2 pixels, and the camera's pixels around it.
      if (Math.hypot(x, y) < 4.5) sum += value;
    }
    return sum;
  };
  // Every beam of a grid of 0.24 Å; the rest that it leaves out is what the disks may differ by.
  const n = 16;
  const atoms = {
    cell_A: [A, A, A] as const,
    symbols: ATOMS.map(([symbol]) => symbol),
    positions_A: Float64Array.from(ATOMS.flatMap(([, ...f]) => f.map((x) => x * A))),
  };
  const beams = Array.from({ length: n * n }, (_, i): Beam => [frequency(i % n, n), frequency(Math.floor(i / n), n)]);
  const exact = blochWaves(
    sliceStack(atoms, { nx: n, ny: n, nSlices: 12, slicing: 'spline', u2_A2: U2 }),
    beams,
    { voltage_kV: 200 },
    (matrix, m) => {
      const solution = new EigenvalueDecomposition(Matrix.from1DArray(m, m, matrix), { assumeSymmetric: true });
      return { values: solution.realEigenvalues, vectors: Float64Array.from(solution.eigenvectorMatrix.to1DArray()) };
    },
  )(100);
  // In the middle of the disks: within 1 mrad of it, 10 nm change intensities by about a percent.
  const at = (h: number, k: number) => {
    const i = beams.findIndex(([a, b]) => a === h && b === k);
    return exact.re[i]! ** 2 + exact.im[i]! ** 2;
  };
  const orders = [
    [0, 0],
    [1, 0],
    [0, -1],
    [1, 1],
    [2, 0],
  ] as const;
  for (const [h, k] of orders) {
    console.log(`SrTiO3 ${h}${k}: ${disk(h, k).toFixed(5)}, Bloch waves ${at(h, k).toFixed(5)}`);
    expect(Math.abs(disk(h, k) - at(h, k)), `${h}${k}`).toBeLessThan(0.003);
  }
  console.log(out);
  const whole = Number(/On the camera: ([\d.]+) of the beam/.exec(out)![1]);
  expect(whole).toBeCloseTo(
    (data as Float64Array).reduce((a, b) => a + b),
    9,
  );
});

test('a map: a model that always gives one answer, which a turn by 180° leaves or reverses', async () => {
  const library = memoryStore();
  const place = { host: nodeWorkers, runtime: nodeOnnx };
  await simulated(place, library);
  const { model } = await trained(place, library, memoryStore());
  const proto = decodeModel(model);
  const setting = (key: string) => JSON.parse(proto.metadataProps.find((p) => p.key === `ferroscope.${key}`)!.value);
  const labels: { name: string }[] = setting('labels');
  const answers = labels.map((_, i) => 3 + i);
  const put = (name: string, values: readonly number[]) => {
    proto.graph.initializer.find((tensor) => tensor.name === name)!.rawData = new Uint8Array(
      Float32Array.from(values).buffer,
    );
  };
  put(
    'labels.deviation',
    labels.map(() => 0),
  );
  put('labels.mean', answers);
  // Without a domain no pattern is unlike the library, and no σ is widened; nor are weights and statements those of the training.
  const left = ['ferroscope.domain', 'ferroscope.weights', 'ferroscope.seal'];
  // Nor does σ go with the dose.
  const uncertainty = setting('uncertainty');
  for (const label of uncertainty.labels) delete label.by_dose;
  const metadataProps = proto.metadataProps
    .filter(({ key }) => !left.includes(key))
    .map(({ key, value }) => ({ key, value: key === 'ferroscope.uncertainty' ? JSON.stringify(uncertainty) : value }));
  await writeFile(join(folder, 'model.onnx'), encodeModel({ ...proto, metadataProps }));
  const { source } = synthetic({ rotation: 7, px: 0.45 });
  await writeEmd(join(folder, 'scan.h5'), {
    shape: source.shape,
    patterns: async (index) => Uint16Array.from(await source.read(index, 1)),
    step_nm: 0.395,
    metadata: { microscope: { voltage_kV: 300, convergence_semiangle_mrad: 2.2 } },
  });
  const out = await run(1);
  console.log(out);
  const printed = [...out.matchAll(/3,4: first (\S+) ± (\S+) uC\/cm2/g)].map(([, ...numbers]) => numbers.map(Number));
  const calibrated: { name: string; factors: [number, number] }[] = uncertainty.labels;
  const scores: { name: string; rmse: number }[] = setting('scores').training;
  for (const [i, name] of ['P_x', 'P_y', 'P_z'].entries()) {
    const answer = answers[labels.findIndex((label) => label.name === name)]!;
    const factor = calibrated.find((label) => label.name === name)!.factors[0];
    const { rmse } = scores.find((score) => score.name === name)!;
    // A network without σ of its own: σ is its rms error beside the spread over two looks, P as answered and turned back. Across the beam ±answer: mean 0, spread |answer|.
    const [value, spread] = name === 'P_z' ? [answer, 0] : [0, answer];
    const sigma = factor * Math.hypot(rmse, spread);
    expect(printed[i]![0]).toBeCloseTo(value, 5);
    expect(printed[i]![1]).toBeCloseTo(sigma, 4);
  }
});

test('P of a structure: Ti moved alone in every cell, P = e Z_Ti d / Ω', async () => {
  const cells = [2, 3, 2] as const;
  const a = 4.01;
  const block = perovskite(cells, a, new Uint8Array(12).fill(1));
  const d_A = [0.05, 0, 0.12];
  const { kind } = block.sites!;
  const positions_A = block.positions_A.map((x, i) => x + (kind[Math.floor(i / 3)] === SITE.Ti ? d_A[i % 3]! : 0));
  await writeFile(
    join(folder, 'frame.xyz'),
    writeExtxyz({ cell_A: block.cell_A, symbols: block.symbols, positions_A }),
  );
  const out = await run(2);
  console.log(out);
  const [, count, ...P] = /(\d+) cells, mean P ([^,]+),([^,]+),(\S+) µC/.exec(out)!.map(Number);
  expect(count).toBe(12);
  // Born charges of BaTiO3 as published (material.ts), less a fifth of their sum.
  const Z = 7.493 - (2.742 + 7.493 - 5.932 - 2 * 2.149) / 5;
  for (const [axis, d] of d_A.entries()) expect(P[axis]).toBeCloseTo((E_PER_A2_IN_UC_CM2 * Z * d) / a ** 3, 4);
});

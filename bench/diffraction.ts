/**
 * The paper's library (`examples/paper.toml`) on this machine's cores: our time per pattern, and that of abTEM for the same patterns, which
 * `peers/abtem_library.py` measures in the same run; how far the patterns of both are from converged ones; and what a GPU does, where there is one.
 * Every total is extrapolated, by the laws that the output states. `npm run bench -- diffraction`. Needs a Python with abTEM, as `peers.ts`.
 */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FerroscopeError } from '../src/core/errors.ts';
import { Fft2, frequency } from '../src/core/fft.ts';
import { readNpy, writeNpy } from '../src/core/npy.ts';
import { quietTask } from '../src/core/task.ts';
import { buildStructure, labelFields, structureStream } from '../src/crystal/build.ts';
import { writeExtxyz } from '../src/crystal/extxyz.ts';
import { repeated } from '../src/crystal/layers.ts';
import { residualU2 } from '../src/crystal/thermal.ts';
import { Multislice } from '../src/diffraction/cpu/multislice.ts';
import { SliceKernel } from '../src/diffraction/cpu/wasm.ts';
import { perOrder, pixelSide_mrad } from '../src/diffraction/detector.ts';
import { directPatterns } from '../src/diffraction/direct.ts';
import { interactionConstant } from '../src/diffraction/optics.ts';
import { probeAmplitude } from '../src/diffraction/probe.ts';
import { latticeProbe, planPatterns } from '../src/diffraction/scattering-matrix.ts';
import {
  detectorOf,
  distinctColumns,
  planStream,
  planStructure,
  type StructurePlan,
  thicknessCells,
} from '../src/library/plan.ts';
import { simulateLibrary } from '../src/library/run.ts';
import { stackOf } from '../src/library/shard.ts';
import { shardNames } from '../src/library/shard-names.ts';
import { folderStore } from '../src/node/folder-store.ts';
import { openNodeGpu } from '../src/node/gpu.ts';
import { nodeWorkers } from '../src/node/worker-host.ts';
import type { Recipe } from '../src/recipe/recipe.ts';
import { paperLibrary, paperOnGpu } from './gpu.ts';
import { call, pythonWithAbtem } from './peers.ts';

/** Points per cell of our second row: a coarser grid that, without a band limit, is still nearer to convergence than abTEM is on the recipe's. */
const COARSE = 32;
/** Points per cell of the patterns that all others are held against: with 80 they change by R1 6e-5. */
const FINE = 64;
/** Greatest thickness of the two short libraries whose times give ours [nm]. */
const SHORT_NM = [4, 20] as const;
/** Slices per cell that box integrals need to hold the derivative with respect to P_z to 5% for atoms anywhere, as ours do with a/10 (pz.slow.test.ts). */
const BOX_SLICES = 20;
/** Patterns that are compared. */
const CHECKS = 3;

const script = fileURLToPath(new URL('./peers/abtem_library.py', import.meta.url));

/** How much a library is, for each way to compute it. Slices: times waves, summed over all structures. */
interface Work {
  readonly patterns: number;
  readonly structures: number;
  /** Columns that differ. */
  readonly columns: number;
  readonly tilts: number;
  /** Our plane waves. */
  readonly waves: number;
  /** Column and tilt: one pass of a direct multislice, which gives every thickness on its way. */
  readonly pairs: number;
  /** Slices of each pair down to the deepest thickness asked of it, of each tilt likewise, and of every pattern by itself. */
  readonly slices: { readonly pairs: number; readonly tilts: number; readonly patterns: number };
}

function workOf(recipe: Recipe): Work {
  const names = shardNames(recipe.structures);
  const [nx, ny] = recipe.structures.cells;
  const grid = { nx: nx * recipe.library.grid_per_cell, ny: ny * recipe.library.grid_per_cell };
  const sum = { columns: 0, tilts: 0, waves: 0, pairs: 0, pairSlices: 0, tiltSlices: 0, patternSlices: 0 };
  for (const { index, heldOut } of names) {
    const { dTi } = labelFields(
      buildStructure(recipe, index, structureStream(recipe.library.seed, index, heldOut)),
      recipe,
    );
    const { requests, offset } = planStructure(recipe, planStream(recipe.library.seed, index, heldOut), dTi);
    const geometry = { detector: detectorOf(recipe), defocus_nm: recipe.microscope.defocus_nm, offset };
    const pairs = new Map<string, number>();
    const tilts = new Map<string, number>();
    for (const { tilt, position_A, exit } of requests) {
      const pair = [tilt, position_A].join();
      pairs.set(pair, Math.max(pairs.get(pair) ?? 0, exit));
      tilts.set(tilt.join(), Math.max(tilts.get(tilt.join()) ?? 0, exit));
      sum.patternSlices += exit;
    }
    for (const exit of pairs.values()) sum.pairSlices += exit;
    for (const exit of tilts.values()) sum.tiltSlices += exit;
    sum.columns += distinctColumns(dTi, recipe.library.duplicate_pm).length;
    sum.tilts += tilts.size;
    sum.pairs += pairs.size;
    sum.waves += planPatterns(grid, { ...geometry, cells: [nx, ny] }, requests).total;
  }
  return {
    patterns: names.length * recipe.library.patterns_per_structure,
    structures: names.length,
    columns: sum.columns,
    tilts: sum.tilts,
    waves: sum.waves,
    pairs: sum.pairs,
    slices: { pairs: sum.pairSlices, tilts: sum.tiltSlices, patterns: sum.patternSlices },
  };
}

interface OurTime {
  /** All structures of the recipe [s]. */
  readonly total_s: number;
  /** Of that, what does not depend on depth: structures, slices, patterns, labels, files. */
  readonly fixed_s: number;
}

/**
 * One structure per core, two at least, with all its tilts and patterns, made and written twice: to 4 nm and to 20 nm, a pattern's thickness being any
 * whole nanometre up to there. A straight line through both times gives the recipe's depth. (It counts an exit plane for every nanometre from 1 on.)
 */
async function ours(recipe: Recipe, folder: string): Promise<OurTime> {
  const cores = availableParallelism();
  const rounds = (structures: number) => Math.ceil(structures / cores);
  const structures = shardNames(recipe.structures).length;
  const made = Math.max(2, Math.min(cores, structures));
  const depths: number[] = [];
  const times: number[] = [];
  for (const max of SHORT_NM) {
    const short: Recipe = {
      ...recipe,
      structures: { ...recipe.structures, count: made - 1, held_out: 1 },
      library: { ...recipe.library, thickness_nm: { min: 1, max, step: 1 } },
    };
    const path = join(folder, `${recipe.library.grid_per_cell}-${max}.zarr`);
    const start = performance.now();
    await simulateLibrary(short, folderStore(path), { program: 'bench', host: nodeWorkers }, quietTask);
    times.push((performance.now() - start) / 1e3 / rounds(made));
    depths.push(thicknessCells(short).at(-1)!);
    await rm(path, { recursive: true });
  }
  const perCell = (times[1]! - times[0]!) / (depths[1]! - depths[0]!);
  const fixed = times[0]! - perCell * depths[0]!;
  const all = rounds(structures);
  return { total_s: all * (fixed + perCell * thicknessCells(recipe).at(-1)!), fixed_s: all * fixed };
}

/** What `abtem_library.py` is to do, with the arrays beside it; its own words for the same. */
interface Job {
  readonly cores: number;
  /** Points along x and y of the block, its length [Å], and its slices. */
  readonly grid: number;
  readonly length_A: number;
  readonly dz_A: number;
  readonly slices_per_cell: number;
  readonly cells_z: number;
  readonly u2_A2: Readonly<Record<string, number>>;
  readonly voltage_kV: number;
  readonly convergence_mrad: number;
  readonly pixels: number;
  readonly pixels_per_order: number;
  /** From the centre of the detector to its side. */
  readonly detector_mrad: number;
  /** Slice counts of all thicknesses. */
  readonly exits: readonly number[];
  /** The tilt that is timed, and the columns of the block. */
  readonly tilt_mrad: readonly number[];
  readonly positions_A: readonly (readonly number[])[];
  readonly checks: readonly Check[];
}

interface Check {
  readonly position_A: readonly [number, number];
  readonly tilt_mrad: readonly [number, number];
  readonly exit: number;
}

interface AbtemTimes {
  readonly version: string;
  /** To make its potential [s]; that potential's structure factors 100, 110 and 200 over ours. */
  readonly potential_s: number;
  readonly factors: readonly number[];
  readonly tried: readonly AbtemTrial[];
  readonly fastest: AbtemTrial;
  readonly direct_ns: number;
  readonly prism: {
    /** Waves per tilt, and the depth to which they were timed. */
    readonly waves: number;
    readonly cells: number;
    readonly ns: number;
    /** From the waves to one pattern [s]. */
    readonly reduce_s: number;
    /** Its patterns against those of the multislice. */
    readonly r1: number;
  };
}

interface AbtemTrial {
  readonly processes: number;
  readonly threads: number;
  readonly batch: number;
  readonly ns: number;
}

/** [y][x] as abTEM has it: [x][y]. */
const transposed = (values: Float64Array, n: number): Float32Array =>
  Float32Array.from(values, (_, i) => values[(i % n) * n + Math.floor(i / n)]!);

/** The probe at the entrance face in real space, complex, [x][y][2], less what atoms before the face would reach in. */
function entranceWave(recipe: Recipe, check: Check, n: number, length_A: number, face: Float64Array): Float32Array {
  const probe = latticeProbe(detectorOf(recipe), recipe.microscope.defocus_nm);
  const re = new Float64Array(n * n);
  const im = new Float64Array(n * n);
  for (let i = 0; i < n * n; i++) {
    const [kx, ky] = [frequency(i % n, n) / length_A, frequency(Math.floor(i / n), n) / length_A];
    [re[i], im[i]] = probeAmplitude(kx, ky, ...check.position_A, probe);
  }
  new Fft2(n, n).run(re, im, 1);
  const sigma = interactionConstant(recipe.microscope.voltage_kV);
  const wave = new Float32Array(2 * n * n);
  for (let i = 0; i < n * n; i++) {
    const [c, s] = [Math.cos(sigma * face[i]!), Math.sin(sigma * face[i]!)];
    const at = 2 * ((i % n) * n + Math.floor(i / n));
    wave[at] = re[i]! * c + im[i]! * s;
    wave[at + 1] = im[i]! * c - re[i]! * s;
  }
  return wave;
}

/** What abTEM can be given: one block of the first structure, repeated, without absorption. */
function plainBlock(recipe: Recipe) {
  const structure = buildStructure(recipe, 0, structureStream(recipe.library.seed, 0, false));
  const depth_A = thicknessCells(recipe).at(-1)! * recipe.crystal.a_A;
  const sampling = { ...recipe.library, absorption: false };
  return { structure, stack: stackOf(repeated(structure, depth_A), recipe.crystal, sampling) };
}

/** Times of abTEM for the first structure of the recipe, and its patterns of the checks: from our slices and probe, and from its own. */
async function abtem(
  python: string,
  recipe: Recipe,
  plan: StructurePlan,
  checks: readonly Check[],
  folder: string,
): Promise<{ times: AbtemTimes; given: Float32Array[]; own: Float32Array[] }> {
  const { structure, stack } = plainBlock(recipe);
  const { nx: n, nSlices } = stack;
  const detector = detectorOf(recipe);
  const tilt = plan.requests[0]!.tilt.join();
  const positions = plan.requests.filter((r) => r.tilt.join() === tilt).map((r) => r.position_A);
  const job: Job = {
    cores: availableParallelism(),
    grid: n,
    length_A: stack.cell_A[0],
    dz_A: stack.dz_A,
    slices_per_cell: recipe.library.slices_per_cell,
    cells_z: recipe.structures.cells[2],
    u2_A2: residualU2(structure, recipe.crystal.u2_A2),
    voltage_kV: detector.voltage_kV,
    convergence_mrad: detector.convergence_mrad,
    pixels: detector.pixels,
    pixels_per_order: perOrder(detector)[0],
    detector_mrad: (detector.pixels / 2) * pixelSide_mrad(detector),
    exits: thicknessCells(recipe).map((cells) => cells * recipe.library.slices_per_cell),
    tilt_mrad: [...plan.tilt_mrad.subarray(0, 2)],
    positions_A: [...new Map(positions.map((p) => [p.join(), p])).values()],
    checks,
  };
  const put = (name: string, parts: readonly Float32Array[], shape: readonly number[]) => {
    const data = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
    for (const [i, part] of parts.entries()) data.set(part, i * part.length);
    return writeFile(join(folder, `${name}.npy`), writeNpy({ data, shape: [parts.length, ...shape] }));
  };
  const slices = Array.from({ length: nSlices }, (_, s) => transposed(stack.slice(s), n));
  const face = stack.cut!(0);
  await put('slices', slices, [n, n]);
  await put(
    'waves',
    checks.map((check) => entranceWave(recipe, check, n, job.length_A, face)),
    [n, n, 2],
  );
  await put(
    'faces',
    checks.map(({ exit }) => transposed(stack.cut!(exit % nSlices), n)),
    [n, n],
  );
  await writeFile(join(folder, 'block.extxyz'), writeExtxyz(structure));
  await writeFile(join(folder, 'job.json'), JSON.stringify(job));
  const { stdout } = await call(python, [script, folder]);
  const times = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as AbtemTimes;
  const patterns = readNpy(await readFile(join(folder, 'patterns.npy')));
  const size = detector.pixels ** 2;
  const one = (i: number) => Float32Array.from(patterns.data.subarray(i * size, (i + 1) * size) as Float32Array);
  return { times, given: checks.map((_, i) => one(2 * i)), own: checks.map((_, i) => one(2 * i + 1)) };
}

/** Our patterns of the checks, by direct multislice: the scattering matrix equals it to 2e-5 (scattering-matrix.test.ts). */
async function patternsOf(recipe: Recipe, checks: readonly Check[]): Promise<Float64Array[]> {
  const { microscope, library } = recipe;
  const { stack } = plainBlock(recipe);
  const multislice = new Multislice(await SliceKernel.load(), stack, microscope.voltage_kV, [1, 1], library.band_limit);
  const probe = latticeProbe(detectorOf(recipe), microscope.defocus_nm);
  return checks.map(
    ({ position_A, tilt_mrad, exit }) =>
      directPatterns(multislice, probe, position_A, tilt_mrad, [exit], library.pixels)[0]!.intensity,
  );
}

/** R1 = Σ|I − I_ref|/ΣI_ref, one for each pattern. */
function r1(patterns: readonly ArrayLike<number>[], reference: readonly ArrayLike<number>[]): number[] {
  return patterns.map((pattern, i) => {
    let difference = 0;
    let sum = 0;
    for (let k = 0; k < pattern.length; k++) {
      difference += Math.abs(pattern[k]! - reference[i]![k]!);
      sum += reference[i]![k]!;
    }
    return difference / sum;
  });
}

const duration = (s: number) =>
  s < 120 ? `${s.toFixed(0)} s` : s < 7200 ? `${(s / 60).toFixed(1)} min` : `${(s / 3600).toFixed(1)} h`;
const percent = (values: readonly number[]) => values.map((v) => `${(100 * v).toPrecision(2)}%`).join(', ');
const withGrid = (recipe: Recipe, grid_per_cell: number): Recipe => ({
  ...recipe,
  library: { ...recipe.library, grid_per_cell },
});

async function gpuLine(): Promise<string> {
  try {
    const gpu = await openNodeGpu();
    try {
      return gpu.software ? 'No GPU here.' : await paperOnGpu(gpu);
    } finally {
      gpu.close();
    }
  } catch (error) {
    if (error instanceof FerroscopeError) return 'No GPU here.';
    throw error;
  }
}

/** A Python with abTEM, or why there is none. */
async function python(): Promise<{ readonly path: string } | { readonly missing: string }> {
  try {
    return { path: await pythonWithAbtem() };
  } catch (error) {
    return { missing: `- SKIPPED: no abTEM to compare with (${(error as Error).message.split('\n')[0]}).` };
  }
}

export async function run(): Promise<string> {
  const recipe = await paperLibrary();
  const coarse = withGrid(recipe, COARSE);
  const work = workOf(recipe);
  const { library, structures, crystal } = recipe;
  const side = (perCell: number) => perCell * structures.cells[0];
  const grid = side(library.grid_per_cell);
  const cells = thicknessCells(recipe);
  const plan = planStructure(
    recipe,
    planStream(recipe.library.seed, 0, false),
    labelFields(buildStructure(recipe, 0, structureStream(recipe.library.seed, 0, false)), recipe).dTi,
  );
  const checks = plan.requests.slice(0, CHECKS).map(
    ({ position_A, exit }, i): Check => ({
      position_A,
      exit,
      tilt_mrad: [plan.tilt_mrad[2 * i]!, plan.tilt_mrad[2 * i + 1]!],
    }),
  );
  const folder = await mkdtemp(join(tmpdir(), 'ferroscope-bench-'));
  try {
    const fine = await patternsOf(withGrid(recipe, FINE), checks);
    const mine = await patternsOf(recipe, checks);
    const time = await ours(recipe, folder);
    const coarseTime = await ours(coarse, folder);
    /** @param slices times passes; @param fixed_s what of the total is not passes */
    const row = (name: string, points: number, passes: number, slices: number, total_s: number, fixed_s: number) =>
      `| ${[
        name,
        `${points}²`,
        passes,
        (slices / passes).toFixed(0),
        (((total_s - fixed_s) * 1e9) / (slices * points ** 2)).toFixed(2),
        duration(fixed_s),
        duration(total_s),
        ((total_s * 1e3) / work.patterns).toPrecision(3),
        ...[time, coarseTime].map((t) => `${(total_s / t.total_s).toPrecision(3)}×`),
      ].join(' | ')} |`;
    const deepest = work.waves * cells.at(-1)! * library.slices_per_cell;
    const rows = [
      row('Ferroscope', grid, work.waves, deepest, time.total_s, time.fixed_s),
      row('Ferroscope', side(COARSE), work.waves, deepest, coarseTime.total_s, coarseTime.fixed_s),
    ];
    const near = [
      `| Ferroscope, ${grid}² | ${percent(r1(mine, fine))} |`,
      `| Ferroscope, ${side(COARSE)}² | ${percent(r1(await patternsOf(coarse, checks), fine))} |`,
    ];
    const notes: string[] = [];
    const found = await python();
    if ('missing' in found) notes.push(found.missing);
    else {
      const { times, given, own } = await abtem(found.path, recipe, plan, checks, folder);
      const { prism, fastest } = times;
      const potentials = work.structures * times.potential_s;
      const theirs = (name: string, passes: number, slices: number, ns: number, fixed_s: number) =>
        row(name, grid, passes, slices, (slices * grid ** 2 * ns) / 1e9 + fixed_s, fixed_s);
      const { pairs, tilts, patterns } = work.slices;
      const reduced = potentials + work.patterns * prism.reduce_s;
      const finer = BOX_SLICES / library.slices_per_cell;
      rows.push(
        theirs(
          `abTEM, multislice, a/${BOX_SLICES}: P_z as right as ours`,
          work.pairs,
          pairs * finer,
          times.direct_ns,
          potentials * finer,
        ),
        theirs(`abTEM, multislice, a/${library.slices_per_cell}`, work.pairs, pairs, times.direct_ns, potentials),
        theirs('abTEM, PRISM', work.tilts * prism.waves, tilts * prism.waves, prism.ns, reduced),
        theirs('abTEM, a pass for every pattern', work.patterns, patterns, times.direct_ns, potentials),
      );
      near.push(
        `| abTEM, ${grid}², our slices and probe | ${percent(r1(given, fine))} |`,
        `| the same, against Ferroscope, ${grid}² | ${percent(r1(given, mine))} |`,
        `| abTEM, ${grid}², its own slices and probe | ${percent(r1(own, fine))} |`,
      );
      const tried = times.tried.map((t) => `${t.processes}×${t.threads}, ${t.batch}: ${t.ns.toFixed(2)}`).join('; ');
      notes.push(
        `- abTEM ${times.version}: float32, pyFFTW, finite projections made once a structure (${times.potential_s.toFixed(1)} s). Its processes × threads, probes in a batch: ns per ` +
          `pixel·slice over all cores: ${tried}. The fastest is timed: one batch of ${fastest.batch} in each of ${fastest.processes} processes, one tilt, to ${library.thickness_nm.max} nm with all ` +
          `${cells.length} exit planes; the rest by pixel·slices.`,
        `- Slices: abTEM’s hold the integral over their own depth. With a/${library.slices_per_cell} that has no P_z (the derivative is off by more than itself), with a/${BOX_SLICES} it is within 5%, as ours are ` +
          `with a/${library.slices_per_cell} (\`npx vitest run src/diffraction/pz.slow.test.ts\`). So the library, which is there for P_z, costs abTEM the first of its rows.`,
        '- Its multislice passes once for each column and tilt that patterns ask for, down to the deepest of them, and gives every thickness on the way. Last row: what it takes ' +
          'where no two patterns share a column and tilt.',
        `- PRISM: ${prism.waves} plane waves for each tilt; all columns and thicknesses from them, ${(prism.reduce_s * 1e3).toFixed(1)} ms a pattern. Timed to ${prism.cells} cells; R1 ${prism.r1.toExponential(0)} against its ` +
          'multislice. abTEM’s SMatrix has no tilt and fails with several exit planes; SMatrixArray.multislice takes both, the tilt in its metadata. It has no way to take several ' +
          'tilts from one set of waves.',
        `- Its band limit, round at 2/3 of Nyquist, is what sets its patterns from our slices and probe apart. Its own slices: structure factors 100, 110, 200 of the mean potential are ` +
          `${times.factors.map((f) => f.toFixed(3)).join(', ')} of ours, since it samples cores in real space; its aperture’s edge is linear in amplitude, ours in intensity.`,
      );
    }
    const thickness = checks.map(({ exit }) => ((exit / library.slices_per_cell) * crystal.a_A * 0.1).toFixed(0));
    const { min, max } = library.thickness_nm;
    return [
      `\`examples/paper.toml\`: ${work.patterns} patterns, ${work.structures} blocks of ${structures.cells.join('×')} cells, ${work.columns} distinct columns, ${work.tilts} tilts (each ` +
        `block has its own), ${min}–${max} nm, slices of a/${library.slices_per_cell}; ${availableParallelism()} cores. Totals are extrapolated.`,
      '',
      `| ${work.patterns} patterns | grid | passes | slices each | ns per pixel·slice | apart from passes | total | ms per pattern | ÷ ours, ${grid}² | ÷ ours, ${side(COARSE)}² |`,
      '|---|---|---|---|---|---|---|---|---|---|',
      ...rows,
      '',
      `- Ours: one structure per core, whole but for its depth, written to disk, ${SHORT_NM.join(' and ')} nm deep; the straight line through both times to ${max} nm, for all structures.`,
      ...notes,
      '',
      `R1 against our own patterns at ${side(FINE)}², the first ${CHECKS} of the library (${thickness.join(', ')} nm):`,
      '',
      '| patterns | R1 |',
      '|---|---|',
      ...near,
      '',
      await gpuLine(),
    ].join('\n');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** `ferroscope simulate RECIPE` where the recipe has a [specimen]: patterns and images of it, as Zarr, TIFF and EMD, with figures and a report. */

import { basename, dirname, join, resolve } from 'node:path';
import { fail } from '../core/errors.ts';
import { duration, percent, plural, tickLabels } from '../core/numbers.ts';
import { tiffBytes } from '../core/tiff.ts';
import type { CutBlock } from '../crystal/orthogonal.ts';
import { zoneReflections } from '../crystal/reflections.ts';
import { gridLimit_mrad } from '../diffraction/angular-detector.ts';
import type { EngineName } from '../diffraction/engine.ts';
import { wavelength } from '../diffraction/optics.ts';
import type { PatternSpot } from '../figures/pattern-figure.ts';
import { renderSimulation } from '../figures/simulation-report.ts';
import { writeEmd } from '../node/emd.ts';
import { readBytes, writeWhole } from '../node/files.ts';
import { folderStore } from '../node/folder-store.ts';
import { openHardwareGpu } from '../node/gpu.ts';
import { nodeWorkers } from '../node/worker-host.ts';
import { type Recipe, recipeToToml, simulationInputs } from '../recipe/recipe.ts';
import type { SimulationInputs, SpecimenOptions } from '../simulation/options.ts';
import { planSimulation, type SimulationPlan, simulationBytes } from '../simulation/plan.ts';
import { type SpecimenResult, simulateSpecimen } from '../simulation/run.ts';
import { loadSpecimen, type Specimen } from '../simulation/specimen.ts';
import { option, workersOption } from './arguments.ts';
import type { CommandLine } from './command-line.ts';
import { requireResources } from './resources.ts';
import { PROGRAM } from './version.ts';

export async function runSpecimen(line: CommandLine, recipe: Recipe, recipePath: string): Promise<void> {
  for (const name of ['shard', 'unfinished']) {
    if (option(line, name) !== undefined) {
      fail('usage', `--${name} is for libraries; ${recipePath} has a [specimen].`, 'Leave it out.');
    }
  }
  const { task } = line.console;
  const out = option(line, 'out') ?? basename(recipePath).replace(/\.toml$/, '');
  const inputs = simulationInputs(recipe);
  const specimen = await loadSpecimen(inputs.specimen, (file) => readBytes(resolve(dirname(recipePath), file)));
  for (const note of specimen.notes) line.console.note(note);
  line.console.resumes();
  const { whole, parts } = simulationBytes(planSimulation(inputs, specimen), inputs.simulation);
  await requireResources(
    {
      what: 'This simulation, with its parts,',
      memory_bytes: 0,
      disk_bytes: parts + whole * (line.options.emd === true ? 2 : 1),
      hint: 'lower simulation.shape, camera.pixels or specimen.snapshots, or ask for fewer thicknesses.',
    },
    out,
  );
  const start = performance.now();
  const result = await simulateSpecimen(
    inputs,
    specimen,
    folderStore(out),
    {
      program: PROGRAM,
      host: nodeWorkers,
      gpu: option(line, 'engine') === 'gpu' ? openHardwareGpu : undefined,
      ...workersOption(line),
      overwrite: line.options.overwrite === true,
    },
    task,
  );
  const wall_s = (performance.now() - start) / 1e3;
  const { plan } = result;
  const files = [
    ...(await writeTiffs(out, inputs, result)),
    ...(line.options.emd === true ? await writeEmds(out, inputs, result, line.console) : []),
  ];
  for (const [name, text] of report(
    inputs,
    recipeToToml(recipe, ['microscope', 'specimen', 'simulation']),
    specimen,
    result,
    wall_s,
  ))
    await writeWhole(join(out, name), text);
  await result.done();
  line.console.result(
    [
      `${describe(plan)} in ${duration(wall_s)}: ${specimen.name}, ${tickLabels(plan.thickness_nm).join(', ')} nm.`,
      `${join(out, 'simulation.zarr')}${files.map((file) => `, ${file}`).join('')}`,
      `Look at ${join(out, 'report.html')}`,
    ],
    {
      out,
      files,
      wall_s,
      thickness_nm: plan.thickness_nm,
      shape: plan.shape,
      detectors: plan.detectors.map(({ name }) => name),
      grid: plan.grid,
      window_A: plan.window_A,
      engines: result.engines,
      notes: specimen.notes,
      identity: result.identity,
    },
  );
}

function describe({ shape, configurations }: SimulationPlan): string {
  const what = shape[0] * shape[1] === 1 ? 'One position' : `${shape.join(' × ')} positions`;
  return configurations > 1 ? `${what}, ${configurations} snapshots,` : what;
}

/** Labels and file names of thicknesses: as many digits as tell them apart. */
function thicknessNames({ thickness_nm }: SimulationPlan): string[] {
  const digits = [0, 1, 2, 3].find((d) => new Set(thickness_nm.map((t) => t.toFixed(d))).size === thickness_nm.length);
  return thickness_nm.map((t) => t.toFixed(digits ?? 4));
}

/** images.tif [thickness][detector] of a scan, and patterns.tif [thickness], the means over the scan. */
async function writeTiffs(
  out: string,
  inputs: SimulationInputs,
  { plan, images, meanPatterns }: SpecimenResult,
): Promise<string[]> {
  const { camera, dose_e } = inputs.simulation;
  const valueUnit = dose_e === undefined ? 'fraction of the beam' : 'electrons';
  const names = thicknessNames(plan);
  const written: string[] = [];
  const put = async (name: string, bytes: Uint8Array): Promise<void> => {
    await writeWhole(join(out, name), bytes);
    written.push(join(out, name));
  };
  const [ry, rx] = plan.shape;
  if (plan.detectors.length > 0 && rx * ry > 1) {
    await put(
      'images.tif',
      tiffBytes({
        data: Float32Array.from(images.values),
        shape: [names.length, plan.detectors.length, ry, rx],
        pixel: [plan.step_A[0] / 10, plan.step_A[1] / 10],
        unit: 'nm',
        valueUnit,
        slices_nm: plan.thickness_nm,
        labels: names.flatMap((t) => plan.detectors.map(({ name }) => `${name}, ${t} nm`)),
      }),
    );
  }
  if (camera) {
    const { pixels, mrad_per_pixel } = camera;
    const data = new Float32Array(names.length * pixels * pixels);
    for (const [t, pattern] of meanPatterns.entries()) data.set(pattern, t * pixels * pixels);
    await put(
      'patterns.tif',
      tiffBytes({
        data,
        shape: [names.length, 1, pixels, pixels],
        pixel: [mrad_per_pixel, mrad_per_pixel],
        unit: 'mrad',
        valueUnit,
        origin: [pixels >> 1, pixels >> 1],
        slices_nm: plan.thickness_nm,
        labels: names.map((t) => `${t} nm`),
      }),
    );
  }
  return written;
}

/** One EMD file a thickness: what py4DSTEM, and `ferroscope map`, open. */
async function writeEmds(
  out: string,
  inputs: SimulationInputs,
  { plan, rows }: SpecimenResult,
  console: CommandLine['console'],
): Promise<string[]> {
  const { camera, dose_e } = inputs.simulation;
  if (!camera)
    fail('recipe', 'There are no patterns for --emd.', 'Give simulation.camera = { pixels, mrad_per_pixel }.');
  const { voltage_kV, convergence_mrad } = inputs.microscope;
  const pixels = camera.pixels ** 2;
  const [ry, rx] = plan.shape;
  const steps_nm = [plan.step_A[0] / 10, plan.step_A[1] / 10] as const;
  const oneStep = Math.abs(steps_nm[0] / steps_nm[1] - 1) < 1e-6;
  if (!oneStep) {
    console.note(
      `The scan's steps differ, ${steps_nm.map((step) => step.toPrecision(4)).join(' and ')} nm along x and y: py4DSTEM knows one step, and counts these files in pixels.`,
    );
  }
  const written: string[] = [];
  for (const [t, name] of thicknessNames(plan).entries()) {
    const path = join(out, `patterns-${name}nm.h5`);
    async function* patterns() {
      for await (const row of rows(t)) {
        for (let x = 0; x < rx; x++) {
          const pattern = row.slice(x * pixels, (x + 1) * pixels);
          yield dose_e === undefined ? pattern : Uint32Array.from(pattern);
        }
      }
    }
    await writeEmd(
      path,
      {
        shape: [ry, rx, camera.pixels, camera.pixels],
        patterns: patterns(),
        step_nm: oneStep ? steps_nm[0] : steps_nm,
        beam: [camera.pixels >> 1, camera.pixels >> 1],
        qPixel: camera.mrad_per_pixel,
        qUnits: 'mrad',
        flip: false,
        metadata: {
          microscope: { voltage_kV, convergence_mrad },
          simulation: {
            program: PROGRAM,
            thickness_nm: plan.thickness_nm[t]!,
          },
        },
      },
      console.task,
    );
    written.push(path);
  }
  return written;
}

const THERMAL: Record<SpecimenOptions['thermal'], string> = {
  'debye-waller': 'Debye–Waller factors',
  absorption: 'Debye–Waller factors, thermal diffuse scattering absorbed',
  'frozen-phonons': 'frozen phonons (Einstein)',
  trajectory: 'frames of a trajectory',
  none: 'atoms at rest',
};

const ENGINES: Record<EngineName, string> = {
  cpu: 'CPU (WebAssembly, float32)',
  gpu: 'GPU (WebGPU, float32)',
};

/** Disks of the zero-order Laue zone, where the specimen is one crystal that was cut by the zone axis. */
function disksOf({ block }: Specimen, voltage_kV: number, across_mrad: number): PatternSpot[] {
  if (!('transformation' in block)) return [];
  const perInvA = 1e3 * wavelength(voltage_kV);
  return zoneReflections(block as CutBlock, across_mrad / perInvA / Math.SQRT2).map(({ hkl, q_invA: [x, y] }) => ({
    hkl,
    q_mrad: [x * perInvA, y * perInvA],
  }));
}

function report(
  inputs: SimulationInputs,
  recipe_toml: string,
  specimen: Specimen,
  result: SpecimenResult,
  wall_s: number,
): Map<string, string> {
  const { plan, images, meanPatterns, identity, engines } = result;
  const simulation = inputs.simulation;
  const { camera, dose_e, seed, band_limit } = simulation;
  const { voltage_kV, convergence_mrad } = inputs.microscope;
  const { thermal, zone, layers } = inputs.specimen;
  const beam = layers ? '' : ` along [${(zone ?? [0, 0, 1]).join(' ')}]`;
  const patterns = camera && {
    data: Float32Array.from(meanPatterns.flatMap((pattern) => [...pattern])),
    shape: [camera.pixels, camera.pixels] as const,
    mrad_per_pixel: camera.mrad_per_pixel,
    spots: disksOf(specimen, voltage_kV, camera.pixels * camera.mrad_per_pixel),
  };
  const { images: errors, configurations } = { images: images.standardError, configurations: plan.configurations };
  const warnings = [...specimen.notes];
  if (simulation.slicing === 'whole-atom') {
    warnings.push(
      'Whole-atom slices cannot represent displacements along the beam; they are here for comparison only.',
    );
  }
  if (errors) {
    const worst = errors.reduce(
      (most, error, i) => Math.max(most, error / Math.abs(images.values[i]! / (dose_e ?? 1) || 1)),
      0,
    );
    warnings.push(`${plural(configurations, 'snapshot')}: standard error of a signal up to ${percent(worst, 2)}.`);
  }
  return renderSimulation({
    title: specimen.name,
    specimen: `${specimen.name}${beam}`,
    voltage_kV,
    convergence_mrad,
    scan: { shape: plan.shape, step_A: plan.step_A },
    thicknesses_nm: plan.thickness_nm,
    detectors: plan.detectors.map(({ name, detector }) => ({ name, ...detector })),
    images: Float32Array.from(images.values),
    ...(patterns && { patterns }),
    ...(dose_e !== undefined && { dose_e }),
    settings: {
      grid: plan.grid,
      pixel_A: [plan.window_A[0] / plan.grid[0], plan.window_A[1] / plan.grid[1]],
      window_A: plan.window_A,
      slices: plan.exits.at(-1)!,
      slice_A: plan.dz_A,
      largest_mrad: gridLimit_mrad(
        { nx: plan.grid[0], ny: plan.grid[1], length_A: plan.window_A },
        wavelength(voltage_kV),
        band_limit,
      ),
      thermal: THERMAL[thermal] + (configurations > 1 ? `, ${configurations} averaged` : ''),
      engine: engines.map((engine) => ENGINES[engine]).join(' and '),
      wall_s,
    },
    warnings: warnings.map((text) => ({ level: 'care', text })),
    recipe_toml,
    recipe_hash: identity.id,
    seed,
    version: PROGRAM,
  });
}

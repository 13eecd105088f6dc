/**
 * `ferroscope baselines MODEL`: the paper's Fig. 1e–i. The specimen of a recipe's [experiment] is simulated as a 4D-STEM scan and as a dark-field image ([haadf]), each
 * resumed or kept where it is there already, and measured by columns, by Friedel pairs and by the network, counted and without noise.
 */

import { basename, dirname, join } from 'node:path';
import { fail } from '../core/errors.ts';
import { identify } from '../core/identity.ts';
import { percent, plural, quantity } from '../core/numbers.ts';
import { tiffBytes } from '../core/tiff.ts';
import { perovskiteOf } from '../crystal/crystal-perovskite.ts';
import { type BaselineMethod, type BaselineRun, baselinesReport, type Counting } from '../figures/baselines-report.ts';
import { requireDetector } from '../library/dataset.ts';
import { openLibrary } from '../library/store.ts';
import { openModel } from '../network/infer.ts';
import { fileIdentity, readBytes, requireWritable, writeWhole } from '../node/files.ts';
import { folderStore } from '../node/folder-store.ts';
import { nodeOnnx, requireOnnx } from '../node/onnx.ts';
import { nodeWorkers } from '../node/worker-host.ts';
import { calibrateFriedel } from '../polarization/friedel-library.ts';
import { readMapZarr } from '../polarization/map-files.ts';
import { getChannel } from '../polarization/polarization-map.ts';
import { scoreVectors } from '../polarization/vector-score.ts';
import { recipeToToml } from '../recipe/recipe.ts';
import { exposeHaadf, haadfImage } from '../simulation/haadf.ts';
import { columnContent, haadfSpecimen } from '../simulation/haadf-window.ts';
import { argument, option, readRecipe, workersOption } from './arguments.ts';
import { byAsymmetry, byColumns, byNetwork, deltaOf, fitWords, type Measured } from './baselines-methods.ts';
import type { CommandLine } from './command-line.ts';
import { mapToFolder, truthOfMap } from './map.ts';
import { experimentOnce } from './study-experiment.ts';
import { PROGRAM } from './version.ts';

const COUNTINGS: readonly Counting[] = ['counted', 'noise-free'];
const SCANS: Record<Counting, string> = { counted: 'scan.h5', 'noise-free': 'scan-noise-free.h5' };

export async function runBaselines(line: CommandLine): Promise<void> {
  requireOnnx();
  const { console } = line;
  const { task } = console;
  const modelPath = argument(line, 0);
  const path = option(line, 'recipe')!;
  const out = option(line, 'out') ?? 'baselines';
  requireWritable(join(out, 'report.html'));
  const recipe = await readRecipe(path, ['experiment']);
  const { haadf, experiment, crystal } = recipe;
  if (!haadf)
    fail(
      'recipe',
      `${path} has no [haadf].`,
      'Add one, empty for the paper’s settings; see examples/paper-gradient.toml.',
    );
  const inputs = { ...recipe, haadf };
  const specimen = haadfSpecimen(inputs);
  const { info } = openModel(await readBytes(modelPath), nodeOnnx);
  const library = await openLibrary(folderStore(option(line, 'library')!), task);
  requireDetector(library, info.detector, 'Give the library that the model was trained on.');
  const { workers } = workersOption(line);
  const run = { program: PROGRAM, host: nodeWorkers, workers };
  console.resumes();

  const truth = await experimentOnce(recipe, out, workers, console, SCANS['noise-free']);
  const image = await haadfImage(inputs, folderStore(join(out, 'haadf.zarr')), run, task);
  const { expected, counts } = exposeHaadf(image, haadf, experiment.seed);

  const state = { thickness_nm: getChannel(truth, 'thickness').values[0]!, tilt_mrad: experiment.tilt_mrad };
  const friedel = await calibrateFriedel(library, state, task);
  const column = deltaOf(truth, '_column');
  const probe = deltaOf(truth, '');
  const scored = (counting: Counting, { delta_pm, sigma_pm }: Measured): BaselineRun => ({
    counting,
    predicted: delta_pm,
    column: scoreVectors(delta_pm, column, sigma_pm),
    probe: scoreVectors(delta_pm, probe, sigma_pm),
  });
  const warnings: { level: 'wrong' | 'care'; text: string }[] = [];
  const measured = { haadf: [] as BaselineRun[], asymmetry: [] as BaselineRun[], network: [] as BaselineRun[] };
  for (const counting of COUNTINGS) {
    const scan = join(out, SCANS[counting]);
    const folder = join(out, `network-${counting}`);
    const said = await mapToFolder(
      {
        scan,
        known: recipe.scan,
        folder: dirname(path),
        model: modelPath,
        out: folder,
        title: `The network’s map, ${counting}`,
        material: crystal.material,
        truth: truthOfMap(truth),
        keep: true,
      },
      task,
    );
    for (const { level, text } of said.warnings) warnings.push({ level, text: `Network, ${counting}: ${text}` });
    const network = byNetwork(await readMapZarr(folderStore(join(folder, 'map.zarr'))));
    measured.network.push(scored(counting, network));
    const asymmetry = await byAsymmetry(scan, recipe, info.detector, friedel.best, task);
    for (const text of asymmetry.notes)
      warnings.push({ level: 'care', text: `Friedel asymmetry, ${counting}: ${text}` });
    measured.asymmetry.push(scored(counting, asymmetry));
    const columns = byColumns(image, counting === 'counted' ? counts : expected, counting === 'counted', recipe);
    for (const text of columns.notes) warnings.push({ level: 'care', text: `HAADF, ${counting}: ${text}` });
    measured.haadf.push(scored(counting, columns));
  }
  const methods: BaselineMethod[] = [
    { name: 'HAADF columns', runs: measured.haadf },
    { name: 'Friedel asymmetry', runs: measured.asymmetry },
    { name: 'network', runs: measured.network },
  ];

  const identity = identify({
    kind: 'baselines',
    schema: 1,
    program: PROGRAM,
    settings: { haadf },
    inputs: {
      scan: await fileIdentity(join(out, SCANS.counted)),
      model: await fileIdentity(modelPath),
      library: library.identity,
    },
  });
  const element = Object.keys(perovskiteOf(crystal).A)[0]!;
  const [ry, rx] = experiment.shape;
  const best = fitWords(friedel.best);
  const texts = baselinesReport({
    title: `Three ways to see one specimen: ${basename(path)}`,
    shape: experiment.shape,
    step_nm: crystal.a_A / 10,
    truth: column,
    content: columnContent(specimen, element, [ry + 1, rx + 1]),
    element,
    methods,
    image: { counts, shape: image.shape, step_A: image.step_A },
    specimen: `${ry} × ${rx} cells of ${crystal.material}, ${quantity(state.thickness_nm, 'nm')} thick; ${quantity(experiment.dose_e, 'electrons')} a pattern, ${quantity(haadf.dose_e_A2, 'electrons')} per Å² of the dark field.`,
    how: [
      {
        method: 'HAADF columns',
        text: `Probe of ${haadf.convergence_mrad} mrad, detector ${haadf.inner_mrad}–${haadf.outer_mrad} mrad, steps of ${quantity(image.step_A, 'Å')}, source ${haadf.source_fwhm_A} Å wide; mirrored pairs of frozen phonons, columns as bright as they should be to 5%. Null, all displacements zero ((Ba,Sr)TiO3, 32 nm, two cells, no noise): B against A 0.7 pm rms per axis, 0.4 of it vibration that the snapshots leave, the rest neighbours of other brightness. Every column a Gaussian, its neighbours taken off; B against the mean of four A columns, the image’s own lattice as the scale: no factor is fitted.`,
      },
      {
        method: 'Friedel asymmetry',
        text: `Disks of the calibrated 4D-STEM patterns. One factor, fitted to ${plural(friedel.patterns, 'pattern')} of ${plural(friedel.structures, 'structure')} of the library that have the specimen’s thickness and tilt, for the pairs that tell most there: ${best}.`,
      },
      {
        method: 'network',
        text: `${basename(modelPath)} on the same patterns: δTi + δO as it states them; σ as if their errors had nothing to do with each other.`,
      },
    ],
    warnings,
    recipe_toml: recipeToToml(recipe, ['crystal', 'structures', 'microscope', 'experiment', 'haadf']),
    identity: identity.id,
    version: PROGRAM,
  });
  const json = {
    identity: identity.id,
    unit: 'pm',
    shape: experiment.shape,
    thickness_nm: state.thickness_nm,
    dose_e: experiment.dose_e,
    dose_e_A2: haadf.dose_e_A2,
    friedel,
    truth: { column: [...column], probe: [...probe] },
    methods: methods.map(({ name, runs }) => ({
      name,
      runs: runs.map(({ predicted, ...scores }) => ({ ...scores, predicted: Array.from(predicted) })),
    })),
    warnings,
  };
  texts.set('baselines.json', `${JSON.stringify(json, null, 2)}\n`);
  for (const [name, text] of texts) await writeWhole(join(out, name), text);
  await writeWhole(
    join(out, 'haadf.tif'),
    tiffBytes({
      data: Float32Array.from(counts),
      shape: [1, 1, ...image.shape],
      pixel: [image.step_A / 10, image.step_A / 10],
      unit: 'nm',
      valueUnit: 'electrons',
      slices_nm: [state.thickness_nm],
      labels: ['HAADF'],
    }),
  );
  console.result(
    [
      ...warnings.map(({ level, text }) => `${level === 'wrong' ? 'DO NOT TRUST: ' : 'take care: '}${text}`),
      ...methods.flatMap(({ name, runs }) =>
        runs.map(
          ({ counting, column: { correlation, mae, slope, mean_only_mae } }) =>
            `${name.padEnd(18)} ${counting.padEnd(10)} r ${correlation.toFixed(3)}, MAE ${quantity(mae, 'pm')} (${percent(mae / mean_only_mae, 2)} of knowing only the mean), slope ${slope.toFixed(2)}`,
        ),
      ),
      `Look at ${join(out, 'report.html')}`,
    ],
    {
      out,
      ...json,
      truth: undefined,
      methods: methods.map(({ name, runs }) => ({ name, runs: runs.map(({ predicted: _, ...scores }) => scores) })),
    },
  );
}

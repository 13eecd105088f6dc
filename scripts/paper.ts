// The paper's study, twice, and once with this program's own network: `npm run paper [FOLDER]`. Goes on where it was stopped; prints the tables of docs/paper.md and
// leaves every report in FOLDER (out/paper): the library and network of examples/paper.toml, the same with the slices of the paper's program, dense layers on the
// first library, each judged by `ferroscope evaluate`; each network on the other's patterns, and on patterns of the structures that it was trained on; and the baselines
// of Fig. 1e-i, whose scan is compared with the library. Hours on two cores. With --tables it computes nothing that is missing, and prints the tables of what is there.
// FOLDER/figures has the pictures of docs/paper.md.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { main } from '../src/cli/main.ts';
import { correlation } from '../src/core/correlation.ts';
import { decimalLabel } from '../src/core/numbers.ts';
import { quietTask } from '../src/core/task.ts';
import { composeFigure } from '../src/figures/compose.ts';
import { selectLabels } from '../src/library/dataset.ts';
import { openLibrary } from '../src/library/store.ts';
import { answersOf } from '../src/network/answers.ts';
import { meanAbsoluteError, meanOnlyError } from '../src/network/dose-curve.ts';
import { spread } from '../src/network/finish.ts';
import { openModel } from '../src/network/infer.ts';
import { readBytes, readText, writeWhole } from '../src/node/files.ts';
import { folderStore } from '../src/node/folder-store.ts';
import { nodeOnnx } from '../src/node/onnx.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const words = process.argv.slice(2);
const tablesOnly = words.includes('--tables');
const out = words.find((word) => !word.startsWith('--')) ?? join(root, 'out/paper');
const recipe = (name: string) => join(root, 'examples', `${name}.toml`);
const [converged, whole] = [join(out, 'converged'), join(out, 'whole-atom')];
const dense = join(out, 'dense.onnx');
const SHOWN = ['dTi_x', 'dTi_y', 'dTi_z', 'tilt_x', 'tilt_y', 'thickness'];
/** Held-out patterns of each column. */
const PATTERNS = 4000;

async function ferroscope(...words: string[]): Promise<void> {
  console.error(`== ferroscope ${words.join(' ')}`);
  const code = await main(words);
  if (code !== 0) process.exit(code);
}

/** A step whose outcome is there is left out. */
async function once(outcome: string, ...words: string[]): Promise<void> {
  if (!existsSync(outcome)) await ferroscope(...words);
}

if (!tablesOnly) {
  await ferroscope('study', recipe('paper'), '--out', converged);
  await ferroscope('study', recipe('paper-whole-atom'), '--out', whole);
  await once(dense, 'train', recipe('paper-dense'), '--library', join(converged, 'library.zarr'), '--out', dense);
}

const models = [
  { name: 'paper’s network, converged slices', model: join(converged, 'model.onnx'), library: converged },
  { name: 'paper’s network, whole-atom slices', model: join(whole, 'model.onnx'), library: whole },
  { name: 'dense layers, converged slices', model: dense, library: converged },
].filter(({ model }) => existsSync(model));
const reportOf = (model: string) => model.replace(/\.onnx$/, '-evaluation');
if (!tablesOnly) {
  for (const { model, library } of models) {
    const report = reportOf(model);
    await once(
      report,
      ...['evaluate', model, '--library', join(library, 'library.zarr'), '--structures', '0', '--out', report],
    );
  }
  const baselines = join(out, 'baselines');
  await ferroscope(
    ...['baselines', dense, '--library', join(converged, 'library.zarr')],
    ...['--recipe', recipe('paper-gradient'), '--out', baselines],
  );
  const scanReport = join(out, 'dense-scan');
  await once(
    scanReport,
    ...['evaluate', dense, '--library', join(converged, 'library.zarr'), '--structures', '0'],
    ...['--scan', join(baselines, 'scan.h5'), '--out', scanReport],
  );
}

/** r and mean absolute error of each shown label, noise-free, of structures that were held out or trained on. */
async function asked(model: string, library: string, which: 'held out' | 'trained on'): Promise<string[]> {
  const opened = openModel(await readBytes(model), nodeOnnx);
  try {
    const { labels, seed } = opened.info;
    const data = selectLabels(await openLibrary(folderStore(join(library, 'library.zarr')), quietTask), labels);
    const wanted = Array.from({ length: data.count }, (_, i) => i).filter(
      (i) => data.isHeldOut(i) === (which === 'held out'),
    );
    const answers = await answersOf(opened, data, spread(wanted, PATTERNS), { seed }, quietTask);
    const column = (rows: Float32Array, at: number) =>
      Float32Array.from({ length: answers.count }, (_, i) => rows[i * labels.length + at]!);
    return SHOWN.map((name) => {
      const at = labels.findIndex((label) => label.name === name);
      const r = correlation(column(answers.truth, at), column(answers.mean, at));
      const [own, none] = [meanAbsoluteError(answers, at), meanOnlyError(answers, at)];
      return `${r.toFixed(2)}; ${decimalLabel(own, 3)} (${decimalLabel(none, 3)})`;
    });
  } finally {
    await opened.close();
  }
}

const lines = [
  `r; mean absolute error (of knowing only the mean), ${PATTERNS} noise-free patterns [pm, mrad, nm]:`,
  '',
  `| network, trained on | asked about | ${SHOWN.join(' | ')} |`,
  `|---|---|${SHOWN.map(() => '---|').join('')}`,
];
for (const { name, model, library: own } of models) {
  for (const [about, library] of [
    ['converged slices', converged],
    ['whole-atom slices', whole],
  ] as const) {
    if (!existsSync(join(library, 'library.zarr'))) continue;
    lines.push(
      `| ${name} | ${about}, held-out structures | ${(await asked(model, library, 'held out')).join(' | ')} |`,
    );
    if (library !== own) continue;
    lines.push(
      `| ${name} | ${about}, structures trained on | ${(await asked(model, library, 'trained on')).join(' | ')} |`,
    );
  }
}
lines.push('', 'Mean absolute error by dose, beside the Cramér–Rao limit of one uniform crystal:', '');
for (const { name, model } of models) {
  if (!existsSync(reportOf(model))) continue;
  const { accuracy } = JSON.parse(await readText(join(reportOf(model), 'evaluation.json'))) as {
    accuracy: {
      curves: { name: string; points: [number, number][]; noise_free: number; mae_limit_1e: number | null }[];
    };
  };
  const doses = accuracy.curves[0]!.points.map(([dose]) => dose);
  lines.push(
    `| ${name} | ${doses.map((dose) => dose.toExponential(0)).join(' | ')} | noise-free |`,
    `|---|${doses.map(() => '---|').join('')}---|`,
  );
  for (const { name: label, points, noise_free, mae_limit_1e } of accuracy.curves) {
    if (!SHOWN.includes(label)) continue;
    const own = points.map(([dose, mae]) => {
      const limit = mae_limit_1e === null ? '–' : decimalLabel(mae_limit_1e / Math.sqrt(dose), 2);
      return `${decimalLabel(mae, 3)} (${limit})`;
    });
    lines.push(`| ${label} | ${own.join(' | ')} | ${decimalLabel(noise_free, 3)} |`);
  }
  lines.push('');
}
console.log(lines.join('\n'));

/** One picture of the same figures of each model, a row for each. */
async function gallery(name: string, description: string, figures: readonly string[], of = models): Promise<void> {
  const rows = await Promise.all(
    of.map(async ({ model }, row) =>
      Promise.all(
        figures.map(async (figure, column) => ({
          svg: await readText(join(reportOf(model), 'figures', `${figure}.svg`)),
          letter: column === 0 ? 'abc'[row] : undefined,
        })),
      ),
    ),
  );
  await writeWhole(join(out, 'figures', `${name}.svg`), composeFigure(rows, { description }));
}

const shown = models.filter(({ model }) => existsSync(reportOf(model)));
const names = shown.map((one, i) => `${'abc'[i]} ${one.name}`).join('; ');
const clean = (label: string) => `parity-noise-free-${label}`;
await gallery(
  'paper-parity',
  `Parity without noise: ${names}`,
  ['dTi_x', 'dTi_z', 'tilt_x', 'thickness'].map(clean),
  shown,
);
await gallery('paper-dose', `Error against dose: ${names}`, ['dose-dTi_x', 'dose-dTi_z', 'dose-tilt_x'], shown);
const ofSlices = shown.filter(({ name }) => name.startsWith('paper'));
await gallery(
  'paper-derivatives',
  'Derivatives of the pattern: a converged slices; b whole-atom slices',
  ['derivative-P_y', 'derivative-P_z', 'derivative-tilt_y', 'derivative-thickness'],
  ofSlices,
);
await gallery('paper-latents', `Latents and properties: ${names}`, ['latents-correlation'], shown);

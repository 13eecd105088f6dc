// The paper's study, twice, and once with this program's own network: `npm run paper [FOLDER]`. Goes on where it was stopped; prints the tables of docs/paper.md and
// leaves every report in FOLDER (out/paper): the library and network of examples/paper.toml, the same with the slices of the paper's program, dense layers on the
// first library, each judged by `ferroscope evaluate`; each network on the other's patterns; and the baselines of Fig. 1e-i.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { main } from '../src/cli/main.ts';
import { decimalLabel } from '../src/core/numbers.ts';
import { quietTask } from '../src/core/task.ts';
import { selectLabels } from '../src/library/dataset.ts';
import { openLibrary } from '../src/library/store.ts';
import { answersOf } from '../src/network/answers.ts';
import { pearson } from '../src/network/correlation.ts';
import { meanAbsoluteError, meanOnlyError } from '../src/network/dose-curve.ts';
import { spread } from '../src/network/finish.ts';
import { openModel } from '../src/network/infer.ts';
import { readBytes, readText } from '../src/node/files.ts';
import { folderStore } from '../src/node/folder-store.ts';
import { nodeOnnx } from '../src/node/onnx.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = process.argv[2] ?? join(root, 'out/paper');
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

await ferroscope('study', recipe('paper'), '--out', converged);
await ferroscope('study', recipe('paper-whole-atom'), '--out', whole);
await once(dense, 'train', recipe('paper-dense'), '--library', join(converged, 'library.zarr'), '--out', dense);

const models = [
  { name: 'paper’s network, converged slices', model: join(converged, 'model.onnx'), library: converged },
  { name: 'paper’s network, whole-atom slices', model: join(whole, 'model.onnx'), library: whole },
  { name: 'dense layers, converged slices', model: dense, library: converged },
];
const baselines = join(out, 'baselines');
await ferroscope(
  ...['baselines', dense, '--library', join(converged, 'library.zarr')],
  ...['--recipe', recipe('paper-gradient'), '--out', baselines],
);
for (const { model, library } of models) {
  const report = model.replace(/\.onnx$/, '-evaluation');
  await once(
    report,
    ...['evaluate', model, '--library', join(library, 'library.zarr'), '--structures', '2'],
    ...['--scan', join(baselines, 'scan.h5'), '--out', report],
  );
}

/** r and mean absolute error of each shown label, noise-free. */
async function asked(model: string, library: string): Promise<string[]> {
  const opened = openModel(await readBytes(model), nodeOnnx);
  try {
    const { labels, seed } = opened.info;
    const data = selectLabels(await openLibrary(folderStore(join(library, 'library.zarr')), quietTask), labels);
    const heldOut = Array.from({ length: data.count }, (_, i) => i).filter((i) => data.isHeldOut(i));
    const answers = await answersOf(opened, data, spread(heldOut, PATTERNS), { seed }, quietTask);
    const column = (rows: Float32Array, at: number) =>
      Float32Array.from({ length: answers.count }, (_, i) => rows[i * labels.length + at]!);
    return SHOWN.map((name) => {
      const at = labels.findIndex((label) => label.name === name);
      const r = pearson(column(answers.truth, at), 1, column(answers.mean, at), 1)[0]!;
      const [own, none] = [meanAbsoluteError(answers, at), meanOnlyError(answers, at)];
      return `${r.toFixed(2)}; ${decimalLabel(own, 3)} (${decimalLabel(none, 3)})`;
    });
  } finally {
    await opened.close();
  }
}

const lines = [
  `r; mean absolute error (of knowing only the mean), ${PATTERNS} noise-free patterns of held-out structures [pm, mrad, nm]:`,
  '',
  `| network, trained on | asked about | ${SHOWN.join(' | ')} |`,
  `|---|---|${SHOWN.map(() => '---|').join('')}`,
];
for (const { name, model } of models) {
  for (const [about, library] of [
    ['converged slices', converged],
    ['whole-atom slices', whole],
  ] as const) {
    lines.push(`| ${name} | ${about} | ${(await asked(model, library)).join(' | ')} |`);
  }
}
lines.push('', 'Mean absolute error by dose, beside the Cramér–Rao limit of one uniform crystal:', '');
for (const { name, model } of models) {
  const { accuracy } = JSON.parse(await readText(join(model.replace(/\.onnx$/, '-evaluation'), 'evaluation.json'))) as {
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

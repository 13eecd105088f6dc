/** The report of `ferroscope baselines`: the paper's Fig. 1e–i on a simulated specimen, each method counted and without noise, beside what knowing only the mean gives. */

import { percent, quantity } from '../core/numbers.ts';
import type { VectorScore } from '../polarization/vector-score.ts';
import { displacementMaps, PREDICTED_COLOUR } from './displacement-maps.ts';
import { imageFigure } from './image-figure.ts';
import { methodParity } from './method-parity.ts';
import { buildReport, type Cell, type ReportTable, type ReportWarning } from './report.ts';
import { SERIES } from './theme.ts';

/** Counted at the stated dose, or before counting. */
export type Counting = 'counted' | 'noise-free';

export interface BaselineRun {
  readonly counting: Counting;
  /** [ry][rx][x, y] [pm]. */
  readonly predicted: ArrayLike<number>;
  /** Against the column at each position, and against what a probe of the 4D-STEM scan weights. */
  readonly column: VectorScore;
  readonly probe: VectorScore;
}

export interface BaselineMethod {
  readonly name: string;
  readonly runs: readonly BaselineRun[];
}

export interface BaselinesInput {
  readonly title: string;
  readonly shape: readonly [ry: number, rx: number];
  readonly step_nm: number;
  /** δ of the columns, [ry][rx][x, y] [pm]. */
  readonly truth: ArrayLike<number>;
  /** Share of the A columns around the cells that is `element`, [ry + 1][rx + 1]. */
  readonly content: ArrayLike<number>;
  readonly element: string;
  /** HAADF, asymmetry, network: the order of the paper's panels. */
  readonly methods: readonly BaselineMethod[];
  readonly image: {
    readonly counts: ArrayLike<number>;
    readonly shape: readonly [number, number];
    readonly step_A: number;
  };
  /** How each was made, in words. */
  readonly specimen: string;
  readonly how: readonly { readonly method: string; readonly text: string }[];
  readonly warnings: readonly ReportWarning[];
  readonly recipe_toml: string;
  readonly identity: string;
  readonly version: string;
}

/** As in the paper: green, blue, red. */
const COLOURS = [SERIES[2]!, SERIES[0]!, PREDICTED_COLOUR];
const LETTERS = ['f', 'g', 'h'];
const WORDS: Record<Counting, string> = { counted: 'counted', 'noise-free': 'without noise' };

function maps(input: BaselinesInput, counting: Counting): string {
  return displacementMaps({
    shape: input.shape,
    step_nm: input.step_nm,
    truth: input.truth,
    content: input.content,
    element: input.element,
    panels: [
      { title: 'e  truth', words: 'B against A columns' },
      ...input.methods.map(({ name, runs }, i) => {
        const run = runs.find((one) => one.counting === counting)!;
        const { correlation, mae } = run.column;
        return {
          title: `${LETTERS[i]}  ${name}`,
          words: `r = ${correlation.toFixed(3)}, MAE ${quantity(mae, 'pm')}`,
          predicted: run.predicted,
        };
      }),
    ],
  });
}

function parity(input: BaselinesInput, counting: Counting): string {
  const methods = input.methods.map(({ name, runs }, i) => {
    const { predicted, column } = runs.find((one) => one.counting === counting)!;
    return { name, colour: COLOURS[i]!, predicted, score: column };
  });
  return methodParity(input.truth, methods, `i  ${WORDS[counting]}`);
}

function table({ methods }: BaselinesInput): ReportTable {
  const { mean_only_mae, mean_only_rmse } = methods[0]!.runs[0]!.column;
  const probe = methods[0]!.runs[0]!.probe;
  return {
    caption: `Both components together. Knowing only the mean: MAE ${quantity(mean_only_mae, 'pm')}, RMSE ${quantity(mean_only_rmse, 'pm')} of the columns; MAE ${quantity(probe.mean_only_mae, 'pm')} as the probe sees it. Error/σ: σ of HAADF and of the asymmetry is what counting leaves, of the network what it states.`,
    columns: [
      { label: 'Method' },
      { label: '' },
      { label: 'r' },
      { label: 'MAE', unit: 'pm' },
      { label: 'RMSE', unit: 'pm' },
      { label: 'Slope' },
      { label: 'Error/σ' },
      { label: 'r, as the probe sees it' },
      { label: 'MAE, as the probe sees it', unit: 'pm' },
      { label: 'Values' },
    ],
    rows: methods.flatMap(({ name, runs }) =>
      runs.map(({ counting, column, probe }): Cell[] => [
        name,
        WORDS[counting],
        column.correlation,
        column.mae,
        column.rmse,
        column.slope,
        column.pull_rms ?? Number.NaN,
        probe.correlation,
        probe.mae,
        column.count,
      ]),
    ),
  };
}

/** report.html and figures/*.svg, by path. */
export function baselinesReport(input: BaselinesInput): Map<string, string> {
  const figures = new Map<string, string>();
  const put = (name: string, svg: string): string => {
    figures.set(`figures/${name}.svg`, svg);
    return svg;
  };
  const { image, methods } = input;
  const summary = methods
    .map(({ name, runs }) => {
      const { column } = runs.find(({ counting }) => counting === 'counted')!;
      return `${name}: r ${column.correlation.toFixed(3)}, MAE ${quantity(column.mae, 'pm')} (${percent(column.mae / column.mean_only_mae, 2)} of knowing only the mean)`;
    })
    .join('; ');
  const html = buildReport({
    title: input.title,
    warnings: input.warnings,
    summary: `${input.specimen} ${summary}.`,
    sections: [
      {
        heading: 'Maps',
        text: 'Displacement δ of each B column against the four A columns around it, δTi + δO in the words of labels: what the dark field can see, so that all three methods are asked the same. In a soft mode it is the smaller part: oxygen moves most, against B and A alike.',
        svg: [
          { svg: put('maps-counted', maps(input, 'counted')), caption: 'With the counting noise of the stated doses.' },
          { svg: put('maps-noise-free', maps(input, 'noise-free')), caption: 'The same before counting.' },
        ],
      },
      {
        heading: 'Predicted against true',
        svg: [
          { svg: put('parity-counted', parity(input, 'counted')) },
          { svg: put('parity-noise-free', parity(input, 'noise-free')) },
        ],
        table: table(input),
      },
      {
        heading: 'The dark-field image',
        svg: put(
          'haadf',
          imageFigure(
            [{ title: 'HAADF', data: image.counts }],
            { shape: image.shape, step_A: [image.step_A, image.step_A], unit: 'electrons' },
            { width: 430 },
          ),
        ),
      },
      {
        heading: 'How each was made',
        table: {
          columns: [{ label: 'Method' }, { label: 'How' }],
          rows: input.how.map(({ method, text }): Cell[] => [method, text]),
        },
      },
    ],
    provenance: { recipe_toml: input.recipe_toml, identity: input.identity, version: input.version },
  });
  return new Map([['report.html', html], ...figures]);
}

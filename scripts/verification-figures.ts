/**
 * The figures of docs/verification.md, from the calculations that its tests make: `npm run verification-figures` (minutes), or `… -- NAME` for one. Writes
 * docs/images/verification-*.svg.
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as Plot from '@observablehq/plot';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { frequency } from '../src/core/fft.ts';
import { type Beam, blochWaves } from '../src/diffraction/bloch.ts';
import { type SliceOptions, sliceStack } from '../src/diffraction/slices.ts';
import { repeatedSignal, signalError, slabSignal } from '../src/diffraction/test-pz.ts';
import { averaged, planeWaveBeams, virtualCrystal } from '../src/diffraction/test-structures.ts';
import { chart } from '../src/figures/chart.ts';
import { channelSvg } from '../src/figures/labels.ts';
import { lineLabels } from '../src/figures/line-labels.ts';
import { SERIES } from '../src/figures/theme.ts';
import { gasb, pacbed } from './measured-figures.ts';

const images = join(fileURLToPath(new URL('.', import.meta.url)), '../docs/images');

interface Line {
  readonly name: string;
  readonly points: readonly (readonly [number, number])[];
}

/** Names at the right ends of lines. */
const names =
  (lines: readonly Line[]) =>
  (at: (x: number, y: number) => [number, number], frame: { top: number; bottom: number }) =>
    lineLabels(
      lines.map(({ name, points }, i) => {
        const [x, y] = at(...(points.at(-1) as [number, number]));
        return { name, colour: SERIES[i % SERIES.length]!, x, y };
      }),
      frame.top,
      frame.bottom,
    );

const drawn = (lines: readonly Line[], dots: boolean) =>
  lines.flatMap(({ points }, i) => {
    const colour = SERIES[i % SERIES.length]!;
    const line = Plot.line(points as [number, number][], { x: '0', y: '1', stroke: colour, strokeWidth: 1.3 });
    return dots ? [line, Plot.dot(points as [number, number][], { x: '0', y: '1', r: 1.6, fill: colour })] : [line];
  });

/** How wrong the signal of P along the beam is, by where the atoms lie against the slices. */
function slices(): string {
  const want = slabSignal('box', 32, 0);
  const shifts = [0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1];
  const schemes: readonly [SliceOptions['slicing'], number, boolean][] = [
    ['smooth', 16, true],
    ['smooth', 12, true],
    ['box', 32, true],
    ['box', 16, true],
    ['spline', 16, true],
    ['smooth', 16, false],
  ];
  const lines = schemes.map(([slicing, perCell, whole]) => ({
    name: `${slicing} a/${perCell}${whole ? '' : ', faces cut'}`,
    points: shifts.map((shift) => {
      const error = signalError(repeatedSignal(slicing, perCell, shift, whole), want);
      return [shift, error] as const;
    }),
  }));
  return chart({
    description: 'Error of the signal of P along the beam against the atoms’ place within a slice, six schemes.',
    width: 380,
    height: 230,
    x: { label: 'atoms moved by (slices)', domain: [0, 1] },
    y: { label: `error of ${channelSvg('P_z')} signal`, domain: [1e-3, 1], log: true, grid: true },
    marginRight: 104,
    marks: [Plot.ruleY([0.05], { stroke: '#888', strokeDasharray: '2,2' }), ...drawn(lines, true)],
    over: names(lines),
  });
}

/** Beams by thickness: multislice as lines, Bloch waves as dots. */
function bloch(): string {
  const n = 16;
  const u2 = { Ba: 0.0064, Sr: 0.0064, Ti: 0.0064, O: 0.0064 };
  const crystal = virtualCrystal({ a_A: 4, planes: [0.25, 0.75], ti_A: [0.07, 0.03, 0] });
  const stack = averaged(sliceStack(crystal, { nx: n, ny: n, nSlices: 16, slicing: 'smooth', u2_A2: u2 }), 16);
  const optics = { voltage_kV: 300, offset_invA: [0.021, -0.013] as const };
  const cells = Array.from({ length: 100 }, (_, i) => 2 * (i + 1));
  const beams: Beam[] = Array.from({ length: n * n }, (_, i) => [frequency(i % n, n), frequency(Math.floor(i / n), n)]);
  const exact = blochWaves(averaged(stack, 1), beams, optics, (matrix, size) => {
    const solution = new EigenvalueDecomposition(Matrix.from1DArray(size, size, matrix), { assumeSymmetric: true });
    return { values: solution.realEigenvalues, vectors: Float64Array.from(solution.eigenvectorMatrix.to1DArray()) };
  });
  const got = planeWaveBeams(
    stack,
    cells.map((c) => c * 16),
    optics,
  );
  const shown = [
    ['000', 0],
    ['100', 1],
    ['010', n],
    ['110', n + 1],
  ] as const;
  const lines = shown.map(([name, g]) => ({ name, points: cells.map((c, i) => [0.4 * c, got[i]![g]!] as const) }));
  const dots = shown.flatMap(([, g], i) => {
    const points = cells
      .filter((_, k) => k % 4 === 3)
      .map((c) => {
        const { re, im } = exact(c * 4);
        return [0.4 * c, re[g]! ** 2 + im[g]! ** 2] as [number, number];
      });
    return [Plot.dot(points, { x: '0', y: '1', r: 2, stroke: SERIES[i]!, fill: 'white' })];
  });
  return chart({
    description: 'Intensities of four beams against thickness, multislice as lines and Bloch waves as dots.',
    width: 380,
    height: 230,
    x: { label: 'thickness (nm)', domain: [0, 80] },
    y: { label: 'fraction of the beam', domain: [0, 1], grid: true },
    marginRight: 34,
    marks: [...drawn(lines, false), ...dots],
    over: names(lines),
  });
}

const figures: Readonly<Record<string, () => string | Promise<string>>> = { bloch, slices, gasb, pacbed };
const [wanted] = process.argv.slice(2);
for (const name of wanted === undefined ? Object.keys(figures) : [wanted]) {
  const draw = figures[name];
  if (!draw) throw new Error(`There is no figure '${name}', but ${Object.keys(figures).join(', ')}.`);
  const file = join(images, `verification-${name}.svg`);
  writeFileSync(file, await draw());
  console.log(file);
}

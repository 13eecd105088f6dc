/** The figures of docs/verification.md that show measured patterns, from the calculations that their tests make. */

import { existsSync, readdirSync } from 'node:fs';
import * as Plot from '@observablehq/plot';
import { absorbingStack } from '../src/diffraction/absorption.ts';
import { SliceKernel } from '../src/diffraction/cpu/wasm.ts';
import { sliceStack } from '../src/diffraction/slices.ts';
import { bestMatches, disk, diskTable, galliumAntimonide, median, SLICES } from '../src/diffraction/test-gasb.ts';
import { matchThickness, readGrey } from '../src/diffraction/test-pacbed-match.ts';
import {
  BINNING,
  labelOf,
  RADIUS_MRAD,
  SRTIO3,
  simulatedPacbed,
  thickness_nm,
} from '../src/diffraction/test-srtio3.ts';
import { chart } from '../src/figures/chart.ts';
import { el, svgPage, text } from '../src/figures/svg.ts';
import { INK, RULE, SERIES, TEXT } from '../src/figures/theme.ts';
import { oracleRows } from '../test/oracles/oracle.ts';
import { SAMPLES } from '../test/skip-aloud.ts';

const KINDS = ['with', 'without'] as const;
const COLOURS = { with: SERIES[0]!, without: SERIES[1]! } as const;

/** Charts of one size in rows of `columns`. */
function grid(charts: readonly string[], columns: number, width: number, height: number, description: string): string {
  const place = (svg: string, i: number) =>
    svg.trim().replace('<svg ', `<svg x="${(i % columns) * width}" y="${Math.floor(i / columns) * height}" `);
  return svgPage({
    width: columns * width,
    height: Math.ceil(charts.length / columns) * height,
    description,
    body: charts.map(place).join('\n'),
  });
}

/** Disks of GaSb, measured against the simulated pattern that fits, with and without absorption: every third of the positions in test/oracles. */
export async function gasb(): Promise<string> {
  const disks = oracleRows('gasb_disks').map(([n1, n2]) => disk(n1!, n2!));
  const all = oracleRows('gasb_measured');
  const kernel = await SliceKernel.load();
  const panels = KINDS.map((kind) => {
    const stack = (kind === 'with' ? absorbingStack : sliceStack)(galliumAntimonide(), SLICES);
    const table = diskTable(kernel, stack, disks);
    const matches = bestMatches(table, all);
    const points = matches
      .filter((_, i) => i % 3 === 0)
      .flatMap(({ pattern, scale, offset }, m) =>
        disks.map(
          (_, d) => [all[3 * m]![d]! / scale, table[pattern * disks.length + d]! + offset / scale] as [number, number],
        ),
      );
    const [r, r1] = [median(matches.map((match) => match.r)), median(matches.map((match) => match.r1))];
    const axis = { domain: [0.001, 0.4] as const, log: true, ticks: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3] };
    return chart({
      title: `${kind} absorption`,
      head: [`median of ${all.length} positions: r = ${r.toFixed(3)}, R1 = ${(100 * r1).toFixed(0)}%`],
      description: `Disk intensities of GaSb, measured against simulated ${kind} absorption.`,
      width: 250,
      height: 262,
      x: { label: 'measured (of the incident beam)', ...axis },
      y: { label: 'simulated + offset', ...axis },
      marks: [
        Plot.line(
          [
            [0.001, 0.001],
            [0.4, 0.4],
          ],
          { stroke: INK, strokeWidth: 0.8, strokeDasharray: '3,2.5' },
        ),
        Plot.dot(points, { x: '0', y: '1', r: 1.2, fill: COLOURS[kind], fillOpacity: 0.6, clip: true }),
      ],
    });
  });
  return grid(
    panels,
    2,
    250,
    262,
    'Disk intensities of GaSb [110], measured against simulated, with and without absorption.',
  );
}

/** Normalised cross-correlation of five measured patterns of SrTiO3 with simulated ones against thickness. @throws where the samples are not there */
export async function pacbed(): Promise<string> {
  const folder = `${SAMPLES}/DeepDiffraction`;
  if (!existsSync(folder)) throw new Error(`The figure 'pacbed' wants ${folder}.`);
  const kernel = await SliceKernel.load();
  const simulated = { with: simulatedPacbed(kernel, true), without: simulatedPacbed(kernel, false) };
  const panels = readdirSync(folder)
    .toSorted()
    .map((file) => {
      const image = readGrey(`${folder}/${file}`, BINNING);
      const label = labelOf(file);
      const lines = KINDS.map((kind) => {
        const { best, curve } = matchThickness(image, simulated[kind], SRTIO3.convergence_mrad, RADIUS_MRAD);
        return { kind, best, curve };
      });
      return chart({
        title: `${file.slice(0, 2)}, authors: ${label.low}–${label.high} nm`,
        head: [lines.map(({ kind, best }) => `${kind}: ${thickness_nm(best).toFixed(1)} nm`).join(', ')],
        description: `Correlation of pattern ${file.slice(0, 2)} with simulations against thickness.`,
        width: 210,
        height: 170,
        x: { label: 'thickness (nm)', domain: [43, 69] },
        y: { label: 'NCC', domain: [0.94, 1], ticks: [0.94, 0.96, 0.98, 1], grid: true },
        under: (at, { top, bottom }) => {
          const [from, to] = [at(label.low, 1)[0], at(label.high, 1)[0]];
          return el('rect', {
            x: from,
            y: top,
            width: to - from,
            height: bottom - top,
            fill: RULE,
            'fill-opacity': 0.6,
          });
        },
        marks: lines.flatMap(({ kind, best, curve }) => {
          const points = curve.map((value, i) => [thickness_nm(i), value] as [number, number]);
          const line = { x: '0', y: '1', stroke: COLOURS[kind], strokeWidth: 1.3, clip: true };
          return [Plot.line(points, line), Plot.dot([points[best]!], { x: '0', y: '1', r: 2.2, fill: COLOURS[kind] })];
        }),
      });
    });
  const legend = KINDS.map((kind, i) => {
    const y = 60 + 16 * i;
    return (
      el('path', { d: `M30 ${y - 3}h18`, stroke: COLOURS[kind], 'stroke-width': 1.5 }) +
      text(53, y, `${kind} absorption`, { 'font-size': TEXT.base })
    );
  });
  const band =
    el('rect', { x: 30, y: 84, width: 18, height: 10, fill: RULE, 'fill-opacity': 0.6 }) +
    text(53, 92, 'the authors’ thickness');
  const key = svgPage({ width: 210, height: 170, description: 'Key.', body: [...legend, band].join('\n') });
  return grid(
    [...panels, key],
    3,
    210,
    170,
    'Correlation of five measured patterns of SrTiO3 with simulations against thickness, with and without absorption.',
  );
}

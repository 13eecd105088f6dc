/**
 * The figures and the report of one mapped scan, from data alone: what `ferroscope map` and `ferroscope report` write.
 * No files and no computing of physics here.
 */

import { fixedLabel } from '../core/numbers.ts';
import { findChannel, type PolarizationMap } from '../polarization/polarization-map.ts';
import type { ChannelScore } from '../polarization/score.ts';
import { componentMap, usualChannels } from './component-map.ts';
import { parityPlot } from './parity-plot.ts';
import { patternFigure } from './pattern-figure.ts';
import { buildReport, type Headline, type ReportSection, type ReportTable } from './report.ts';
import { pzLimitNote, scoreTable } from './report-parts.ts';
import { PAGE_WIDTH } from './theme.ts';
import { fullColour, vectorMap } from './vector-map.ts';

/** A label's held-out errors: noise-free, and as trained (noise, blur, background). */
export interface HeldOutRow {
  readonly name: string;
  readonly unit: string;
  readonly noiseFree: number;
  readonly asTrained: number;
}

export interface MapReportInput {
  readonly title: string;
  readonly map: PolarizationMap;
  /** Lines that say how the scan was calibrated, 'name: value'. */
  readonly calibration: readonly string[];
  readonly warnings: readonly string[];
  readonly heldOut: readonly HeldOutRow[];
  readonly meanPattern: Float32Array;
  readonly meanReconstruction: Float32Array;
  readonly pixel_mrad: number;
  readonly truth?: { readonly map: PolarizationMap; readonly scores: readonly ChannelScore[] } | undefined;
  readonly recipe_toml: string;
  /** Polarization per displacement of Ti [µC/cm² per pm], for the note on the limit along the beam. */
  readonly uC_cm2_per_pm: number;
  /** More sections, put before the provenance. */
  readonly extra?: readonly ReportSection[];
}

/** report.html and figures/*.svg, by path. */
export function renderMap(input: MapReportInput): Map<string, string> {
  const { map, truth } = input;
  const figures = new Map<string, string>();
  const put = (name: string, svg: string) => {
    figures.set(`figures/${name}.svg`, svg);
    return svg;
  };
  const pMax = Math.max(fullColour(map), truth ? fullColour(truth.map) : 0);
  const vector = put('polarization', vectorMap(map, { title: 'Polarization', pMax }));
  const vectors = [
    { svg: vector, caption: 'Seen along the beam. Hue: direction in the plane; lightness: along the beam.' },
  ];
  if (truth) {
    const svg = put('truth', vectorMap(truth.map, { title: 'Truth', pMax }));
    vectors.push({ svg, caption: 'What was put in, weighted by the probe.' });
  }
  const components = usualChannels(map).map((name) => ({ svg: put(name, componentMap(map, name)) }));
  const pixels = Math.sqrt(input.meanPattern.length);
  const panel = (title: string, data: Float32Array) => ({
    title,
    data,
    shape: [pixels, pixels] as const,
    mrad_per_pixel: input.pixel_mrad,
  });
  const difference = input.meanPattern.map((value, i) => value - input.meanReconstruction[i]!);
  const patterns = put(
    'patterns',
    patternFigure(
      [
        panel('scan, mean', input.meanPattern),
        panel('network, mean', input.meanReconstruction),
        { ...panel('difference', difference), scale: 'difference' },
      ],
      { width: PAGE_WIDTH, scale: 'log' },
    ),
  );

  const sections: ReportSection[] = [
    { heading: 'Polarization', svg: vectors, note: limitNote(input) },
    { heading: 'Components, tilt and thickness', svg: components },
  ];
  if (truth) {
    const parity = truth.scores.map(({ name, unit }) => ({
      svg: put(
        `parity-${name}`,
        parityPlot(findChannel(truth.map, name)!.values, findChannel(map, name)!.values, { name, unit }),
      ),
    }));
    sections.push({ heading: 'Against the truth', table: scoreTable(truth.scores), svg: parity });
  }
  sections.push({
    heading: 'What the network saw',
    svg: patterns,
    text: 'The scan’s mean pattern on the model’s detector beside what the network reconstructs of it. What stands out in the difference is what the simulation did not know.',
  });
  sections.push({
    heading: 'Calibration',
    table: {
      columns: [{ label: 'Quantity' }, { label: 'Value' }],
      rows: input.calibration.map((line) => {
        const at = line.indexOf(': ');
        return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 2)];
      }),
    },
    ...(input.warnings.length > 0 ? { note: input.warnings.join(' ') } : {}),
  });
  sections.push({ heading: 'The model on structures it never saw', table: heldOutTable(input.heldOut) });
  sections.push(...(input.extra ?? []));

  const { meta } = map;
  const html = buildReport({
    title: input.title,
    summary: summary(input),
    headline: headline(input),
    sections,
    provenance: {
      recipe_toml: input.recipe_toml,
      recipe_hash: meta.recipe_hash,
      seed: meta.seed,
      version: meta.version,
      source: meta.source,
    },
  });
  return new Map([['report.html', html], ...figures]);
}

function limitNote({ map, uC_cm2_per_pm }: MapReportInput): string {
  const dose_e = map.meta.dose_e;
  return dose_e
    ? pzLimitNote({ dose_e, uC_cm2_per_pm })
    : 'The dose is unknown, and with it what the scan can say of P_z.';
}

function heldOutTable(rows: readonly HeldOutRow[]): ReportTable {
  return {
    caption: 'Mean absolute errors on held-out structures; P_z without noise is not what a noisy scan can give.',
    columns: [{ label: 'Label' }, { label: 'Unit' }, { label: 'Noise-free' }, { label: 'As trained' }],
    rows: rows.map(({ name, unit, noiseFree, asTrained }) => [name, unit, noiseFree, asTrained]),
  };
}

function summary({ map, truth }: MapReportInput): string {
  const [ry, rx] = map.shape;
  const size = `${ry} × ${rx} positions, ${fixedLabel(map.step_nm)} nm apart`;
  const dose = map.meta.dose_e ? `, ${Math.round(map.meta.dose_e).toLocaleString('en')} electrons a pattern` : '';
  const against = truth
    ? ` Against the truth: ${truth.scores
        .filter(({ name }) => /^P_/.test(name))
        .map((score) => `${score.name} r = ${fixedLabel(score.correlation)}, MAE ${fixedLabel(score.mae)} µC/cm²`)
        .join('; ')}.`
    : '';
  return `${map.meta.source}: ${size}${dose}.${against}`;
}

function headline({ map, truth }: MapReportInput): Headline[] {
  const mean = (name: string) => {
    const values: ArrayLike<number> = findChannel(map, name)?.values ?? [];
    return Array.from(values).reduce((a, b) => a + b, 0) / Math.max(1, values.length);
  };
  const inPlane = findChannel(map, 'P_x')!.values.map((x, i) => Math.hypot(x, findChannel(map, 'P_y')!.values[i]!));
  const tiles: Headline[] = [
    {
      label: 'mean in-plane |P|',
      value: fixedLabel(inPlane.reduce((a, b) => a + b, 0) / inPlane.length),
      unit: 'µC/cm²',
    },
    { label: 'mean thickness', value: fixedLabel(mean('thickness')), unit: 'nm' },
    { label: 'mean tilt', value: fixedLabel(Math.hypot(mean('tilt_x'), mean('tilt_y'))), unit: 'mrad' },
  ];
  for (const score of truth?.scores ?? []) {
    if (/^dTi_[xy]$/.test(score.name))
      tiles.push({ label: `${score.name} MAE`, value: fixedLabel(score.mae), unit: 'pm' });
  }
  return tiles;
}

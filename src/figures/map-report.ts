/**
 * The figures and the report of one mapped scan, from data alone: what `ferroscope map` and `ferroscope report` write.
 * No files and no computing of physics here.
 */

import { correlationLabel, electrons, fixedLabel, plural, quantity, unitLabel } from '../core/numbers.ts';
import { breathe, quietTask, type Task } from '../core/task.ts';
import { noBetterThanMean } from '../polarization/abstention.ts';
import {
  findChannel,
  OUT_OF_DOMAIN,
  otherPositions,
  POSITION,
  type PolarizationMap,
} from '../polarization/polarization-map.ts';
import type { ChannelScore } from '../polarization/score.ts';
import { checkSection } from './check-section.ts';
import { componentMap, usualChannels } from './component-map.ts';
import { parityPlot } from './parity-plot.ts';
import { type PatternFigureOptions, patternFigure } from './pattern-figure.ts';
import { buildReport, type Headline, type ReportSection, type ReportWarning } from './report.ts';
import { alongBeamNote, type HeldOutRow, heldOutTable, scoreTable, sigmaTable } from './report-parts.ts';
import { PAGE_WIDTH } from './theme.ts';
import { fullColour, vectorMap } from './vector-map.ts';

export interface MapReportInput {
  readonly title: string;
  readonly map: PolarizationMap;
  /** How the scan was calibrated: quantities and what they are. */
  readonly calibration: readonly (readonly [quantity: string, value: string])[];
  /** Where it is assumed how patterns lie against the scan: other ways, and P_x and P_y of each in terms of this map's. */
  readonly orientations?: readonly (readonly [way: string, p_x: string, p_y: string])[];
  readonly warnings: readonly ReportWarning[];
  readonly heldOut: readonly HeldOutRow[];
  readonly meanPattern: Float32Array;
  readonly meanReconstruction: Float32Array;
  readonly pixel_mrad: number;
  /** Disks of the crystal that the patterns are locked to. */
  readonly spots?: PatternFigureOptions['spots'];
  readonly truth?: { readonly map: PolarizationMap; readonly scores: readonly ChannelScore[] } | undefined;
  readonly recipe_toml: string;
  /** More sections, put before the provenance. */
  readonly extra?: readonly ReportSection[];
}

/** report.html and figures/*.svg, by path. @throws 'aborted' */
export async function renderMap(input: MapReportInput, task: Task = quietTask): Promise<Map<string, string>> {
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
  const components: { readonly svg: string }[] = [];
  for (const name of usualChannels(map)) {
    await breathe(task);
    components.push({ svg: put(name, componentMap(map, name, { truth: truth?.map })) });
  }
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
        { ...panel('scan − network', difference), scale: 'difference' },
      ],
      { width: PAGE_WIDTH, scale: 'log', unit: 'fraction of the beam', spots: input.spots },
    ),
  );

  const sections: ReportSection[] = [
    { heading: 'Polarization', svg: vectors, note: alongBeamNote(map, priorSpread(input)) },
    { heading: 'Components, tilt and thickness', text: COMPONENTS, svg: components, table: sigmaTable(map) },
    ...positionSection(map, put),
    ...domainSection(map, put),
    ...checkSection(map, put),
  ];
  if (truth) {
    const parity: { readonly svg: string }[] = [];
    for (const { name, unit } of truth.scores) {
      await breathe(task);
      const plot = parityPlot(findChannel(truth.map, name)!.values, findChannel(map, name)!.values, { name, unit });
      parity.push({ svg: put(`parity-${name}`, plot) });
    }
    sections.push({ heading: 'Against the truth', table: scoreTable(truth.scores), svg: parity });
  }
  sections.push({
    heading: 'What the network saw',
    svg: patterns,
    text: 'The scan’s mean pattern on the model’s detector beside what the network reconstructs of it. What stands out in the difference is what the simulation did not know.',
  });
  sections.push({
    heading: 'Calibration',
    table: { columns: [{ label: 'Quantity' }, { label: 'Value' }], rows: input.calibration },
  });
  if (input.orientations?.length) sections.push(orientationSection(input.orientations));
  sections.push({ heading: 'The model on structures it never saw', table: heldOutTable(input.heldOut) });
  sections.push(...(input.extra ?? []));

  const { meta } = map;
  const html = buildReport({
    title: input.title,
    warnings: input.warnings,
    summary: summary(input),
    headline: headline(input),
    sections,
    provenance: {
      recipe_toml: input.recipe_toml,
      recipe_hash: meta.recipe_hash,
      seed: meta.seed,
      version: meta.version,
      source: meta.source,
      ...(meta.model_choice === undefined ? {} : { more: { Model: meta.model_choice } }),
    },
  });
  return new Map([['report.html', html], ...figures]);
}

const COMPONENTS =
  'σ is what the model states of each pattern, calibrated so that value ± σ holds the truth in 68 of 100 patterns of structures it never saw, and widened where a position is out of its domain. It knows nothing of errors that such structures do not show. Components of a vector have one scale, and so have their differences from a truth; σ has its own.';

/** Which positions are not of the crystal, where any is. */
function positionSection(map: PolarizationMap, put: (name: string, svg: string) => string): ReportSection[] {
  const others = otherPositions(map);
  if (others.length === 0) return [];
  const words = others.map(({ kind, code, count }) => `${count} ${kind} (${code})`);
  return [
    {
      heading: 'Positions that are not of the crystal',
      text: `Of ${map.shape[0] * map.shape[1]} positions: ${words.join(', ')}; 0 is the crystal. They have no value, are hatched in the maps, and are left out of what is taken over the map.`,
      svg: put(POSITION, componentMap(map, POSITION, { range: [0, Math.max(...others.map(({ code }) => code))] })),
    },
  ];
}

/** What the map would be if patterns lay otherwise against the scan. */
function orientationSection(rows: NonNullable<MapReportInput['orientations']>): ReportSection {
  return {
    heading: 'If the camera lies otherwise',
    text: 'This map takes patterns to lie as the scan does: neither turned nor mirrored. Where they are known to be turned against it (y towards x, to within 45°) or mirrored (axes exchanged after the turn), the in-plane components are these of the map’s; P_z stays. Tilt and displacements go with P.',
    table: { columns: [{ label: 'Patterns' }, { label: 'P_x' }, { label: 'P_y' }], rows },
  };
}

/** Which positions are out of the model's domain, where any is. */
function domainSection(map: PolarizationMap, put: (name: string, svg: string) => string): ReportSection[] {
  const values = findChannel(map, OUT_OF_DOMAIN)?.values;
  const marked = values?.filter((one) => one === 1).length ?? 0;
  if (!values || marked === 0) return [];
  return [
    {
      heading: 'Out of the model’s domain',
      text: `${plural(marked, 'position')} of ${values.length} (yellow): patterns unlike those that the model was tested on. Their σ is widened, and is a guess.`,
      svg: put(OUT_OF_DOMAIN, componentMap(map, OUT_OF_DOMAIN, { range: [0, 1] })),
    },
  ];
}

const priorSpread = ({ heldOut }: MapReportInput): number | undefined =>
  heldOut.find(({ name }) => name === 'P_z')?.meanOnly;

function summary({ map, truth }: MapReportInput): string {
  const [ry, rx] = map.shape;
  const size = `${ry} × ${rx} positions, ${map.step_nm === undefined ? 'an unknown step' : quantity(map.step_nm, 'nm')} apart`;
  const dose = map.meta.dose_e ? `, ${electrons(map.meta.dose_e)} per pattern` : '';
  const against = truth
    ? ` Against the truth: ${truth.scores
        .filter(({ name }) => /^P_/.test(name))
        .map(({ name, correlation, mae, unit, rmse, truth_sd }) => {
          const verdict = noBetterThanMean(rmse, truth_sd) ? ' (no better than the mean)' : '';
          return `${name} ${correlationLabel(correlation)}, MAE ${quantity(mae, unit)}${verdict}`;
        })
        .join('; ')}.`
    : '';
  return `${map.meta.source}: ${size}${dose}.${against}`;
}

function headline({ map, truth }: MapReportInput): Headline[] {
  const mean = (values: ArrayLike<number> = []): number => {
    const finite = Array.from(values).filter(Number.isFinite);
    return finite.reduce((a, b) => a + b, 0) / finite.length;
  };
  const of = (name: string) => findChannel(map, name)?.values;
  const inPlane = of('P_x')?.map((x, i) => Math.hypot(x, of('P_y')?.[i] ?? Number.NaN));
  const tiles = [
    { label: 'mean in-plane |P|', value: mean(inPlane), unit: 'uC/cm2' },
    { label: 'mean thickness', value: mean(of('thickness')), unit: 'nm' },
    { label: 'mean tilt', value: Math.hypot(mean(of('tilt_x')), mean(of('tilt_y'))), unit: 'mrad' },
    ...(truth?.scores ?? [])
      .filter(({ name }) => /^dTi_[xy]$/.test(name))
      .map(({ name, mae, unit }) => ({ label: `${name} MAE`, value: mae, unit })),
  ];
  return tiles
    .filter(({ value }) => Number.isFinite(value))
    .map(({ label, value, unit }) => ({ label, value: fixedLabel(value), unit: unitLabel(unit) }));
}

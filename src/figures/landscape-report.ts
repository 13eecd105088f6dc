/** Figures and report of an energy landscape, from data alone. Energies in meV per formula unit, counted from u = 0 under the same conditions. */

import { decimalLabel, fixedLabel, numberLabel, plural, quantity, unitLabel } from '../core/numbers.ts';
import type { Vec3 } from '../crystal/structure.ts';
import type { StationaryPoint } from '../ferroelectric/landscape.ts';
import type { Check } from '../ferroelectric/landscape-checks.ts';
import { directionHtml } from './landscape-labels.ts';
import {
  energyProfiles,
  type NamedPath,
  polarizationProfile,
  type Section,
  sectionChart,
} from './landscape-profile.ts';
import { type EnergySolid, energySolid } from './landscape-solid.ts';
import { type Stereogram, stereogram } from './landscape-stereogram.ts';
import { buildReport, type Cell, type ReportProvenance, type ReportSection, type ReportTable } from './report.ts';

export interface LandscapeReportInput extends ReportProvenance {
  /** What it is of: 'Ba0.5Sr0.5TiO3'. */
  readonly material: string;
  /** Strain, pressure and field in words: 'strain relaxed'. */
  readonly conditions: string;
  readonly points: readonly StationaryPoint[];
  /** Σ (−1)^index: 1 where no point is missing. */
  readonly index_sum: number;
  readonly paths: readonly NamedPath[];
  readonly sections: readonly Section[];
  readonly halves: Stereogram['halves'];
  readonly pixels: number;
  readonly solid: Pick<EnergySolid, 'facets' | 'energies_meV'>;
  readonly checks: readonly Check[];
  readonly notes: readonly string[];
}

/** report.html and figures/*.svg, by path. */
export function renderLandscape(input: LandscapeReportInput): Map<string, string> {
  const { points, paths, sections, notes, conditions, material } = input;
  const figures = new Map<string, string>();
  const put = (name: string, svg: string): string => {
    figures.set(`figures/${name}.svg`, svg);
    return svg;
  };
  const lowest = points[0]!;
  const poles = points.flatMap(({ equivalents, kind, family }) =>
    family === 'u = 0' ? [] : equivalents.map((direction) => ({ direction, kind })),
  );
  const directions = paths.map(({ name, path }) => ({ name, directions: path.u_A }));
  const surface = [
    {
      svg: put('stereogram', stereogram({ halves: input.halves, pixels: input.pixels, poles, paths: directions })),
      caption: 'Lowest energy along each direction of u, in stereographic (equal-angle) projection seen from +z.',
    },
    {
      svg: put('solid', energySolid({ ...input.solid, poles })),
      caption:
        'The same as a surface around u = 0: the further out the lower the energy, from 0.6 of the largest distance where it is highest, linear in between.',
    },
    { svg: put('sections', sectionChart(sections)), caption: 'Energy along directions through u = 0.' },
  ];
  const missing =
    input.index_sum === 1
      ? 'Minima, saddles and maxima add up as they must (the sum of (−1)^index is 1): none is missing.'
      : `Minima, saddles and maxima do not add up (the sum of (−1)^index is ${input.index_sum}, not 1): some are missing.`;
  const body: ReportSection[] = [
    { heading: 'Energy over the directions of the soft mode', svg: surface },
    {
      heading: 'Stationary points',
      text: missing,
      table: pointTable(points),
      ...(notes.length > 0 ? { note: notes.join(' ') } : {}),
    },
    ...(paths.length > 0 ? [pathSection(paths, put)] : []),
    { heading: 'Numbers beside their targets', text: CHECKS, table: checkTable(input.checks) },
  ];
  const size = Math.hypot(...lowest.P_uC_cm2);
  const html = buildReport({
    title: `Energy landscape of ${material}`,
    summary: `${material}, ${conditions}: ${plural(lowest.equivalents.length, lowest.kind === 'minimum' ? 'lowest minimum' : 'lowest state', lowest.kind === 'minimum' ? 'lowest minima' : 'lowest states')} of ${quantity(1e3 * lowest.energy_eV, 'meV', 4)} per formula unit, |P| ${quantity(size, 'uC/cm2')}. A uniform soft mode at zero temperature.`,
    headline: [
      { label: 'depth of the lowest wells', value: fixedLabel(-1e3 * lowest.energy_eV, 4), unit: 'meV' },
      { label: 'their |P|', value: fixedLabel(size), unit: 'µC/cm²' },
      ...paths.slice(0, 3).map(({ name, path }) => ({
        label: `barrier of ${name}`,
        value: fixedLabel(1e3 * path.barrier_eV, 4),
        unit: 'meV',
      })),
    ],
    sections: body,
    provenance: input,
  });
  return new Map([['report.html', html], ...figures]);
}

const CHECKS =
  'Energies published in 1995, and wells and a barrier recomputed independently from the published parameters of Phys. Rev. B 82, 134106 and J. Phys. Soc. Jpn. 85, 114714. They do not depend on this recipe.';

function pathSection(paths: readonly NamedPath[], put: (name: string, svg: string) => string): ReportSection {
  return {
    heading: 'Minimum-energy paths',
    svg: [
      { svg: put('paths', energyProfiles(paths)), caption: 'Energy along the paths.' },
      ...paths.map((named) => ({
        svg: put(`polarization-${named.name.replaceAll(/\W+/g, '-')}`, polarizationProfile(named)),
        caption: `Polarization along ${named.name}.`,
      })),
    ],
    table: paths.map(stationTable),
  };
}

function pointTable(points: readonly StationaryPoint[]): ReportTable {
  return {
    caption:
      'One of each set of equivalent points. P for the cubic cell a0³; curvatures are the eigenvalues of ∂²E/∂u∂u.',
    columns: [
      { label: 'Kind' },
      { label: 'Direction' },
      { label: 'Family' },
      { label: 'Number' },
      { label: 'E', unit: 'meV', digits: 4 },
      { label: '|u|', unit: 'Å' },
      { label: 'P_x', unit: 'µC/cm²' },
      { label: 'P_y', unit: 'µC/cm²' },
      { label: 'P_z', unit: 'µC/cm²' },
      { label: 'Curvatures', unit: 'eV/Å²' },
    ],
    rows: points.map((point) => [
      point.kind,
      { html: directionHtml(point.u_A) },
      point.family,
      point.equivalents.length,
      1e3 * point.energy_eV,
      Math.hypot(...point.u_A),
      ...point.P_uC_cm2,
      point.curvatures.map((value) => numberLabel(value)).join(', '),
    ]),
  };
}

function stationTable({ name, path }: NamedPath): ReportTable {
  const { normal } = path;
  const held = normal ? `, held in the plane across ${plain(normal)}` : ', free';
  return {
    caption: `${name}${held}: barrier ${quantity(1e3 * path.barrier_eV, 'meV', 4)}, from the lowest state to the highest top.`,
    columns: [
      { label: 'State' },
      { label: 'Direction' },
      { label: 'In the landscape' },
      { label: 'E', unit: 'meV', digits: 4 },
      { label: 'Along the path', unit: 'Å' },
    ],
    rows: path.stations.map(({ role, u_A, kind, energy_eV, at_A }): Cell[] => [
      role,
      { html: directionHtml(u_A) },
      kind,
      1e3 * energy_eV,
      decimalLabel(at_A, 3),
    ]),
  };
}

/** A unit normal as the smallest whole numbers where it has them. */
function plain(normal: Vec3): string {
  const least = Math.min(...normal.map(Math.abs).filter((v) => v > 1e-9));
  return `[${normal.map((v) => numberLabel(v / least || 0)).join(' ')}]`;
}

function checkTable(checks: readonly Check[]): ReportTable {
  return {
    columns: [{ label: 'Number' }, { label: 'Here' }, { label: 'Target' }, { label: 'Unit' }, { label: 'Agrees' }],
    rows: checks.map(({ what, value, target, unit, tolerance }) => {
      const decimals = Math.max(0, Math.round(-Math.log10(2 * tolerance)));
      const shown = (v: number): string => decimalLabel(v, decimals);
      return [
        what,
        shown(value),
        shown(target),
        unitLabel(unit),
        Math.abs(value - target) <= 1.001 * tolerance ? 'yes' : 'no',
      ];
    }),
  };
}

/** `ferroscope landscape RECIPE`: stationary points of the energy and paths between them as JSON and CSV, with figures and a report. */

import { join } from 'node:path';
import { numberLabel, quantity, setting } from '../core/numbers.ts';
import { breathe } from '../core/task.ts';
import { norm } from '../crystal/lattice.ts';
import type { Vec3 } from '../crystal/structure.ts';
import { givenLandscape, landscapeIdentity } from '../ferroelectric/given-landscape.ts';
import {
  indexSum,
  plus,
  polarization,
  type StationaryPoint,
  stationaryPoints,
  symmetries,
} from '../ferroelectric/landscape.ts';
import { landscapeChecks } from '../ferroelectric/landscape-checks.ts';
import { lowestEnergies_meV } from '../ferroelectric/landscape-surface.ts';
import type { LandscapeOptions } from '../ferroelectric/options.ts';
import { minimumEnergyPath } from '../ferroelectric/path.ts';
import type { Conditions } from '../ferroelectric/system.ts';
import type { UniformEnergy } from '../ferroelectric/uniform.ts';
import { directionText } from '../figures/landscape-labels.ts';
import type { NamedPath, Section } from '../figures/landscape-profile.ts';
import { type LandscapeReportInput, renderLandscape } from '../figures/landscape-report.ts';
import { solidDirections } from '../figures/landscape-solid.ts';
import { gridDirections, type Half } from '../figures/stereographic.ts';
import { refuseExisting, writeFolderWhole } from '../node/files.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { recipeToToml } from '../recipe/recipe.ts';
import { argument, option, readRecipe } from './arguments.ts';
import type { CommandLine } from './command-line.ts';
import { PROGRAM } from './version.ts';

/** Along each edge of the surface in space: facets of about 4°. */
const FACETS = 22;

export async function runLandscape(line: CommandLine): Promise<void> {
  const recipe = await readRecipe(argument(line, 0));
  const out = option(line, 'out') ?? 'landscape';
  refuseExisting(out, line.options.overwrite === true);
  const { of, conditions } = givenLandscape(recipe);
  const landscape = recipe.landscape!;

  const { task } = line.console;
  const points = stationaryPoints(of);
  const index_sum = indexSum(points);
  const paths: NamedPath[] = [];
  for (const { name, through, plane } of landscape.paths) {
    await breathe(task);
    const path = minimumEnergyPath(of, through, { ...(plane && { plane }), images: landscape.images });
    paths.push({ name, path, P_uC_cm2: path.u_A.map((u) => polarization(of, u)) });
  }
  const surfaces: LandscapeReportInput['halves'][number][] = [];
  for (const half of halves(of)) {
    surfaces.push({ half, energies_meV: await lowestEnergies_meV(of, gridDirections(landscape.pixels, half), task) });
  }
  const solid = {
    facets: FACETS,
    energies_meV: await lowestEnergies_meV(of, solidDirections(FACETS), task),
  };
  const checks = landscapeChecks();
  const identity = landscapeIdentity(recipe, PROGRAM);
  const recipe_toml = recipeToToml(recipe, ['crystal', 'landscape']);
  const words = conditionWords(landscape, conditions);
  const data = {
    kind: 'ferroscope-landscape/2',
    identity,
    recipe_toml,
    material: of.parameters.name,
    conditions: words,
    energies: 'eV per formula unit, from u = 0 under the same conditions',
    stationary_points: points,
    index_sum,
    paths: paths.map(({ name, path, P_uC_cm2 }) => ({ name, ...path, P_uC_cm2 })),
    checks,
  };
  const report = renderLandscape({
    material: of.parameters.name,
    conditions: words,
    points,
    index_sum,
    paths,
    sections: sections(of, points),
    halves: surfaces,
    pixels: landscape.pixels,
    solid,
    checks,
    notes: notes(recipe),
    recipe_toml,
    identity: identity.id,
    version: PROGRAM,
  });
  const files = new Map([
    ['landscape.json', `${JSON.stringify(data, null, 1)}\n`],
    ['stationary-points.csv', pointsCsv(points)],
    ...(paths.length > 0 ? [['paths.csv', pathsCsv(paths)] as const] : []),
    ...report,
  ]);
  const encoder = new TextEncoder();
  await breathe(task);
  await writeFolderWhole(
    out,
    [...files].map(([name, text]) => [name, encoder.encode(text)] as const),
  );

  const lowest = points[0]!;
  const wrong = checks.filter(({ value, target, tolerance }) => Math.abs(value - target) > 1.001 * tolerance).length;
  line.console.result(
    [
      `${of.parameters.name}, ${words}: lowest ${quantity(1e3 * lowest.energy_eV, 'meV', 4)} ${lowest.family === 'u = 0' ? 'at u = 0' : `along ${directionText(lowest.u_A)}`}, |P| ${quantity(norm(lowest.P_uC_cm2), 'uC/cm2')}.`,
      ...paths.map(({ name, path }) => `${name}: barrier ${quantity(1e3 * path.barrier_eV, 'meV', 4)}.`),
      `${checks.length - wrong} of ${checks.length} numbers agree with their targets.`,
      `Look at ${join(out, 'report.html')}`,
    ],
    {
      out,
      files: [...files.keys()],
      lowest_eV: lowest.energy_eV,
      barriers_eV: Object.fromEntries(paths.map(({ name, path }) => [name, path.barrier_eV])),
      index_sum,
      checks_failed: wrong,
      identity: identity.id,
    },
  );
}

/** The lower half is drawn where the mirror z → −z does not make it the same. */
function halves(of: UniformEnergy): Half[] {
  const mirror = symmetries(of).some((m) => m[0][0] === 1 && m[1][1] === 1 && m[2][2] === -1);
  return mirror ? ['upper'] : ['upper', 'lower'];
}

/** E along [001], [110] and [111], both ways, to 1.6 times the largest |u| of a stationary point. */
function sections(of: UniformEnergy, points: readonly StationaryPoint[]): Section[] {
  const reach = 1.6 * Math.max(0.05, ...points.map(({ u_A }) => norm(u_A)));
  const directions: Vec3[] = [
    [0, 0, 1],
    [1, 1, 0],
    [1, 1, 1],
  ];
  return directions.map((direction) => ({
    direction,
    points: Array.from({ length: 201 }, (_, i) => {
      const u = reach * (i / 100 - 1);
      return [u, 1e3 * of.energy(plus([0, 0, 0], direction, u / norm(direction)))] as const;
    }),
  }));
}

/** 'epitaxial, misfit −0.5 %'. */
export function conditionWords({ strain, misfit_percent }: LandscapeOptions, conditions: Conditions): string {
  const { pressure_GPa = 0, field_V_per_A = [0, 0, 0] } = conditions;
  const parts = [
    {
      relaxed: 'strain relaxed',
      clamped: 'strain clamped',
      epitaxial: `epitaxial, misfit ${setting(misfit_percent!, '%')}`,
    }[strain],
    ...(pressure_GPa === 0 ? [] : [setting(pressure_GPa, 'GPa')]),
    ...(norm(field_V_per_A) === 0 ? [] : [`field (${field_V_per_A.map((E) => numberLabel(E, 6)).join(', ')}) V/Å`]),
  ];
  return parts.join(', ');
}

function notes({ crystal, landscape }: Recipe): string[] {
  return [
    ...(crystal.material === 'SrTiO3'
      ? ['SrTiO3 is an extrapolation, 2·BST − BTO, for scans over composition only.']
      : []),
    ...(crystal.material === '(Ba,Sr)TiO3' && crystal.ba_fraction !== 0.5 && landscape?.pressure_GPa === undefined
      ? ['The composition stands as a pressure on the Ba0.5Sr0.5TiO3 parameters.']
      : []),
  ];
}

const COMPONENTS = ['x', 'y', 'z'];

/** Every stationary point, equivalents too, one per line. */
function pointsCsv(points: readonly StationaryPoint[]): string {
  const head = [
    'set',
    'kind',
    'family',
    'E_meV',
    ...COMPONENTS.map((c) => `u_${c}_A`),
    ...COMPONENTS.map((c) => `P_${c}_uC_cm2`),
    ...[1, 2, 3].map((n) => `curvature${n}_eV_per_A2`),
  ];
  const rows = points.flatMap((point, set) =>
    point.equivalents.map((u) => {
      const perMode = norm(point.u_A) > 0 ? norm(point.P_uC_cm2) / norm(point.u_A) : 0;
      const P = u.map((v) => v * perMode);
      const numbers = [1e3 * point.energy_eV, ...u, ...P, ...point.curvatures].map(short);
      return [set + 1, point.kind, point.family, ...numbers].join(',');
    }),
  );
  return `${[head.join(','), ...rows].join('\n')}\n`;
}

function pathsCsv(paths: readonly NamedPath[]): string {
  const head = [
    'path',
    'length_A',
    'E_meV',
    ...COMPONENTS.map((c) => `u_${c}_A`),
    ...COMPONENTS.map((c) => `P_${c}_uC_cm2`),
  ];
  const rows = paths.flatMap(({ name, path, P_uC_cm2 }) =>
    path.u_A.map((u, i) =>
      [name, ...[path.length_A[i]!, 1e3 * path.energy_eV[i]!, ...u, ...P_uC_cm2[i]!].map(short)].join(','),
    ),
  );
  return `${[head.join(','), ...rows].join('\n')}\n`;
}

/** Eight digits, and no dust for zero. */
const short = (value: number): string => (Math.abs(value) < 1e-12 ? '0' : String(Number(value.toPrecision(8))));

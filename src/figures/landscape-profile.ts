/**
 * Profiles of the landscape: the energy along minimum-energy paths (the paper's Fig. 4h), the polarization along one, and sections of E(u) through u = 0.
 * Energies in meV per formula unit, u in Å, P in µC/cm².
 */

import { fail } from '../core/errors.ts';
import { numberLabel, plural } from '../core/numbers.ts';
import type { Vec3 } from '../crystal/structure.ts';
import type { EnergyPath } from '../ferroelectric/path.ts';
import { channelUnitSvg } from './labels.ts';
import { directionOver, directionSvg, directionWidth } from './landscape-labels.ts';
import { lineChart } from './line-chart.ts';
import { ticks } from './scale.ts';
import { el, text } from './svg.ts';
import { INK, MUTED, SERIES, TEXT } from './theme.ts';

export interface NamedPath {
  readonly name: string;
  readonly path: EnergyPath;
  /** P at each image [µC/cm²]. */
  readonly P_uC_cm2: readonly Vec3[];
}

const ENERGY_LABEL = '<tspan font-style="italic">E</tspan> (meV per formula unit)';
const SHARE = { label: 'coordinate along the path', domain: [0, 1] as const, ticks: [0, 0.25, 0.5, 0.75, 1] };

/** Low and high with room, and ticks inside. */
function domainOf(values: readonly number[], room = 0.1): { domain: [number, number]; ticks: number[] } {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = high > low ? room * (high - low) : 1;
  const domain: [number, number] = [low - margin, high + margin];
  return { domain, ticks: ticks(...domain, 6) };
}

/** E along paths, each over its own length, with the names of the states that it meets. @throws 'range' without a path */
export function energyProfiles(paths: readonly NamedPath[]): string {
  if (paths.length === 0) fail('range', 'There is no path to draw.', 'Give one.');
  const lines = paths.map(({ name, path }) => {
    const total = path.length_A.at(-1)!;
    // The exact stations among the images, so that tops and wells are where they are.
    const points = [
      ...path.u_A.map((_, i) => [path.length_A[i]! / total, 1e3 * path.energy_eV[i]!] as const),
      ...path.stations.map(({ at_A, energy_eV }) => [at_A / total, 1e3 * energy_eV] as const),
    ].sort(([a], [b]) => a - b);
    return { name, points };
  });
  const all = lines.flatMap(({ points }) => points.map(([, y]) => y));
  return lineChart(lines, {
    height: 210,
    description: `Energy along ${paths.map(({ name }) => name).join(', ')}, ${numberLabel(Math.min(...all))} to ${numberLabel(Math.max(...all))} meV per formula unit.`,
    x: SHARE,
    y: { label: ENERGY_LABEL, grid: true, ...domainOf(all, 0.14) },
    over: (at) => {
      const names: Name[] = [];
      const dots = paths.flatMap(({ path }, i) =>
        path.stations.map(({ u_A, at_A, energy_eV, role }, k) => {
          const [x, y] = at(at_A / path.length_A.at(-1)!, 1e3 * energy_eV);
          const low = role === 'well' || (role === 'end' && energy_eV < path.stations[k === 0 ? 1 : k - 1]!.energy_eV);
          const anchor = k === 0 ? 'start' : k === path.stations.length - 1 ? 'end' : 'middle';
          names.push({ u: u_A, x, y: y + (low ? 11 : -5), anchor });
          return el('circle', {
            cx: x,
            cy: y,
            r: 2,
            fill: SERIES[i % SERIES.length]!,
            stroke: '#ffffff',
            'stroke-width': 0.7,
          });
        }),
      );
      return [...dots, ...stationNames(names)].join('\n');
    },
  });
}

interface Name {
  readonly u: Vec3;
  readonly x: number;
  readonly y: number;
  readonly anchor: 'start' | 'middle' | 'end';
}

/** The names of stations; one that would lie over another is left out, the same name on the same spot among them. */
function stationNames(names: readonly Name[]): string[] {
  const taken: { left: number; right: number; y: number }[] = [];
  return names.flatMap(({ u, x, y, anchor }) => {
    const width = directionWidth(u, TEXT.small);
    const left = x - { start: 0, middle: width / 2, end: width }[anchor];
    if (taken.some((t) => Math.abs(t.y - y) < TEXT.small && left < t.right && t.left < left + width)) return [];
    taken.push({ left, right: left + width, y });
    return [directionOver(x, y, u, { 'font-size': TEXT.small, 'text-anchor': anchor })];
  });
}

/** The components of P along one path. */
export function polarizationProfile({ name, path, P_uC_cm2 }: NamedPath): string {
  const total = path.length_A.at(-1)!;
  const lines = (['P_x', 'P_y', 'P_z'] as const).map((component, k) => ({
    name: component,
    colour: SERIES[k]!,
    points: P_uC_cm2.map((P, i) => [path.length_A[i]! / total, P[k]!] as const),
  }));
  // Components that are equal hide one another: the later one is dashed.
  const same = (a: number, b: number): boolean => P_uC_cm2.every((P) => Math.abs(P[a]! - P[b]!) < 0.01);
  const drawn = lines.map((line, k) => ({ ...line, dashed: [0, 1, 2].some((other) => other < k && same(other, k)) }));
  const size = lines.flatMap(({ points }) => points.map(([, y]) => y));
  return lineChart(drawn, {
    height: 210,
    description: `Polarization along ${name}.`,
    x: SHARE,
    y: { label: channelUnitSvg('P', 'uC/cm2'), grid: true, ...domainOf(size) },
  });
}

export interface Section {
  readonly direction: Vec3;
  /** u along the direction [Å], increasing, and E [meV]. */
  readonly points: readonly (readonly [u_A: number, energy_meV: number])[];
}

/** E(u) along directions through u = 0. */
export function sectionChart(sections: readonly Section[]): string {
  const all = sections.flatMap(({ points }) => points.map(([, y]) => y));
  const us = sections.flatMap(({ points }) => points.map(([x]) => x));
  // As far up as the wells are deep: beyond that the walls are steep and alike.
  const low = Math.min(...all);
  const y = domainOf([low, Math.min(Math.max(...all), Math.max(0.5 * Math.abs(low), 0.1))]);
  const shown = sections.map(({ points }) => points.filter(([, energy]) => energy <= y.domain[1]));
  const ends = shown.map((points) => points.at(-1)![0]);
  const reach = 1.02 * Math.max(...ends, ...us.map(() => 0));
  const names = sections.map(({ direction }) => directionSvg(direction));
  return lineChart(
    shown.map((points, i) => ({ name: '', points, colour: SERIES[i % SERIES.length]! })),
    {
      height: 210,
      description: `Energy of a uniform soft mode along ${plural(sections.length, 'direction')}, lowest ${numberLabel(low)} meV per formula unit.`,
      x: { label: '<tspan font-style="italic">u</tspan> (Å)', domain: [-reach, reach] },
      y: { label: ENERGY_LABEL, grid: true, ...y },
      over: (at, frame) => {
        const [zero] = at(0, y.domain[0]);
        const rows = names.map((name, i) => {
          const top = frame.top + 12 + 11 * i;
          return (
            el('path', { d: `M${zero - 22} ${top - 3}h12`, stroke: SERIES[i % SERIES.length]!, 'stroke-width': 1.6 }) +
            text(zero - 6, top, name, { 'font-size': TEXT.small, fill: INK })
          );
        });
        return el('g', { class: 'key', fill: MUTED }, ...rows);
      },
    },
  );
}

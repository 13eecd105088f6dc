/** The part of a map's report that says whether the predicted states explain the patterns: χ² over the scan, beside what simulated patterns leave whose states are known. */

import { percent, plural, quantity } from '../core/numbers.ts';
import { CHI2, type Check, getChannel, type PolarizationMap } from '../polarization/polarization-map.ts';
import { componentMap } from './component-map.ts';
import type { ReportSection } from './report.ts';

/** The checked positions as a map of their own. */
function checkedMap(map: PolarizationMap, every: number): PolarizationMap {
  const [ry, rx] = map.shape;
  const channel = getChannel(map, CHI2);
  const shape = [Math.ceil(ry / every), Math.ceil(rx / every)] as const;
  const values = Float32Array.from(
    { length: shape[0] * shape[1] },
    (_, i) => channel.values[Math.floor(i / shape[1]) * every * rx + (i % shape[1]) * every]!,
  );
  return { ...map, shape, step_nm: map.step_nm && map.step_nm * every, channels: [{ ...channel, values }] };
}

function textOf(check: Check): string {
  const { positions, every, floor, fitted, freedom, variance, threshold, above } = check;
  const which = every === 1 ? 'each position' : `each ${every}th position along y and x`;
  return [
    `At ${which} (${positions} in all) the uniform crystal of the predicted P, thickness and tilt was simulated as the model’s library was, with a virtual crystal on sites that elements share, and compared with the pattern. Fitted to each pattern: ${fitted} amplitudes, of intensity, background (even and decaying from the direct beam), blur to second order, shift, and inelastic scattering of two widths; ${Math.round(freedom)} degrees of freedom are left (median). χ² is weighed by counting, ${percent(variance, 2)} of Poisson’s variance since pixels are resampled, and given per degree of freedom.`,
    `Above the threshold of ${quantity(threshold, '', 3)} lie ${percent(above, 2)}; about 5 % are expected where the model is as right as on structures it never saw. The threshold is that of ${plural(floor.patterns, 'simulated pattern')} of ${plural(floor.structures, 'structure')} of the model’s recipe (${floor.cells.join(' × ')} cells across, ${quantity(floor.thickness_nm, 'nm')} thick, near the zone axis), with the scan’s counting noise, and as rough as so few structures make it.`,
    'What the check cannot see: P along the beam, the differences of cells under the probe, and any error that changes a pattern less than disorder does. Disorder and texture raise χ² though the state is right; the table says by how much.',
  ].join('\n\n');
}

export function checkSection(map: PolarizationMap, put: (name: string, svg: string) => string): ReportSection[] {
  const { check } = map.meta;
  if (!check) return [];
  const { floor } = check;
  const svg = put(CHI2, componentMap(checkedMap(map, check.every), CHI2));
  return [
    {
      heading: 'Do the predicted states explain the patterns?',
      text: textOf(check),
      svg,
      table: {
        caption: 'χ² per degree of freedom, medians.',
        columns: [{ label: 'Patterns beside' }, { label: 'χ²' }],
        rows: [
          ['this scan: the predicted states', check.median],
          ['simulated: themselves (counting alone)', floor.counting],
          ['simulated: their true states (disorder)', floor.truth],
          ['simulated: states as wrong as the model is on structures it never saw (rms)', floor.stated],
          ['simulated: P reversed', floor.reversed],
          ['simulated: 5 nm thicker', floor.thicker],
        ],
      },
    },
  ];
}

/**
 * What each pattern of a library is labelled with; dTi is of the B cation, whatever it is. The default labels average over the depth and over the columns under the probe, weighted by its
 * intensity in vacuum along its path; '…_column' is the one column nearest to the probe at the entrance; '…_spread' is how much a component varies along
 * the depth (depth-means.ts).
 */

import type { LabelInfo } from './dataset.ts';

const VECTORS: readonly (readonly [stem: string, unit: string])[] = [
  ['P', 'uC/cm2'],
  ['dTi', 'pm'],
  ['dO', 'pm'],
];

const AXES = ['x', 'y', 'z'] as const;

/** The labels a model predicts, in order. */
export const PREDICTED_LABELS: readonly LabelInfo[] = [
  ...VECTORS.flatMap(([stem, unit]) => AXES.map((axis) => ({ name: `${stem}_${axis}`, unit }))),
  { name: 'tilt_x', unit: 'mrad' },
  { name: 'tilt_y', unit: 'mrad' },
  { name: 'thickness', unit: 'nm' },
];

/** All labels stored with a pattern: the predicted ones, then the single column's, the probe's position in the block, the spread along the depth. */
export const STORED_LABELS: readonly LabelInfo[] = [
  ...PREDICTED_LABELS,
  ...VECTORS.flatMap(([stem, unit]) => AXES.map((axis) => ({ name: `${stem}_${axis}_column`, unit }))),
  { name: 'probe_x', unit: 'A' },
  { name: 'probe_y', unit: 'A' },
  ...AXES.map((axis) => ({ name: `P_${axis}_spread`, unit: 'uC/cm2' })),
];

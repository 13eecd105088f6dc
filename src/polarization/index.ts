/** What users of the package need of this room (`import … from 'ferroscope/polarization'`): maps, their files, their scores. Rooms import files, not this. */

export { type Checked, type CheckInputs, checkScan } from './check-scan.ts';
export {
  type CellDisplacement,
  type ColumnDisplacements,
  columnDisplacements,
} from './column-displacement.ts';
export { type ColumnLattice, findLattice } from './column-lattice.ts';
export { type ColumnImage, type FittedColumn, fitColumns } from './columns.ts';
export type { MapWarning } from './fit.ts';
export { type FriedelAsymmetry, type FriedelPair, friedelAsymmetry, friedelKind } from './friedel.ts';
export { calibrateFriedel, type FriedelCalibration, type FriedelFit, friedelDisplacements } from './friedel-library.ts';
export { encodeMapZarr, mapToCsv, mapToNpz, readMapZarr } from './map-files.ts';
export { type MapOptions, type MapResult, type ModelChoice, mapIdentity, mapScan } from './map-scan.ts';
export { analysisOptions } from './options.ts';
export {
  type Abstention,
  type Check,
  checkMap,
  findChannel,
  getChannel,
  longName,
  type MapChannel,
  type MapProvenance,
  type PolarizationMap,
  usualUnit,
} from './polarization-map.ts';
export { measuredFacts, scanRemarks, statedFacts } from './scan-facts.ts';
export { type ChannelScore, scoreMap, scoreValues } from './score.ts';
export { truthOfNpz } from './truth.ts';
export { type Trial, tryModel } from './try-model.ts';
export { scoreVectors, type VectorScore } from './vector-score.ts';

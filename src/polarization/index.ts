/** What users of the package need of this room (`import … from 'ferroscope/polarization'`): maps, their files, their scores. Rooms import files, not this. */

export { type Checked, type CheckInputs, checkScan } from './check-scan.ts';
export type { MapWarning } from './fit.ts';
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

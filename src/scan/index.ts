/** What users of the package need of this room (`import … from 'ferroscope/scan'`): 4D-STEM files, calibration, resampling. Rooms import files, not this. */

export { calibrate } from './calibrate.ts';
export { type CalibratedPatterns, calibratedPatterns, LatticeView } from './calibrated.ts';
export {
  type BeamAndCrystal,
  type Calibration,
  calibrationIdentity,
  type Pair,
} from './calibration.ts';
export { calibrationRows } from './calibration-rows.ts';
export { type Description, describeFile } from './describe.ts';
export { type EmdScan, type MetadataTree, writeEmdTree } from './emd-write.ts';
export { type GivenImages, withGiven } from './given.ts';
export type { Hdf5Dataset, Hdf5File, Hdf5Group, Hdf5Node } from './hdf5.ts';
export { openScan } from './open.ts';
export { type ScanOptions, scanOptions } from './options.ts';
export { orientationText, otherRow, otherTurns } from './orientation.ts';
export {
  type Flip,
  indexPosition,
  memorySource,
  type PatternSource,
  type PatternTurn,
  type ScanInfo,
} from './pattern-source.ts';
export type { ScanFile } from './scan-file.ts';
export type { NewDataset, NewGroup, PatternArray, Patterns } from './writers/hdf5-patterns.ts';

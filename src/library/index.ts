/** What users of the package need of this room (`import … from 'ferroscope/library'`): libraries of labelled patterns, made and read. Rooms import files, not this. */

export { libraryBytes, type ShardCost, shardCost } from './cost.ts';
export { type LabelInfo, type PatternDataset, selectLabels } from './dataset.ts';
export {
  chooseFrames,
  type FrameSource,
  type ImportedFrame,
  type ImportedStructures,
  importStructures,
} from './imported.ts';
export { PREDICTED_LABELS, STORED_LABELS } from './labels.ts';
export { type LibraryInputs, type LibraryOptions, libraryOptions } from './options.ts';
export { detectorOf, planStream, planStructure, type StructurePlan } from './plan.ts';
export { parsePart, type SimulateOptions, type SimulateResult, simulateLibrary, unfinishedParts } from './run.ts';
export {
  type AnyLibraryInfo,
  type LibraryInfo,
  libraryIdentity,
  openLibrary,
  readInfo,
  requireSettings,
} from './store.ts';

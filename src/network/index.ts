/** What users of the package need of this room (`import … from 'ferroscope/network'`): training, models, predictions. Rooms import files, not this. */

export type { ExperimentSource } from './batches.ts';
export { promised, type SigmaCalibration } from './conformal.ts';
export type { Domain } from './domain.ts';
export { Model, openModel, type Prediction, type PredictOptions } from './infer.ts';
export type { LabelScore, ModelInfo, ModelScores } from './model-info.ts';
export {
  checkModelFits,
  type Difference,
  differences,
  differenceText,
  type ModelScope,
  type ScanFacts,
  scopeOf,
} from './model-scope.ts';
export {
  type LearningInputs,
  type NetworkOptions,
  networkOptions,
  type TrainingOptions,
  trainingOptions,
} from './options.ts';
export type { OnnxRuntime } from './session.ts';
export type { LossValues } from './step-graphs.ts';
export { predictSymmetric, type SymmetricPrediction } from './symmetric.ts';
export { modelIdentity, train } from './train.ts';
export type { EpochRecord, TrainOptions, TrainResult } from './training-run.ts';

/** What users of the package need of this room (`import … from 'ferroscope/simulation'`): patterns and images of a given specimen, and scans with a camera. Rooms import files, not this. */

export { type BiasInputs, type BiasOptions, biasOptions } from './bias-options.ts';
export { type BiasPlan, biasPlan, type Position } from './bias-plan.ts';
export { sectionTruth } from './bias-truth.ts';
export type { SimulatedImages } from './collect.ts';
export { type CrossSection, crossSection, type FilmModes, type SectionShape, sectionShape } from './cross-section.ts';
export {
  type ExperimentRun,
  type ExperimentScan,
  experimentIdentity,
  experimentScan,
  type ScanTruth,
} from './experiment.ts';
export {
  type ExperimentInputs,
  type ExperimentOptions,
  experimentOptions,
  type SimulationInputs,
  type SimulationOptions,
  type SourceOptions,
  type SpecimenOptions,
  simulationOptions,
  specimenOptions,
} from './options.ts';
export { planSimulation, probeWindow_A, type SimulationPlan } from './plan.ts';
export { type RunOptions, type SpecimenResult, simulateSpecimen } from './run.ts';
export { loadSpecimen, type Specimen } from './specimen.ts';
export {
  type AnySimulationInfo,
  readSimulationInfo,
  SIMULATION,
  simulationIdentity,
  type Written,
} from './store.ts';

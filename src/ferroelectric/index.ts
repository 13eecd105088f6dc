/** What users of the package need of this room (`import … from 'ferroscope/ferroelectric'`): the effective Hamiltonian, its dynamics, landscape and paths, films, data sets of runs. Rooms import files, not this. */

export { cellEdges, type FrameOrigin, type SoftModeBlock, softModeAtoms } from './atoms.ts';
export { type Instant, type RunResult, SERIES_NAMES } from './dataset/collected.ts';
export { type Ball, type Coverage, chooseCovering, coverage, fibonacciSphere } from './dataset/coverage.ts';
export { allFrames, type DatasetFrame, doRuns, type RunsOptions, trajectory } from './dataset/dataset.ts';
export { type MagnitudeDistribution, magnitudeDistributions } from './dataset/magnitudes.ts';
export { type DynamicsInputs, type DynamicsPlan, type DynamicsRun, dynamicsPlan } from './dataset/plan.ts';
export { trajectoryIdentity } from './dataset/store.ts';
export { type RunSummary, runSummaries, runsCsv } from './dataset/table.ts';
export { Dynamics } from './dynamics.ts';
export { type EnergyTerms, type ReferenceEvaluation, ReferenceHamiltonian } from './energy.ts';
export { type FilmInputs, type FilmPlan, type FilmProfile, filmIdentity, filmPlan, filmSeries } from './film-series.ts';
export { type GivenCrystal, givenCrystal } from './given-crystal.ts';
export { givenLandscape, type LandscapeInputs, landscapeIdentity } from './given-landscape.ts';
export { KernelHamiltonian } from './kernel.ts';
export {
  type Family,
  indexSum,
  type Kind,
  lowestAlong,
  polarization,
  type StationaryPoint,
  stationaryPoints,
  symmetries,
} from './landscape.ts';
export {
  type DynamicsOptions,
  type DynamicsStrain,
  dynamicsOptions,
  type FilmOptions,
  filmOptions,
  type LandscapeOptions,
  landscapeOptions,
  type SamplingOptions,
} from './options.ts';
export {
  BARIUM_STRONTIUM_TITANATE,
  BARIUM_TITANATE,
  BARIUM_TITANATE_LDA,
  type HamiltonianParameters,
  STRONTIUM_TITANATE,
} from './parameters.ts';
export { type EnergyPath, minimumEnergyPath, type PathOptions, type PathStation } from './path.ts';
export { clamped, epitaxial, FREE, type HeldStrain, type Voigt } from './strain.ts';
export { type ComponentFit, type StrainState, strainState } from './strain-study.ts';
export { type SweepOptions, type SweepPoint, sweep } from './sweep.ts';
export type { Conditions, Evaluation, ForceField, System } from './system.ts';
export {
  kineticEnergy,
  Langevin,
  maxwellVelocities,
  type Normals,
  NoseHoover,
  type Thermostat,
} from './thermostats.ts';
export {
  compositionPressure_GPa,
  paraelectricStrain,
  polarizationPerMode,
  type UniformEnergy,
  uniformEnergy,
} from './uniform.ts';

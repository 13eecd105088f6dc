/** What users of the package need of this room (`import … from 'ferroscope/diffraction'`): scattering factors, slices, multislice on either engine, Bloch waves, detectors. Rooms import files, not this. */

export { type Aberrations, aberrationPhase } from './aberrations.ts';
export { absorbingStack } from './absorption.ts';
export {
  type AngularDetector,
  detectorWeights,
  gridLimit_mrad,
  onCamera,
  type PatternGrid,
  segments,
  type WindowPattern,
} from './angular-detector.ts';
export { type AnnularScan, annularScan, scanArea } from './annular-scan.ts';
export { type Beam, type BlochOptions, blochWaves, type SymmetricEigen } from './bloch.ts';
export {
  blurScan,
  type Coherence,
  type CoherentPart,
  coherentParts,
  type Node,
  rmsFromFwhm,
} from './coherence.ts';
export { Multislice, type Tiles } from './cpu/multislice.ts';
export { SliceKernel } from './cpu/wasm.ts';
export type { LatticeDetector } from './detector.ts';
export { type DirectPattern, directPatterns } from './direct.ts';
export {
  cpuEngine,
  cpuPositions,
  type EngineName,
  gpuEngine,
  gpuPositions,
  type PatternEngine,
  type PatternJob,
  type PositionEngine,
  type PositionJob,
  type PositionSource,
} from './engine.ts';
export { frozenPhonon, RunningMean, supercell } from './frozen-phonons.ts';
export { type Gpu, openGpu } from './gpu/device.ts';
export { interactionConstant, wavelength } from './optics.ts';
export { type MicroscopeOptions, microscopeOptions } from './options.ts';
export type { PositionGeometry, ProbePart, SourcePlace } from './position-patterns.ts';
export { type ProbeOptions, probeAmplitude } from './probe.ts';
export { type MultisliceOptions, multisliceReference, planeWave, type Wave } from './reference.ts';
export { debyeWaller, type FactorModel, scatteringFactor } from './scattering-factor.ts';
export type { LatticeGeometry, PatternRequest } from './scattering-matrix.ts';
export { type Atoms, type SliceOptions, type SliceStack, sliceStack } from './slices.ts';

/** What users of the package need of this room (`import … from 'ferroscope/findings'`): fields, and what is found in them. Rooms import files, not this. */

export { type Agreement, agreement } from './agreement.ts';
export { alignField, difference, nearestIn } from './align.ts';
export { type AnalyseRun, type Analysis, analyse } from './analyse.ts';
export { type AngleHistogram, angleHistogram } from './angle-histogram.ts';
export { angleBetween } from './angle-noise.ts';
export { type Deconvolved, magnitudeDeconvolution } from './deconvolve.ts';
export { type Defect, findDefects } from './defects.ts';
export { type Density, histogram, kernelDensity, magnitudeMinimum, perVolume, potentialOf } from './densities.ts';
export { boundCharge, curl, divergence } from './differential.ts';
export { type Directions, directions } from './directions.ts';
export { type DomainFindings, type DomainsFound, domainFindings } from './domain-findings.ts';
export { type Domain, domainsOf, neighboursOf } from './domains.ts';
export { type NoiseModel, NoiseSource, withNoise } from './draws.ts';
export { type EstimateOptions, estimate } from './estimate.ts';
export { type FieldFindings, fieldFindings } from './field-findings.ts';
export type { AnyNull, Finding, IntervalOf, Null, NullKind } from './finding.ts';
export { fieldOfFilm } from './from-film.ts';
export { fieldOfMap, type MapField } from './from-map.ts';
export { meanOf, weightedSum } from './linear.ts';
export { isotropicMinimum, meanMagnitude, meanMaxwell, meanRice } from './magnitude-noise.ts';
export { representatives, wallAngles } from './misorientation.ts';
export { dilate, erode, open, openingResidue, skeleton, skeletonStep } from './morphology.ts';
export { noiseLength } from './noise-length.ts';
export { type NullOptions, nullsOf } from './nulls.ts';
export { type FindingsOptions, findingsOptions } from './options.ts';
export { type Partition, wallLine, wallPositions } from './partition.ts';
export { type MeanPole, meanPole, rotation_deg } from './poles.ts';
export { componentProfile, type Profile } from './profile.ts';
export { type Region, regionMask, regionOptions } from './regions.ts';
export { type Pair, type Registration, register } from './registration.ts';
export { counts2, equalBins, type Relation, relation } from './relation.ts';
export { scattering } from './scatter.ts';
export { segmentByNoise } from './segmentation.ts';
export { type Series, type State, type StateMap, seriesOf } from './series.ts';
export { domainSizes, wallToWall } from './sizes.ts';
export { type StateFindings, stateFindings } from './state-findings.ts';
export type { StateOptions } from './state-options.ts';
export { type Change, type Constancy, changesOf, constancyOf, type Reluctance, reluctance } from './switching.ts';
export { type Told, toldOf } from './told.ts';
export { latticeCharges, latticeDensity, topologicalDensity } from './topology.ts';
export { totalCharge } from './total-charge.ts';
export { unshrunk } from './unshrink.ts';
export { noiseVariation, variation } from './variation.ts';
export {
  AXES,
  type Axis,
  type Components,
  checkField,
  magnitudes,
  restrict,
  type VectorField,
} from './vector-field.ts';
export { wallLinks } from './wall-links.ts';
export { lengthsByType, typedWalls } from './wall-types.ts';
export { findWalls, type Walls } from './walls.ts';
export { windings } from './winding.ts';

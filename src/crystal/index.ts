/** What users of the package need of this room (`import … from 'ferroscope/crystal'`): structures read and built, perovskite cells, films, local polarization. Rooms import files, not this. */

export { bornCharges, type GivenCharges } from './born-charges.ts';
export { buildStructure, labelFields, structureStream } from './build.ts';
export { readCif } from './cif.ts';
export { type MaterialName, perovskiteOf } from './crystal-perovskite.ts';
export { readExtxyz, writeExtxyz } from './extxyz.ts';
export { type Film, type FilmLayer, film } from './film.ts';
export { type KnownCrystal, knownCrystal, knownCrystals } from './known-crystals.ts';
export type { Mat3 } from './lattice.ts';
export { columnFields, columnMean, type LocalFields, localFields } from './local.ts';
export { type Material, materialOf, type PerKind } from './material.ts';
export {
  type CrystalOptions,
  crystalOptions,
  type StructureInputs,
  type StructuresOptions,
  structuresOptions,
} from './options.ts';
export { type Block, type CutBlock, type OrthogonalOptions, orthogonalCell } from './orthogonal.ts';
export { idealBlock, orderA, perovskite } from './perovskite.ts';
export { findPerovskiteCells, perovskiteFrames } from './perovskite-cells.ts';
export type { Perovskite } from './perovskites.ts';
export { type PolarPhase, spontaneousPolarization, type Tilt } from './phase.ts';
export { type PoscarHeader, readPoscar } from './poscar.ts';
export { readStructure } from './read-structure.ts';
export { readTrajectory, type TrajectoryOptions } from './read-trajectory.ts';
export { type Reflection, zoneReflections } from './reflections.ts';
export { displaceBySoftMode } from './soft-mode.ts';
export {
  cellCount,
  cellIndex,
  displacements,
  type PerovskiteSites,
  requireSites,
  SITE,
  type Structure,
  unitCellVolume,
  type Vec3,
} from './structure.ts';
export { gradientTexture, smoothTexture, uniformTexture } from './textures.ts';
export { pseudoCubicEdge, toLattice } from './to-lattice.ts';
export type { Trajectory } from './trajectory.ts';
export type { Crystal } from './unit-cell.ts';

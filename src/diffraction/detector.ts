/**
 * The detector that a library is simulated on and that a model expects: locked to the crystal's reciprocal lattice, so
 * that an experiment is resampled onto it by its own disk lattice, whatever its camera length.
 */

export interface LatticeDetector {
  /** Pixels along qy and qx; the direct beam is at index [pixels/2][pixels/2]. */
  readonly pixels: number;
  /** Pixels per reciprocal lattice vector 1/a: the pixel is 1/(a·pixelsPerOrder) [1/Å]. */
  readonly pixelsPerOrder: number;
  /** Pseudo-cubic lattice parameter [Å]. */
  readonly a_A: number;
  readonly voltage_kV: number;
  readonly convergence_mrad: number;
}

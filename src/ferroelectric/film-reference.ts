/**
 * Profiles of a film that were computed independently of this program, to compare with: 8 × 8 × 25 cells of Ba0.5Sr0.5TiO3, misfit 0, 300 K, screening 0.3 1/Å,
 * surface fields 0.01 V/Å outward that decay over 3 cells, 6 ps to settle and 10 ps of averaging. P_z [µC/cm²] of layers 0, 4, …, 24 and of the whole film.
 * A sites and seed are not on record; over twelve draws of A sites this program's numbers scatter by 1 to 2 µC/cm² (standard deviation).
 */
export const FILM_REFERENCE: readonly {
  readonly field_V_per_A: number;
  readonly P_z_uC_cm2: readonly number[];
  readonly mean_uC_cm2: number;
}[] = [
  { field_V_per_A: -0.002, P_z_uC_cm2: [-29.1, -25.8, -20.8, -16.1, -11.1, -4.3, 0.8], mean_uC_cm2: -15.4 },
  { field_V_per_A: 0, P_z_uC_cm2: [-20.7, -16.1, -8.5, -0.8, 6.6, 13.4, 17.9], mean_uC_cm2: -1.2 },
  { field_V_per_A: 0.002, P_z_uC_cm2: [-0.9, 4.1, 10.4, 16, 21, 24.3, 27.3], mean_uC_cm2: 14.8 },
];
/** Layers from one number to the next. */
export const FILM_REFERENCE_STEP = 4;

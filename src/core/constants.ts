/** Physical constants (CODATA 2018) in the units that Ferroscope uses: Å, eV, electron charges. */

/** Electron rest energy [eV]. */
export const ELECTRON_REST_EV: number = 510998.95;
/** h·c [eV·Å]. */
export const HC_EV_ANGSTROM: number = 12398.41984332;
/** One electron charge per Å² in µC/cm². */
export const E_PER_A2_IN_UC_CM2: number = 1602.176634;
/** h² / (2π m e), the 1/κ that turns a scattering factor [Å] into a projected potential [V·Å²]. */
export const SCATTERING_TO_POTENTIAL: number = 47.877647;

/** Physical constants (CODATA 2018) in the units that Ferroscope uses: Å, eV, electron charges. */

/** Electron rest energy [eV]. */
export const ELECTRON_REST_EV: number = 510998.95;
/** h·c [eV·Å]. */
export const HC_EV_ANGSTROM: number = 12398.41984332;
/** One electron charge per Å² in µC/cm². */
export const E_PER_A2_IN_UC_CM2: number = 1602.176634;
/** h² / (2π m e), the 1/κ that turns a scattering factor [Å] into a projected potential [V·Å²]. */
export const SCATTERING_TO_POTENTIAL: number = 47.877647;
/** Boltzmann's constant [eV/K]. */
export const BOLTZMANN_EV_PER_K: number = 8.617333262e-5;
/** One atomic mass unit in eV·fs²/Å²: mass × acceleration [Å/fs²] = force [eV/Å]. */
export const AMU_EV_FS2_PER_A2: number = 103.6426966;
/** One gigapascal [eV/Å³]. */
export const GPA_EV_PER_A3: number = 0.006241509074;

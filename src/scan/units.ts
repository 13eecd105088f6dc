/** Units as files spell them, brought to nm (scan) and mrad, 1/Å or 1/nm (diffraction). Unknown spellings stay unknown. */

import { wavelength } from '../diffraction/optics.ts';

/** Of a camera pixel: an angle, or a spatial frequency. */
export type ReciprocalUnit = 'mrad' | '1/A' | '1/nm';

const LENGTH_NM: Record<string, number> = { pm: 1e-3, a: 0.1, angstrom: 0.1, nm: 1, um: 1e3, micrometer: 1e3, m: 1e9 };

/** Prismatic writes '[n_m]', '[n_m^-1]', LaTeX 'A^{-1}'; Å, µ and superscripts come in several code points. */
function tidy(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[[\]{}$\\_\s]/g, '')
    .replace(/\u00c5|\u212b/g, 'A')
    .replace(/[\u00b5\u03bc]/g, 'u')
    .replace(/[−–]/g, '-')
    .toLowerCase();
}

/** Factor from `unit` to nm; undefined where it is no length. */
export function lengthInNm(unit: string): number | undefined {
  return LENGTH_NM[tidy(unit)];
}

/** A size per detector pixel in one of the three units Ferroscope knows. */
export function reciprocal(size: number, unit: string): { size: number; unit: ReciprocalUnit } | undefined {
  const text = tidy(unit);
  if (text === 'mrad') return { size, unit: 'mrad' };
  if (text === 'rad') return { size: size * 1e3, unit: 'mrad' };
  if (['a^-1', 'a-1', '1/a', 'angstrom^-1', '1/angstrom'].includes(text)) return { size, unit: '1/A' };
  if (['nm^-1', 'nm-1', '1/nm'].includes(text)) return { size, unit: '1/nm' };
  if (['m^-1', 'm-1', '1/m'].includes(text)) return { size: size * 1e-9, unit: '1/nm' };
  if (['pm^-1', 'pm-1', '1/pm'].includes(text)) return { size: size * 1e3, unit: '1/nm' };
  return undefined;
}

/** A pixel size in mrad. */
export function pixel_mrad(size: number, unit: ReciprocalUnit, voltage_kV: number): number {
  if (unit === 'mrad') return size;
  return wavelength(voltage_kV) * 1e3 * (unit === '1/A' ? size : size / 10);
}

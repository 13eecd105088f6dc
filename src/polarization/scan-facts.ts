/**
 * What a scan's file and its calibration say of microscope and crystal, to be compared with what a model is for.
 *
 * A calibration measures angles by the crystal: the disks' spacing is taken to be λ/a₀ of the model's crystal. Whether a₀ is the scan's shows only beside a second
 * scale, the pixel p that the file states (p₀ as calibrated with a₀):
 *
 *     a = a₀·p₀/p
 *
 * As good as the file's camera length: one that makes a differ by more than a tenth from a₀ is wrong, for disks of the stated convergence that far apart are no other crystal's; it is
 * said, and judges nothing. Where pixels are no squares the file may mean either side of them (stretch.ts): the nearest is taken. The disks' radius is no such scale: it comes out some per cent small where the camera blurs (4% on twin-a).
 */

import { percent, quantity, setting } from '../core/numbers.ts';
import type { ScanFacts } from '../network/model-scope.ts';
import type { Calibration } from '../scan/calibration.ts';
import type { ScanInfo } from '../scan/pattern-source.ts';
import { statedAs_mrad } from '../scan/stretch.ts';
import { pixel_mrad } from '../scan/units.ts';

/** From this share on it is said that the file's pixel size and the model's crystal do not go together. */
const REMARKED = 0.008;
/** Beyond this share the file's pixel size is at fault: perovskites with disks of that convergence angle do not differ so much. */
const WRONG_PIXEL = 0.1;

/** What the file alone says. */
export function statedFacts({ voltage_kV, semiangle_mrad }: ScanInfo): ScanFacts {
  return { voltage_kV, convergence_mrad: semiangle_mrad };
}

/** What the calibration measured: the convergence semi-angle; and, where the file states its pixel, the lattice parameter. */
export function measuredFacts({ q_pixel, q_unit }: ScanInfo, calibration: Calibration): ScanFacts {
  const { crystal, disk_radius_mrad } = calibration;
  const stated = q_pixel && q_unit ? pixel_mrad(q_pixel, q_unit, crystal.voltage_kV) : undefined;
  const ratios = stated === undefined ? [] : statedAs_mrad(calibration).map((size) => size / stated);
  const [ratio] = ratios.toSorted((a, b) => Math.abs(Math.log(a)) - Math.abs(Math.log(b)));
  return {
    a_A: ratio !== undefined && Math.abs(ratio - 1) < WRONG_PIXEL ? crystal.a_A * ratio : undefined,
    convergence_mrad: disk_radius_mrad,
  };
}

/** What there is to say of the voltage and the lattice parameter where neither refuses the model. */
export function scanRemarks(info: ScanInfo, calibration: Calibration): string[] {
  const { a_A, voltage_kV } = calibration.crystal;
  const read = measuredFacts(info, calibration).a_A;
  const off = read === undefined ? 0 : read / a_A - 1;
  return [
    ...(info.voltage_kV === undefined
      ? [`The file does not state the voltage: the model’s ${setting(voltage_kV, 'kV')} is taken for it.`]
      : []),
    ...(read !== undefined && Math.abs(off) > REMARKED
      ? [
          `By the file’s pixel size the lattice parameter is ${quantity(read, 'Å', 4)}, ${percent(Math.abs(off), 2)} ${off < 0 ? 'less' : 'more'} than the model’s ${setting(a_A, 'Å')}: the pixel size is off, or the crystal is another.`,
        ]
      : []),
  ];
}

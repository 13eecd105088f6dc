/** A scan that came from any file as what EMD 1.0 holds (emd-write.ts). */

import type { Task } from '../../core/task.ts';
import type { EmdScan } from '../emd-write.ts';
import type { ScanToWrite } from './scan-to-write.ts';

/** Programs whose rotation between scan and detector is counted as py4DSTEM does. */
const COUNTED_ALIKE = /EMD|py4DSTEM/;

export const statesRotationOfEmd = ({ info }: Pick<ScanToWrite, 'info'>): boolean => COUNTED_ALIKE.test(info.format);

export function emdOf(scan: ScanToWrite, task: Task): EmdScan {
  const { shape, info, vacuum, dark, gain, from } = scan;
  const { voltage_kV, semiangle_mrad } = info;
  const rotation = statesRotationOfEmd(scan) ? { rotation_deg: info.rotation_deg, flip: info.flip } : {};
  const microscope = {
    ...(voltage_kV === undefined ? {} : { voltage_kV }),
    ...(semiangle_mrad === undefined ? {} : { convergence_mrad: semiangle_mrad }),
  };
  return {
    shape,
    patterns: scan.patterns(task),
    step_nm: info.step_nm,
    qPixel: info.q_pixel,
    qUnits: info.q_unit,
    vacuum,
    dark,
    gain,
    ...rotation,
    metadata: {
      ...(Object.keys(microscope).length > 0 ? { microscope } : {}),
      source: { file: from, layout: info.format, array: info.dataset, notes: info.notes.join(' ') || null },
    },
  };
}

/** What a file says of its scan, from its axes and metadata, in the units that Ferroscope has. Nothing here is measured. */

import type { Axis, AxisName, Order } from './axis-order.ts';
import type { Metadata } from './hdf5-kinds/found.ts';
import type { ScanInfo } from './pattern-source.ts';
import { lengthInNm, reciprocal } from './units.ts';

/** What is told of an array beside its numbers. */
export interface Told {
  readonly layout: string;
  readonly axes: readonly (Axis | undefined)[];
  readonly metadata: Metadata;
  /** Whether Prismatic wrote it, whose names are its own. */
  readonly prismatic?: boolean;
}

export type Stated = Pick<
  ScanInfo,
  'step_nm' | 'q_pixel' | 'q_unit' | 'voltage_kV' | 'semiangle_mrad' | 'rotation_deg' | 'flip' | 'turned' | 'notes'
>;

export function statedOf({ layout, axes, metadata, prismatic = false }: Told, order: Order): Stated {
  const notes: string[] = [];
  const number = (...names: string[]): number | undefined => {
    for (const name of names) {
      const value = metadata.get(name);
      if (typeof value === 'number' && Number.isFinite(value)) return value;
    }
    return undefined;
  };
  const [ry, rx, qy, qx] = (['ry', 'rx', 'qy', 'qx'] as const).map((name: AxisName) => axes[order.names.indexOf(name)]);
  // Prismatic computes in Å (its parameter rx is the probe step in Å) and labels the axes n_m.
  const probeStep = number('rx');
  const mislabelled =
    prismatic &&
    ry?.unit === '[n_m]' &&
    ry.step !== undefined &&
    probeStep !== undefined &&
    Math.abs(ry.step - probeStep) < 1e-4;
  if (mislabelled)
    notes.push("Prismatic labels its axes 'n_m', but its parameters show that they are in Å: read as Å.");

  // A calibration has one step; a scan with two states them along its axes, and counts in pixels here.
  const calibrated =
    lengthInNm(String(metadata.get('r_pixel_units') ?? '')) === undefined ? undefined : number('r_pixel_size');
  const stepUnit = mislabelled
    ? 'A'
    : String((calibrated && metadata.get('r_pixel_units')) ?? (ry?.unit || rx?.unit || ''));
  const steps = calibrated === undefined ? [ry?.step, rx?.step].filter((step) => step !== undefined) : [calibrated];
  const rawStep = steps.length > 0 ? steps.reduce((a, b) => a + b, 0) / steps.length : number('r_pixel_size');
  const nm = lengthInNm(stepUnit);
  if (rawStep !== undefined && nm === undefined)
    notes.push(`Scan step ${rawStep} in '${stepUnit || 'no unit'}': not a length.`);
  if (steps.length === 2 && Math.abs(steps[0]! - steps[1]!) > 1e-6 * steps[0]!) {
    notes.push(`Scan steps differ: ${steps.join(' and ')} ${stepUnit}; their mean is used.`);
  }

  const qUnit = mislabelled ? 'A^-1' : String(metadata.get('q_pixel_units') ?? (qy?.unit || qx?.unit || ''));
  const sides = [qy?.step, qx?.step].filter((side) => side !== undefined);
  const rawPixel =
    number('q_pixel_size') ?? (sides.length > 0 ? sides.reduce((a, b) => a + b, 0) / sides.length : undefined);
  if (sides.length === 2 && Math.abs(sides[0]! - sides[1]!) > 1e-3 * sides[0]!) {
    notes.push(
      `The file states pixels that are no squares, ${sides.join(' by ')} ${qUnit}: calibration measures both sides.`,
    );
  }
  const pixel = rawPixel === undefined ? undefined : reciprocal(rawPixel, qUnit);
  if (rawPixel !== undefined && !pixel)
    notes.push(`Detector pixel ${rawPixel} in '${qUnit || 'no unit'}': not understood.`);

  const voltage = number('accelerating_voltage', 'voltage', 'beam_energy', 'voltage_kv', ...(prismatic ? ['E'] : []));
  const said = metadata.get('qr_flip');
  const flip = typeof said === 'number' ? said !== 0 : said;
  const radians = number('qr_rotation');
  const rotation_deg = number('qr_rotation_degrees') ?? (radians === undefined ? undefined : (radians * 180) / Math.PI);
  const mirror = flip === true;
  if (rotation_deg === undefined && mirror)
    notes.push(
      'The file says that patterns are mirrored (QR_flip) and not how they are turned: taken as not turned. Give --rotation where you know it.',
    );
  if (rotation_deg !== undefined && typeof flip !== 'boolean')
    notes.push(
      'The file says how patterns are turned (QR_rotation) and not whether they are mirrored (QR_flip): taken as not mirrored. Give --flip where they are.',
    );
  const stated: Stated = {
    step_nm: rawStep === undefined || nm === undefined ? undefined : rawStep * nm,
    q_pixel: pixel?.size,
    q_unit: pixel?.unit,
    voltage_kV: voltage === undefined ? undefined : voltage > 2000 ? voltage / 1e3 : voltage,
    semiangle_mrad: number(
      'probe_convergence_semiangle_mrad',
      'convergence_semiangle_mrad',
      'probe_semiangle_mrad',
      // Ferroscope's own.
      'convergence_mrad',
      ...(prismatic ? ['A'] : []),
    ),
    rotation_deg,
    flip: typeof flip === 'boolean' ? flip : undefined,
    turned: rotation_deg === undefined && !mirror ? undefined : { turn_deg: rotation_deg ?? 0, mirror },
    notes,
  };
  const { step_nm, q_pixel, voltage_kV } = stated;
  if (notes.length === 0 && [step_nm, q_pixel, voltage_kV].every((value) => value === undefined))
    notes.push(`${layout}: no step, detector pixel or voltage is stated.`);
  return stated;
}

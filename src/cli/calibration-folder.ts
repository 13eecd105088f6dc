/** What `ferroscope calibrate` writes and `ferroscope map --calibration` reads: calibration.json, figures and a report. */

import { fail } from '../core/errors.ts';
import { difference, type Identity, inWords, isUnaltered } from '../core/identity.ts';
import { decimalLabel, electrons, measured, percent, plural, quantity, setting } from '../core/numbers.ts';
import type { Task } from '../core/task.ts';
import { type LatticeDetector, perOrder, pixelSide_mrad, zoneText } from '../diffraction/detector.ts';
import { calibrationReport } from '../figures/calibration-report.ts';
import { readJson } from '../node/files.ts';
import type { PolarizationMap } from '../polarization/polarization-map.ts';
import { LatticeView } from '../scan/calibrated.ts';
import { type Calibration, calibrationSchema } from '../scan/calibration.ts';
import { descanForm, directBeamText, patternsText, reachText } from '../scan/calibration-rows.ts';
import { centreResiduals } from '../scan/centre-residuals.ts';
import { orientationText, otherRow, otherTurns } from '../scan/orientation.ts';
import type { PatternSource } from '../scan/pattern-source.ts';
import { latticeDisks } from './map-folder.ts';
import { PROGRAM } from './version.ts';

export type StatedCalibration = Calibration & { readonly identity: Identity };

/** Patterns that the mean of the figures is over, at most. */
const SHOWN = 64;
/** Of the detector of the figures. */
const PIXELS = 192;

/**
 * A calibration from its file, for a scan whose own would have the identity `now`, but for the crystal, which the model's detector is compared with later.
 * @throws 'stale' for one of another scan, of other images or of patterns turned otherwise; 'format' for one that was changed or does not say what it is of
 */
export async function readCalibration(path: string, now: Identity): Promise<StatedCalibration> {
  const hint = 'Give the calibration.json of ferroscope calibrate.';
  const read = await readJson(path, calibrationSchema, hint);
  const { identity } = read;
  if (!identity || !isUnaltered(identity)) {
    fail('format', `${path} does not say which scan it is of, or was changed.`, hint, { path });
  }
  // What says which patterns they are; the rest is the calibration's own.
  const beside = ({
    settings: { known, dataset, scan_shape, order, row_order, roll },
    ...rest
  }: Identity): Identity => {
    const { flip } = known as Record<string, unknown>;
    return { ...rest, program: '', settings: { flip, dataset, scan_shape, order, row_order, roll } };
  };
  const found = difference(beside(identity), beside(now));
  if (found) {
    fail(
      'stale',
      `${path} is not of this scan as it is given now: ${found.what} was ${inWords(found.kept)}, and is ${inWords(found.now)}.`,
      'Give the scan and the options (--flip, --dark, --gain, --mask, --vacuum, --scan-shape, --order, --row-order, --roll, --dataset) that it was calibrated with, or calibrate anew.',
      { path, ...found },
    );
  }
  return { ...read, identity };
}

/** Each value of a calibration: what it is, its error, and where it comes from. */
export function valueRows(c: Calibration): [quantity: string, value: string, error: string, from: string][] {
  const given = (what: 'pixel' | 'centre'): boolean => c.given?.includes(what) ?? false;
  const se = (value: number, unit: string): string => (value > 0 ? `± ${quantity(value, unit, 2)}` : '');
  const [ry, rx] = c.shape;
  const sweep = (v: readonly [number, number], n: number) =>
    v.map((part) => decimalLabel(part * (n - 1), 2)).join(', ');
  const lattice = `measured: ${plural(c.used.disks, 'disk')} of ${plural(c.used.patterns, 'pattern')}`;
  return [
    ['Zone axis', zoneText(c.crystal), '', 'given with the crystal'],
    ['Lattice parameter', setting(c.crystal.a_A, 'Å'), '', 'given: it is the scale of all angles'],
    ['Voltage', setting(c.crystal.voltage_kV, 'kV'), '', 'given or of the model'],
    ['Detector pixel', quantity(c.px_mrad, 'mrad', 5), se(c.px_se_mrad, 'mrad'), given('pixel') ? 'given' : lattice],
    ['Crystal on the camera', `${decimalLabel(c.rotation_deg, 2)}°, y towards x`, se(c.rotation_se_deg, '°'), lattice],
    ...(c.orientation
      ? [
          [
            'Patterns against the scan',
            c.orientation.mirror ? 'mirrored' : 'not mirrored',
            '',
            c.orientation.from === 'file' ? 'the file' : c.orientation.from,
          ] as [string, string, string, string],
        ]
      : []),
    [
      'Ellipse',
      `${decimalLabel(c.ellipse_percent, 2)} %, longest along ${decimalLabel(c.ellipse_axis_deg, 0)}°`,
      se(c.ellipse_se_percent, '%'),
      lattice,
    ],
    ['Disks off their lattice', quantity(c.residuals.lattice_rms_px, 'px', 2), 'rms', 'measured'],
    [
      'Disk radius',
      measured(c.disk_radius_mrad, c.disk_radius_se_mrad, 'mrad'),
      `${percent(c.disk_radius_mrad / c.crystal.convergence_mrad - 1, 2)} off ${setting(c.crystal.convergence_mrad, 'mrad')}`,
      'measured; the convergence is given or of the model',
    ],
    ['Edge of the disks', quantity(c.edge_px, 'px', 2), '', 'measured'],
    [
      'Centre',
      `y ${quantity(c.centre0_px[0], 'px', 5)}, x ${quantity(c.centre0_px[1], 'px', 5)}`,
      se(Math.hypot(...c.centre0_se_px), 'px'),
      given('centre') ? 'given' : 'measured',
    ],
    ['Direct beam', directBeamText(c.direct_beam), '', 'measured'],
    [
      'Descan',
      `${sweep(c.descan.per_ry_px, ry)} px along ry, ${sweep(c.descan.per_rx_px, rx)} px along rx (y, x)${descanForm(c)}`,
      `${quantity(c.residuals.centre_rms_px, 'px', 2)} rms, ${percent(c.residuals.centre_outliers, 2)} outliers`,
      'measured',
    ],
    ['Patterns', patternsText(c), '', 'measured'],
    [
      'Dose',
      electrons(c.dose_e),
      c.hidden?.direct_beam && c.dose_from !== 'vacuum probe' ? 'a lower bound' : '',
      c.dose_from,
    ],
    ['Of the beam', reachText(c), '', 'measured'],
    ['Counts per electron', setting(c.counts_per_electron, ''), '', 'given or assumed'],
    ['Hot, dead pixels', `${c.hot_pixels.length}, ${c.dead_pixels.length}`, '', 'measured'],
    [
      'Dark, gain, vacuum',
      [c.used.dark, c.used.gain, c.used.vacuum].map((yes) => (yes ? 'yes' : 'no')).join(', '),
      '',
      'the file, or given',
    ],
  ];
}

/** Files of the folder but the JSON, by path. @throws what reading throws, 'aborted' */
export async function calibrationFigures(
  source: PatternSource,
  calibration: StatedCalibration,
  name: string,
  warnings: readonly string[],
  task: Task,
): Promise<Map<string, string>> {
  const [ry, rx, ny, nx] = source.shape;
  const { crystal, orientation } = calibration;
  const detector = shownDetector(calibration);
  const view = new LatticeView(source, calibration, detector);
  const count = ry * rx;
  const stride = Math.ceil(count / SHOWN);
  const mean = new Float32Array(PIXELS ** 2);
  const raw = new Float32Array(ny * nx);
  let shown = 0;
  for (let i = 0; i < count; i += stride) {
    const pattern = await source.read(i, 1);
    if (view.look(pattern).blank) continue;
    shown++;
    for (let k = 0; k < raw.length; k++) if (Number.isFinite(pattern[k]!)) raw[k]! += pattern[k]!;
    const seen = view.convert(pattern, i);
    for (let k = 0; k < mean.length; k++) mean[k]! += seen[k]!;
  }
  for (const image of [raw, mean]) for (let k = 0; k < image.length; k++) image[k]! /= Math.max(1, shown);
  const residuals = await centreResiduals(source, calibration, task);
  const step = source.info.step_nm;
  const map: PolarizationMap = {
    shape: residuals.shape,
    step_nm: step && step * residuals.every,
    channels: [
      { name: 'centre_y', unit: 'px', values: residuals.y },
      { name: 'centre_x', unit: 'px', values: residuals.x },
    ],
    meta: { recipe_hash: '', version: PROGRAM, seed: 0, source: name, held_out_mae: {} },
  };
  const spots = latticeDisks(detector).map((spot) => ({ ...spot, ring_mrad: calibration.disk_radius_mrad }));
  const nearest = spots.toSorted((a, b) => Math.hypot(...a.q_mrad) - Math.hypot(...b.q_mrad));
  return calibrationReport({
    title: `Calibration of ${name}`,
    summary: `${ry} × ${rx} patterns of ${ny} × ${nx} pixels; ${measured(calibration.px_mrad, calibration.px_se_mrad, 'mrad')} a pixel, disks ${quantity(calibration.residuals.lattice_rms_px, 'px', 2)} off their lattice, centres ${quantity(calibration.residuals.centre_rms_px, 'px', 2)} off their plane.${orientation ? ` ${orientationText(orientation)}` : ''}`,
    warnings: warnings.map((text) => ({ level: 'care', text })),
    rows: valueRows(calibration),
    orientations: orientation?.from === 'assumed' ? otherTurns(orientation).map(otherRow) : [],
    mean,
    vacuum: source.vacuum && view.convert(source.vacuum.slice(), Math.floor(ry / 2) * rx + Math.floor(rx / 2)),
    pixel_mrad: pixelSide_mrad(detector),
    spots: nearest,
    camera: { data: raw, shape: [ny, nx], px_mrad: calibration.px_mrad },
    residuals: map,
    identity: calibration.identity.id,
    settings: Object.entries({ ...crystal, ...calibration.identity.settings })
      .map(([key, value]) => `# ${key} = ${JSON.stringify(value)}`)
      .join('\n'),
    version: PROGRAM,
    source: name,
  });
}

/** A detector on the crystal's axes that shows about what the camera does. */
function shownDetector({ crystal, shape, px_mrad }: Calibration): LatticeDetector {
  const detector = { ...crystal, pixels: PIXELS, pixelsPerOrder: 1 };
  const [x] = perOrder(detector);
  const reach = Math.min(shape[2], shape[3]) * px_mrad;
  return { ...detector, pixelsPerOrder: Math.max(4, Math.round((x * PIXELS * pixelSide_mrad(detector)) / reach)) };
}

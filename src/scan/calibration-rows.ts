/** A calibration in words, for a report or a terminal: what was found and its value, with its error where it has one. */

import { decimalLabel, electrons, fixedLabel, measured, percent, plural, quantity, setting } from '../core/numbers.ts';
import { zoneText } from '../diffraction/detector.ts';
import type { Calibration, Pair } from './calibration.ts';
import { orientationText } from './orientation.ts';
import { seenRow } from './seen-turn-text.ts';

/** Warnings stand apart, in `c.warnings`. */
export function calibrationRows(c: Calibration): [quantity: string, value: string][] {
  const [ry, rx] = c.shape;
  const sweep = (v: Pair, n: number): string => v.map((part) => decimalLabel(part * (n - 1), 2)).join(', ');
  const corrections = [
    c.used.dark ? 'dark reference subtracted' : 'no dark reference',
    ...(c.used.gain ? ['gain divided out'] : []),
    `${c.hot_pixels.length} hot and ${plural(c.dead_pixels.length, 'dead pixel')} replaced`,
  ];
  return [
    ['Zone axis', `${zoneText(c.crystal)}, as the model's: no file says it`],
    [
      'Detector pixel',
      `${measured(c.px_mrad, c.px_se_mrad, 'mrad')}, from ${c.crystal.zone ? '' : '1/a of '}the disks' lattice (${plural(c.used.disks, 'disk')}, residual ${quantity(c.residuals.lattice_rms_px, 'px', 2)})`,
    ],
    [
      'Rotation',
      `${measured(c.rotation_deg, c.rotation_se_deg, '°')} of the crystal against the detector, axis 0 (y) towards axis 1 (x)`,
    ],
    ...(c.orientation ? [['Orientation', orientationText(c.orientation)] as [string, string]] : []),
    ...(c.orientation?.seen ? [['Patterns turned by', seenRow(c.orientation)] as [string, string]] : []),
    [
      'Ellipse',
      `${measured(c.ellipse_percent, c.ellipse_se_percent, '%')}, longest along ${decimalLabel(c.ellipse_axis_deg, 0)}°${c.stretch ? `, the ${c.stretch.cause}’s` : ''}`,
    ],
    [
      'Disk radius',
      `${measured(c.disk_radius_mrad, c.disk_radius_se_mrad, 'mrad')}; the convergence given is ${setting(c.crystal.convergence_mrad, 'mrad')}`,
    ],
    [
      'Centre',
      `y ${measured(c.centre0_px[0], c.centre0_se_px[0], 'px')}, x ${measured(c.centre0_px[1], c.centre0_se_px[1], 'px')}`,
    ],
    ['Direct beam', directBeamText(c.direct_beam)],
    [
      'Descan',
      `(y, x) shift over the scan ${sweep(c.descan.per_ry_px, ry)} px along ry, ${sweep(c.descan.per_rx_px, rx)} px along rx${descanForm(c)}; single patterns differ by ${quantity(c.residuals.centre_rms_px, 'px', 2)} rms`,
    ],
    ['Patterns', patternsText(c)],
    [
      'Dose',
      `${c.counts_from === 'unknown' ? `${quantity(c.dose_e, 'counts')} per pattern, electrons unknown` : `${electrons(c.dose_e)} per pattern`}, from the ${c.dose_from}${c.hidden?.direct_beam && c.dose_from !== 'vacuum probe' ? ', a lower bound' : ''}; ${reachText(c)}${c.counts_per_electron === 1 ? '' : `; ${quantity(c.counts_per_electron, 'counts')} per electron, ${c.counts_from === 'noise' ? 'from the noise' : 'as given'}`}`,
    ],
    ['Camera', corrections.join(', ')],
  ];
}

/** Which part of the beam the detector counts. */
export function reachText({ dose_e, detected_e, dose_from }: Calibration): string {
  return dose_from === 'vacuum probe'
    ? `${percent(detected_e / dose_e)} reach the detector`
    : 'what misses the detector is not known';
}

/** Which disk is the direct beam, against the next one. */
export function directBeamText({ odds, runner_up_px, witnesses }: Calibration['direct_beam']): string {
  if (!runner_up_px) return 'the only disk that could be it';
  const place = runner_up_px.map((v) => decimalLabel(v, 1)).join(', ');
  const said = witnesses.filter(({ log_odds }) => log_odds > 1).map(({ name }) => name);
  return `the disk there, ${odds >= 1e6 ? 'more than 10⁶' : fixedLabel(odds)} to 1 against the next, at (y, x) = (${place}), by ${said.join(', ')}`;
}

/** What a descan has beside its plane: a bend, jumps; begins with a semicolon, or is empty. */
export function descanForm({ descan: { bend, jumps } }: Pick<Calibration, 'descan'>): string {
  return [
    ...(bend.length > 0 ? [`bent, to order ${Math.max(...bend.map(({ powers: [i, j] }) => i + j))}`] : []),
    ...jumps.map(
      ({ axis, from, px }) => `a jump of ${px.map((v) => decimalLabel(v, 2)).join(', ')} px at ${axis} ${from}`,
    ),
  ]
    .map((text) => `; ${text}`)
    .join('');
}

/** How many patterns of the crystal were looked at, and how many others were left out, by kind. */
export function patternsText({ used }: Pick<Calibration, 'used'>): string {
  const others = Object.entries(used.left_out).flatMap(([kind, n]) => (n > 0 ? [`${n} ${kind}`] : []));
  return `${plural(used.patterns, 'pattern')} of the crystal looked at${others.length > 0 ? `; left out: ${others.join(', ')}` : ''}`;
}

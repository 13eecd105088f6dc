/** What the patterns themselves say of their orientation, in words, and whether that goes with what a map takes. */

import { decimalLabel } from '../core/numbers.ts';
import type { Orientation } from './calibration.ts';
import { angle, turnText, within } from './turn-words.ts';

/** Standard deviations of chance, and times what the other handedness reaches, from which on patterns tell. */
const TELLS = 6;
const CLEARER = 2;

/** Whether the patterns tell, and if so whether they agree: within half of what the lattice of disks is the same under. Undefined where they were not looked at. */
export function seenVerdict({ seen, mirror, pattern_deg, turn_deg, period_deg }: Orientation) {
  if (!seen) return undefined;
  if (seen.sigmas < TELLS || seen.sigmas < CLEARER * seen.other_sigmas) return 'nothing';
  const off = within(seen.angle_deg - (pattern_deg ?? turn_deg));
  return seen.mirror === mirror && Math.abs(off) < period_deg / 2 ? 'agrees' : 'contradicts';
}

/** A sentence or two; empty where the patterns were not looked at. */
export function seenText(o: Orientation): string {
  const { seen } = o;
  const verdict = seenVerdict(o);
  if (!seen || !verdict) return '';
  const size = (sigmas: number) => `${decimalLabel(sigmas, 1)} σ`;
  if (verdict === 'nothing') {
    return `The patterns themselves do not tell: deflections of the direct beam follow the scattering to high angles by ${size(seen.sigmas)} of chance (${size(seen.other_sigmas)} for the other handedness; ${TELLS} σ and ${CLEARER} times the other would tell), as in a crystal without disorder, where all changes along one direction (a wall), or with steps wider than the probe.`;
  }
  const found = `deflections of the direct beam follow the scattering to high angles (${size(seen.sigmas)} of chance, ${size(seen.other_sigmas)} for the other handedness) where patterns are ${turnText({ turn_deg: seen.angle_deg, mirror: seen.mirror })} (± ${angle(seen.angle_se_deg)})`;
  if (verdict === 'agrees') return `The patterns themselves agree: ${found}.`;
  const nearest = o.rotation_deg + o.period_deg * Math.round((seen.angle_deg - o.rotation_deg) / o.period_deg);
  const give =
    seen.mirror === o.mirror
      ? `give --rotation ${decimalLabel(within(nearest), 1)}`
      : 'give --flip transpose, calibrate again and see which turn is left,';
  return `The patterns themselves CONTRADICT this: ${found}. That was measured on (Ba,Sr)TiO3 alone: check it, and ${give} where it is right.`;
}

/** Correlations of the eight (twelve) cases in standard deviations of chance, positive where deflections point to what scatters more. */
export function seenRow({ seen, period_deg }: Orientation): string {
  if (!seen) return '';
  const turns = Array.from({ length: 360 / period_deg }, (_, k) => k * period_deg);
  const row = turns.map((turn) => {
    const along = seen.sigmas * Math.cos(((turn - seen.angle_deg) * Math.PI) / 180);
    return `${turn}° ${decimalLabel(along, 1)}`;
  });
  return `${seen.mirror ? 'mirrored' : 'not mirrored'}: ${row.join(', ')} σ; ${seen.mirror ? 'not mirrored' : 'mirrored'}: ${decimalLabel(seen.other_sigmas, 1)} σ at most`;
}

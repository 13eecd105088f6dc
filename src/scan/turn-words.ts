/** Turns of patterns in words. */

import { decimalLabel } from '../core/numbers.ts';
import type { PatternTurn } from './pattern-source.ts';

/** The same angle in [−180, 180] [degrees]. */
export const within = (degrees: number): number => degrees - 360 * Math.round(degrees / 360);
export const angle = (degrees: number): string => `${decimalLabel(degrees, 1)}°`;

/** 'turned by 94.0° and mirrored', from y towards x. */
export function turnText({ turn_deg, mirror }: PatternTurn): string {
  return `turned by ${angle(turn_deg)}${mirror ? ' with their axes exchanged (mirrored)' : ', not mirrored'}`;
}

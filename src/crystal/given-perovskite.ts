/**
 * [crystal.given]: a perovskite that a recipe states itself: elements, Born charges, soft mode.
 *
 *     [crystal]
 *     material = "given"
 *     a_A = 4.0
 *     u2_A2 = { K = 0.01, Na = 0.012, Nb = 0.006, O = 0.009 }
 *     [crystal.given]
 *     A = { K = 0.5, Na = 0.5 }
 *     B = { Nb = 1 }
 *     born = { A = 1.1, B = 9.2, O_parallel = -7.0, O_perpendicular = -1.7 }
 *     mode = { A = 0.05, B = 0.12, O_parallel = -0.08, O_perpendicular = -0.06 }
 *
 * The mode's size and sign do not matter: textures say how large P is. Its shift of the whole cell, A + B + O∥ + 2 O⊥, is taken out, and said where it was not
 * small: it moves the crystal and makes no polarization. (A phonon keeps its centre of mass at rest, not its mean.)
 */

import * as z from 'zod';
import type { Options } from '../core/schema.ts';
import { elementOfType } from './elements.ts';
import { cellSum, type PerKind } from './material.ts';
import { materialOfPattern, modeNorm, scaled, withoutShift } from './phase.ts';

/** Largest |A + B + O∥ + 2 O⊥| [e] that passes for numerical error; first-principles charges miss zero by up to about 0.1. */
export const MOST_EXCESS = 0.3;
/** A mode whose pattern without the shift is less than this share of it moves the crystal as a whole. */
const LEAST_OPTICAL = 0.05;
/** Shift, as a share of the pattern's size, that is taken out without a word. */
const TOLD_SHIFT = 0.02;
/** |Z*| [e] of a mode with Σξ² = 1 below which it carries no polarization that a texture could be made of. */
const LEAST_CHARGE = 0.1;

const cation = z
  .string()
  .refine(
    (symbol) => symbol !== 'O' && elementOfType(symbol) === symbol && symbol !== 'D',
    'is no element that can sit there',
  );

const shares = z
  .record(cation, z.number().positive().max(1))
  .refine(
    (of) => Math.abs(Object.values(of).reduce((sum, share) => sum + share, 0) - 1) < 1e-6,
    'has shares that do not add up to 1',
  );

const charge = z.number().min(-20).max(20);

const perKind = (number: z.ZodNumber, parallel: string, perpendicular: string, missing: string) =>
  z.strictObject(
    {
      A: number,
      B: number,
      O_parallel: number.describe(parallel),
      O_perpendicular: number.describe(perpendicular),
    },
    { error: ({ input }) => (input === undefined ? missing : undefined) },
  );

/** Born charges [e] of the sites. */
export const bornOptions = perKind(
  charge,
  'Along the B–O bond [e].',
  'Across the B–O bond [e].',
  'is missing, and polarization follows from it: give A, B, O_parallel and O_perpendicular [e]',
);
export type BornOptions = Options<typeof bornOptions>;

function perKindOf({ A, B, O_parallel, O_perpendicular }: BornOptions): PerKind {
  return { A, Ti: B, Opar: O_parallel, Operp: O_perpendicular };
}

export const givenOptions = z
  .strictObject({
    A: shares.describe('Share of the A sites that each element holds, such as { Pb = 1 }; drawn at random.'),
    B: shares.describe(
      'Share of the B sites that each element holds, such as { Zr = 0.4, Ti = 0.6 }; drawn at random.',
    ),
    born: bornOptions.describe(
      'Born charges [e], neutral over a cell to 0.3 e; of a mixed site the mean. What is left is shared out.',
    ),
    mode: perKind(
      z.number().min(-10).max(10),
      'Of the O whose bond lies along the displacement.',
      'Of the two others.',
      'is missing: give the displacements A, B, O_parallel and O_perpendicular of the polar mode',
    ).describe(
      'Displacements of the polar mode, of any size and sign: an eigenvector, or Å of a refined phase. A shift of the whole cell is taken out.',
    ),
  })
  .check(({ value, issues }) => {
    const issue = (path: string, message: string) =>
      issues.push({ code: 'custom', message, input: value, path: [path] });
    const both = Object.keys(value.A).filter((symbol) => value.B[symbol] !== undefined);
    if (both.length > 0) issue('B', `names ${both.join(', ')}, which sits on A: an element has one role here`);
    const mode = perKindOf(value.mode);
    const [size, optical] = [modeNorm(mode), modeNorm(withoutShift(mode))];
    if (!(optical > LEAST_OPTICAL * size)) {
      issue('mode', 'moves all atoms alike, which makes no polarization: give an optical mode');
    }
    const excess = cellSum(perKindOf(value.born));
    if (Math.abs(excess) > MOST_EXCESS) {
      issue('born', `adds up to ${excess.toFixed(2)} e a cell, A + B + O_parallel + 2 O_perpendicular, not to 0`);
    } else if (optical > LEAST_OPTICAL * size && Math.abs(givenMaterial(value).zStar) < LEAST_CHARGE) {
      issue('mode', 'carries no polarization with these Born charges: give the polar mode');
    }
  })
  .describe("The perovskite of material = 'given'.");
export type GivenOptions = Options<typeof givenOptions>;

/** Soft mode and charges of what is given. @param given as `givenOptions` has checked it */
export function givenMaterial({ A, B, born, mode }: GivenOptions) {
  const formula = (of: Readonly<Record<string, number>>) =>
    Object.keys(of).length === 1 ? Object.keys(of)[0]! : `(${Object.keys(of).join(',')})`;
  return materialOfPattern(perKindOf(mode), {
    name: `${formula(A)}${formula(B)}O3`,
    bornPublished: perKindOf(born),
    status: 'given by the recipe',
  });
}

/** What was changed of it, for the user. */
export function givenNotes({ mode }: GivenOptions): string[] {
  const pattern = perKindOf(mode);
  const unit = scaled(pattern, 1 / modeNorm(pattern));
  const shift = cellSum(unit) / 5;
  if (Math.abs(shift) * Math.sqrt(5) < TOLD_SHIFT) return [];
  return [
    `The mode of [crystal.given] also shifts the whole cell, by ${(100 * Math.abs(shift) * Math.sqrt(5)).toFixed(0)} % of its size; that part is taken out.`,
  ];
}

/** What a polar perovskite's file gives a recipe, for `ferroscope info`: lines of [crystal] and [crystal.given], all but the Born charges. */

import { FerroscopeError } from '../core/errors.ts';
import { percent } from '../core/numbers.ts';
import { meanU2 } from '../crystal/orthogonal.ts';
import { type PolarMode, polarMode } from '../crystal/polar-mode.ts';
import type { Crystal } from '../crystal/unit-cell.ts';

export interface ModeDescription {
  readonly lines: readonly string[];
  readonly json: object;
}

/** Shares of what the mode leaves, and Å of what else is displaced, that are told. */
const TOLD_LEFT = 0.05;
const TOLD_OTHER_A = 0.02;

const table = (of: Readonly<Record<string, number>>, digits: number) =>
  `{ ${Object.entries(of)
    .map(([key, value]) => `${key} = ${Number(value.toFixed(digits))}`)
    .join(', ')} }`;

/** TOML; complete but for `born`. */
export function givenToml({ A, B, mode, a_A }: PolarMode, u2_A2: Readonly<Record<string, number>>): string[] {
  const elements = [...Object.keys(A), ...Object.keys(B), 'O'];
  const u2 = Object.fromEntries(elements.map((symbol) => [symbol, u2_A2[symbol] ?? Number.NaN]));
  const known = Object.values(u2).every(Number.isFinite);
  const kinds = { A: mode.A, B: mode.Ti, O_parallel: mode.Opar, O_perpendicular: mode.Operp };
  return [
    '[crystal]',
    'material = "given"',
    `a_A = ${Number(a_A.toFixed(4))}`,
    known
      ? `u2_A2 = ${table(u2, 5)}`
      : `# u2_A2 = { ${elements.map((symbol) => `${symbol} = …`).join(', ')} }  # [Å²], not in the file`,
    '[crystal.given]',
    `A = ${table(A, 4)}`,
    `B = ${table(B, 4)}`,
    `mode = ${table(kinds, 4)}`,
    '# born = { A = …, B = …, O_parallel = …, O_perpendicular = … }  # [e], in no structure file',
  ];
}

/** Undefined for what is no perovskite ABO3, or not polar. */
export function describeMode(crystal: Crystal): ModeDescription | undefined {
  let found: PolarMode;
  try {
    found = polarMode(crystal);
  } catch (error) {
    if (error instanceof FerroscopeError) return undefined;
    throw error;
  }
  const { axis, direction, edges_A, left, other_A } = found;
  const along = axis ? `⟨${axis}⟩` : `[${direction.map((x) => x.toFixed(2)).join(' ')}]`;
  const toml = givenToml(found, meanU2(crystal));
  return {
    lines: [
      `a polar perovskite: pseudo-cubic edges ${edges_A.map((x) => x.toFixed(3)).join(', ')} Å, displaced along ${along}. For a recipe:`,
      ...toml.map((text) => `  ${text}`),
      ...(left > TOLD_LEFT
        ? [
            `${percent(left, 2)} of the displacements are not of this one mode (several O⊥, or axes that move differently).`,
          ]
        : []),
      ...(other_A > TOLD_OTHER_A
        ? [
            `Beside it A and O are displaced by ${other_A.toFixed(3)} Å rms per axis, without a mean: turned octahedra are [crystal] tilt, other modes are left out.`,
          ]
        : []),
    ],
    json: { ...found, toml: toml.join('\n') },
  };
}

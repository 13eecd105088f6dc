/**
 * Which setting of its group a file means that does not say its origin: the one under which its sites make a crystal of its formula. Where that does not
 * decide, nothing is guessed.
 */

import { FerroscopeError, fail } from '../core/errors.ts';
import type { Setting } from './named-group.ts';
import type { Crystal } from './unit-cell.ts';

/** Relative difference of a share of the formula that counts as rounding. */
const SAME_SHARE = 0.02;

/** Whether the cell holds elements as the formula has them; H left out, as many files leave it out. */
function hasFormula({ symbols, occupancy }: Crystal, formula: ReadonlyMap<string, number>): boolean {
  const sums = new Map<string, number>();
  for (const [i, symbol] of symbols.entries()) sums.set(symbol, (sums.get(symbol) ?? 0) + occupancy[i]!);
  const heavy = [...new Set([...sums.keys(), ...formula.keys()])].filter((symbol) => symbol !== 'H');
  const units = heavy.map((symbol) => (sums.get(symbol) ?? 0) / (formula.get(symbol) ?? 0));
  return units.every((n) => Math.abs(n / units[0]! - 1) < SAME_SHARE);
}

/**
 * @param settings at least one
 * @throws what `build` throws where there is one setting, or none works; 'unsupported' where several do
 */
export function chooseSetting(
  settings: readonly Setting[],
  build: (setting: Setting) => Crystal,
  formula: ReadonlyMap<string, number>,
  name: string,
): { crystal: Crystal; note: string[] } {
  if (settings.length === 1) return { crystal: build(settings[0]!), note: [] };
  const built = settings.flatMap((setting) => {
    try {
      return [build(setting)];
    } catch (error) {
      if (error instanceof FerroscopeError) return [];
      throw error;
    }
  });
  const right = formula.size > 0 ? built.filter((crystal) => hasFormula(crystal, formula)) : built;
  const names = settings.map(({ group }) => group!.name);
  if (right.length === 1) {
    const crystal = right[0]!;
    const why = built.length > 1 ? 'makes the formula that the file gives' : 'makes a crystal of its sites';
    const chosen = crystal.symmetry!.group!.name;
    return {
      crystal,
      note: [
        `${name} does not say which origin its group has: of ${names.join(' and ')}, ${chosen} is taken, which alone ${why}.`,
      ],
    };
  }
  if (built.length === 0) return { crystal: build(settings[0]!), note: [] };
  return fail(
    'unsupported',
    `${name} names its space group, which has two origins (${names.join(', ')}), lists no symmetry operators, and ${right.length > 1 ? 'both' : 'neither'} of them ${right.length > 1 ? 'fit its sites' : 'makes its formula'}.`,
    `Write the group as '${names[0]}' or '${names[1]}', or list its symmetry operators.`,
    { name, settings: names },
  );
}

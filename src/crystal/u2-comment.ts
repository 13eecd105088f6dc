/**
 * Mean-square displacements in the comment line of an extxyz file, by element: `u2_A2="Ba 0.0057 O 0.0092"`, per axis [Å²]. What is left for a Debye–Waller
 * factor of the atoms as they stand there (`residualU2`).
 */

import { fail } from '../core/errors.ts';
import type { Structure } from './structure.ts';

/** @param u2_A2 of the structure's elements, and maybe of others, which are left out */
export function u2Comment({ symbols }: Structure, u2_A2: Readonly<Record<string, number>>): { u2_A2: string } {
  const elements = [...new Set(symbols)].sort();
  return { u2_A2: elements.map((symbol) => `${symbol} ${u2_A2[symbol]}`).join(' ') };
}

/** @param info pairs of the comment line @returns empty where they say nothing of it @throws 'format' */
export function readU2Comment(info: Readonly<Record<string, string>>, name: string): Record<string, number> {
  if (info.u2_A2 === undefined) return {};
  const words = info.u2_A2.trim().split(/\s+/);
  const pairs = Array.from({ length: Math.ceil(words.length / 2) }, (_, i): [string, number] => [
    words[2 * i]!,
    Number(words[2 * i + 1]),
  ]);
  if (!pairs.every(([symbol, u2]) => /^[A-Z][a-z]?$/.test(symbol) && u2 >= 0)) {
    fail('format', `${name}: u2_A2 is '${info.u2_A2}'.`, 'Write elements and Å², as in u2_A2="Ba 0.0057 O 0.0092".');
  }
  return Object.fromEntries(pairs);
}

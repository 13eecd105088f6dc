/**
 * Elements of sites that have labels only. What a label alone leaves open ('PB1': Pb, or P on site B) is decided by the elements of the file's formula, else
 * by the other labels: where all are capitals, 'PB1' beside 'TI1' is Pb.
 */

import { elementOfLabel, elementsOfCapitals } from './elements.ts';

const lettersOf = (label: string) => /^[A-Za-z]*/.exec(label)![0];

/** Whether all labels are symbols in capitals, such as PB1, TI1, O2: none with the letter of a site, and one that is an element as a whole only. */
function inCapitals(labels: readonly string[]): boolean {
  const plain = labels.every((label) => /^[A-Z]{1,2}\d*$/.test(label));
  const letters = [...new Set(labels.map(lettersOf))];
  const symbols = letters.every((text) => elementsOfCapitals(text).some((symbol) => symbol.length === text.length));
  const proof = letters.some((text) => text.length === 2 && elementsOfCapitals(text).every((s) => s.length === 2));
  return plain && symbols && proof;
}

export interface LabelElement {
  readonly symbol: string;
  /** Whether it does not simply stand there, as in 'Ti1'. */
  readonly guessed: boolean;
}

/**
 * @param labels of all sites without a type
 * @param formula elements of the file's formula, none where it has no formula
 * @returns by label; a label that stays open is left out
 */
export function labelElements(labels: readonly string[], formula: ReadonlySet<string>): Map<string, LabelElement> {
  const capitals = inCapitals(labels);
  return new Map(
    [...new Set(labels)].flatMap((label) => {
      const letters = lettersOf(label);
      const plain = elementOfLabel(label);
      if (plain) return [[label, { symbol: plain, guessed: letters.length > plain.length }] as const];
      const possible = elementsOfCapitals(letters);
      const inFormula = possible.filter((symbol) => formula.has(symbol));
      const two = capitals ? possible.find((symbol) => symbol.length === 2) : undefined;
      const symbol =
        inFormula.length === 1 ? inFormula[0] : inFormula.length === 0 && formula.size > 0 ? undefined : two;
      return symbol ? [[label, { symbol, guessed: true }] as const] : [];
    }),
  );
}

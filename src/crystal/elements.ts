/** Chemical symbols, and how files spell them: 'Ti4+', 'O2-', 'TI', 'Sr_sv', 'D'. */

const SYMBOLS: ReadonlySet<string> = new Set(
  (
    'H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn ' +
    'Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf ' +
    'Es Fm Md No Lr'
  ).split(' '),
);

function capital(letters: string): string {
  return letters.charAt(0).toUpperCase() + letters.slice(1).toLowerCase();
}

function known(letters: string): string | undefined {
  const symbol = capital(letters);
  // Deuterium scatters electrons as hydrogen does.
  if (symbol === 'D') return 'H';
  return SYMBOLS.has(symbol) ? symbol : undefined;
}

/** The element of an atom type in any case, with charge or potential or without; undefined where it is none ('OH', 'Wat'). */
export function elementOfType(text: string): string | undefined {
  return known(/^([A-Za-z]{1,2})(?![A-Za-z])/.exec(text)?.[1] ?? '');
}

/**
 * The element that a site's label starts with: 'Ti1', 'OW', 'BaA' (on site A), 'OII1' (the second O). Undefined where it is none ('Wat'), or could be two
 * ('SI1': S or Si).
 */
export function elementOfLabel(label: string): string | undefined {
  const letters = /^[A-Za-z]*/.exec(label)![0];
  const [one, two] = [known(letters.slice(0, 1)), letters.length > 1 ? known(letters.slice(0, 2)) : undefined];
  const lower = /^[A-Z][a-z]/.test(letters);
  if (letters.length > 2) {
    if (lower && two && /^([A-Z]|I{2,3})$/.test(letters.slice(2))) return two;
    return !two && /^.I{2,3}$/.test(letters) ? one : undefined;
  }
  if (one && two && !lower) return undefined;
  return two ?? one;
}

/**
 * Numbers, counts and units as people read them, the one spelling for pages, figures and the terminal: µC/cm², Å⁻¹, a true minus sign (U+2212),
 * as many digits as are known. Files keep their own spelling ('uC/cm2') and all digits.
 *
 *     quantity(2.6561906, 'mrad')  2.66 mrad      a result: three digits, zeros kept
 *     setting(300, 'kV')           300 kV         what somebody chose: as given
 *     measured(3.9971, 0.012, '°') 3.997 ± 0.012° two digits of the standard error
 *     plural(1, 'disk')            1 disk
 */

/** 'uC/cm2' → 'µC/cm²', '1/A' → 'Å⁻¹', 'e/A2' → 'e/Å²'. */
export function unitLabel(unit: string): string {
  return unit
    .replace(/[uμ]C/, 'µC')
    .replace(/^1\/(?:A|Å)$/, 'Å⁻¹')
    .replace(/^1\/nm(2?)$/, (_, square) => (square ? 'nm⁻²' : 'nm⁻¹'))
    .replace(/(^|\/)A(?=2|3|$)/, '$1Å')
    .replace(/(?<=m|Å)2(?=$|\/)/, '²')
    .replace(/(?<=m|Å)3(?=$|\/)/, '³');
}

/** 10ⁿ in raised digits. */
export function powerLabel(n: number): string {
  return `10${[...String(n)].map((c) => (c === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(c)])).join('')}`;
}

/** At most `digits` significant digits, no idle zeros; powers of ten outside 10⁻³ … 10⁵; '–' for what is not a number. */
export function numberLabel(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) {
    const [mantissa = '', exponent = ''] = value.toExponential(digits - 1).split('e');
    const power = powerLabel(Number(exponent));
    const shown = String(Number(mantissa)).replace('-', '−');
    return shown === '1' ? power : `${shown} × ${power}`;
  }
  return String(Number(value.toPrecision(digits))).replace('-', '−');
}

/** A number with `digits` significant digits, zeros kept: 3.00. */
export function fixedLabel(value: number, digits = 3): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value) || (size !== 0 && (size < 1e-3 || size >= 1e5))) return numberLabel(value, digits);
  return value.toPrecision(Math.max(digits, Math.ceil(Math.log10(size + 1)))).replace('-', '−');
}

/** Pearson's r, which is not defined where a side has one value everywhere: a component that a model answers with its mean. */
export function correlationLabel(r: number): string {
  return Number.isFinite(r) ? `r = ${fixedLabel(r)}` : 'one value everywhere, no r';
}

/** A number with `places` decimals, for columns that compare; never −0. */
export function decimalLabel(value: number, places: number): string {
  if (!Number.isFinite(value)) return '–';
  const shown = value.toFixed(places);
  return (Number(shown) === 0 ? shown.replace('-', '') : shown).replace('-', '−');
}

/** A whole number in groups of three: 20 000. Rounds. */
export function countLabel(count: number): string {
  return String(Math.round(count)).replaceAll(/\B(?=(?:\d{3})+$)/g, '\u2009');
}

/** A count and its noun: '1 disk', '3 disks'. */
export function plural(count: number, noun: string, nouns = `${noun}s`): string {
  return `${countLabel(count)} ${count === 1 ? noun : nouns}`;
}

/** A number, already written, and its unit. Degrees stand close. */
function withUnit(written: string, unit: string): string {
  return unit === '' || unit === '°' ? `${written}${unit}` : `${written} ${unitLabel(unit)}`;
}

/** A result with its unit. */
export function quantity(value: number, unit: string, digits = 3): string {
  return withUnit(fixedLabel(value, digits), unit);
}

/** What somebody chose, with its unit: the digits that it has, at most six. */
export function setting(value: number, unit: string): string {
  return withUnit(numberLabel(value, 6), unit);
}

/** A result and its standard error, to two digits of that; without an error (0, NaN) three digits and no ±. */
export function measured(value: number, error: number, unit: string): string {
  if (!(error > 0)) return quantity(value, unit);
  const places = Math.min(8, Math.max(0, 1 - Math.floor(Math.log10(error))));
  return withUnit(`${decimalLabel(value, places)} ± ${decimalLabel(error, places)}`, unit);
}

/** A share 0 … 1 as per cent. */
export function percent(share: number, digits = 3): string {
  return quantity(100 * share, '%', digits);
}

/** Seconds, minutes or hours, two digits. */
export function duration(seconds: number): string {
  if (seconds < 100) return quantity(seconds, 's', 2);
  if (seconds < 6000) return quantity(seconds / 60, 'min', 2);
  return seconds < 48 * 3600 ? quantity(seconds / 3600, 'h', 2) : quantity(seconds / 86_400, 'd', 2);
}

/** Electrons of a pattern, the one spelling of a dose: whole ones in groups of three. */
export function electrons(dose_e: number): string {
  return dose_e < 100 && dose_e !== 1 ? `${numberLabel(dose_e)} electrons` : plural(dose_e, 'electron');
}

/**
 * Labels of a scale's ticks, or of a series such as thicknesses: all with as many decimals as their steps need, to a hundredth of the least step;
 * powers of ten where all are very small or very large. A value alone has four digits.
 */
export function tickLabels(values: readonly number[]): string[] {
  if (values.length < 2) return values.map((value) => numberLabel(value, 4));
  const most = Math.max(...values.map(Math.abs));
  const gaps = values.slice(1).map((value, i) => Math.abs(value - values[i]!));
  const step = Math.min(...gaps.filter((gap) => gap > 0), most || 1);
  if (most >= 1e5 || (most > 0 && step < 1e-4)) {
    const digits = Math.max(1, Math.ceil(Math.log10(most / step) - 1e-9) + 1);
    return values.map((value) => numberLabel(value, digits));
  }
  let places = 0;
  const exact = (value: number): boolean => Math.abs(Number(value.toFixed(places)) - value) < 0.01 * step;
  while (places < 8 && !values.every(exact)) places++;
  return values.map((value) => decimalLabel(value, places));
}

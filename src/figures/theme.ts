/**
 * One look for every figure. Lengths in CSS pixels of 1/96 inch: the standard width of 321 px is a journal column of
 * 85 mm, where 9 px text is 6.8 pt. On screen the report enlarges the figures.
 */

/** Width of a journal column, 85 mm, and of a page, 180 mm. */
export const COLUMN_WIDTH = 321;
export const PAGE_WIDTH = 680;

export const FONT = "'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', sans-serif";

/** Sizes of text. */
export const TEXT: { readonly base: number; readonly small: number; readonly title: number } = {
  base: 9,
  small: 8,
  title: 10,
};

/** Colours of everything that is not data. */
export const INK = '#1b1f24';
export const MUTED = '#5c6670';
export const RULE = '#c9ced4';
export const GRID = '#e8ebee';
export const PAPER = '#ffffff';
/** Not measured: grey lines on white, in maps. */
export const MISSING = '#b4bac1';

/** What would be seen where there is nothing to see: bands and lines behind the data. */
export const NULL_FILL = '#dfe3e7';
export const NULL_LINE = '#8a939c';

/** Series, in order: distinguishable with any common colour vision and in grey (after Okabe and Ito 2008, darkened). */
export const SERIES: readonly string[] = ['#0b5fa5', '#d1495b', '#2a8c6a', '#c98a00', '#7b4fa3', '#4a4f55'];

/** Space around a figure. */
export const MARGIN = 8;

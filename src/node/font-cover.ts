/** Which characters a TrueType font has: its character map of format 4 (ISO/IEC 14496-22, cmap), that of the basic plane. */

import { fail } from '../core/errors.ts';

/** Characters of the text that the font has no glyph for, each once. @throws 'format' for a file without such a map */
export function missingGlyphs(text: string, font: Uint8Array): string[] {
  const view = new DataView(font.buffer, font.byteOffset, font.byteLength);
  const table = unicodeMap(view);
  return [...new Set(text)].filter(
    (character) => !/\s/.test(character) && !hasGlyph(view, table, character.codePointAt(0)!),
  );
}

/** Where the map of format 4 begins. */
function unicodeMap(view: DataView): number {
  for (let i = 0; i < view.getUint16(4); i++) {
    const record = 12 + 16 * i;
    if (view.getUint32(record) !== 0x636d6170) continue;
    const cmap = view.getUint32(record + 8);
    for (let k = 0; k < view.getUint16(cmap + 2); k++) {
      const table = cmap + view.getUint32(cmap + 4 + 8 * k + 4);
      if (view.getUint16(table) === 4) return table;
    }
  }
  fail('format', 'The font has no character map of format 4.', 'Take a TrueType font.');
}

function hasGlyph(view: DataView, table: number, code: number): boolean {
  if (code > 0xffff) return false;
  const segments = view.getUint16(table + 6) / 2;
  const [ends, starts, deltas, ranges] = [0, 1, 2, 3].map((k) => table + 14 + 2 * segments * k + (k > 0 ? 2 : 0)) as [
    number,
    number,
    number,
    number,
  ];
  for (let i = 0; i < segments; i++) {
    if (view.getUint16(ends + 2 * i) < code) continue;
    const start = view.getUint16(starts + 2 * i);
    if (start > code) return false;
    const offset = view.getUint16(ranges + 2 * i);
    const delta = view.getUint16(deltas + 2 * i);
    if (offset === 0) return ((code + delta) & 0xffff) !== 0;
    return view.getUint16(ranges + 2 * i + offset + 2 * (code - start)) !== 0;
  }
  return false;
}

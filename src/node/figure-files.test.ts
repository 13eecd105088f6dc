import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { figurePdf, figurePng, writeFigure } from './figure-files.ts';
import { missingGlyphs } from './font-cover.ts';

const figure = (body: string, width = 321): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="40" viewBox="0 0 ${width} 40" font-family="Helvetica, sans-serif" font-size="9">\n${body}\n</svg>\n`;
const font = new Uint8Array(
  readFileSync(createRequire(import.meta.url).resolve('@expo-google-fonts/arimo/400Regular/Arimo_400Regular.ttf')),
);

test('the font has what the house writes, and what it lacks is named', () => {
  expect(missingGlyphs('µC/cm² nm⁻² Å −1 ± σ θ δ Δ χ² 10⁻³ ⁰¹²³⁴⁵⁶⁷⁸⁹ → × ° ≤ ≥ – … ’ |P|', font)).toEqual([]);
  expect(missingGlyphs('∇ and ∇ and 漢 and 𝒫', font)).toEqual(['∇', '漢', '𝒫']);
});

test('PNG: a column is 85 mm at 300 dots per inch, said in the file; the same bytes each time; text is drawn', async () => {
  const svg = figure(
    '<rect width="321" height="40" fill="#ffffff"/><text x="10" y="20" fill="#000000">P (µC/cm²)</text>',
  );
  const png = await figurePng(svg);
  const view = new DataView(png.buffer, png.byteOffset);
  expect(view.getUint32(16)).toBe(1003);
  expect((view.getUint32(16) / 300) * 25.4).toBeCloseTo(85, 0);
  expect(new TextDecoder().decode(png.subarray(37, 41))).toBe('pHYs');
  expect(view.getUint32(41)).toBe(11_811);
  expect(view.getUint32(50)).toBe(crc32(png.subarray(37, 50)));
  expect(Buffer.compare(png, await figurePng(svg))).toBe(0);
  const without = await figurePng(svg.replace(/<text.*text>/, ''));
  expect(png.length).toBeGreaterThan(without.length + 200);
  const wide = await figurePng(svg, { width_mm: 180, dpi: 150 });
  expect(new DataView(wide.buffer, wide.byteOffset).getUint32(16)).toBe(1063);
});

test('PDF: one page of the figure’s size, the font within it, the same bytes each time', async () => {
  const svg = figure(
    '<g class="arrows" fill="#1b1f24" stroke="#ffffff" paint-order="stroke"><path d="M1 1h9v9z"/></g><text x="10" y="20" fill="#000000">P</text>',
  );
  const pdf = Buffer.from(await figurePdf(svg));
  const text = pdf.toString('latin1');
  expect(text.startsWith('%PDF-1.')).toBe(true);
  const box = /MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/.exec(text)!.slice(1).map(Number);
  expect(box[0]).toBeCloseTo(240.75, 2);
  expect(box[1]).toBeCloseTo(30, 2);
  expect(text.match(/\/Type \/Page\b/g)).toHaveLength(1);
  expect(text).toMatch(/FontFile2/);
  expect(text).toContain('Arimo');
  expect(Buffer.compare(pdf, Buffer.from(await figurePdf(svg)))).toBe(0);
});

test('files by their ending; what is no figure, cannot be written or has no size is an error', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ferroscope-figure-'));
  try {
    const svg = figure('<path d="M1 1h9v9z"/>');
    for (const [name, head] of [
      ['a.svg', '<svg'],
      ['a.PNG', 'PNG'],
      ['a.pdf', '%PDF'],
    ] as const) {
      await writeFigure(join(folder, name), svg);
      expect((await readFile(join(folder, name))).subarray(0, 5).toString('latin1')).toContain(head);
    }
    await expect(writeFigure(join(folder, 'a.tif'), svg)).rejects.toMatchObject({ tag: 'usage' });
  } finally {
    await rm(folder, { recursive: true });
  }
  await expect(figurePng('<p/>')).rejects.toMatchObject({ tag: 'format' });
  await expect(figurePng(figure(''), { dpi: 0 })).rejects.toMatchObject({ tag: 'range' });
  await expect(figurePdf(figure(''), { width_mm: -1 })).rejects.toMatchObject({ tag: 'range' });
  await expect(figurePdf(figure('<text>∇</text>'))).rejects.toMatchObject({
    tag: 'unsupported',
    fields: { missing: ['∇'] },
  });
});

/**
 * Figures as files: SVG as it is, PNG by resvg (WebAssembly, MPL-2.0), PDF by PDFKit and SVG-to-PDFKit (MIT). A figure's CSS pixel is 1/96 inch, so that the standard width of
 * 321 px is a journal column of 85 mm; PNG has 300 dots per inch of that and says so in its header.
 *
 * Text is set in Arimo (OFL-1.1), which is as wide as Helvetica, from the package of that name: no font of the system is used, so that the same figure gives the same bytes
 * anywhere. In PDF lines stay lines and text stays text; the cells of maps are embedded images that are not smoothed.
 * The libraries are loaded on first use. Not here: drawing (figures/), where files go (cli/).
 */

import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { crc32 } from 'node:zlib';
import { DOMParser } from 'linkedom';
import { fail } from '../core/errors.ts';
import { readBytes, writeWhole } from './files.ts';
import { missingGlyphs } from './font-cover.ts';

export interface FigureFileOptions {
  /** Of PNG; default 300. */
  readonly dpi?: number | undefined;
  /** Width of the whole figure; default its own, 85 mm for 321 px. */
  readonly width_mm?: number | undefined;
}

/** Kinds of files, by the ending of the name. */
export type FigureKind = 'svg' | 'png' | 'pdf';

const MM_PER_PX = 25.4 / 96;
const FACES = {
  regular: '400Regular/Arimo_400Regular',
  italic: '400Regular_Italic/Arimo_400Regular_Italic',
  bold: '600SemiBold/Arimo_600SemiBold',
} as const;
type Face = keyof typeof FACES;

let fonts: Promise<Readonly<Record<Face, Uint8Array>>> | undefined;
let resvg: Promise<typeof import('@resvg/resvg-wasm')> | undefined;

function loadFonts(): Promise<Readonly<Record<Face, Uint8Array>>> {
  fonts ??= (async () => {
    const { resolve } = createRequire(import.meta.url);
    const read = (face: Face): Promise<Uint8Array> => readBytes(resolve(`@expo-google-fonts/arimo/${FACES[face]}.ttf`));
    return { regular: await read('regular'), italic: await read('italic'), bold: await read('bold') };
  })();
  return fonts;
}

/** WebAssembly is made ready once a process: a second time is an error of the library's. */
function loadResvg(): Promise<typeof import('@resvg/resvg-wasm')> {
  resvg ??= (async () => {
    const library = await import('@resvg/resvg-wasm');
    await library.initWasm(await readBytes(createRequire(import.meta.url).resolve('@resvg/resvg-wasm/index_bg.wasm')));
    return library;
  })();
  return resvg;
}

/** Size [px] of a figure of this program. @throws 'format' */
function sizeOf(svg: string): readonly [width: number, height: number] {
  const [, width, height] = /^<svg\b[^>]*?\swidth="([\d.]+)" height="([\d.]+)"/.exec(svg) ?? [];
  if (!width || !height)
    fail(
      'format',
      'This is not a figure of this program: an SVG with a width and a height.',
      'Give what the figure functions return.',
    );
  return [Number(width), Number(height)];
}

/** @throws 'unsupported' where text has a character that the font lacks: it would be left out without a word */
async function requireGlyphs(svg: string): Promise<void> {
  const words = svg.replaceAll(/<[^>]*>/g, '');
  const missing = missingGlyphs(words, (await loadFonts()).regular);
  if (missing.length > 0) {
    fail(
      'unsupported',
      `The font of PNG and PDF files has no ‘${missing.join('’, ‘')}’.`,
      'Write the name in other characters, or take the SVG file.',
      { missing },
    );
  }
}

/** The figure as a PNG file. @throws 'format', 'range', 'unsupported' */
export async function figurePng(svg: string, { dpi = 300, width_mm }: FigureFileOptions = {}): Promise<Uint8Array> {
  const [width] = sizeOf(svg);
  const pixels = Math.round(((width_mm ?? width * MM_PER_PX) / 25.4) * dpi);
  if (!(pixels >= 1 && pixels <= 20_000))
    fail(
      'range',
      `The figure would be ${pixels} pixels wide.`,
      'Give a width in mm and a resolution in dots per inch that make 1 to 20 000.',
    );
  await requireGlyphs(svg);
  const { Resvg } = await loadResvg();
  const { regular, italic, bold } = await loadFonts();
  const drawing = new Resvg(svg, {
    font: { fontBuffers: [regular, italic, bold], defaultFontFamily: 'Arimo', sansSerifFamily: 'Arimo' },
    fitTo: { mode: 'width', value: pixels },
  });
  const image = drawing.render();
  const png = image.asPng();
  image.free();
  drawing.free();
  return withResolution(png, dpi);
}

/** The file with a chunk that says how many pixels a metre has (pHYs), after its header. */
function withResolution(png: Uint8Array, dpi: number): Uint8Array {
  const chunk = new Uint8Array(21);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, 9);
  chunk.set(new TextEncoder().encode('pHYs'), 4);
  const perMetre = Math.round(dpi / 0.0254);
  view.setUint32(8, perMetre);
  view.setUint32(12, perMetre);
  chunk[16] = 1;
  view.setUint32(17, crc32(chunk.subarray(4, 17)));
  // Signature 8 bytes, header 25.
  return Uint8Array.from([...png.subarray(0, 33), ...chunk, ...png.subarray(33)]);
}

/** The figure as a PDF file of one page of its size. @throws 'format', 'range', 'unsupported' */
export async function figurePdf(svg: string, { width_mm }: FigureFileOptions = {}): Promise<Uint8Array> {
  const [width, height] = sizeOf(svg);
  if (width_mm !== undefined && !(width_mm > 0))
    fail('range', `The figure would be ${width_mm} mm wide.`, 'Give a width above zero.');
  await requireGlyphs(svg);
  const points = (72 / 25.4) * (width_mm ?? width * MM_PER_PX);
  const size: [number, number] = [points, (points * height) / width];
  const [{ default: PDFDocument }, { default: svgToPdf }, faces] = await Promise.all([
    import('pdfkit'),
    import('svg-to-pdfkit'),
    loadFonts(),
  ]);
  // No clock: the same figure gives the same bytes.
  const document = new PDFDocument({
    size,
    margin: 0,
    info: { Producer: 'Ferroscope', Creator: 'Ferroscope', CreationDate: new Date(0) },
  });
  for (const face of Object.keys(FACES) as Face[]) document.registerFont(face, faces[face] as Buffer);
  const chunks: Uint8Array[] = [];
  const done = new Promise<void>((resolve, reject) => {
    document.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    document.on('end', () => resolve());
    document.on('error', reject);
  });
  svgToPdf(document, edgesFirst(svg), 0, 0, {
    width: size[0],
    height: size[1],
    fontCallback: (_, bold, italic) => (italic ? 'italic' : bold ? 'bold' : 'regular'),
  });
  document.end();
  await done;
  return Uint8Array.from(Buffer.concat(chunks));
}

/** What has its stroke under its fill (paint-order, which SVG-to-PDFKit does not know) as two: the stroke, then the fill. */
function edgesFirst(svg: string): string {
  const document = new DOMParser().parseFromString(svg, 'image/svg+xml');
  for (const node of [...document.querySelectorAll('[paint-order]')]) {
    node.removeAttribute('paint-order');
    const group = document.createElement('g');
    const opacity = node.getAttribute('opacity');
    if (opacity !== null) {
      group.setAttribute('opacity', opacity);
      node.removeAttribute('opacity');
    }
    const edge = node.cloneNode(true) as typeof node;
    edge.setAttribute('fill', 'none');
    node.setAttribute('stroke', 'none');
    node.replaceWith(group);
    group.append(edge, node);
  }
  return document.toString();
}

/** Writes the figure as what the ending of the path says. @throws 'usage' for another ending; as `figurePng`, `figurePdf` and writing files */
export async function writeFigure(path: string, svg: string, options: FigureFileOptions = {}): Promise<void> {
  const kind = extname(path).slice(1).toLowerCase();
  if (kind === 'svg') return writeWhole(path, svg);
  if (kind === 'png') return writeWhole(path, await figurePng(svg, options));
  if (kind === 'pdf') return writeWhole(path, await figurePdf(svg, options));
  fail('usage', `${path} ends in none of .svg, .png, .pdf.`, 'Name the file after what it shall be.');
}

/**
 * Colour maps for scalars, readable with any common colour vision: each is a row of published control points,
 * interpolated in OKLab.
 *
 * - viridis: van der Walt and Smith 2015 (matplotlib, CC0), every sixteenth of the way: thickness, densities.
 * - magma: the same authors: diffraction patterns.
 * - blue to red: ColorBrewer RdBu, 11 classes, reversed (Brewer, Apache 2.0): signed quantities; near-white is zero, red is
 *   positive.
 * - gray: even steps of sRGB from black to white: diffraction patterns in print.
 */

import { oklabToRgb, parseHex, type Rgb, rgbToOklab } from './colour.ts';

export type ColormapName = 'viridis' | 'magma' | 'blue-red' | 'gray';

/** A colour for a position 0 … 1 along the map; positions outside take the end's colour. */
export type Colormap = (position: number) => Rgb;

const POINTS: Readonly<Record<ColormapName, string>> = {
  viridis:
    '#440154 #48186a #472d7b #424086 #3b528b #33638d #2c728e #26828e #21918c #1fa088 #28ae80 #3fbc73 #5ec962 #84d44b #addc30 #d8e219 #fde725',
  magma:
    '#000004 #0a0822 #1d1147 #36106b #51127c #6a1c81 #832681 #9c2e7f #b73779 #d0416f #e75263 #f56b5c #fc8961 #fea772 #fec488 #fde2a3 #fcfdbf',
  'blue-red': '#053061 #2166ac #4393c3 #92c5de #d1e5f0 #f7f7f7 #fddbc7 #f4a582 #d6604d #b2182b #67001f',
  gray: '#000000 #101010 #202020 #303030 #404040 #505050 #606060 #707070 #808080 #8f8f8f #9f9f9f #afafaf #bfbfbf #cfcfcf #dfdfdf #efefef #ffffff',
};

/** The named map. */
export function colormap(name: ColormapName): Colormap {
  const points = POINTS[name].split(' ').map((text) => rgbToOklab(parseHex(text)));
  return (position) => {
    const place = Math.min(1, Math.max(0, position)) * (points.length - 1);
    const i = Math.min(points.length - 2, Math.floor(place));
    const share = place - i;
    const from = points[i]!;
    const to = points[i + 1]!;
    const mix = (k: 0 | 1 | 2): number => from[k] + share * (to[k] - from[k]);
    return oklabToRgb([mix(0), mix(1), mix(2)]);
  };
}

/** The map as a palette of 256 colours, as PNG wants it. */
export function palette(name: ColormapName): Rgb[] {
  const map = colormap(name);
  return Array.from({ length: 256 }, (_, i) => map(i / 255));
}

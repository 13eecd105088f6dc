/**
 * OKLab and OKLCH (Ottosson 2020; CSS Color 4) to sRGB: equal steps in OKLab look equally large.
 *
 * L runs from 0 (black) to 1 (white); chroma C from 0 (grey) to about 0.3; hue h in degrees (29 red, 142 green, 264 blue).
 * A colour outside sRGB keeps its lightness and hue and loses chroma until it fits. Not here: which colour means what.
 */

/** sRGB, each 0 … 255, integers. */
export type Rgb = readonly [number, number, number];

/** OKLab: lightness 0 … 1, a (green to red), b (blue to yellow). */
export type Oklab = readonly [number, number, number];

/** Linear-light sRGB of an OKLab colour, 0 … 1 inside the gamut. */
export function oklabToLinear([lightness, a, b]: Oklab): [number, number, number] {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

/** OKLab of an sRGB colour. */
export function rgbToOklab(rgb: Rgb): Oklab {
  const [r, g, b] = rgb.map((v) => {
    const x = v / 255;
    return x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

const fits = (linear: readonly number[]): boolean => linear.every((v) => v >= -1e-4 && v <= 1 + 1e-4);

/** Encodes linear light as one sRGB byte. */
function gamma(linear: number): number {
  const x = Math.min(1, Math.max(0, linear));
  return Math.round(255 * (x <= 0.0031308 ? 12.92 * x : 1.055 * x ** (1 / 2.4) - 0.055));
}

/** The sRGB colour nearest to an OKLab colour along its own lightness and hue. */
export function oklabToRgb([lightness, a, b]: Oklab): Rgb {
  const at = (share: number) => oklabToLinear([lightness, a * share, b * share]);
  let linear = at(1);
  if (!fits(linear)) {
    let low = 0;
    let high = 1;
    for (let step = 0; step < 20; step++) {
      const middle = (low + high) / 2;
      if (fits(at(middle))) low = middle;
      else high = middle;
    }
    linear = at(low);
  }
  return [gamma(linear[0]), gamma(linear[1]), gamma(linear[2])];
}

/** The largest chroma that sRGB holds at a lightness (0 … 1) and hue [degrees]. */
export function chromaLimit(lightness: number, hue: number): number {
  const h = (hue * Math.PI) / 180;
  let low = 0;
  let high = 0.4;
  for (let step = 0; step < 20; step++) {
    const c = (low + high) / 2;
    if (fits(oklabToLinear([lightness, c * Math.cos(h), c * Math.sin(h)]))) low = c;
    else high = c;
  }
  return low;
}

/** OKLCH to sRGB; hue in degrees. */
export function oklchToRgb(lightness: number, chroma: number, hue: number): Rgb {
  const h = (hue * Math.PI) / 180;
  return oklabToRgb([lightness, chroma * Math.cos(h), chroma * Math.sin(h)]);
}

/** '#rrggbb' of a colour. */
export function hex(rgb: Rgb): string {
  return `#${rgb.map((v) => v.toString(16).padStart(2, '0')).join('')}`;
}

/** The colour of '#rrggbb'. */
export function parseHex(text: string): Rgb {
  const n = Number.parseInt(text.slice(1), 16);
  return [(n >> 16) & 255, (n >> 8) & 255, n & 255];
}

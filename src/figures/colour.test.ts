import { describe, expect, test } from 'vitest';
import { type ColormapName, colormap } from './colormap.ts';
import { chromaLimit, hex, oklabToLinear, oklabToRgb, oklchToRgb, parseHex, rgbToOklab } from './colour.ts';

const encode = (v: number): number => 100 * (v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055);

// CSS Color 4's own samples, as web-platform-tests states them (css/css-color/oklch-*.html): percent of sRGB.
test.each([
  [0.51975, 0.17686, 142.495, [0, 50.196, 0]],
  [0.5, 0.2, 0, [70.492, 2.351, 37.073]],
  [0.5, 0.2, 270, [23.056, 31.73, 82.628]],
  [0.55, 0.15, 345, [67.293, 27.791, 52.28]],
  [0.627966, 0.257704, 29.2346, [100, 0, 0]],
])('oklch(%f %f %f) is the published sRGB colour', (l, c, h, expected) => {
  const angle = (h * Math.PI) / 180;
  const found = oklabToLinear([l, c * Math.cos(angle), c * Math.sin(angle)]).map(encode);
  for (const [i, value] of expected.entries()) expect(Math.abs(found[i]! - value)).toBeLessThan(0.06);
});

test('sRGB to OKLab and back, for corners and greys', () => {
  for (const text of ['#000000', '#ffffff', '#ff0000', '#00ff00', '#0000ff', '#7f7f7f', '#123456']) {
    expect(hex(oklabToRgb(rgbToOklab(parseHex(text))))).toBe(text);
  }
  expect(rgbToOklab([255, 255, 255])[0]).toBeCloseTo(1, 6);
});

test('a colour outside sRGB keeps lightness and hue, and loses chroma', () => {
  const [l, a, b] = rgbToOklab(oklchToRgb(0.7, 0.37, 200));
  expect(l).toBeCloseTo(0.7, 2);
  expect((Math.atan2(b, a) * 180) / Math.PI + 360).toBeCloseTo(200, -0.5);
  expect(Math.hypot(a, b)).toBeCloseTo(chromaLimit(0.7, 200), 2);
  expect(chromaLimit(0.7, 200)).toBeLessThan(0.13);
});

describe('colour maps', () => {
  // matplotlib 3.10, between the control points.
  test.each([
    ['viridis', 0.1, '#482475'],
    ['viridis', 0.7, '#44bf70'],
    ['magma', 0.4, '#8c2981'],
  ] as const)('%s at %f is matplotlib’s within 3 levels', (name, position, expected) => {
    const found = colormap(name)(position);
    const wanted = parseHex(expected);
    for (let i = 0; i < 3; i++) expect(Math.abs(found[i]! - wanted[i]!)).toBeLessThanOrEqual(3);
  });

  test('blue to red: ends, and near-white in the middle', () => {
    const map = colormap('blue-red');
    expect([0, 0.5, 1].map((p) => hex(map(p)))).toEqual(['#053061', '#f7f7f7', '#67001f']);
    expect([-3, 7].map((p) => hex(map(p)))).toEqual(['#053061', '#67001f']);
  });

  test.each(['viridis', 'magma', 'gray'] satisfies ColormapName[])('%s grows lighter all the way', (name) => {
    const map = colormap(name);
    const lightness = Array.from({ length: 17 }, (_, i) => rgbToOklab(map(i / 16))[0]);
    for (let i = 1; i < lightness.length; i++) expect(lightness[i]!).toBeGreaterThan(lightness[i - 1]!);
  });
});

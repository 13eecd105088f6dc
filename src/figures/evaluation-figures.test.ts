import { expect, test } from 'vitest';
import { accuracySections } from './accuracy-section.ts';
import { parseHex } from './colour.ts';
import { derivativeSection } from './derivative-section.ts';
import { doseFigure } from './dose-figure.ts';
import { heatMap } from './heat-map.ts';
import { latentSection } from './latent-section.ts';
import { buildReport } from './report.ts';
import { scanSections } from './scan-section.ts';
import { cloudFigure, colouredScatter } from './scatter-figure.ts';
import { decodePng } from './test-png.ts';

const numbers = (text: string): number[] => [...text.matchAll(/-?[\d.]+/g)].map((m) => Number(m[0]));
const curve = {
  name: 'P_z',
  unit: 'uC/cm2',
  points: [
    [1e3, 40],
    [1e5, 4],
    [1e7, 0.4],
  ] as const,
  noise_free: 0.1,
  mean_only: 4,
  limit_1e: 4 * Math.sqrt(1e5),
  trained_e: [1e5, 1e7] as const,
};

test('dose: an error that falls as the limit lies on it, the mean is level, doses of training end where the axis does', () => {
  const svg = doseFigure(curve);
  const lines = [...svg.matchAll(/aria-label="line"[^>]*>\s*<path d="([^"]+)"/g)].map((m) => numbers(m[1]!));
  const [network, , mean, limit] = lines as [number[], number[], number[], number[]];
  expect([limit[0], limit[1]]).toEqual([expect.closeTo(network[0]!, 1), expect.closeTo(network[1]!, 1)]);
  expect([limit[2], limit[3]]).toEqual([expect.closeTo(network[4]!, 1), expect.closeTo(network[5]!, 1)]);
  expect(mean[1]).toBe(mean[3]);
  const grey = /class="trained" x="([\d.]+)"[^>]*width="([\d.]+)"/.exec(svg)!;
  expect(Number(grey[1])).toBeCloseTo(network[2]!, 1);
  expect(Number(grey[1]) + Number(grey[2])).toBeCloseTo(network[4]!, 1);
});

test('dose: where the truth does not vary the mean errs by nothing, and no line is drawn for that', () => {
  const svg = doseFigure({ ...curve, mean_only: 0 });
  expect(svg).not.toMatch(/NaN|Infinity/);
  expect([...svg.matchAll(/aria-label="line"/g)]).toHaveLength(3);
});

test('heat map: 1 is red, −1 blue, 0 nearly white, each with its number where its row and column cross', () => {
  const svg = heatMap({
    description: '',
    rows: ['a', 'b'],
    blocks: [
      { columns: ['u'], values: [1, 0] },
      { columns: ['v'], values: [-1, 0.25] },
    ],
  });
  const cells = [...svg.matchAll(/<rect class="cell" x="([\d.]+)" y="([\d.]+)"[^>]*fill="rgb\(([^)]+)\)"/g)].map(
    (m) => ({
      x: Number(m[1]),
      y: Number(m[2]),
      rgb: m[3]!.split(',').map(Number) as [number, number, number],
    }),
  );
  const [a1, b1, a2] = cells as [(typeof cells)[0], (typeof cells)[0], (typeof cells)[0]];
  expect(a1.rgb[0]).toBeGreaterThan(2 * a1.rgb[2]);
  expect(a2.rgb[2]).toBeGreaterThan(2 * a2.rgb[0]);
  expect(Math.min(...b1.rgb)).toBeGreaterThan(230);
  expect(a2.x).toBeGreaterThan(a1.x);
  expect(b1.y).toBeGreaterThan(a1.y);
  for (const value of ['1.00', '0.00', '−1.00', '0.25']) expect(svg).toContain(`>${value}</text>`);
});

test('scatter: points with more of a component are redder, with less bluer', () => {
  const svg = colouredScatter({
    points: [0, 0, 1, 0, 0, 1, 1, 1],
    axes: ['a', 'b'],
    name: 'P_y',
    unit: 'uC/cm2',
    values: [-9, 9, 0, 9],
  });
  const [low, high] = [...svg.matchAll(/<circle[^>]*fill="(#[0-9a-f]{6})"/g)].map((m) => parseHex(m[1]!));
  expect(low![2]).toBeGreaterThan(low![0]);
  expect(high![0]).toBeGreaterThan(high![2]);
});

test('clouds: every point of both lies inside the axes, however far apart they are', () => {
  const svg = cloudFigure(
    [
      { name: 'library', points: [0, 0, 1, 1] },
      { name: 'scan', points: [50, -80] },
    ],
    ['PC1', 'PC2'],
    'two clouds',
  );
  const dots = [...svg.matchAll(/<circle[^>]*?cy="([\d.]+)" cx="([\d.]+)"/g)];
  expect(dots).toHaveLength(3);
  for (const [, y, x] of dots) {
    expect(Number(y)).toBeLessThan(250 - 30);
    expect(Number(x)).toBeGreaterThan(40);
  }
});

/** A pattern of 64², its left half twice as bright as its right. */
const pattern = Float32Array.from({ length: 64 * 64 }, (_, i) => (i % 64 < 32 ? 2 : 1) / (1.5 * 4096));
const figures = new Map<string, string>();
const put = (name: string, svg: string): string => {
  figures.set(name, svg);
  return svg;
};
const asHtml = (sections: Parameters<typeof buildReport>[0]['sections']) =>
  buildReport({ title: 't', summary: 's', sections, provenance: { recipe_toml: '', version: '0' } });

test('accuracy: the table gives the limit at 10⁶ electrons, and none where there is none', () => {
  const parity = { name: 'P_z', unit: 'uC/cm2', truth: [1, 2], noise_free: [1, 2], noisy: [2, 1] };
  const input = { patterns: 2, structures: 1, curve_patterns: 2, dose_e: 1e6, adapted: false, parity: [parity] };
  const html = asHtml(accuracySections({ ...input, curves: [curve] }, put));
  // 4 at 10⁵: √10 times less.
  expect(html).toContain('>1.3</td></tr>');
  const without = asHtml(accuracySections({ ...input, curves: [{ ...curve, limit_1e: undefined }] }, put));
  expect(without).toContain('No limit is drawn');
  expect(without).toContain('>–</td></tr>');
});

test('derivatives: red where more of the quantity makes brighter; one that does not hold is named; none says why', () => {
  const row = { name: 'P_x', unit: 'uC/cm2', values: pattern.map((v, i) => (i % 64 < 32 ? v : -v)), step: 1 };
  const input = {
    thickness_nm: 35,
    P_uC_cm2: [0, 0, 0],
    tilt_mrad: [0, 0],
    pattern,
    pixel_mrad: 0.6,
    rows: [
      { ...row, disagreement: 0.01 },
      { ...row, name: 'P_z', disagreement: 0.3 },
    ],
    limits: [{ name: 'P_x', unit: 'uC/cm2', known: 300, free: 400 }],
  };
  const html = asHtml([derivativeSection(input, put)]);
  expect(html).toMatch(/more than 10 %: <i>P<\/i><sub><i>z<\/i><\/sub>/);
  expect(html).toContain('>0.300<');
  expect(html).toContain('>0.400<');
  const png = /base64,([^"]+)"/.exec(figures.get('derivative-P_x')!)![1]!;
  const image = decodePng(new Uint8Array(Buffer.from(png, 'base64')));
  expect(image.data[0]).toBeGreaterThan(image.data[63]!);
  expect(asHtml([derivativeSection({ reason: 'octahedra are turned.' }, put)])).toContain('octahedra are turned.');
});

test('latents: what is left of a correlation stands beside it', () => {
  const scatter = {
    name: 'P_z',
    unit: 'uC/cm2',
    values: [1, -1],
    latents: [2, 0] as const,
    r: [-0.5, 0.4] as const,
    partial: [-0.02, 0.01] as const,
    points: [0, 1, 1, 0],
  };
  const input = {
    patterns: 2,
    structures: 1,
    labels: ['P_z'],
    latents: 3,
    between_labels: [1],
    with_latents: [0.4, 0, -0.5],
    chance: 0.05,
    scatters: [scatter],
  };
  const html = asHtml([latentSection(input, put)]);
  expect(html).toContain('L3: r = −0.50, partial −0.02; L1: r = 0.40, partial 0.01');
  expect(html).toContain('exceeds 0.050');
});

test('scan: the overlap stands beside what sampling and states alone leave', () => {
  const nearest = { pattern, r1: 0.2, labels: [30] };
  const html = asHtml(
    scanSections(
      {
        scan: 'scan.h5',
        dose_e: 1e6,
        positions: 1,
        library_patterns: 2,
        share: [0.6, 0.2],
        bins: 20,
        library: [0, 0, 1, 1],
        views: [{ name: '', points: [1, 0], overlap: 0.12, same_states: 0.1 }],
        drawn: 0.24,
        halves: 0.8,
        labels: [{ name: 'thickness', unit: 'nm' }],
        pixel_mrad: 0.6,
        candidates: 9,
        nearest: [
          { at: [0, 3], pattern, labels: [31], by_labels: nearest, by_image: nearest, counting: 0.03, any: 0.4 },
        ],
      },
      put,
    ),
  );
  for (const share of ['12 %', '10 %', '24 %', '80 %']) expect(html).toContain(`>${share}<`);
  expect(html).toContain('counting 0.030, any 0.40');
  expect(figures.get('nearest-patterns')).toContain('position (0, 3)');
});

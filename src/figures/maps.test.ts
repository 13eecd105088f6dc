import { expect, test } from 'vitest';
import type { PolarizationMap } from '../polarization/polarization-map.ts';
import { hex, type Rgb, rgbToOklab } from './colour.ts';
import { componentMap } from './component-map.ts';
import { exampleMap } from './test-examples.ts';
import { decodePng } from './test-png.ts';
import { vectorColour } from './vector-colour.ts';
import { blockMeans, vectorMap } from './vector-map.ts';

/** A map of one row with the given vectors. */
function rowOf(...vectors: readonly (readonly [number, number, number])[]): PolarizationMap {
  const part = (k: 0 | 1 | 2) => Float32Array.from(vectors, (v) => v[k]);
  return {
    ...exampleMap(1, 1),
    shape: [1, vectors.length],
    channels: [
      { name: 'P_x', unit: 'uC/cm2', values: part(0) },
      { name: 'P_y', unit: 'uC/cm2', values: part(1) },
      { name: 'P_z', unit: 'uC/cm2', values: part(2) },
    ],
  };
}

/** Direction (tip − middle) of every arrow, from the outlines: they start at the tip, corners 4 and 5 end the shaft. */
function arrowsOf(svg: string): [number, number][] {
  const group = /<g class="arrows"[\s\S]*?<\/g>/.exec(svg)![0];
  return [...group.matchAll(/ d="M([^"]+)z"/g)].map((match) => {
    const points = match[1]!.split('L').map((pair) => pair.split(' ').map(Number) as [number, number]);
    const tail = [0, 1].map((k) => (points[3]![k]! + points[4]![k]!) / 2);
    return [points[0]![0] - tail[0]!, points[0]![1] - tail[1]!];
  });
}

/** The colour at the middle of every cell of the map's image. */
function cellsOf(svg: string, [ry, rx]: readonly [number, number]): Rgb[] {
  const uri = /href="data:image\/png;base64,([^"]+)"/.exec(svg)![1]!;
  const { width, height, data } = decodePng(new Uint8Array(Buffer.from(uri, 'base64')));
  return Array.from({ length: ry * rx }, (_, i) => {
    const x = Math.floor((((i % rx) + 0.5) * width) / rx);
    const y = Math.floor(((Math.floor(i / rx) + 0.5) * height) / ry);
    const at = 3 * (y * width + x);
    return [data[at]!, data[at + 1]!, data[at + 2]!];
  });
}

test('arrows agree with the page: +x right, +y down, length by the in-plane size alone', () => {
  const map = rowOf([10, 0, 0], [0, 10, 0], [-5, 0, 8], [0, -10, 3]);
  const [right, down, left, up] = arrowsOf(vectorMap(map, { pMax: 12 }));
  expect(right![0]).toBeGreaterThan(5);
  expect(right![1]).toBeCloseTo(0, 1);
  expect(down![1]).toBeGreaterThan(5);
  expect(down![0]).toBeCloseTo(0, 1);
  expect(left![0] / right![0]).toBeCloseTo(-0.5, 2);
  expect(up![1] / down![1]).toBeCloseTo(-1, 2);
});

test('the key’s arrow has the scale of the map’s arrows', () => {
  const svg = vectorMap(rowOf([20, 0, 0], [20, 0, 0], [20, 0, 0]), { pMax: 20 });
  const key = /class="arrow-key"[^>]*><path d="M([\d.]+) 0L/.exec(svg)!;
  expect(svg).toContain('in plane, 20 µC/cm²');
  expect(Number(key[1])).toBeCloseTo(arrowsOf(svg)[0]![0], 1);
});

test('P_z > 0 is light, P_z < 0 dark, P = 0 grey, and cells have the colours of the legend', () => {
  const map = rowOf([0, 0, 9], [0, 0, -9], [0, 0, 0], [9, 0, 0]);
  const cells = cellsOf(vectorMap(map, { pMax: 9 }), map.shape);
  const lab = cells.map(rgbToOklab);
  expect(lab.map((c) => Math.round(100 * c[0]))).toEqual([94, 42, 68, 68]);
  for (const c of lab.slice(0, 3)) expect(Math.hypot(c[1], c[2])).toBeLessThan(0.005);
  expect(cells[3]).toEqual(vectorColour(1, 0, 0));
});

test('hue turns with the azimuth: +x red, −x opposite in hue, +y neither', () => {
  const hue = (x: number, y: number): number => {
    const [, a, b] = rgbToOklab(vectorColour(x, y, 0));
    return ((Math.atan2(b, a) * 180) / Math.PI + 360) % 360;
  };
  for (const degrees of [0, 60, 90, 180, 270]) {
    const t = (degrees * Math.PI) / 180;
    expect(Math.abs(hue(Math.cos(t), Math.sin(t)) - ((25 + degrees) % 360))).toBeLessThan(2);
  }
  expect(vectorColour(3, 0, 0)).toEqual(vectorColour(1, 0, 0));
});

test('blocks average what was measured and leave out what was not', () => {
  const nan = Number.NaN;
  expect(blockMeans([2, 3], 2, [1, 3, nan, nan, 2, nan], [0, 0, nan, nan, 0, nan])).toEqual([
    { cx: 1, cy: 1, x: 2, y: 0, sigma: 0 },
  ]);
});

test('an arrow shorter than its uncertainty is faint, whatever the other component’s; the key says so', () => {
  const sigma = (x: number, y: number): PolarizationMap => {
    const map = rowOf([3, 0, 20], [0, 3, 0], [9, 0, 0]);
    const of: Readonly<Record<string, number>> = { P_x: x, P_y: y, P_z: 50 };
    return { ...map, channels: map.channels.map((c) => ({ ...c, sigma: c.values.map(() => of[c.name]!) })) };
  };
  const faint = (map: PolarizationMap): number => {
    const group = /<g class="arrows-faint"[\s\S]*?<\/g>/.exec(vectorMap(map))?.[0] ?? '';
    return [...group.matchAll(/<path/g)].length;
  };
  expect([sigma(1, 1), sigma(4, 1), sigma(1, 4), sigma(4, 4), sigma(10, 10)].map(faint)).toEqual([0, 1, 1, 2, 3]);
  expect(vectorMap(sigma(1, 1))).toContain('faint: shorter than its σ');
  expect(vectorMap(rowOf([1, 0, 0]))).not.toContain('faint');
});

test('the length’s uncertainty is that along the arrow: (3, 4) with σ 5 and 0 has 3', () => {
  const [mean] = blockMeans([1, 1], 1, [3], [4], [[5], [0]]);
  expect(mean!.sigma).toBeCloseTo(3, 12);
  // Over a block: the rms of σ, not less for more cells.
  const [block] = blockMeans([1, 4], 4, [3, 3, 3, 3], [0, 0, 0, 0], [new Array(4).fill(2), new Array(4).fill(0)]);
  expect(block!.sigma).toBeCloseTo(2, 12);
});

/** Labels of every colour bar, from left to right. */
function barsOf(svg: string): string[][] {
  return [...svg.matchAll(/<g class="colour-bar">[\s\S]*?<\/g>/g)].map((bar) =>
    [...bar[0].matchAll(/<text [^>]*>([^<]+)</g)].map((m) => m[1]!),
  );
}

test('components of one vector have one range, also of the differences; σ has its own', () => {
  const map = exampleMap(8, 8, { noise: 3 });
  const truth = exampleMap(8, 8, { noise: 0 });
  const [x, y, z] = ['P_x', 'P_y', 'P_z'].map((name) => barsOf(componentMap(map, name, { truth })));
  // map and truth together, difference, σ.
  expect(x).toHaveLength(3);
  expect(y!.slice(0, 2)).toEqual(x!.slice(0, 2));
  expect(z!.slice(0, 2)).toEqual(x!.slice(0, 2));
  const bounds = x!.slice(0, 2).map((labels) => [labels[0], labels.at(-1)]);
  for (const [low, high] of bounds) expect(low).toBe(`−${high}`);
  // σ begins at zero.
  expect([x, y, z].map((bars) => bars![2]![0])).toEqual(['0', '0', '0']);
  // Without a truth: map and σ; without σ the map alone.
  expect(barsOf(componentMap(map, 'P_x'))).toHaveLength(2);
  expect(barsOf(componentMap(map, 'thickness'))).toHaveLength(1);
  expect(barsOf(componentMap(map, 'thickness', { truth }))).toHaveLength(2);
});

test('the panels are map, truth, map − truth and σ, in this order', () => {
  const one = (P: number, s?: number): PolarizationMap => {
    const map = rowOf([P, 0, 0]);
    return s === undefined
      ? map
      : { ...map, channels: map.channels.map((c) => ({ ...c, sigma: c.values.map(() => s) })) };
  };
  const svg = componentMap(one(4, 2), 'P_x', { truth: one(6), range: [-6, 6] });
  const images = [...svg.matchAll(/<image [^>]*image-rendering[^>]*base64,([^"]+)"/g)].map((m) =>
    decodePng(new Uint8Array(Buffer.from(m[1]!, 'base64'))),
  );
  expect(images).toHaveLength(4);
  const [mapped, true_, difference] = images.map(({ data }) => [data[0]!, data[1]!, data[2]!] as const);
  // The truth is at the red end; the map is red but short of it; map − truth is −2, blue.
  expect(hex(true_ as Rgb)).toBe('#67001f');
  expect(mapped![0]).toBeGreaterThan(mapped![2]);
  expect(difference![2]).toBeGreaterThan(difference![0]);
  expect(['>map<', '>truth<', '>map − truth<', '>σ<'].map((head) => svg.indexOf(head) > 0)).toEqual([
    true,
    true,
    true,
    true,
  ]);
});

test('a component: zero is near-white, +max red, −max blue, the bar’s ends carry the range, gaps are hatched', () => {
  const map = rowOf([0, 0, 20], [0, 0, -20], [0, 0, 0], [0, 0, Number.NaN]);
  const svg = componentMap(map, 'P_z', { range: [-20, 20] });
  expect(cellsOf(svg, map.shape).map(hex)).toEqual(['#67001f', '#053061', expect.stringMatching(/^#f[67]/), '#ffffff']);
  const bar = /<g class="colour-bar">[\s\S]*?<\/g>/.exec(svg)![0];
  const labels = [...bar.matchAll(/<text x="[\d.]+" y="([\d.]+)"[^>]*>([^<]+)</g)].map(
    (m) => [m[2]!, Number(m[1])] as const,
  );
  expect(labels[0]![0]).toBe('−20');
  expect(labels.at(-1)![0]).toBe('20');
  expect(labels[0]![1]).toBeGreaterThan(labels.at(-1)![1]);
  expect(svg).toContain('class="missing"');
  expect(componentMap(rowOf([1, 2, 3]), 'P_x')).not.toContain('class="missing"');
});

test('values beyond the range point the bar’s end, and only that end', () => {
  const points = (low: number, high: number): number =>
    [...componentMap(rowOf([0, 0, -5], [0, 0, 5]), 'P_z', { range: [low, high] }).matchAll(/fill="rgb\(/g)].length;
  expect([points(-5, 5), points(-4, 5), points(-4, 4)]).toEqual([0, 1, 2]);
});

test('the scale bar says the length that it has', () => {
  const svg = componentMap(exampleMap(24, 40), 'thickness');
  const width = Number(/class="scale-bar"><rect [^>]*?width="([\d.]+)"/.exec(svg)![1]);
  const mapWidth = Number(/<image [^>]*?width="([\d.]+)"/.exec(svg)![1]);
  expect(svg).toContain('>2 nm<');
  expect((width / mapWidth) * 40 * 0.395).toBeCloseTo(2, 1);
});

test('a large noisy scan stays below 2 MB', () => {
  const map = exampleMap(110, 180, { noise: 8 });
  expect(vectorMap(map).length).toBeLessThan(1e6);
  expect(componentMap(map, 'P_z').length).toBeLessThan(1e6);
});

test('what is not there is an error', () => {
  expect(() => vectorMap({ ...exampleMap(2, 2), channels: [] })).toThrow("no channel 'P_x'");
  expect(() => componentMap(exampleMap(2, 2), 'dO_x')).toThrow("no channel 'dO_x'");
});

test('gallery', async () => {
  const map = exampleMap(12, 20, { gap: true });
  await expect(vectorMap(map, { title: 'Polarization' })).toMatchFileSnapshot('__snapshots__/vector-map.svg');
  await expect(vectorMap(exampleMap(12, 40))).toMatchFileSnapshot('__snapshots__/vector-map-wide.svg');
  await expect(componentMap(map, 'P_z')).toMatchFileSnapshot('__snapshots__/component-map.svg');
  const truth = exampleMap(12, 20, { noise: 0 });
  await expect(componentMap(map, 'P_x', { truth })).toMatchFileSnapshot('__snapshots__/component-map-truth.svg');
  await expect(componentMap(map, 'thickness')).toMatchFileSnapshot('__snapshots__/component-map-thickness.svg');
});

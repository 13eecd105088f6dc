import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import { problem } from '../core/test-problem.ts';
import type { SimulationReportInput } from './simulation-input.ts';
import { renderSimulation } from './simulation-report.ts';
import { exampleSimulation } from './test-examples.ts';

const thicknesses = (count: number): number[] => Array.from({ length: count }, (_, i) => 5 * (i + 1));

interface Read {
  readonly files: string[];
  readonly headings: string[];
  readonly text: string;
  /** Cells of the first table. */
  readonly rows: string[][];
}

function read(input: SimulationReportInput): Read {
  const files = renderSimulation(input);
  const { document } = parseHTML(files.get('report.html')!);
  const table = document.querySelector('table');
  return {
    files: [...files.keys()].filter((name) => name !== 'report.html'),
    headings: [...document.querySelectorAll('h2')].map((h) => h.textContent ?? ''),
    text: document.body.textContent ?? '',
    rows: [...(table?.querySelectorAll('tbody tr') ?? [])].map((row) =>
      [...row.querySelectorAll('td')].map((cell) => cell.textContent ?? ''),
    ),
  };
}

test('a scan with a camera and several thicknesses: patterns, images and signals by thickness', () => {
  const { files, headings, text } = read(exampleSimulation([6, 8], [10, 20, 30], { camera: true }));
  expect(files).toEqual(['figures/patterns.svg', 'figures/images.svg', 'figures/thickness.svg']);
  expect(headings).toEqual(['Patterns', 'Images', 'Thickness', 'Numerical settings', 'Provenance']);
  expect(text).toContain('SrTiO3 along [001], 10–30 nm thick (3 thicknesses); 300 kV, 21 mrad; 6 × 8 positions');
  expect(text).toContain('0.975 Å in x and 1.30 Å in y apart');
  for (const value of [
    '512 × 480',
    '0.0457 × 0.0488 Å',
    '205 of at most 1.95 Å',
    '287 mrad',
    '80 to 200 mrad',
    '83 s',
  ]) {
    expect(text).toContain(value);
  }
});

test('the table and the headline have the means of the right thickness and detector', () => {
  const input = exampleSimulation([2, 2], [10, 20]);
  // Each image a ramp about 0.1, 0.2 … 0.6, in the order [thickness][detector].
  const images = Float32Array.from({ length: 24 }, (_, i) => 0.1 * (1 + Math.floor(i / 4)) + 0.01 * ((i % 4) - 1.5));
  const { rows, text } = read({ ...input, images });
  expect(rows).toEqual([
    ['10', '0.100', '0.200', '0.300'],
    ['20', '0.400', '0.500', '0.600'],
  ]);
  expect(text).toContain('ABF at 20 nm, share of the beam50.0 %');
  const counted = read({ ...input, images: images.map((v) => Math.round(1e5 * v)), dose_e: 1e5 });
  expect(counted.rows[1]).toEqual(['20', '40\u2009000', '50\u2009000', '60\u2009000']);
  expect(counted.text).toContain('100\u2009000 electrons each');
  expect(counted.text).toContain('Mean over the scan, electrons.');
});

test('one position: no image but a table', () => {
  const one = exampleSimulation([1, 1], [20], { camera: true });
  const single = read(one);
  expect(single.files).toEqual(['figures/patterns.svg']);
  expect(single.headings).toEqual(['Pattern', 'Signals', 'Numerical settings', 'Provenance']);
  expect(single.rows.map(([name]) => name)).toEqual(['HAADF', 'ABF', 'BF']);
  expect(single.rows.map((row) => Number(row[1]))).toEqual([...one.images].map((v) => Number(v.toPrecision(3))));
  expect(read(exampleSimulation([1, 1], [20, 40])).files).toEqual(['figures/thickness.svg']);
});

test('only patterns', () => {
  const input = { ...exampleSimulation([1, 1], [20], { camera: true }), detectors: [], images: new Float32Array(0) };
  const { files, headings } = read(input);
  expect(files).toEqual(['figures/patterns.svg']);
  expect(headings).toEqual(['Pattern', 'Numerical settings', 'Provenance']);
});

test('only images: each with its detector’s name, and no camera', () => {
  const { files, text } = read(exampleSimulation([6, 6], [20]));
  expect(files).toEqual(['figures/images.svg']);
  expect(text).not.toContain('Camera');
});

test('a scan line, along x or y: a profile for each detector in place of an image', () => {
  const alongX = exampleSimulation([1, 12], [10, 20]);
  const { files, headings, text } = read(alongX);
  const profiles = ['HAADF', 'ABF', 'BF'].map((name) => `figures/profile-${name}.svg`);
  expect(files).toEqual([...profiles, 'figures/thickness.svg']);
  expect(headings[0]).toBe('Profiles');
  expect(text).toContain('1 × 12 positions, 0.650 Å apart');
  const alongY = read({ ...alongX, scan: { shape: [12, 1], step_A: [0.5, 20] } });
  expect(alongY.files).toEqual(files);
  expect(alongY.text).toContain('12 × 1 positions, 20.0 Å apart');
  // 11 steps of 20 Å.
  expect(alongY.text).toContain('position (nm)');
  expect(text).toContain('position (Å)');
});

test('many thicknesses: evenly chosen ones, the first and the last among them; more than four detectors: a figure each', () => {
  const input = exampleSimulation([4, 4], thicknesses(23), { camera: true });
  const files = renderSimulation(input);
  const titles = (name: string): string => /aria-label="([^"]+)"/.exec(files.get(`figures/${name}.svg`)!)![1]!;
  expect(titles('patterns').split(';')).toHaveLength(12);
  expect(titles('patterns')).toMatch(/: 5 nm; 15 nm;.* 115 nm\.$/);
  expect(titles('images').match(/HAADF, \d+ nm/g)).toEqual([5, 25, 50, 70, 95, 115].map((t) => `HAADF, ${t} nm`));
  expect(files.get('report.html')).toContain('12 of 23 thicknesses; the files hold all.');

  const detectors = Array.from({ length: 6 }, (_, i) => ({ name: `DF_${i + 1}`, inner_mrad: 20, outer_mrad: 60 }));
  const images = Float32Array.from({ length: 2 * 6 * 16 }, (_, i) => 0.01 + 1e-4 * i);
  const six = read({ ...exampleSimulation([4, 4], [10, 12.5]), detectors, images });
  expect(six.files.slice(0, 2)).toEqual(['figures/images-10nm.svg', 'figures/images-12.5nm.svg']);
});

test('warnings stand at the head; nothing that users wrote is markup', () => {
  const input = exampleSimulation([4, 4], [20]);
  const files = renderSimulation({ ...input, title: '<b>', warnings: [{ level: 'care', text: 'Two <i>.' }] });
  const html = files.get('report.html')!;
  expect(html).toContain('<li>Two &lt;i&gt;.</li>');
  expect(html).not.toContain('<b>');
  expect(renderSimulation(structuredClone(input))).toEqual(renderSimulation(input));
});

test('what does not fit is refused', () => {
  const input = exampleSimulation([4, 4], [20], { camera: true });
  expect(problem(() => renderSimulation({ ...input, images: input.images.slice(1) })).tag).toBe('shape');
  const patterns = { ...input.patterns!, shape: [64, 65] as const };
  expect(problem(() => renderSimulation({ ...input, patterns })).tag).toBe('shape');
  const nothing = { ...input, detectors: [], images: new Float32Array(0), patterns: undefined };
  expect(problem(() => renderSimulation(nothing)).tag).toBe('range');
});

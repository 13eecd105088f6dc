import { expect, test } from 'vitest';
import type { VectorField } from '../findings/vector-field.ts';
import { hex, type Rgb } from './colour.ts';
import { composeFigure } from './compose.ts';
import { fieldMap } from './field-map.ts';
import { fieldView } from './field-view.ts';
import { symbolSvg, symbolUnitSvg } from './labels.ts';
import { exampleStates } from './test-findings.ts';
import { decodePng } from './test-png.ts';
import { vectorColour } from './vector-colour.ts';
import { vectorFieldMap } from './vector-map.ts';
import { wallLines } from './wall-lines.ts';

const plain = (svg: string): string => svg.replaceAll(/<[^>]+>/g, '');

/** Middle colours of the cells of each map image, in the order drawn. */
function maps(svg: string, [ny, nx]: readonly [number, number]): string[][] {
  return [...svg.matchAll(/<image [^>]*image-rendering[^>]*base64,([^"]+)"/g)]
    .map((m) => decodePng(new Uint8Array(Buffer.from(m[1]!, 'base64'))))
    .filter(({ width }) => width > 1)
    .map(({ width, height, data, palette }) =>
      Array.from({ length: ny * nx }, (_, i) => {
        const x = Math.floor((((i % nx) + 0.5) * width) / nx);
        const y = Math.floor(((Math.floor(i / nx) + 0.5) * height) / ny);
        if (palette) return hex(palette[data[y * width + x]!]!);
        const at = 3 * (y * width + x);
        return hex([data[at]!, data[at + 1]!, data[at + 2]!] as Rgb);
      }),
    );
}

test('a signed row: blue, near-white, red on one range; NaN is white and said, the mask hatched and said with its share', () => {
  const shape = [2, 2] as const;
  const row = {
    symbol: 'P_y',
    unit: 'uC/cm2',
    signed: true,
    range: [-4, 4] as const,
    panels: [
      { values: [-4, 0, 4, Number.NaN], mask: Uint8Array.of(1, 1, 1, 1) },
      { values: [4, 4, 4, 4], mask: Uint8Array.of(0, 1, 1, 1) },
    ],
  };
  const svg = fieldMap({ shape, step_nm: 0.4, heads: ['−2 V', '0 V'], rows: [row], masked: 'electrodes' });
  const [first, second] = maps(svg, shape);
  expect(first).toEqual(['#053061', expect.stringMatching(/^#f[67]/), '#67001f', '#ffffff']);
  expect(second).toEqual(['#ffffff', '#67001f', '#67001f', '#67001f']);
  expect(svg.match(/class="missing"/g)).toHaveLength(1);
  expect(plain(svg)).toContain('electrodes, 13 %');
  expect(plain(svg)).toContain('not defined');
  expect(svg.match(/class="colour-bar"/g)).toHaveLength(1);
});

test('rows have their own bars, and ranges from all of their panels', () => {
  const panel = (value: number) => ({ values: new Array(4).fill(value) });
  const svg = fieldMap({
    shape: [2, 2],
    step_nm: 1,
    rows: [
      { symbol: 'P_y', unit: 'uC/cm2', signed: true, panels: [panel(1), panel(8)] },
      { symbol: 'θ_x', unit: 'mrad', signed: true, panels: [panel(0.1), panel(0.2)] },
    ],
  });
  expect(svg.match(/class="colour-bar"/g)).toHaveLength(2);
  expect(svg).toMatch(/P_y from −8 to 8 µC\/cm²; θ_x from −0.2 to 0.2 mrad/);
  expect(() => fieldMap({ shape: [2, 2], step_nm: 1, rows: [] })).toThrow('no map');
  const ragged = [panel(1), panel(2)].map((one, i) => ({
    symbol: 'P_x',
    unit: '',
    signed: true,
    panels: i ? [one, one] : [one],
  }));
  expect(() => fieldMap({ shape: [2, 2], step_nm: 1, rows: ragged })).toThrow('not all 1 long');
});

test('walls: a straight run is one piece, a bend has no triangle, a lone mark is a dot, and strengths part the pieces', () => {
  const box = { x: 0, y: 0, width: 50, height: 40 };
  const at = Uint8Array.of(...[1, 1, 1, 0, 0], ...[0, 0, 1, 0, 1], ...[0, 0, 0, 0, 0], ...[1, 0, 0, 0, 0]);
  const paths = (svg: string): string[] => [...svg.matchAll(/ d="([^"]+)"/g)].map((m) => m[1]!);
  const [edge, line] = paths(wallLines(box, [4, 5], { at }));
  expect(line).toBe('M0 0h2M2 0v1M4 1h.01M0 3h.01');
  expect(edge).toBe(line);
  // A diagonal neighbour is joined only where no other mark leads there.
  expect(
    paths(wallLines(box, [4, 5], { at: Uint8Array.from(at, (_, i) => (i === 0 || i === 6 || i === 12 ? 1 : 0)) }))[0],
  ).toBe('M0 0l2 2');
  const values = Float64Array.from(at, (_, i) => (i < 3 ? 1 : 9));
  const parts = paths(
    wallLines(box, [4, 5], { at, strength: { symbol: 'σ_P', unit: 'uC/cm2', values, range: [0, 10] } }),
  );
  expect(parts.slice(2)).toEqual(['M0 0h2', 'M2 0v1M4 1h.01M0 3h.01']);
  expect(() => wallLines(box, [4, 4], { at })).toThrow('20 values for 4 × 4');
});

test('dots of the second quantity: area by the mean of the block, none where nothing is left', () => {
  const values = new Float64Array(16);
  const second = Float64Array.from({ length: 16 }, (_, i) => (i % 4 < 2 ? 8 : 2));
  const mask = Uint8Array.from({ length: 16 }, (_, i) => (i < 8 || i % 4 < 2 ? 1 : 0));
  const svg = fieldMap({
    shape: [4, 4],
    step_nm: 1,
    width: 72,
    second: { symbol: '|P_z|', unit: 'uC/cm2', as: 'dots' },
    rows: [{ symbol: 'T_d', unit: '1/nm2', signed: true, panels: [{ values, second, mask }] }],
  });
  const radii = [...(/class="dots" d="([^"]+)"/.exec(svg)?.[1] ?? '').matchAll(/a([\d.]+) /g)]
    .map((m) => Number(m[1]))
    .filter((_, i) => i % 2 === 0);
  const block = Number(/mean of (\d+)/.exec(plain(svg))?.[1] ?? 1);
  expect(radii.length).toBe(block === 2 ? 3 : radii.length);
  expect((Math.max(...radii) / Math.min(...radii)) ** 2).toBeCloseTo(4, 0);
  expect(plain(svg)).toContain('|Pz|= 8 µC/cm² (area)');
});

/** A field of one vector everywhere. */
function uniform(ny: number, nx: number, [x, y, z]: readonly [number, number, number]): VectorField {
  const of = (value: number) => new Float64Array(ny * nx).fill(value);
  return {
    shape: [ny, nx],
    step_nm: 0.4,
    unit: 'uC/cm2',
    values: { x: of(x), y: of(y), z: of(z) },
    valid: new Uint8Array(ny * nx).fill(1),
  };
}

test('a field is drawn as a map is, with its walls over the colours and under the arrows', () => {
  const field = uniform(3, 3, [9, 0, 0]);
  const svg = vectorFieldMap(field, { pMax: 9, walls: { at: new Uint8Array(9).fill(1, 3, 6), name: 'domain walls' } });
  expect(maps(svg, [3, 3])[0]![4]).toBe(hex(vectorColour(1, 0, 0)));
  const order = ['<image', 'class="walls"', 'class="arrows"'].map((part) => svg.indexOf(part));
  expect(order).toEqual(order.toSorted((a, b) => a - b));
  expect(order[1]).toBeGreaterThan(0);
  expect(plain(svg)).toContain('domain walls');
  expect(vectorFieldMap(field)).not.toContain('class="walls"');
});

test('seen from the side: far arrows first, blocks said, the camera’s axes right', () => {
  const seen = (v: readonly [number, number, number], turn: [number, number]): [number, number] => {
    const svg = fieldView(uniform(2, 2, v), {
      block: 2,
      width: 321,
      pMax: 10,
      azimuth_deg: turn[0],
      elevation_deg: turn[1],
    });
    // The cone's tip against the plane's middle.
    const tip = /class="arrows-3d"[\s\S]*?d="M(-?[\d.]+) (-?[\d.]+)L[^"]*" fill="#[0-9a-f]{6}"\/><path d="M\1 \2L/.exec(
      svg,
    );
    const corners = [...(/class="plane" d="M([^"]+)z"/.exec(svg)?.[1] ?? '').split('L')].map((pair) =>
      pair.split(' ').map(Number),
    );
    const middle = [0, 1].map((k) => corners.reduce((sum, c) => sum + c[k]! / 4, 0));
    return [Number(tip?.[1]) - middle[0]!, Number(tip?.[2]) - middle[1]!];
  };
  // Straight on, as maps are.
  const right = seen([10, 0, 0], [0, 0]);
  expect(right[0]).toBeGreaterThan(5);
  expect(right[1]).toBeCloseTo(0, 0);
  expect(seen([0, 10, 0], [0, 0])[1]).toBeCloseTo(right[0], 0);
  // From the left and above (the width stays, so that cells grow by 1/cos), what points away goes left and up; x goes right and up.
  const away = seen([0, 0, 10], [40, 40]);
  expect(away[0] / right[0]).toBeCloseTo(-Math.tan((40 * Math.PI) / 180), 1);
  expect(away[1]).toBeLessThan(-3);
  expect(seen([10, 0, 0], [40, 40])[1]).toBeLessThan(-2);
  const field = uniform(8, 8, [3, 4, 5]);
  field.valid.fill(0, 0, 32);
  const svg = fieldView(field, { block: 4 });
  expect(plain(svg)).toContain('mean of 4 × 4 positions');
  expect(plain(svg)).toContain('no arrow: left out, 50 %');
  expect(/class="arrows-3d"[\s\S]*?<\/g>/.exec(svg)![0].trim().split('\n')).toHaveLength(4);
  field.valid.fill(0);
  expect(() => fieldView(field)).toThrow('No position');
});

test('symbols: italic letters, subscripts that rise again, units that are readable', () => {
  expect(plain(symbolUnitSvg('|ΔP_y|', 'uC/cm2'))).toBe('|ΔPy|(µC/cm²)');
  expect(plain(symbolUnitSvg('P_x/|P|', '1'))).toBe('Px/|P|');
  expect(plain(symbolUnitSvg('T_d', '1/nm2'))).toBe('Td(nm⁻²)');
  expect(symbolSvg('rotation angle')).not.toContain('italic');
  const shifts = [...symbolSvg('σ_P', 'x').matchAll(/dy="([^"]+)"/g)].map((m) => Number(m[1]));
  expect(shifts).toHaveLength(2);
  expect(shifts[0]! + shifts[1]!).toBe(0);
});

test('panels keep their size and get letters', () => {
  const one = fieldMap({
    shape: [2, 2],
    step_nm: 1,
    rows: [{ symbol: 'P_x', unit: '', signed: true, panels: [{ values: [1, 2, 3, 4] }] }],
  });
  const [width, height] = /width="([\d.]+)" height="([\d.]+)"/.exec(one)!.slice(1).map(Number) as [number, number];
  const svg = composeFigure([[{ svg: one, letter: 'a' }, { svg: one }], [{ svg: one, letter: 'b' }]], {
    description: 'two rows',
  });
  expect(Number(/width="([\d.]+)"/.exec(svg)![1])).toBeCloseTo(2 * width + 9, 1);
  expect(Number(/height="([\d.]+)"/.exec(svg)![1])).toBeCloseTo(2 * height, 1);
  expect(svg.match(/class="scale-bar"/g)).toHaveLength(3);
  expect(() => composeFigure([[{ svg: '<p/>' }]], { description: '' })).toThrow('not a figure');
  expect(() => composeFigure([[]], { description: '' })).toThrow('no panel');
});

test('a noisy map of 180 × 110 with walls stays small', () => {
  const [state] = exampleStates(110, 180);
  const panels = [{ values: state!.field.values.z, mask: state!.field.valid, walls: { at: state!.walls } }];
  expect(
    fieldMap({ shape: [110, 180], step_nm: 0.4, rows: [{ symbol: 'P_z', unit: 'uC/cm2', signed: true, panels }] })
      .length,
  ).toBeLessThan(1.5e5);
  expect(fieldView(state!.field).length).toBeLessThan(6e5);
});

test('gallery', async () => {
  const states = exampleStates(22, 36);
  const file = (name: string): string => `__snapshots__/${name}.svg`;
  const [first] = states;
  const row = (axis: 'x' | 'y') => ({
    symbol: `P_${axis}`,
    unit: 'uC/cm2',
    signed: true,
    panels: states.map(({ field, walls }) => ({ values: field.values[axis], mask: field.valid, walls: { at: walls } })),
  });
  await expect(
    fieldMap({
      title: 'Under bias',
      shape: [22, 36],
      step_nm: 0.4,
      heads: states.map(({ name }) => name),
      rows: [row('x'), row('y')],
    }),
  ).toMatchFileSnapshot(file('field-map'));
  await expect(
    fieldMap({
      shape: [22, 36],
      step_nm: 0.4,
      second: { symbol: '|P_z|', unit: 'uC/cm2', as: 'dots' },
      rows: [
        {
          symbol: 'T_d',
          unit: '1/nm2',
          signed: true,
          panels: [{ values: first!.density, mask: first!.field.valid, second: first!.field.values.z.map(Math.abs) }],
        },
      ],
    }),
  ).toMatchFileSnapshot(file('field-map-dots'));
  await expect(
    vectorFieldMap(first!.field, {
      walls: { at: first!.walls, strength: { symbol: 'σ_P', unit: 'uC/cm2', values: first!.spread } },
    }),
  ).toMatchFileSnapshot(file('vector-map-walls'));
  await expect(fieldView(first!.field, { width: 480, walls: { at: first!.walls } })).toMatchFileSnapshot(
    file('field-view'),
  );
});

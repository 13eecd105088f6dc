import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { problem } from '../core/test-problem.ts';
import { nodeOnnx } from '../node/onnx.ts';
import { architecture } from './architecture.ts';
import { exportModel } from './export.ts';
import { networkOptions } from './options.ts';
import { initialValues, parameters } from './parameters.ts';
import { symmetricScaling } from './scaling.ts';
import { array32, Session } from './session.ts';
import { labelPairs, operationsOf, pixelTables, productOf, turnLabels } from './symmetry.ts';

const PIXELS = 16;
const NAMES = ['thickness', 'P_x', 'P_y', 'P_z', 'tilt_x', 'tilt_y'];
const labels = NAMES.map((name) => ({ name }));

test('operations make a group: products are turns one after the other', () => {
  const tables = pixelTables(8);
  for (let a = 0; a < 8; a++) {
    for (let b = 0; b < 8; b++) {
      const product = tables[productOf(a, b)]!;
      // First b, then a: each pixel from where b had it from.
      expect([...product]).toEqual(Array.from(tables[a]!, (pixel) => tables[b]![pixel]!));
    }
  }
});

test.each([
  [undefined, 8],
  [[1, 1, 0], 4],
  [[1, 1, 1], 2],
] as const)(
  'any weights, zone %s: a turned pattern has its labels turned, σ too, and its reconstruction; latents only change places',
  async (axis, count) => {
    const zone = axis && ([...axis] as [number, number, number]);
    const options = networkOptions.parse({
      share: true,
      widths: [24, 24, 16],
      latent: 16,
      predictor_latent: 8,
      predictor_width: 16,
    });
    const a = architecture(options, { detector: { pixels: PIXELS, pixelsPerOrder: 4, zone }, labels }, false);
    const random = new RandomStream(7, 'sharing');
    const list = parameters(a);
    const p = initialValues(list, 3).map((v) => v + 0.3 * random.normal());
    const draw = (n: number, low: number, high: number) =>
      Float32Array.from({ length: n }, () => random.between(low, high));
    const { sharing } = a;
    expect(sharing!.operations).toHaveLength(count);
    const scaling = symmetricScaling(
      {
        input: { transform: 'sqrt', mean: draw(PIXELS ** 2, 0.1, 0.2), deviation: draw(PIXELS ** 2, 0.1, 0.3) },
        labels: { mean: draw(NAMES.length, -1, 1), deviation: draw(NAMES.length, 1, 2) },
      },
      PIXELS,
      sharing!,
    );
    const bytes = exportModel({ architecture: a, p, s: new Float32Array(0), ...scaling, metadata: {}, version: '' });
    // A file of what is shared, not of what it stands for.
    expect(bytes.length).toBeLessThan(4 * p.length + 4 * PIXELS ** 2 * (count + 4) + 40_000);
    const session = await Session.open(nodeOnnx, bytes);
    const pattern = draw(PIXELS ** 2, 0, 0.1);
    const run = (x: Float32Array) => session.run({ patterns: array32(x, [1, 1, PIXELS, PIXELS]) });
    const straight = await run(pattern);
    const pairs = labelPairs(NAMES);
    // Far from the same in every direction.
    expect(Math.abs(straight.labels![1]!) + Math.abs(straight.labels![2]!)).toBeGreaterThan(0.05);
    for (const operation of operationsOf({ zone, pixelsPerOrder: 4 })) {
      const table = pixelTables(PIXELS)[operation]!;
      const turned = (x: Float32Array) => Float32Array.from(table, (pixel) => x[pixel]!);
      const out = await run(turned(pattern));
      const wanted = straight.labels!.slice();
      turnLabels(wanted, pairs, operation);
      const close = (x: Float32Array, y: Float32Array) => x.forEach((v, i) => void expect(v).toBeCloseTo(y[i]!, 4));
      close(out.labels!, wanted);
      const sigma = straight.sigma!.slice();
      turnLabels(sigma, pairs, operation);
      close(out.sigma!, sigma.map(Math.abs));
      close(out.reconstruction!, turned(straight.reconstruction!));
      close(out.latent!.toSorted(), straight.latent!.toSorted());
    }
    await session.close();
  },
);

test('sizes that operations cannot share, and labels without a partner, are refused', () => {
  const purpose = { detector: { pixels: 64, pixelsPerOrder: 4 }, labels };
  const made = (network: object) =>
    problem(() => architecture(networkOptions.parse({ share: true, ...network }), purpose, false));
  expect(made({ widths: [512, 100] })).toMatchObject({ tag: 'range', message: expect.stringContaining('widths') });
  expect(made({ latent: 36 })).toMatchObject({ tag: 'range', message: expect.stringContaining('latent') });
  const lonely = { detector: { pixels: 64, pixelsPerOrder: 4 }, labels: [{ name: 'P_x' }] };
  expect(problem(() => architecture(networkOptions.parse({ share: true }), lonely, false))).toMatchObject({
    tag: 'unsupported',
  });
});

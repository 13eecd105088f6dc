import { expect, test } from 'vitest';
import { problem } from '../core/test-problem.ts';
import { architecture } from './architecture.ts';
import { exportModel } from './export.ts';
import { decodeModel } from './onnx-proto.ts';
import { networkOptions } from './options.ts';
import { initialValues, parameters, statistics } from './parameters.ts';
import { restoreWeights } from './restore.ts';

const NAMES = ['P_x', 'P_y', 'P_z', 'tilt_x', 'tilt_y', 'thickness'];
const purpose = { detector: { pixels: 32, pixelsPerOrder: 4 }, labels: NAMES.map((name) => ({ name })) };

test.each([
  ['convolutions', { channels: [4, 4, 8, 8, 16, 16], predictor_width: 16 }, false],
  ['convolutions that adapt', { channels: [4, 4, 8, 8, 16, 16], predictor_width: 16 }, true],
  ['dense layers', { widths: [24, 24, 12], predictor_width: 16, share: false }, false],
  ['dense layers that share', { widths: [24, 24, 16], predictor_width: 16 }, false],
])('a model’s file gives back every weight and statistic that it was written from: %s', (_, network, adapts) => {
  const options = networkOptions.parse(network);
  const a = architecture(options, purpose, adapts);
  const p = initialValues(parameters(a), 4);
  // Every one different, so that no two can change places unseen.
  p.forEach((_, i) => {
    p[i] = Math.sin(i + 1);
  });
  const s = initialValues(statistics(a), 4).map((_, i) => 1 + i / 1e3);
  const input = {
    transform: 'sqrt' as const,
    mean: Float32Array.from({ length: 1024 }, (_, i) => i),
    deviation: Float32Array.from({ length: 1024 }, (_, i) => i + 1),
  };
  const labels = { mean: Float32Array.of(1, 2, 3, 4, 5, 6), deviation: Float32Array.of(6, 5, 4, 3, 2, 1) };
  const bytes = exportModel({ architecture: a, p, s, input, labels, metadata: {}, version: 'test' });
  // As a file is read: part of a larger buffer.
  const larger = new Uint8Array(bytes.length + 1);
  larger.set(bytes, 1);
  const proto = decodeModel(larger.subarray(1));
  expect(restoreWeights(proto, a, 'sqrt')).toEqual({ p, s, input, labels });
  const wider = architecture({ ...options, predictor_width: 32 }, purpose, adapts);
  expect(problem(() => restoreWeights(proto, wider, 'sqrt'))).toMatchObject({ tag: 'format' });
});

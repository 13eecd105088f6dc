/** Which answers are within what a model was trained on, of the model that ships. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { nodeOnnx } from '../node/onnx.ts';
import { openModel } from './infer.ts';
import { toldRanges } from './marks.ts';
import type { ModelInfo } from './model-info.ts';

const { info } = openModel(readFileSync(new URL('../../models/bst-300kV.onnx', import.meta.url)), nodeOnnx);
const rangeOf = (of: ModelInfo, name: string) => {
  const { min, max } = toldRanges(of).find((one) => one.name === name)!;
  return [min, max] as const;
};

test('shared weights have seen every pattern turned and mirrored: components in the plane reach as far to either side, along x and y', () => {
  const drawn = info.domain!.labels.filter(({ name }) => name === 'P_x' || name === 'P_y');
  const most = Math.max(...drawn.flatMap(({ min, max }) => [-min, max]));
  expect(rangeOf(info, 'P_x')).toEqual([-most, most]);
  expect(rangeOf(info, 'P_y')).toEqual([-most, most]);
  const thickness = info.domain!.labels.find(({ name }) => name === 'thickness')!;
  expect(rangeOf(info, 'thickness')).toEqual([thickness.min, thickness.max]);
});

test('weights that share nothing have seen what was drawn', () => {
  const settings = {
    ...info.identity.settings,
    network: { ...(info.identity.settings.network as object), share: false },
  };
  const alone = { ...info, identity: { ...info.identity, settings } };
  const drawn = info.domain!.labels.find(({ name }) => name === 'P_y')!;
  expect(rangeOf(alone, 'P_y')).toEqual([drawn.min, drawn.max]);
});

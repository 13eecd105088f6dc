import { expect, test } from 'vitest';
import { type Identity, identify } from '../core/identity.ts';
import { sampledPixels } from './map-scan.ts';

const of = (schema: number): { identity: Identity } => {
  const program = 'test';
  const library = identify({ kind: 'library', schema, program, settings: {}, inputs: {} });
  return { identity: identify({ kind: 'model', schema: 5, program, settings: {}, inputs: { library } }) };
};

test('a model whose library sampled patterns at pixel centres is said to be one', () => {
  expect(sampledPixels(of(2)).map(({ text }) => text)).toEqual([
    expect.stringMatching(/sampled at pixel centres.*train anew/),
  ]);
  expect(sampledPixels(of(3))).toEqual([]);
  expect(
    sampledPixels({ identity: identify({ kind: 'model', schema: 1, program: 'test', settings: {}, inputs: {} }) }),
  ).toEqual([]);
});

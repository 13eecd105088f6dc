/** Model files without a seal, each entry changed in every way: refused by name, or open and of use. */

import { expect, test } from 'vitest';
import { FerroscopeError } from '../core/errors.ts';
import { identify } from '../core/identity.ts';
import { detectorOf } from '../library/plan.ts';
import { libraryIdentity } from '../library/store.ts';
import { nodeOnnx } from '../node/onnx.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { architecture } from './architecture.ts';
import { exportModel } from './export.ts';
import { Model } from './infer.ts';
import { INSTRUMENT } from './instrument.ts';
import { infoToMetadata, MODEL_SCHEMA, type ModelInfo, STRUCTURE } from './model-info.ts';
import { scopeOf } from './model-scope.ts';
import { decodeModel, type ModelProto } from './onnx-proto.ts';
import { initialValues, parameters, statistics } from './parameters.ts';
import { TEST_LABELS } from './test-data.ts';
import { sigmaRule } from './uncertainty.ts';

const recipe = parseRecipe(
  '[network]\nwidths = [16, 16]\nlatent = 16\npredictor_latent = 8\npredictor_width = 8\n[library]\npixels = 32\npixels_per_order = 4\n[training]\ndose_e = [1e5, 1e7]',
);
const { network, training } = recipe;
const LATENT = 16;
const detector = detectorOf(recipe);
const a = architecture(network, { detector, labels: TEST_LABELS }, false);
const gaussian = (n: number) => ({ mean: Array(n).fill(0), whitening: Array((n * (n + 1)) / 2).fill(0.1) });
const quantiles = { median: 0.1, high: 0.3 };
const score = TEST_LABELS.map((label) => ({ ...label, mae: 1, rmse: 2, bias: 0.5, correlation: 0.9, meanOnly: 5 }));
const INFO: ModelInfo = {
  identity: identify({
    kind: 'model',
    schema: MODEL_SCHEMA,
    program: 'test',
    settings: { network, training },
    inputs: { library: { ...libraryIdentity(recipe, 'test'), content: 'as made', name: 'library.zarr' } },
  }),
  recipe: '',
  recipeHash: 'none',
  recipeSchema: 2,
  seed: 1,
  labels: TEST_LABELS,
  detector,
  normalisation: '',
  input: 'sqrt',
  dose_e: [1e5, 1e7],
  adapts: false,
  scores: { training: score, noiseFree: score, dose1e6: score },
  domain: {
    labels: TEST_LABELS.map(({ name }) => ({ name, min: -1, max: 1 })),
    misfit: quantiles,
    excess: quantiles,
    distance: quantiles,
    latent: gaussian(LATENT),
    instrument: { amplitudes: gaussian(INSTRUMENT), distance: quantiles },
  },
  uncertainty: {
    sigma: 'network',
    structures: 2,
    patterns: 20,
    labels: TEST_LABELS.map(({ name }) => ({ name, factors: [1, 2], prior: [3, 6] })),
  },
};
const field = (n: number, value: number) => new Float32Array(n).fill(value);
const PROTO = decodeModel(
  exportModel({
    architecture: a,
    p: initialValues(parameters(a), 1),
    s: initialValues(statistics(a), 1),
    input: { transform: 'sqrt', mean: field(1024, 0.03), deviation: field(1024, 0.01) },
    labels: { mean: field(6, 0), deviation: field(6, 1) },
    metadata: infoToMetadata(INFO),
    version: 'test',
  }),
);
type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/** The file with an entry that says something else, and no seal. */
const saying = (key: string, value: Json | undefined): ModelProto => ({
  ...PROTO,
  metadataProps: PROTO.metadataProps.flatMap((entry) => {
    if (entry.key === 'ferroscope.seal') return [];
    if (entry.key !== `ferroscope.${key}`) return [entry];
    return value === undefined
      ? []
      : [{ key: entry.key, value: typeof value === 'string' ? value : JSON.stringify(value) }];
  }),
});

/** What refuses a file; undefined where it opens and what is asked of it can be answered. */
function refusal(proto: ModelProto): FerroscopeError | undefined {
  try {
    const { info } = new Model(proto, nodeOnnx);
    const { thickness_nm } = scopeOf(info);
    expect(thickness_nm === undefined || thickness_nm[0] <= thickness_nm[1]).toBe(true);
    for (const { name } of info.labels) expect(sigmaRule(info, name)?.factor).toBeGreaterThanOrEqual(0);
    return undefined;
  } catch (error) {
    if (error instanceof FerroscopeError) return error;
    throw error;
  }
}

/** A value in which one thing is another, each as it is reached, three levels of lists' first and last members and all members of tables. */
function* altered(value: Json): Generator<Json | undefined> {
  yield* [undefined, null, 'much', -1, 1e6, []];
  if (Array.isArray(value)) {
    yield value.slice(1);
    yield [...value, value[0]];
    if (JSON.stringify(value[0]) !== JSON.stringify(value.at(-1))) yield value.toReversed();
    for (const i of new Set([0, value.length - 1])) {
      for (const other of altered(value[i] as Json)) if (other !== undefined) yield value.with(i, other);
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      for (const other of altered(member as Json)) yield { ...value, [key]: other };
    }
  }
}

test('the file as it was written opens, with its seal and without', () => {
  expect(refusal(PROTO)).toBeUndefined();
  expect(refusal(saying('none', null))).toBeUndefined();
});

test.each(Object.keys(INFO) as (keyof ModelInfo)[])('%s changed in any way: refused by its name, or of use', (key) => {
  const written = INFO[key] as Json;
  let refused = 0;
  for (const other of altered(written)) {
    if (JSON.stringify(other) === JSON.stringify(written)) continue;
    const error = refusal(saying(key, other));
    if (error) {
      refused++;
      expect(['format', 'unsupported']).toContain(error.tag);
      // A newer format is said by its number; without an identity it is one of the first format.
      if (error.tag === 'format' && !(key === 'identity' && other === undefined))
        expect(error.message).toContain(`ferroscope.${key}`);
      expect(error.hint).not.toBe('');
    }
  }
  if (!['recipe', 'recipeHash', 'normalisation'].includes(key)) expect(refused).toBeGreaterThan(0);
});

test.each<[keyof ModelInfo, string, Json]>([
  [
    'labels',
    'ferroscope.scores',
    [TEST_LABELS[1]!, TEST_LABELS[0]!, ...TEST_LABELS.slice(2)].map((label) => ({ ...label })),
  ],
  ['labels', 'P_x is in uC/cm2, not in pm', TEST_LABELS.map((label) => ({ ...label, unit: 'pm' }))],
  ['detector', 'a voltage [kV] of 200, of a library of 300', { ...detector, zone: undefined, voltage_kV: 200 } as Json],
  ['detector', '64 × 64 pixels for a graph that takes 32 × 32', { ...detector, zone: undefined, pixels: 64 } as Json],
  ['detector', 'the zone 1,1,0', { ...detector, zone: [1, 1, 0] } as Json],
  ['input', 'takes a root', 'linear'],
  ['dose_e', 'no noise of a training with 100000 to 10000000', null],
  ['adapts', 'without a domain', true],
  ['uncertainty', 'σ is not of the rmse', { ...INFO.uncertainty, sigma: 'rmse' } as Json],
  [
    'domain',
    'its least value is above its greatest',
    { ...INFO.domain, labels: INFO.domain!.labels.map((one) => ({ ...one, min: 2 })) } as Json,
  ],
  [
    'identity',
    'its settings are not those that its hash is of',
    { ...INFO.identity, settings: { network: { ...network, widths: [8] }, training } } as unknown as Json,
  ],
])('%s that contradicts what else is known says so: %s', (key, words, value) => {
  expect(refusal(saying(key, value))).toMatchObject({ tag: 'format', message: expect.stringContaining(words) });
});

test('a node, a shape or a name of the graph that is not what was written is seen', () => {
  const graph = (change: (graph: ModelProto['graph']) => Partial<ModelProto['graph']>) =>
    refusal({ ...PROTO, graph: { ...PROTO.graph, ...change(PROTO.graph) } });
  const seen = { tag: 'format', message: expect.stringContaining('its graph is not the one') };
  const { node } = PROTO.graph;
  const epsilon = node.findIndex(({ opType }) => opType === 'LayerNormalization');
  const attribute = node[epsilon]!.attribute.map((one) => (one.name === 'epsilon' ? { ...one, f: 1 } : one));
  expect(graph(() => ({ node: node.with(epsilon, { ...node[epsilon]!, attribute }) }))).toMatchObject(seen);
  const product = node.findIndex(({ opType }) => opType === 'Mul');
  expect(graph(() => ({ node: node.with(product, { ...node[product]!, opType: 'Add' }) }))).toMatchObject(seen);
  expect(graph(({ output }) => ({ output: output.slice(1) }))).toMatchObject(seen);
  expect(
    graph(({ initializer }) => ({ initializer: initializer.map((one, i) => (i === 1 ? { ...one, name: 'x' } : one)) })),
  ).toMatchObject(seen);
  // One that was made before graphs were hashed still opens, but not without what it is asked for.
  const old = { ...PROTO, metadataProps: PROTO.metadataProps.filter(({ key }) => key !== STRUCTURE) };
  expect(refusal(old)).toBeUndefined();
  const deaf = { ...old, graph: { ...old.graph, output: old.graph.output.filter(({ name }) => name !== 'labels') } };
  expect(refusal(deaf)).toMatchObject({ tag: 'format', message: 'The model file’s graph gives no labels.' });
});

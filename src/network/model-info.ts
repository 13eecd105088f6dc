/**
 * What a model file says about itself, kept in the ONNX metadata: the recipe it was trained with, the detector and the
 * labels it expects, and how well it did on structures it never saw. Everything is text; what has structure is JSON.
 */

import * as z from 'zod';
import { fail } from '../core/errors.ts';
import { hashOf } from '../core/hash.ts';
import { identify, identitySchema } from '../core/identity.ts';
import { type Options, ordered, positive, seed } from '../core/schema.ts';
import { latticeDetectorSchema } from '../diffraction/detector-schema.ts';
import { adaptationSchema } from './adaptation-info.ts';
import { calibrationOfSigma } from './conformal.ts';
import { domainSchema } from './domain.ts';
import { type NetworkOptions, networkOptions } from './options.ts';

/** Version of what a model file says of itself. 1, of version 0.1.0, knew neither identity nor domain; 2 no calibrated σ; 3 neither shared weights nor a seal, 4 no σ that goes with the dose. */
export const MODEL_SCHEMA = 5;

const score = z.object({
  name: z.string(),
  unit: z.string(),
  /** Mean absolute and root mean square error. */
  mae: z.number().nonnegative(),
  rmse: z.number().nonnegative(),
  /** Mean of prediction − truth. */
  bias: z.number(),
  /** Pearson's correlation; 0 when the truth does not vary. */
  correlation: z.number(),
  /** Standard deviation of the truth: the rms error of knowing only its mean. Models before format 2 do not say. */
  meanOnly: z.number().nonnegative().optional(),
});
/** Agreement of predictions with the truth for one label, in its unit. */
export type LabelScore = Options<typeof score>;

const scores = z.object({
  /** Augmented and noisy as in training. */
  training: z.array(score),
  /** As simulated: no noise, blur or background. */
  noiseFree: z.array(score),
  /** As simulated, Poisson noise of 1e6 electrons per pattern. */
  dose1e6: z.array(score),
});
/** Scores over held-out patterns, a row for each label. */
export type ModelScores = Options<typeof scores>;

const labels = z.array(z.object({ name: z.string(), unit: z.string() })).min(1);

const common = {
  /** The whole recipe as TOML, and its hash. */
  recipe: z.string(),
  recipeHash: z.string(),
  seed,
  labels,
  detector: latticeDetectorSchema,
  /** What the input is and how it is scaled. */
  normalisation: z.string(),
  input: z.enum(['sqrt', 'linear']),
  /** Doses it was trained at [electrons per pattern]; null for noise-free. */
  dose_e: ordered(z.tuple([positive, positive])).nullable(),
  /** Whether it was trained with experimental patterns and has a `domain` input. */
  adapts: z.boolean(),
  /** Held-out scores. */
  scores,
};

const current = z.object({
  ...common,
  identity: identitySchema,
  /** What it was trained on; models before format 2 do not say. */
  domain: domainSchema.optional(),
  /** What its σ are multiplied by (conformal.ts); models before format 3 do not say. */
  uncertainty: calibrationOfSigma.optional(),
  /** The scan's instrument that it was adapted to, where it was. */
  adaptation: adaptationSchema.optional(),
  /** What reading the file of the structures that it learned from had to assume or to change. */
  notes: z.array(z.string()).optional(),
  /** Version of the recipe's keys (recipe/recipe.ts). */
  recipeSchema: z.number(),
});
/** What a model file says of itself. */
export type ModelInfo = Options<typeof current>;

const first = z.object({ ...common, programVersion: z.string() }).transform(({ programVersion, ...rest }) => {
  const settings = { recipe: rest.recipeHash };
  const identity = identify({ kind: 'model', schema: 1, program: programVersion, settings, inputs: {} });
  return { ...rest, identity, recipeSchema: 1 };
});

/** As a model file or a map folder states it, whatever the version. */
export const modelInfoSchema: z.ZodType<ModelInfo> = z.union([current, first]);

/** What are texts as they are; the others are JSON. */
const TEXTS = ['recipe', 'recipeHash', 'normalisation', 'input', 'programVersion', 'weights', 'seal'];

/** Of every key that is ours. */
export const PREFIX = 'ferroscope.';

/** Entry of the metadata: hash of the weights. Models of version 0.1.0 have none. */
export const WEIGHTS = `${PREFIX}weights`;

/**
 * Entry: hash of the graph but for its weights (`structureOf`): a node that does something else is seen. Not under 'ferroscope.', so that versions of before it pass it over;
 * models before it have none.
 */
export const STRUCTURE = 'ferroscope-structure';

/** Entry: hash of what the others say, so that a changed digit of a σ is seen. Models before it have none. */
const SEAL = `${PREFIX}seal`;

/** Of entries under 'ferroscope.', all but itself and that of the weights. */
function sealOf(entries: Readonly<Record<string, string>>): string {
  const { [SEAL]: _, [WEIGHTS]: __, ...rest } = entries;
  return hashOf(rest);
}

/** The entries of the ONNX metadata, each key under 'ferroscope.'; `infoFromMetadata` reads them again. */
export function infoToMetadata(info: ModelInfo): Record<string, string> {
  const entries = Object.fromEntries(
    Object.entries(info).flatMap(([key, value]) =>
      value === undefined ? [] : [[PREFIX + key, typeof value === 'string' ? value : JSON.stringify(value)]],
    ),
  );
  return { ...entries, [SEAL]: sealOf(entries) };
}

/** What the metadata of a model file say; entries of others are passed over. @throws 'format' when the metadata is not that of a Ferroscope model, 'unsupported' for a newer format */
export function infoFromMetadata(metadata: readonly { key: string; value: string }[]): ModelInfo {
  const bad = (why: string): never =>
    fail('format', `The model file ${why}.`, 'Use a model that `ferroscope train` wrote, or copy the file again.');
  const ours = metadata.filter(({ key }) => key.startsWith(PREFIX));
  const values = Object.fromEntries(
    ours.map(({ key, value }) => {
      const name = key.slice(PREFIX.length);
      if (TEXTS.includes(name)) return [name, value];
      try {
        return [name, JSON.parse(value) as unknown];
      } catch {
        return bad(`is damaged in '${key}'`);
      }
    }),
  );
  if (ours.length === 0) bad(`says nothing of Ferroscope`);
  const stated = z.object({ identity: z.object({ schema: z.number() }) }).safeParse(values).data?.identity.schema;
  if (stated !== undefined && stated > MODEL_SCHEMA) {
    fail(
      'unsupported',
      `The model file is of format ${stated}; this version of Ferroscope reads formats up to ${MODEL_SCHEMA}.`,
      'Install a newer Ferroscope, or train the model again with this one.',
      { format: stated, known: MODEL_SCHEMA },
    );
  }
  if (values.seal !== undefined) {
    const entries = Object.fromEntries(ours.map(({ key, value }) => [key, value]));
    if (values.seal !== sealOf(entries)) bad('is damaged: what it says of itself is not what was written');
  }
  // The one of its format alone: of a union no issue says what is wrong.
  const result: z.ZodSafeParseResult<ModelInfo> = (values.identity === undefined ? first : current).safeParse(values);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  return bad(`does not state '${PREFIX}${issue.path.join('.')}' as it should: ${issue.message}`);
}

/** [network] of a model, undefined for one that does not state it as this version knows it. Those of before `share` shared nothing. */
export function networkOf({ identity }: Pick<ModelInfo, 'identity'>): NetworkOptions | undefined {
  const stated = identity.settings.network;
  if (typeof stated !== 'object' || stated === null) return undefined;
  return networkOptions.safeParse({ share: false, ...stated }).data;
}

/** Options of this room: [network] and [training]. */

import * as z from 'zod';
import { between, count, fraction, type Options, positive, seed } from '../core/schema.ts';

/** [network] */
export const networkOptions = z
  .strictObject({
    widths: z
      .array(count.max(16_384))
      .min(1)
      .max(12)
      .default([512, 512, 256])
      .describe('Widths of the encoder’s dense layers; the decoder has one, as wide as the last.'),
    channels: z
      .array(count.max(4096))
      .length(6)
      .optional()
      .describe(
        'Six convolution blocks with so many output channels in place of the dense layers, backwards in the decoder: the paper’s network has [16, 32, 64, 128, 256, 512].',
      ),
    share: z
      .boolean()
      .default(true)
      .describe(
        'Dense layers share weights between the in-plane symmetry operations of the zone (eight along [001]): what is turned or mirrored gets turned labels, exactly. Every size has to be a multiple of their number.',
      ),
    latent: count.max(4096).default(32).describe('Latent dimension of the autoencoder.'),
    predictor_latent: count.max(4096).default(24).describe('How many of its components the predictor reads.'),
    predictor_width: count.max(16_384).default(256).describe("Width of the predictor's two hidden layers."),
    variance: z
      .boolean()
      .default(true)
      .describe(
        'Learn a variance beside the mean of each label, pattern by pattern; without it σ is one number for all patterns.',
      ),
    input: z
      .enum(['sqrt', 'linear'])
      .default('sqrt')
      .describe(
        'What the network sees of an intensity I: √I (equalises shot noise) or I. Then standardised per pixel.',
      ),
  })
  .describe('The network, a Wasserstein autoencoder with a predictor on its latents.');
/** Sizes of the network and what it sees. */
export type NetworkOptions = Options<typeof networkOptions>;

/** [training] */
export const trainingOptions = z
  .strictObject({
    seed: seed.default(1).describe('Of initial weights, order and augmentation; study.seed where left out.'),
    epochs: count.max(100_000).default(8),
    batch: z.int().min(2).max(4096).default(64).describe('Patterns in a step.'),
    learning_rate: positive.max(1).default(5e-4).describe("Adam's, at first (the paper: 1e-3)."),
    learning_rate_final: z
      .number()
      .min(0)
      .max(1)
      .default(0.01)
      .describe('Final learning rate as a fraction of the first; a cosine leads from one to the other (1: constant).'),
    weights: z
      .strictObject({
        reconstruction: z.number().min(0).default(1),
        mmd: z.number().min(0).default(1),
        prediction: z.number().min(0).default(5),
      })
      .prefault({})
      .describe('λ of reconstruction, MMD and prediction (equation 3 of the paper, which has 1, 100, 5).'),
    variance_beta: fraction
      .default(0.5)
      .describe(
        'β of the β-NLL that teaches mean and variance: 0 is the Gaussian likelihood, 1 gives the mean the gradient of a mean square error.',
      ),
    patience: count
      .max(100_000)
      .optional()
      .describe(
        'Epochs without a better validation error of the labels (mean of ln MSE) before training stops; without it the whole schedule is trained and the best epoch kept: errors fluctuate until the learning rate has come down (docs/notes/0017-epochs.md).',
      ),
    dose_e: between(1, 1e12)
      .optional()
      .describe(
        'Dose of the training patterns [electrons per pattern], drawn log-uniformly; leave out for noise-free patterns.',
      ),
    symmetry: z
      .boolean()
      .default(true)
      .describe(
        'Use the in-plane symmetry operations of the zone as augmentation: 4mm of [001] (2mm on pixels that are no squares), 2mm of [110], m of [111].',
      ),
    inelastic_fraction: between(0, 0.9)
      .default([0, 0])
      .describe('Share of electrons scattered inelastically, drawn per pattern.'),
    inelastic_hwhm_mrad: between(0.05, 20)
      .default([0.7, 1.4])
      .describe('Its angular half width at half maximum [mrad], drawn per pattern.'),
    background_fraction: between(0, 0.9)
      .default([0, 0])
      .describe('Share of electrons in a smooth background, drawn per pattern.'),
    blur_mrad: between(0, 5)
      .default([0, 0])
      .describe('Blur of the detector and of the resampling, rms [mrad], drawn per pattern.'),
  })
  .describe('How the network learns, and what the experiment does to its patterns.');
/** How the network learns. */
export type TrainingOptions = Options<typeof trainingOptions>;

/** What a training follows from, beside its patterns. */
export interface LearningInputs {
  readonly network: NetworkOptions;
  readonly training: TrainingOptions;
}

/**
 * The shape of the WAE-predictor: sizes and strides.
 * The paper (Methods, 'Model architecture'): six blocks (convolution, batch norm, swish) to 2048 features, a fully
 * connected layer to 32 latents, the mirror image back, a predictor of two (fully connected, layer norm, swish) on 24
 * latents, to which a layer for variances is added (gaussian.ts), and per-pixel domain-adaptation layers (scale 1, offset 0 at first) for experimental patterns.
 *
 * The default in place of the convolutions: dense layers (fully connected, layer norm, swish; the input is added where a layer is as wide as the one before), and one
 * back. A pattern lies on the crystal's own lattice, each disk always on the same pixels: sharing weights between places gains nothing (docs/notes/0012-dense.md).
 *
 * Kernels are 3×3 with padding 1. Blocks halve the map, except the first ones of a small detector, so that the last map
 * is 2×2: 64 pixels keep the first block at stride 1, 32 the first two.
 *
 * What this is not: its parameters (parameters.ts).
 */

import { fail } from '../core/errors.ts';
import type { LatticeDetector } from '../diffraction/detector.ts';
import type { LabelInfo } from '../library/dataset.ts';
import { type PixelOrder, rasterOrder, refine, type Stencil, stencil } from './lattice.ts';
import type { NetworkOptions } from './options.ts';
import { requireShareable, type Sharing, sharingOf } from './sharing.ts';

/** Dense layers between pixels and features. */
export interface Dense {
  readonly kind: 'dense';
  /** Of each of the encoder's layers. */
  readonly widths: readonly number[];
}

/** Six convolution blocks between pixels and features. */
export interface Convolutions {
  readonly kind: 'convolution';
  /** Output channels of each of the six encoder blocks; the decoder's are the inputs of these. */
  readonly channels: readonly number[];
  /** Stride of each of the six encoder blocks; the decoder runs them backwards. */
  readonly strides: readonly number[];
  /** Pixels along each side of the last map. */
  readonly inner: number;
}

/** Sizes of a network. Maps are square. */
export interface Architecture {
  /** Pixels along each side of a pattern. */
  readonly pixels: number;
  readonly trunk: Dense | Convolutions;
  /** Operations that share weights (sharing.ts); of dense layers only. */
  readonly sharing: Sharing | undefined;
  /** What the encoder's last layer gives, and the decoder begins with. */
  readonly features: number;
  /** Components of the latent vector, and how many of them, the first ones, the predictor reads. */
  readonly latent: number;
  readonly predictorLatent: number;
  /** Width of the predictor's two hidden layers. */
  readonly predictorWidth: number;
  /** Number of labels. */
  readonly labels: number;
  /** Whether the predictor gives a variance beside the mean of each label (gaussian.ts). */
  readonly variance: boolean;
  /** Whether there are domain-adaptation layers. */
  readonly adapts: boolean;
}

/** What a network is made for: the detector of its patterns, and the names of its labels. */
export interface Purpose {
  readonly detector: Pick<LatticeDetector, 'pixels' | 'pixelsPerOrder' | 'zone'>;
  readonly labels: readonly Pick<LabelInfo, 'name'>[];
}

/**
 * The network for patterns of pixels × pixels and a number of labels.
 * @param adapts whether it has domain-adaptation layers: it is trained with an experiment
 * @throws 'range' for a number of pixels that is no power of two from 8 to 512, more predictor latents than latents, or sizes that the operations cannot share;
 * 'unsupported' for sharing where an in-plane label lacks its partner
 */
export function architecture(options: NetworkOptions, { detector, labels }: Purpose, adapts: boolean): Architecture {
  const { pixels } = detector;
  const halvings = Math.log2(pixels) - 1;
  if (!Number.isInteger(halvings) || halvings < 2 || halvings > 8) {
    fail('range', `The network cannot take ${pixels} pixels.`, 'Set library.pixels to 32, 64, 128 or 256.', { pixels });
  }
  if (options.predictor_latent > options.latent) {
    fail('range', 'The predictor reads more latents than there are.', 'Lower network.predictor_latent.', {});
  }
  const sharing =
    options.share && !options.channels
      ? sharingOf(
          detector,
          labels.map(({ name }) => name),
        )
      : undefined;
  const trunk = options.channels
    ? convolutions(options.channels, pixels, halvings)
    : { kind: 'dense' as const, widths: options.widths };
  if (sharing) {
    const { widths, latent, predictor_latent, predictor_width } = options;
    requireShareable(
      { widths, latent: [latent], predictor_latent: [predictor_latent], predictor_width: [predictor_width] },
      sharing,
    );
  }
  return {
    pixels,
    trunk,
    sharing,
    features: trunk.kind === 'dense' ? trunk.widths.at(-1)! : trunk.inner ** 2 * trunk.channels.at(-1)!,
    latent: options.latent,
    predictorLatent: options.predictor_latent,
    predictorWidth: options.predictor_width,
    labels: labels.length,
    variance: options.variance,
    adapts,
  };
}

function convolutions(channels: readonly number[], pixels: number, halvings: number): Convolutions {
  const strides: number[] = channels.map((_, i) => (i < channels.length - halvings ? 1 : 2));
  return { kind: 'convolution', channels, strides, inner: pixels / strides.reduce((a, b) => a * b, 1) };
}

/** The stencils of the six blocks, first to last: `fine` is a block's input in the encoder, `coarse` its output. */
export function stencils({ strides, inner }: Convolutions): Stencil[] {
  let order: PixelOrder = rasterOrder(2);
  while (order.size < inner) order = refine(order, 2);
  return strides
    .toReversed()
    .map((stride) => {
      const s = stencil(order, stride);
      order = s.fine;
      return s;
    })
    .toReversed();
}

/**
 * The WAE-predictor as a differentiable graph on maps kept as [batch, pixel, channel]: encoder, decoder, predictor,
 * domain adaptation, and the loss of the paper's equation 3,
 *   L = λ_recon·MSE(reconstruction) + λ_MMD·MMD(latents, Gaussian) + λ_pred·MSE(labels),
 * whose last term is a likelihood where the network gives variances (gaussian.ts),
 * all in standardised units. Experimental patterns have no labels: they enter the reconstruction and the MMD, each of
 * which is then the mean of its simulated and its experimental value.
 *
 * What this is not: the model that users load. `export.ts` writes that with ONNX's own convolutions, from the same
 * parameters; a test holds the two against each other.
 */

import { type Architecture, type Convolutions, stencils } from './architecture.ts';
import { betaNll, logVariance } from './gaussian.ts';
import { type Graph, sizesOf, type Tensor } from './graph.ts';
import { rasterOrder, type Stencil } from './lattice.ts';
import { latticeDown, latticeUp } from './lattice-conv.ts';
import { mmd } from './mmd.ts';
import { add, meanSquare, mul, scale, sub } from './ops.ts';
import { gemm, linear } from './ops-matmul.ts';
import { layerNorm, swish } from './ops-norm.ts';
import { concat, reshape, slice } from './ops-shape.ts';
import type { TrainingOptions } from './options.ts';
import { sharedWeights } from './shared-weights.ts';
import { isTurned } from './sharing.ts';

/** Tensors of parameters by their names (architecture.ts). */
export type Named = Readonly<Record<string, Tensor>>;

/** Batch norm of x [rows, channels] by name: in training from the batch itself, afterwards from kept statistics. */
export type Norm = (x: Tensor, name: string) => Tensor;

/** What the standardised patterns pass through; maps of convolutions in Z-order. */
export class Wae {
  readonly #g: Graph;
  readonly #a: Architecture;
  readonly #p: Named;
  readonly #norm: Norm;
  readonly #stencils: readonly Stencil[];

  /** @param p every parameter of the architecture that is used; 'No parameter …' is thrown for another */
  constructor(g: Graph, a: Architecture, p: Named, norm: Norm) {
    this.#g = g;
    this.#a = a;
    this.#p = sharedWeights(g, a, p);
    this.#norm = norm;
    this.#stencils = a.trunk.kind === 'dense' ? [] : stencils(a.trunk);
  }

  /** The raster index of each pixel of a pattern in the order that the first layer takes. */
  get order(): Int32Array {
    return (this.#stencils[0]?.fine ?? rasterOrder(this.#a.pixels)).raster;
  }

  /** x [n, pixels²] → latents [n, latent]. */
  encode(x: Tensor): Tensor {
    const { trunk } = this.#a;
    let features = x;
    if (trunk.kind === 'convolution') features = this.#convolved(x);
    else for (let i = 0; i < trunk.widths.length; i++) features = this.#layer(features, `encoder.${i}`);
    return this.#linear(features, 'latent');
  }

  /** z [n, latent] → reconstruction [n, pixels²]. */
  decode(z: Tensor): Tensor {
    const { trunk } = this.#a;
    const features = this.#linear(z, 'features');
    if (trunk.kind === 'dense') return this.#linear(this.#normed(features, 'decoder.0'), 'decoder.0');
    return this.#transposed(features, trunk);
  }

  /** x [n, pixels²] → features [n, features] */
  #convolved(x: Tensor): Tensor {
    const g = this.#g;
    const [n] = sizesOf(x, 2);
    let map = reshape(g, x, [n, this.#a.pixels ** 2, 1]);
    this.#stencils.forEach((s, i) => {
      map = this.#block(latticeDown(g, map, this.#get(`encoder.${i}.weight`), s), `encoder.${i}`);
    });
    return reshape(g, map, [n, this.#a.features]);
  }

  /** features [n, features] → reconstruction [n, pixels²] */
  #transposed(features: Tensor, { inner, channels }: Convolutions): Tensor {
    const g = this.#g;
    const [n] = sizesOf(features, 2);
    let map = reshape(g, features, [n, inner ** 2, channels.at(-1)!]);
    const blocks = channels.length;
    for (let i = 0; i < blocks; i++) {
      map = latticeUp(g, map, this.#get(`decoder.${i}.weight`), this.#stencils[blocks - 1 - i]!);
      if (i < blocks - 1) map = this.#block(map, `decoder.${i}`);
    }
    return add(g, reshape(g, map, [n, this.#a.pixels ** 2]), this.#get(`decoder.${blocks - 1}.bias`));
  }

  /** z [n, latent] → standardised labels [n, labels], and their log-variances where the network has them. */
  predict(z: Tensor): { readonly mean: Tensor; readonly logVariance: Tensor | undefined } {
    let h = slice(this.#g, z, 1, 0, this.#a.predictorLatent);
    for (let i = 0; i < 2; i++) h = this.#normed(this.#linear(h, `predictor.${i}`), `predictor.${i}`);
    const mean = this.#linear(h, 'predictor.2');
    return { mean, logVariance: this.#a.variance ? logVariance(this.#g, this.#linear(h, 'variance')) : undefined };
  }

  /** The domain-adaptation layer of x [n, pixels²]: x·scale + offset, per pixel. */
  adapt(x: Tensor, place: 'before' | 'after'): Tensor {
    const g = this.#g;
    return add(g, mul(g, x, this.#get(`adapt.${place}.scale`)), this.#get(`adapt.${place}.offset`));
  }

  #get(name: string): Tensor {
    const tensor = this.#p[name];
    if (!tensor) throw new Error(`No parameter ${name}`);
    return tensor;
  }

  #linear(x: Tensor, name: string): Tensor {
    const [w, b] = [this.#get(`${name}.weight`), this.#get(`${name}.bias`)];
    return this.#a.sharing && isTurned(name)
      ? add(this.#g, gemm(this.#g, x, w, false, true), b)
      : linear(this.#g, x, w, b);
  }

  #normed(x: Tensor, name: string): Tensor {
    return swish(this.#g, layerNorm(this.#g, x, this.#get(`${name}.gamma`), this.#get(`${name}.beta`)));
  }

  /** A dense layer; its input is added where it is as wide. */
  #layer(x: Tensor, name: string): Tensor {
    const y = this.#normed(this.#linear(x, name), name);
    const [, from] = sizesOf(x, 2);
    const [, to] = sizesOf(y, 2);
    return from === to ? add(this.#g, y, x) : y;
  }

  #block(map: Tensor, name: string): Tensor {
    const [n, pixels, channels] = sizesOf(map, 3);
    const rows = reshape(this.#g, map, [n * pixels, channels]);
    return reshape(this.#g, swish(this.#g, this.#norm(rows, name)), map.shape);
  }
}

/** The terms of the loss before their weights and their weighted sum, scalars. */
export interface Losses {
  readonly total: Tensor;
  readonly reconstruction: Tensor;
  readonly mmd: Tensor;
  /** Mean square error of the labels. */
  readonly prediction: Tensor;
  /** What teaches the labels: the β-NLL where the network gives variances, else `prediction`. */
  readonly likelihood: Tensor;
  /** Predicted labels of the simulated patterns [n, labels], standardised, and their log-variances. */
  readonly labels: Tensor;
  readonly logVariance: Tensor | undefined;
}

/**
 * The composite loss.
 * @param batch standardised patterns x [n, pixels²] with labels [n, labels], draws of the prior [n, latent] and, where the network adapts, experimental
 * patterns, like x
 * @param options λ of the three terms, and β of the third
 */
export function losses(
  g: Graph,
  wae: Wae,
  batch: { x: Tensor; labels: Tensor; prior: Tensor; experiment?: Tensor | undefined },
  { weights, variance_beta }: Pick<TrainingOptions, 'weights' | 'variance_beta'>,
): Losses {
  const { x, prior, experiment } = batch;
  const [n] = sizesOf(x, 2);
  const all = experiment ? concat(g, [x, wae.adapt(experiment, 'before')], 0) : x;
  const [count] = sizesOf(all, 2);
  const z = wae.encode(all);
  const out = wae.decode(z);
  const zSim = experiment ? slice(g, z, 0, 0, n) : z;
  const { mean: labels, logVariance } = wae.predict(zSim);
  const prediction = meanSquare(g, sub(g, labels, batch.labels));
  const likelihood = logVariance ? betaNll(g, batch.labels, labels, logVariance, variance_beta) : prediction;
  let reconstruction = meanSquare(g, sub(g, experiment ? slice(g, out, 0, 0, n) : out, x));
  let discrepancy = mmd(g, zSim, prior);
  if (experiment) {
    const outExp = wae.adapt(slice(g, out, 0, n, count), 'after');
    const half = (a: Tensor, b: Tensor): Tensor => scale(g, add(g, a, b), 0.5);
    reconstruction = half(reconstruction, meanSquare(g, sub(g, outExp, experiment)));
    discrepancy = half(discrepancy, mmd(g, slice(g, z, 0, n, count), prior));
  }
  const total = add(
    g,
    add(g, scale(g, reconstruction, weights.reconstruction), scale(g, discrepancy, weights.mmd)),
    scale(g, likelihood, weights.prediction),
  );
  return { total, reconstruction, mmd: discrepancy, prediction, likelihood, labels, logVariance };
}

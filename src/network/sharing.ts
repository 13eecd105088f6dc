/**
 * Dense layers that share weights between the in-plane symmetry operations of a zone, so that a pattern that is turned or mirrored has its labels turned, exactly
 * (group-equivariant layers in the regular representation: Cohen and Welling, ICML 2016). With G operations a layer has 1/G of the weights, and each pattern teaches
 * as G of them would.
 *
 *   first layer     f_g = W·(g⁻¹I)                         one copy of its outputs for each operation g
 *   hidden layers   f′_h = Σ_g W[h⁻¹g]·f_g
 *   labels          y = Σ_g M_g A f_g                      M_g turns in-plane vectors; scalars stay; variances are turned without signs
 *   reconstruction  Σ_g g·(D f_g)
 *
 * What is trained are W, A and D; `shared-weights.ts` makes of them the full matrices that layers take. Features are kept operation by operation, latents component by
 * component, so that the first latents are whole components.
 *
 * What this is not: an assumption about a camera. The augmentation still draws what it does to a pattern after the crystal.
 */

import { fail } from '../core/errors.ts';
import type { LatticeDetector } from '../diffraction/detector.ts';
import { labelPairs, operationsOf, turnLabels } from './symmetry.ts';

export interface Sharing {
  /** Numbers of the operations (symmetry.ts), the identity first. */
  readonly operations: readonly number[];
  /** Of each label: which labels the operation's matrix takes it from, and with what sign [operations][labels]. */
  readonly from: readonly (readonly number[])[];
  readonly sign: readonly (readonly number[])[];
}

/** @throws 'unsupported' where an in-plane label lacks its partner */
export function sharingOf(
  detector: Pick<LatticeDetector, 'zone' | 'pixelsPerOrder'>,
  labels: readonly string[],
): Sharing {
  const operations = operationsOf(detector);
  const pairs = labelPairs(labels);
  const turned = operations.map((operation) =>
    labels.map((_, label) => {
      // The row of the operation's matrix: what each unit vector of labels contributes.
      const row = labels.map((__, other) => {
        const unit = new Float32Array(labels.length);
        unit[other] = 1;
        turnLabels(unit, pairs, operation);
        return unit[label]!;
      });
      const from = row.findIndex((x) => x !== 0);
      return { from, sign: row[from]! };
    }),
  );
  return {
    operations,
    from: turned.map((own) => own.map(({ from }) => from)),
    sign: turned.map((own) => own.map(({ sign }) => sign)),
  };
}

/** @param sizes of a network, by the keys of [network] @throws 'range' naming one that the operations cannot share */
export function requireShareable(sizes: Readonly<Record<string, readonly number[]>>, { operations }: Sharing): void {
  const count = operations.length;
  const wrong = Object.entries(sizes).find(([, list]) => list.some((size) => size % count !== 0));
  if (!wrong) return;
  fail(
    'range',
    `network.${wrong[0]} = ${wrong[1].join(', ')} is not a multiple of ${count}, the symmetry operations that share weights.`,
    `Take multiples of ${count}, or network.share = false.`,
    { key: wrong[0], count },
  );
}

/** 'encoder.0.weight': 'encoder.0' and 'weight'. */
export function layerAndPart(name: string): readonly [layer: string, part: string] {
  return [name.replace(/\.[^.]+$/, ''), name.replace(/^.*\./, '')];
}

/** Weights that are kept, and taken by `wae.ts` and `export.ts`, as [out, in]. */
export const isTurned = (name: string): boolean => /^(decoder\.0|predictor\.2|variance)$/.test(name);

/** Shape of what is trained in place of a full parameter of a network that shares among `count` operations. */
export function sharedParameter<P extends { readonly name: string; readonly shape: readonly number[] }>(
  parameter: P,
  count: number,
): P {
  const { name, shape } = parameter;
  const [layer, part] = layerAndPart(name);
  if (part === 'weight') {
    const [from, to] = shape as [number, number];
    return { ...parameter, shape: isTurned(layer) ? [to, from / count] : [from, to / count] };
  }
  // Of labels and of pixels there is one each.
  if (layer.startsWith('adapt') || (isTurned(layer) && part === 'bias')) return parameter;
  return { ...parameter, shape: [shape[0]! / count] };
}

/** What a model's errors on held-out structures look like at the terminal. */

import { fixedLabel, quantity } from '../core/numbers.ts';
import type { ModelInfo } from '../network/model-info.ts';
import { isTold } from '../network/told.ts';

/** Mean absolute errors, noise-free and as trained; a label that the model does not know says so. */
export function scoreLines(info: Pick<ModelInfo, 'scores' | 'uncertainty'>): string[] {
  const { noiseFree, training } = info.scores;
  return noiseFree.map(({ name, unit, mae }, i) => {
    const line = `${name.padEnd(10)} ${fixedLabel(mae)}; ${quantity(training[i]!.mae, unit)}`;
    return isTold(info, name) === false ? `${line}  NO BETTER THAN THE MEAN: this model does not measure it` : line;
  });
}

/** What a model's errors on held-out structures look like at the terminal. */

import { fixedLabel, quantity } from '../core/numbers.ts';
import type { ModelScores } from '../network/model-info.ts';
import { noBetterThanMean } from '../polarization/abstention.ts';

/** Mean absolute errors, noise-free and as trained; a label that the model does not know says so. */
export function scoreLines({ noiseFree, training }: ModelScores): string[] {
  return noiseFree.map(({ name, unit, mae, rmse, meanOnly }, i) => {
    const idle = meanOnly !== undefined && noBetterThanMean(rmse, meanOnly);
    const line = `${name.padEnd(10)} ${fixedLabel(mae)}; ${quantity(training[i]!.mae, unit)}`;
    return idle ? `${line}  NO BETTER THAN THE MEAN: this model does not measure it` : line;
  });
}

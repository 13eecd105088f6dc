/**
 * What a model file says about itself, kept in the ONNX metadata: the recipe it was trained with, the detector and the
 * labels it expects, and how well it did on structures it never saw. Everything is text; what has structure is JSON.
 */

import { fail } from '../core/errors.ts';
import { quantity, setting } from '../core/numbers.ts';
import type { LatticeDetector } from '../diffraction/detector.ts';
import type { LabelInfo } from '../library/dataset.ts';

/** Agreement of predictions with the truth for one label, in its unit. */
export interface LabelScore {
  readonly name: string;
  readonly unit: string;
  /** Mean absolute and root mean square error. */
  readonly mae: number;
  readonly rmse: number;
  /** Mean of prediction − truth. */
  readonly bias: number;
  /** Pearson's correlation; 0 when the truth does not vary. */
  readonly correlation: number;
}

export interface ModelScores {
  /** Augmented and noisy as in training. */
  readonly training: readonly LabelScore[];
  /** As simulated: no noise, blur or background. */
  readonly noiseFree: readonly LabelScore[];
  /** As simulated, Poisson noise of 1e6 electrons per pattern. */
  readonly dose1e6: readonly LabelScore[];
}

export interface ModelInfo {
  readonly programVersion: string;
  /** The whole recipe as TOML, and its hash. */
  readonly recipe: string;
  readonly recipeHash: string;
  readonly seed: number;
  readonly labels: readonly LabelInfo[];
  readonly detector: LatticeDetector;
  /** What the input is and how it is scaled. */
  readonly normalisation: string;
  readonly input: 'sqrt' | 'linear';
  /** Doses it was trained at [electrons per pattern]; null for noise-free. */
  readonly dose_e: readonly [number, number] | null;
  /** Whether it was trained with experimental patterns and has a `domain` input. */
  readonly adapts: boolean;
  /** Held-out scores. */
  readonly scores: ModelScores;
}

const PREFIX = 'ferroscope.';

export function infoToMetadata(info: ModelInfo): Record<string, string> {
  return Object.fromEntries(
    Object.entries(info).map(([key, value]) => [
      PREFIX + key,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}

/** @throws 'format' when the metadata is not that of a Ferroscope model */
export function infoFromMetadata(metadata: readonly { key: string; value: string }[]): ModelInfo {
  const texts = new Map(metadata.map(({ key, value }) => [key, value]));
  const text = (key: keyof ModelInfo): string =>
    texts.get(PREFIX + key) ??
    fail('format', `The model file lacks '${PREFIX}${key}'.`, 'Use a model that `ferroscope train` wrote.', { key });
  const parse = <T>(key: keyof ModelInfo): T => {
    try {
      return JSON.parse(text(key)) as T;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      fail('format', `The model file's '${PREFIX}${key}' is damaged.`, 'Copy the model file again.', { key });
    }
  };
  const input = text('input');
  return {
    programVersion: text('programVersion'),
    recipe: text('recipe'),
    recipeHash: text('recipeHash'),
    seed: parse('seed'),
    labels: parse('labels'),
    detector: parse('detector'),
    normalisation: text('normalisation'),
    input: input === 'linear' ? 'linear' : 'sqrt',
    dose_e: parse('dose_e'),
    adapts: parse('adapts'),
    scores: parse('scores'),
  };
}

export interface MicroscopeSettings {
  readonly voltage_kV: number;
  readonly convergence_mrad: number;
  /** Pseudo-cubic lattice parameter of the specimen [Å], where it is known. */
  readonly a_A?: number | undefined;
  /** Largest relative difference allowed; default 0.01 for the voltage and the lattice, 0.05 for the convergence. */
  readonly tolerance?: { readonly voltage?: number; readonly convergence?: number; readonly lattice?: number };
}

/** @throws 'model-mismatch' when the model was trained for another microscope or crystal */
export function checkModelFits(info: ModelInfo, settings: MicroscopeSettings): void {
  const { detector } = info;
  const { voltage = 0.01, convergence = 0.05, lattice = 0.01 } = settings.tolerance ?? {};
  const rows = [
    ['voltage', 'kV', detector.voltage_kV, settings.voltage_kV, voltage],
    ['convergence semi-angle', 'mrad', detector.convergence_mrad, settings.convergence_mrad, convergence],
    ['lattice parameter', 'Å', detector.a_A, settings.a_A ?? detector.a_A, lattice],
  ] as const;
  for (const [what, unit, model, scan, tolerance] of rows) {
    if (Math.abs(scan - model) > tolerance * model) {
      fail(
        'model-mismatch',
        `The model was trained for a ${what} of ${setting(model, unit)}; the scan has ${quantity(scan, unit, 4)}.`,
        'Train a model with this microscope in the recipe, or correct the scan’s calibration.',
        { what, model, scan },
      );
    }
  }
}

/**
 * The patterns that `ferroscope evaluate` asks a model about: held-out structures of its library, new structures of the same kind, and the same altered as no pattern of
 * the training was. Each is described by what differs.
 */

import { stringify as stringifyToml } from 'smol-toml';
import { percent, quantity } from '../core/numbers.ts';
import { memoryStore } from '../core/store.ts';
import type { Task } from '../core/task.ts';
import { type PatternDataset, selectLabels } from '../library/dataset.ts';
import { PREDICTED_LABELS } from '../library/labels.ts';
import { simulateLibrary } from '../library/run.ts';
import { type AnyLibraryInfo, openLibrary } from '../library/store.ts';
import type { TrainingOptions } from '../network/options.ts';
import { nodeWorkers } from '../node/worker-host.ts';
import { parseRecipe, type Recipe } from '../recipe/recipe.ts';
import { PROGRAM } from './version.ts';

export interface EvaluationSet {
  /** Short, for tables; and what differs from the training, in words. */
  readonly name: string;
  readonly what: string;
  /** Unlike the library: coverage is kept, or patterns are marked. */
  readonly shifted: boolean;
  /** Its patterns are those that the model was calibrated on, unaltered. */
  readonly own: boolean;
  readonly data: PatternDataset;
  readonly indices: readonly number[];
  readonly training: TrainingOptions;
}

/** Names the seed of new structures: no library is made with it. */
const SEED_OFFSET = 7_919_000;

/** What the library was made with; undefined where it cannot be made again from that: structures of a file, settings of an earlier version. */
export function inputsOf({ identity, source }: AnyLibraryInfo): Recipe | undefined {
  const settings = identity.settings.library as Readonly<Record<string, unknown>> | undefined;
  if (source || identity.schema < 2 || settings?.absorption === undefined) return undefined;
  return parseRecipe(stringifyToml(identity.settings), 'The library');
}

export interface SetOptions {
  readonly training: TrainingOptions;
  /** The library is the model's own. */
  readonly own: boolean;
  /** New structures of each simulated set (0: none is simulated), and patterns of each. */
  readonly structures: number;
  readonly patterns: number;
  readonly workers?: number | undefined;
}

/** Held-out patterns of a library, `patterns` of each structure. */
function heldOutOf(data: PatternDataset, patterns: number): number[] {
  const seen = new Map<number, number>();
  return Array.from({ length: data.count }, (_, i) => i).filter((i) => {
    if (!data.isHeldOut(i)) return false;
    const n = seen.get(data.structureOf(i)) ?? 0;
    seen.set(data.structureOf(i), n + 1);
    return n < patterns;
  });
}

/**
 * All sets, those to be simulated among them.
 * @throws as `simulateLibrary`
 */
export async function evaluationSets(
  library: PatternDataset & { readonly info: AnyLibraryInfo },
  { training, own, structures, patterns, workers }: SetOptions,
  task: Task,
): Promise<{ readonly sets: EvaluationSet[]; readonly notes: string[] }> {
  const heldOut = selectLabels(library, PREDICTED_LABELS);
  const base = { data: heldOut, indices: heldOutOf(heldOut, patterns), shifted: false, training, own };
  const sets: EvaluationSet[] = [
    {
      ...base,
      name: own ? 'held out' : 'library',
      what: own
        ? 'held-out structures of the model’s library, each judged by factors from the others'
        : 'held-out structures of another library',
    },
  ];
  const altered = (
    name: string,
    what: string,
    change: Partial<TrainingOptions>,
    from = sets.at(-1)!,
  ): EvaluationSet => ({
    ...from,
    name,
    what,
    shifted: true,
    // Factors made of altered patterns would hide what the alteration does.
    own: false,
    training: { ...training, ...change },
  });
  const notes: string[] = [];
  const inputs = inputsOf(library.info);
  let fresh = sets[0]!;
  if (inputs && structures > 0) {
    const make = async (changed: Recipe) => {
      const store = memoryStore('new structures');
      const settings = {
        ...changed,
        structures: { ...changed.structures, count: 1, held_out: Math.max(1, structures - 1) },
        library: { ...changed.library, seed: changed.library.seed + SEED_OFFSET, patterns_per_structure: patterns },
      };
      await simulateLibrary(settings, store, { program: PROGRAM, host: nodeWorkers, workers }, task);
      const data = selectLabels(await openLibrary(store, task), PREDICTED_LABELS);
      return { data, indices: Array.from({ length: data.count }, (_, i) => i) };
    };
    fresh = {
      ...base,
      ...(await make(inputs)),
      own: false,
      name: 'new',
      what: 'new structures, simulated as the library was',
    };
    sets.push(fresh);
    const { min, max, step } = inputs.library.thickness_nm;
    const span = Math.max(max - min, 5);
    const thick = { min: max + 0.3 * span, max: max + span, step };
    sets.push({
      ...altered(
        'thickness',
        `${quantity(thick.min, '', 3)} to ${quantity(thick.max, 'nm', 3)} thick, the library ${quantity(min, '', 3)} to ${quantity(max, 'nm', 3)}`,
        {},
        fresh,
      ),
      ...(await make({ ...inputs, library: { ...inputs.library, thickness_nm: thick } })),
    });
    const { absorption } = inputs.library;
    sets.push({
      ...altered('absorption', absorption ? 'simulated without absorption' : 'simulated with absorption', {}, fresh),
      ...(await make({ ...inputs, library: { ...inputs.library, absorption: !absorption } })),
    });
  } else {
    const why = inputs
      ? 'None were asked for'
      : 'The library’s structures come from a file, or an earlier version made it';
    notes.push(`${why}: no new structures are simulated; thickness and absorption are not shifted.`);
  }
  for (const { name, what, change } of instrumentShifts(training)) sets.push(altered(name, what, change, fresh));
  return { sets, notes };
}

/** A share that leaves some electrons for the crystal. */
const MOST_SHARE = 0.95;

/** What an instrument does that no pattern of the training had, one thing at a time. */
export function instrumentShifts({ background_fraction, blur_mrad, inelastic_fraction, dose_e }: TrainingOptions) {
  const share = ([, most]: readonly [number, number], by: number) => Math.min(MOST_SHARE, most + by);
  const always = (value: number) => [value, value] as const;
  const [background, inelastic] = [share(background_fraction, 0.1), share(inelastic_fraction, 0.2)];
  const blur = blur_mrad[1] + 0.3;
  const shifts: { name: string; what: string; change: Partial<TrainingOptions> }[] = [
    {
      name: 'background',
      what: `${percent(background, 2)} of the electrons in a smooth background`,
      change: { background_fraction: always(background) },
    },
    { name: 'blur', what: `blurred by ${quantity(blur, 'mrad', 3)} rms`, change: { blur_mrad: always(blur) } },
    {
      name: 'inelastic',
      what: `${percent(inelastic, 2)} scattered inelastically`,
      change: { inelastic_fraction: always(inelastic) },
    },
  ];
  if (dose_e) {
    const low = dose_e[0] / 10;
    shifts.push({
      name: 'dose',
      what: `${quantity(low, 'electrons', 3)} a pattern, a tenth of the least of the training`,
      change: { dose_e: always(low) },
    });
  }
  return shifts;
}

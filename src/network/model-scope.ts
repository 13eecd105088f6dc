/**
 * What a model is for: crystal, microscope, and the range of what it was trained on; and what of that a scan is not.
 *
 * What this is not: whether it fits a scan's patterns, which only mapping them tells (`polarization/fit.ts`).
 */

import * as z from 'zod';
import { fail } from '../core/errors.ts';
import { type Identity, isFile } from '../core/identity.ts';
import { percent, quantity, setting } from '../core/numbers.ts';
import type { LatticeDetector } from '../diffraction/detector.ts';
import type { ModelInfo } from './model-info.ts';

export interface ModelScope {
  /** Of the textures that it was trained on, as recipes name it: '(Ba,Sr)TiO3'; undefined where its structures came from a file. */
  readonly material?: string | undefined;
  /** Material with composition, or the file of structures, for people. */
  readonly crystal: string;
  /** Pseudo-cubic lattice parameter [Å]. */
  readonly a_A: number;
  /** Pseudo-cubic direction along the beam; [001] where absent. */
  readonly zone?: LatticeDetector['zone'];
  readonly voltage_kV: number;
  readonly convergence_mrad: number;
  /** Least and greatest thickness [nm] and tilt, of either component [mrad]; models of format 1 do not say. */
  readonly thickness_nm?: readonly [number, number] | undefined;
  readonly tilt_mrad?: readonly [number, number] | undefined;
  /** Electrons per pattern; null for noise-free ones. */
  readonly dose_e: readonly [number, number] | null;
}

const composition = z.looseObject({
  material: z.string(),
});
const librarySettings = z.looseObject({ crystal: composition });

/** The scope of a trained model. */
export function scopeOf({ identity, detector, domain, dose_e }: ModelInfo): ModelScope {
  const { a_A, zone, voltage_kV, convergence_mrad } = detector;
  const range = (...names: string[]): [number, number] | undefined => {
    const ranges = domain?.labels.filter(({ name }) => names.includes(name)) ?? [];
    return ranges.length === 0
      ? undefined
      : [Math.min(...ranges.map(({ min }) => min)), Math.max(...ranges.map(({ max }) => max))];
  };
  return {
    ...crystalOf(identity.inputs.library),
    a_A,
    ...(zone && { zone }),
    voltage_kV,
    convergence_mrad,
    thickness_nm: range('thickness'),
    tilt_mrad: range('tilt_x', 'tilt_y'),
    dose_e,
  };
}

function crystalOf(library: Identity['inputs'][string] | undefined): Pick<ModelScope, 'material' | 'crystal'> {
  if (!library || isFile(library)) return { crystal: 'a crystal it does not state' };
  const { file } = library.inputs;
  if (file) return { crystal: `structures of ${file.name ?? 'a file'}` };
  const read = librarySettings.safeParse(library.settings);
  if (!read.success) return { crystal: 'a crystal it does not state' };
  const { crystal } = read.data;
  return { material: crystal.material, crystal: crystalName(crystal) };
}

/** '(Ba,Sr)TiO3, 50% Ba'; a compound by its name alone. @param crystal as [crystal] says it; shares of the sites that a solid solution mixes */
export function crystalName(crystal: z.output<typeof composition>): string {
  const { material } = crystal;
  const mixed = /\((\w+),(\w+)\)/.exec(material);
  const parts = (mixed ? [mixed[1]!, mixed[2]!] : []).flatMap((element) => {
    const share = crystal[`${element.toLowerCase()}_fraction`];
    return typeof share === 'number' ? [`${percent(share, 2)} ${element}`] : [];
  });
  return [material, ...parts].join(', ');
}

/** What is known of a scan; undefined: not known. */
export interface ScanFacts {
  readonly material?: string | undefined;
  readonly voltage_kV?: number | undefined;
  readonly convergence_mrad?: number | undefined;
  readonly a_A?: number | undefined;
}

/** Something in which a scan is not what a model is for. */
export interface Difference {
  readonly what: string;
  readonly model: string;
  readonly scan: string;
  /** scan / model − 1, of what is a number. */
  readonly share?: number;
}

/** How far a scan's lattice parameter may be from the model's, as a share. BaTiO3 and SrTiO3 are 2.6% apart. */
export const LATTICE_TOLERANCE = 0.015;

/** How far a scan may be from what its model was trained for, as a share. */
const TOLERANCES = [
  ['voltage', 'voltage_kV', 'kV', 0.01],
  ['lattice parameter', 'a_A', 'Å', LATTICE_TOLERANCE],
  ['convergence semi-angle', 'convergence_mrad', 'mrad', 0.05],
] as const;

/**
 * All in which a scan is not what a model is for: material, voltage (1% away), lattice parameter (1.5%), convergence (5%). The lattice parameter is as good as
 * the scale that it was read by: where a person says that the scan is of the model's material, it refuses nothing.
 */
export function differences(scope: ModelScope, facts: ScanFacts): Difference[] {
  const found: Difference[] = [];
  if (facts.material !== undefined && facts.material !== scope.material) {
    found.push({ what: 'material', model: scope.crystal, scan: facts.material });
  }
  const vouched = facts.material !== undefined && facts.material === scope.material;
  for (const [what, key, unit, tolerance] of TOLERANCES) {
    const scan = facts[key];
    if (scan === undefined || (vouched && key === 'a_A')) continue;
    const share = scan / scope[key] - 1;
    if (Math.abs(share) > tolerance) {
      found.push({ what, model: setting(scope[key], unit), scan: quantity(scan, unit, 4), share });
    }
  }
  return found;
}

/** 'voltage 300 kV (the scan has 200.0 kV, 33% less)' */
export function differenceText({ what, model, scan, share }: Difference): string {
  const by = share === undefined ? '' : `, ${percent(Math.abs(share), 2)} ${share < 0 ? 'less' : 'more'}`;
  return `${what} ${model} (the scan has ${scan}${by})`;
}

/** @throws 'model-mismatch' that names the first difference */
export function checkModelFits(scope: ModelScope, facts: ScanFacts): void {
  const [first] = differences(scope, facts);
  if (!first) return;
  const { what, model, scan } = first;
  const article = /^[aeiou]/.test(what) ? 'an' : 'a';
  fail(
    'model-mismatch',
    what === 'material'
      ? `The model was trained on ${model}; the scan is said to be of ${scan}.`
      : `The model was trained for ${article} ${what} of ${model}; the scan has ${scan}.`,
    what === 'lattice parameter'
      ? `That is what the file’s pixel size says. Take a model of the scan’s own crystal; or, where the pixel size is off, say ${scope.material === undefined ? 'what the scan is of, with a model that states its material' : `--material "${scope.material}"`}.`
      : 'Train a model for this scan (ferroscope init writes its recipe), or correct what the scan’s file says.',
    { ...first },
  );
}

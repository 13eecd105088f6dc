/**
 * A recipe for a scan, as commented TOML: behind each value stands where it comes from (the scan's file, a calibration, the command line, or a default that
 * nobody has confirmed), and at the head what is missing. What it says parses, and serves simulate, train and map as it stands.
 *
 * What this is not: a guess at the specimen. Thickness and composition are in no file; their defaults are marked.
 */

import { decimalLabel, electrons, measured, plural, quantity, setting } from '../core/numbers.ts';
import { perovskiteOf } from '../crystal/crystal-perovskite.ts';
import { type CrystalOptions, crystalOptions } from '../crystal/options.ts';
import { spontaneousPolarization } from '../crystal/phase.ts';
import { wavelength } from '../diffraction/optics.ts';
import type { Calibration } from '../scan/calibration.ts';
import type { ScanInfo } from '../scan/pattern-source.ts';

export interface ScanRecipeInput {
  /** Of the scan's file, without its folder. */
  readonly name: string;
  /** As [crystal] material names it. */
  readonly material: string;
  /** [ry, rx, qy, qx] */
  readonly shape: readonly [number, number, number, number];
  readonly info: ScanInfo;
  /** For the material's lattice and the beam below; undefined where none could be made, and why. */
  readonly calibration: Calibration | { readonly failed: string };
  /** From the command line; wins. */
  readonly given: { readonly voltage_kV?: number | undefined; readonly convergence_mrad?: number | undefined };
  /** Lattice parameter by the file's own scale [Å], where it states one. */
  readonly lattice_A?: number | undefined;
  readonly program: string;
}

export interface ScanRecipe {
  readonly toml: string;
  /** What a person has to set or to look at, a sentence each. */
  readonly missing: readonly string[];
}

/** What is calibrated with where neither the file nor the command line says. */
export const FALLBACK = { voltage_kV: 300, convergence_mrad: 2.2 } as const;

/** From this share on a lattice parameter by the file's pixel is said to be another: BaTiO3, SrTiO3 and their mixture differ by more. */
const LATTICE_REMARKED = 0.008;

/** One line of a section: key, value and origin. */
type Entry = readonly [key: string, value: string, origin: string];

/** Pixels per order of a detector of 64 × 64 pixels: 4, 2.7 and 2 orders from its middle to its edge. */
const PER_ORDER = [8, 12, 16] as const;
const PIXELS = 64;

export function scanRecipe(input: ScanRecipeInput): ScanRecipe {
  const { name, material, shape, info } = input;
  const calibration = 'failed' in input.calibration ? undefined : input.calibration;
  const crystal = crystalOptions.parse({ material });
  const missing: string[] = [];
  if ('failed' in input.calibration) missing.push(`No calibration: ${input.calibration.failed}`);
  const { lattice_A } = input;
  if (lattice_A !== undefined && Math.abs(lattice_A / crystal.a_A - 1) > LATTICE_REMARKED) {
    missing.push(
      `crystal: by the file’s pixel size a = ${quantity(lattice_A, 'Å', 4)}, not the ${setting(crystal.a_A, 'Å')} of ${crystal.material}. Is it another material, or the pixel size off?`,
    );
  }
  // Of a solid solution: the shares that the schema knows of the elements it mixes.
  const shares = Object.entries(crystal).filter(
    ([key, share]) =>
      key.endsWith('_fraction') &&
      typeof share === 'number' &&
      new RegExp(`[(,]${key.replace('_fraction', '')}[,)]`, 'i').test(material),
  );
  const voltage = voltageOf(input, missing);
  const convergence = convergenceOf(input, calibration, missing);
  const dose = doseOf(calibration, missing);
  missing.push('library.thickness_nm: no scan states it. Take the range that the specimen can have, 5 nm to spare.');
  for (const [key] of shares) missing.push(`crystal.${key}: the composition of ${material}.`);
  if (info.step_nm === undefined) {
    missing.push(
      'scan.step_nm: the file does not state the step between positions. Without it a map counts positions, and nothing of it that needs lengths can be found.',
    );
  }

  const sections: readonly (readonly [string, readonly Entry[]])[] = [
    [
      'crystal',
      [
        ['material', `"${crystal.material}"`, 'given'],
        [
          'a_A',
          String(crystal.a_A),
          `default of the material, pseudo-cubic${lattice_A === undefined ? '' : `; the file’s pixel size says ${quantity(lattice_A, 'Å', 4)}`}`,
        ],
        ...shares.map(([key, share]): Entry => [key, String(share), 'DEFAULT: check it']),
      ],
    ],
    [
      'structures',
      [
        ['count', '56', 'default: structures to learn from'],
        ['held_out', '20', 'default: structures to be tested on, and that σ is calibrated with'],
        ['cells', '[4, 4, 2]', 'default'],
        ['texture', '"smooth"', 'default: polarization in all directions, up to p_max'],
        largestPolarization(crystal),
        ['correlation_nm', '0.8', 'default'],
        ['jitter_pm', '3', 'default'],
      ],
    ],
    ['microscope', [voltage, convergence]],
    [
      'library',
      [
        ['thickness_nm', '{ min = 10, max = 80, step = 1 }', 'DEFAULT: set it'],
        ['tilt_max_mrad', '2', 'default: largest mistilt from [001], each component'],
        ['patterns_per_structure', '900', 'default'],
        ['pixels', String(PIXELS), 'default'],
        perOrder(input, calibration, Number(voltage[1]), crystal.a_A, missing),
        ['slices_per_cell', '12', 'default'],
      ],
    ],
    [
      'training',
      [
        ['epochs', '16', 'default'],
        dose,
        ['inelastic_fraction', '[0, 0.2]', 'default: from none to what cameras see beside elastic scattering'],
        ['inelastic_hwhm_mrad', '[0.5, 1.5]', 'default'],
        ['background_fraction', '[0, 0.1]', 'default'],
        ['blur_mrad', '[0, 0.4]', 'default'],
      ],
    ],
  ];
  const comment = (text: string) => `# ${text}`;
  const head = [
    `A study of ${name}, begun by ${input.program}. Behind each value stands where it comes from:`,
    'file: the scan’s file states it. measured: a quick calibration. given: on the command line. default: nobody has confirmed it.',
    '',
    ...facts(name, shape, info, calibration),
    '',
    'Look at this before you begin:',
    ...missing.map((text) => `- ${text}`),
    '',
    `Then: ferroscope study THIS_FILE ${name}`,
  ];
  const body = sections.flatMap(([section, entries]) => [
    '',
    `[${section}]`,
    ...entries.map(([key, value, origin]) => `${key} = ${value}  # ${origin}`),
  ]);
  return { toml: [...head.map((text) => comment(text).trimEnd()), ...body, ''].join('\n'), missing };
}

/** Of textures [µC/cm²]: least of all, and how far above the spontaneous one, where a polar phase is known; rounded up to `P_STEP`. */
const P_LEAST = 30;
const P_ABOVE = 1.1;
const P_STEP = 5;

/** A specimen more polar than every structure of the training would be mapped outside all that the model has seen. */
function largestPolarization(crystal: CrystalOptions): Entry {
  const key = 'p_max_uC_cm2';
  const { material, phase } = perovskiteOf(crystal);
  if (!phase) return [key, String(P_LEAST), 'default: raise it where the specimen may have more'];
  const own = spontaneousPolarization(material, phase);
  return [
    key,
    String(Math.max(P_LEAST, Math.ceil((P_ABOVE * own) / P_STEP) * P_STEP)),
    `default: 10 % above the spontaneous ${quantity(own, 'uC/cm2', 3)} of ${material.name}, rounded up to ${P_STEP}`,
  ];
}

function voltageOf({ info, given }: ScanRecipeInput, missing: string[]): Entry {
  const key = 'voltage_kV';
  const stated =
    info.voltage_kV === undefined ? 'the file states none' : `the file states ${setting(info.voltage_kV, 'kV')}`;
  if (given.voltage_kV !== undefined) return [key, String(given.voltage_kV), `given; ${stated}`];
  if (info.voltage_kV !== undefined) return [key, String(info.voltage_kV), 'file'];
  missing.push('microscope.voltage_kV: the file does not state it. All angles follow from it.');
  return [key, String(FALLBACK.voltage_kV), 'DEFAULT: set it; the file states none'];
}

function convergenceOf(
  { info, given }: ScanRecipeInput,
  calibration: Calibration | undefined,
  missing: string[],
): Entry {
  const key = 'convergence_mrad';
  const stated =
    info.semiangle_mrad === undefined
      ? 'the file states none'
      : `the file states ${setting(info.semiangle_mrad, 'mrad')}`;
  // Where the camera blurs, disks come out some per cent small: what somebody wrote down wins.
  const disks = calibration
    ? `the disks measure ${measured(calibration.disk_radius_mrad, calibration.disk_radius_se_mrad, 'mrad')}, less where the camera blurs`
    : 'not measured';
  if (given.convergence_mrad !== undefined) return [key, String(given.convergence_mrad), `given; ${stated}; ${disks}`];
  if (info.semiangle_mrad !== undefined) return [key, String(info.semiangle_mrad), `file; ${disks}`];
  if (calibration) {
    missing.push(
      'microscope.convergence_mrad: the file does not state it. It is measured by the disks, which come out some per cent small where the camera blurs.',
    );
    return [key, String(Number(calibration.disk_radius_mrad.toPrecision(3))), `measured: ${disks}; ${stated}`];
  }
  missing.push('microscope.convergence_mrad: the file does not state it, and it could not be measured.');
  return [key, String(FALLBACK.convergence_mrad), 'DEFAULT: set it; the file states none'];
}

/** Doses around the scan's, a factor three to either side. */
function doseOf(calibration: Calibration | undefined, missing: string[]): Entry {
  if (!calibration) {
    missing.push('training.dose_e: the dose could not be measured.');
    return ['dose_e', '[3e5, 3e6]', 'DEFAULT: set it, electrons per pattern around the scan’s'];
  }
  const { dose_e, dose_from } = calibration;
  const [low, high] = [dose_e / 3, dose_e * 3].map((dose) => Number(Math.max(1, dose).toPrecision(2)));
  return [
    'dose_e',
    `[${low}, ${high}]`,
    `measured: ${electrons(dose_e)} per pattern (${dose_from}); a third to three times that`,
  ];
}

/** The finest detector that lies on the camera, whatever the rotation. */
function perOrder(
  { shape }: ScanRecipeInput,
  calibration: Calibration | undefined,
  voltage_kV: number,
  a_A: number,
  missing: string[],
): Entry {
  const key = 'pixels_per_order';
  if (!calibration) return [key, String(PER_ORDER[0]), 'default'];
  const {
    centre0_px: [cy, cx],
    px_mrad,
    rotation_deg,
  } = calibration;
  const [, , ny, nx] = shape;
  const turn = (rotation_deg * Math.PI) / 180;
  const free_px = Math.min(cy + 0.5, cx + 0.5, ny - 0.5 - cy, nx - 0.5 - cx);
  const reach_mrad = (free_px * px_mrad) / (Math.abs(Math.cos(turn)) + Math.abs(Math.sin(turn)));
  const orders = reach_mrad / ((wavelength(voltage_kV) * 1e3) / a_A);
  const said = `the camera holds ${decimalLabel(orders, 1)} orders of the lattice to each side (measured)`;
  const fitting = PER_ORDER.find((n) => PIXELS / 2 / n <= orders);
  if (fitting !== undefined) return [key, String(fitting), said];
  missing.push(
    `The camera holds ${decimalLabel(orders, 1)} orders of the lattice to each side; two are wanted. A shorter camera length helps.`,
  );
  return [key, String(PER_ORDER.at(-1)), said];
}

/** What is known of the scan, a line each. */
function facts(
  name: string,
  [ry, rx, qy, qx]: ScanRecipeInput['shape'],
  { step_nm, q_pixel, q_unit, notes }: ScanInfo,
  calibration: Calibration | undefined,
): string[] {
  const step = step_nm === undefined ? 'a step that it does not state' : `${setting(step_nm, 'nm')} apart`;
  const pixel = q_pixel && q_unit ? `${setting(q_pixel, q_unit)} a pixel` : 'no pixel size stated';
  return [
    `${name}, file: ${ry} × ${rx} positions, ${step}; camera of ${qy} × ${qx} pixels, ${pixel}.`,
    ...(calibration
      ? [
          `${name}, measured: ${measured(calibration.px_mrad, calibration.px_se_mrad, 'mrad')} a pixel, crystal turned by ${measured(calibration.rotation_deg, calibration.rotation_se_deg, '°')}, ${electrons(calibration.dose_e)} per pattern (${calibration.dose_from}), ${plural(calibration.hot_pixels.length, 'hot pixel')}, from ${plural(calibration.used.patterns, 'pattern')}.`,
          ...calibration.warnings.map((text) => `Take care: ${text}`),
        ]
      : []),
    ...notes.map((text) => `Take care: ${text}`),
  ];
}

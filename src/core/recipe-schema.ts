/**
 * Reads a recipe: defaults, ranges and checks. What each value means and its unit stand in `recipe.ts`.
 * Unknown keys and values out of range are errors that say where and, for keys, name the nearest known one.
 *
 * What this is not: defaults for a study. A recipe may leave out what has a default below; nothing else is guessed.
 */

import { parse as parseToml, stringify as stringifyToml, TomlError } from 'smol-toml';
import * as z from 'zod';
import { fail } from './errors.ts';
import type { Recipe } from './recipe.ts';

/** Mean-square displacement u² per axis, in Å²; B = 8π²u². */
const u2 = z.number().min(0).max(0.1);
const positive = z.number().positive();
const fraction = z.number().min(0).max(1);
const count = z.int().min(1);
const isElement = /^[A-Z][a-z]?$/;
const element = z.string().regex(isElement, 'must be an element');
/** Elements of the atom types of a LAMMPS dump. */
const types = z.record(z.string().regex(/^[1-9]\d*$/, 'must be the number of an atom type'), element);

/** A [low, high] pair from which values are drawn uniformly. */
const between = (low: number, high: number) =>
  z
    .tuple([z.number().min(low).max(high), z.number().min(low).max(high)])
    .refine(([a, b]) => a <= b, 'must be [low, high] with low ≤ high');

/** The elements of textures; others come with a file. */
const ownU2 = { Ba: u2.default(0.0057), Sr: u2.default(0.0079), Ti: u2.default(0.0056), O: u2.default(0.0092) };

const crystal = z.strictObject({
  material: z.enum(['BST', 'BTO', 'STO']).default('BST'),
  a_A: z.number().min(3).max(5).default(3.95),
  ba_fraction: fraction.default(0.5),
  a_order: z.enum(['random', 'checkerboard']).default('random'),
  u2_A2: z.object(ownU2).catchall(u2).prefault({}),
});

const charge = z.number().min(-20).max(20);
const structures = z
  .strictObject({
    count: count.default(8),
    held_out: count.default(2),
    cells: z.tuple([count.max(32), count.max(32), count.max(8)]).default([8, 8, 2]),
    texture: z.enum(['uniform', 'gradient', 'smooth', 'mixed']).default('smooth'),
    p_max_uC_cm2: z.number().min(0).max(100).default(30),
    p_distribution: z.enum(['magnitude', 'volume']).default('magnitude'),
    correlation_nm: positive.max(100).default(1.2),
    gradient_step_pm: z.number().min(0).max(20).default(2),
    jitter_pm: z.number().min(0).max(30).default(3),
    file: z.string().min(1).optional(),
    types: types.optional(),
    born: z.strictObject({ A: charge, B: charge, O_parallel: charge, O_perpendicular: charge }).optional(),
  })
  .refine(
    (s) => s.file !== undefined || (s.types === undefined && s.born === undefined),
    'types and born belong to a file, and none is given',
  );

const nanometres = z.number().min(-1e5).max(1e5);
const micrometres = z.number().min(-1e5).max(1e5);
const azimuth = z.number().min(-360).max(360);

const aberrations = z.strictObject({
  C12_nm: nanometres.optional(),
  phi12_deg: azimuth.optional(),
  C21_nm: nanometres.optional(),
  phi21_deg: azimuth.optional(),
  C23_nm: nanometres.optional(),
  phi23_deg: azimuth.optional(),
  C30_um: micrometres.optional(),
  C32_um: micrometres.optional(),
  phi32_deg: azimuth.optional(),
  C34_um: micrometres.optional(),
  phi34_deg: azimuth.optional(),
});

const microscope = z.strictObject({
  voltage_kV: z.number().min(20).max(1500).default(300),
  convergence_mrad: z.number().min(0.1).max(40).default(2.2),
  defocus_nm: z.number().min(-1000).max(1000).default(0),
  aberrations: aberrations.optional(),
  source_fwhm_A: z.number().min(0).max(100).optional(),
  defocus_spread_nm: z.number().min(0).max(100).optional(),
});

const thicknessRange = z
  .strictObject({ min: positive.max(500), max: positive.max(500), step: positive.max(100).default(1) })
  .refine((t) => t.min <= t.max, 'min must not exceed max');
const slicing = z.enum(['smooth', 'spline', 'box', 'whole-atom']).default('smooth');
const factors = z.enum(['lobato', 'kirkland']).default('lobato');

const library = z.strictObject({
  seed: z.int().min(0).default(1),
  thickness_nm: thicknessRange.prefault({ min: 30, max: 80 }),
  tilt_max_mrad: z.number().min(0).max(50).default(2),
  patterns_per_structure: count.default(2000),
  on_column_fraction: fraction.default(0.5),
  duplicate_pm: z.number().min(0).max(20).default(1.5),
  pixels: z.int().min(16).max(1024).default(64),
  pixels_per_order: z.int().min(2).max(64).default(8),
  grid_per_cell: z.int().min(12).max(128).default(28),
  slices_per_cell: z.int().min(2).max(128).default(10),
  slicing,
  factors,
  band_limit: z.number().min(0.3).max(1).default(1),
});

const network = z.strictObject({
  channels: z.array(count).length(6).default([16, 32, 64, 128, 256, 512]),
  latent: count.default(32),
  predictor_latent: count.default(24),
  predictor_width: count.default(256),
  input: z.enum(['sqrt', 'linear']).default('sqrt'),
});

const training = z.strictObject({
  seed: z.int().min(0).default(1),
  epochs: count.default(8),
  batch: z.int().min(2).default(32),
  learning_rate: positive.max(1).default(1e-3),
  learning_rate_final: z.number().min(0).max(1).default(1),
  weights: z
    .strictObject({
      reconstruction: z.number().min(0).default(1),
      mmd: z.number().min(0).default(100),
      prediction: z.number().min(0).default(5),
    })
    .prefault({}),
  patience: count.default(3),
  dose_e: between(1, 1e12).optional(),
  symmetry: z.boolean().default(true),
  inelastic_fraction: between(0, 0.9).default([0, 0]),
  inelastic_hwhm_mrad: between(0.05, 20).default([0.7, 1.4]),
  background_fraction: between(0, 0.9).default([0, 0]),
  blur_mrad: between(0, 5).default([0, 0]),
});

const scan = z.strictObject({
  rotation_deg: z.number().min(-180).max(180).optional(),
  hot_sigma: positive.default(8),
});

/** A scan that Ferroscope itself simulates by direct multislice, with an imperfect detector: `ferroscope demo`. */
const experiment = z.strictObject({
  seed: z.int().min(0).default(7),
  shape: z.tuple([count, count]).default([6, 6]),
  thickness_nm: positive.default(40),
  wedge_nm: z.number().min(0).max(100).default(0),
  tilt_mrad: z.tuple([z.number(), z.number()]).default([0.4, -0.3]),
  dose_e: positive.default(1e6),
  detector_pixels: z.int().min(32).max(2048).default(128),
  mrad_per_pixel: positive.default(0.45),
  rotation_deg: z.number().min(-45).max(45).default(3),
  descan_px: z.tuple([z.number(), z.number()]).default([1.5, -1]),
  dark_counts: z.number().min(0).default(0),
  read_noise_counts: z.number().min(0).default(0),
  hot_pixels: z.int().min(0).default(8),
});

const direction = z
  .tuple([z.int().min(-100).max(100), z.int().min(-100).max(100), z.int().min(-100).max(100)])
  .refine((v) => v.some((n) => n !== 0), 'must not be all zero');
const source = {
  file: z.string().min(1).optional(),
  crystal: z.enum(['Si', '2H-MoS2', 'SrTiO3', 'BaTiO3', 'SrRuO3', 'Pt']).optional(),
  zone: direction.optional(),
  x: direction.optional(),
};
const layer = z
  .strictObject({ ...source, vacuum: z.boolean().optional(), extent_nm: positive.max(500) })
  .refine(
    (l) => [l.file, l.crystal, l.vacuum || undefined].filter((v) => v !== undefined).length === 1,
    'must have one of file, crystal and vacuum',
  );

const specimen = z
  .strictObject({
    ...source,
    layers: z.array(layer).min(1).optional(),
    growth: z.enum(['x', 'y', 'z']).default('z'),
    thickness_nm: z.union([positive.max(500), thicknessRange]).optional(),
    u2_A2: z.record(element, u2).default({}),
    thermal: z.enum(['debye-waller', 'absorption', 'frozen-phonons', 'trajectory', 'none']).default('debye-waller'),
    snapshots: count.max(10_000).default(16),
    types: types.optional(),
  })
  .refine(
    (s) => [s.file, s.crystal, s.layers].filter((v) => v !== undefined).length === 1,
    'must have one of file, crystal and layers',
  )
  .refine(
    (s) => s.thickness_nm !== undefined || (s.layers !== undefined && s.growth === 'z'),
    'must have thickness_nm: only layers along z bring their own',
  )
  .refine((s) => s.thermal !== 'trajectory' || s.file !== undefined, "thermal = 'trajectory' needs a file of frames")
  .refine((s) => s.thermal === 'trajectory' || s.types === undefined, "types belong to thermal = 'trajectory'");

const simulation = z
  .strictObject({
    seed: z.int().min(0).default(1),
    shape: z.tuple([count.max(4096), count.max(4096)]).default([1, 1]),
    origin_A: z.tuple([z.number(), z.number()]).default([0, 0]),
    size_A: z.tuple([positive.max(2000), positive.max(2000)]).optional(),
    tilt_mrad: z.tuple([z.number().min(-100).max(100), z.number().min(-100).max(100)]).default([0, 0]),
    camera: z.strictObject({ pixels: z.int().min(16).max(2048), mrad_per_pixel: positive.max(50) }).optional(),
    detectors: z
      .array(
        z.strictObject({
          name: z.string().regex(/^[A-Za-z][A-Za-z0-9_-]*$/, 'must be letters, digits, _ and -'),
          inner_mrad: z.number().min(0),
          outer_mrad: positive.max(1000),
          segments: z.int().min(2).max(36).optional(),
          rotation_deg: azimuth.optional(),
        }),
      )
      .refine((d) => new Set(d.map(({ name }) => name)).size === d.length, 'must have different names')
      .default([]),
    dose_e: positive.max(1e15).optional(),
    window_A: positive.max(1000).optional(),
    pixel_A: z.number().min(0.01).max(0.5).default(0.08),
    slice_A: z.number().min(0.02).max(10).default(0.33),
    slicing,
    factors,
    band_limit: z
      .number()
      .min(0.3)
      .max(1)
      .default(2 / 3),
  })
  .refine((s) => s.camera !== undefined || s.detectors.length > 0, 'must have a camera or a detector');

const field = z.number().min(-1).max(1);
const landscape = z
  .strictObject({
    strain: z.enum(['relaxed', 'clamped', 'epitaxial']).default('relaxed'),
    misfit_percent: z.number().min(-5).max(5).optional(),
    pressure_GPa: z.number().min(-20).max(20).optional(),
    field_V_per_A: z.tuple([field, field, field]).default([0, 0, 0]),
    paths: z
      .array(
        z.strictObject({
          name: z.string().regex(/^[\w -]+$/, 'must be letters, digits, spaces, _ and -'),
          through: z.array(direction).min(2),
          plane: direction.optional(),
        }),
      )
      .refine((paths) => new Set(paths.map(({ name }) => name)).size === paths.length, 'must have different names')
      .default([]),
    images: z.int().min(11).max(1001).default(61),
    pixels: z.int().min(32).max(512).default(160),
  })
  .refine(
    (l) => (l.strain === 'epitaxial') === (l.misfit_percent !== undefined),
    "needs misfit_percent where strain = 'epitaxial', and only there",
  );

/** One value, or a list of different ones. */
const oneOrMore = <T extends z.ZodType>(value: T) =>
  z.union([
    value,
    z
      .array(value)
      .min(1)
      .refine((list) => new Set(list.map((v) => JSON.stringify(v))).size === list.length, 'must be different values'),
  ]);
const strainModel = z.enum(['free', 'clamped', 'epitaxial']);

const dynamics = z
  .strictObject({
    temperature_K: oneOrMore(z.number().min(1).max(3000)).default(300),
    strain: oneOrMore(strainModel).default('free'),
    misfit_percent: oneOrMore(z.number().min(-5).max(5)).optional(),
    pressure_GPa: z.number().min(-20).max(20).optional(),
    field_V_per_A: oneOrMore(z.tuple([field, field, field])).optional(),
    thermostat: z.enum(['langevin', 'nose-hoover']).default('langevin'),
    timestep_fs: z.number().min(0.1).max(4).default(2),
    equilibrate_ps: z.number().min(0).max(1e5).default(5),
    interval_ps: positive.max(1e4).default(1),
    frames: count.max(100_000).default(10),
    average_ps: z.number().min(0).max(1e4).default(0),
    seeds: z
      .array(z.int().min(0))
      .min(1)
      .refine((list) => new Set(list).size === list.length, 'must be different')
      .default([1]),
    sampling: z
      .strictObject({
        p_max_uC_cm2: positive.max(60),
        directions: z.int().min(4).max(500),
        sizes: count.max(20),
        keep: count,
      })
      .optional(),
  })
  .refine(
    (d) => [d.strain].flat().includes('epitaxial') === (d.misfit_percent !== undefined),
    "needs misfit_percent where strain = 'epitaxial', and only there",
  )
  .refine((d) => d.average_ps <= d.interval_ps, 'average_ps must not exceed interval_ps')
  .refine(
    (d) => d.sampling === undefined || d.field_V_per_A === undefined,
    'has both sampling and field_V_per_A: with sampling, the field follows from the polarization',
  );

/** What the fast transform of a supercell can do (ferroelectric/wave-vectors.ts). */
const edge = count.max(128).refine((n) => {
  let rest = n;
  for (const p of [2, 3, 5]) while (rest % p === 0) rest /= p;
  return rest === 1;
}, 'must be a product of 2, 3 and 5');
const film = z.strictObject({
  cells: z.tuple([edge, edge, edge]).default([8, 8, 25]),
  misfit_percent: z.number().min(-5).max(5).default(0),
  temperature_K: z.number().min(1).max(3000).default(300),
  screening_per_A: z.number().min(0).max(10).default(0),
  surface_field_V_per_A: field.default(0),
  surface_decay_cells: positive.max(1000).default(3),
  built_in_field_V_per_A: field.default(0),
  random_field_V_per_A: z.number().min(0).max(1).default(0),
  dead_layer: z
    .strictObject({
      thickness_nm: z.number().min(0).max(100),
      permittivity: z.number().min(1).max(1e5),
      film_permittivity: z.number().min(1).max(1e5),
    })
    .optional(),
  biases_V: z
    .array(z.number().min(-100).max(100))
    .min(1)
    .refine((list) => new Set(list).size === list.length, 'must be different'),
  equilibrate_ps: z.number().min(0).max(1e5).default(6),
  average_ps: positive.max(1e5).default(10),
  seed: z.int().min(0).default(1),
});

const analysis = z.strictObject({
  batch: count.default(16),
});

const recipeSchema: z.ZodType<Recipe> = z
  .strictObject({
    crystal: crystal.prefault({}),
    structures: structures.prefault({}),
    microscope: microscope.prefault({}),
    library: library.prefault({}),
    network: network.prefault({}),
    training: training.prefault({}),
    scan: scan.prefault({}),
    experiment: experiment.prefault({}),
    analysis: analysis.prefault({}),
    specimen: specimen.optional(),
    simulation: simulation.optional(),
    landscape: landscape.optional(),
    dynamics: dynamics.optional(),
    film: film.optional(),
  })
  .refine(
    (r) => (r.specimen === undefined) === (r.simulation === undefined),
    '[specimen] and [simulation] belong together: one says what, the other what to measure of it',
  )
  .check(({ value, issues }) => {
    const { crystal, structures } = value;
    const keys = Object.keys(crystal.u2_A2).filter(
      (key) => !(key in ownU2 || (structures.file !== undefined && isElement.test(key))),
    );
    if (keys.length > 0) {
      issues.push({ code: 'unrecognized_keys', keys, input: crystal.u2_A2, path: ['crystal', 'u2_A2'] });
    }
  });

/** Edit distance (Levenshtein), case counted as a tenth of an edit, to name the nearest known key. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const x = a[i - 1] ?? '';
      const y = b[j - 1] ?? '';
      const swap = x === y ? 0 : x.toLowerCase() === y.toLowerCase() ? 0.1 : 1;
      next.push(Math.min((next[j - 1] ?? 0) + 1, (row[j] ?? 0) + 1, (row[j - 1] ?? 0) + swap));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** JSON schema of a node: what its keys are, also of sections that a recipe may leave out. */
interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
}

function keysAt(path: readonly PropertyKey[]): string[] {
  let nodes: readonly SchemaNode[] = [
    z.toJSONSchema(recipeSchema, { io: 'input', unrepresentable: 'any' }) as SchemaNode,
  ];
  const spread = (list: readonly (SchemaNode | undefined)[]): SchemaNode[] =>
    list.flatMap((node) => (node === undefined ? [] : [node, ...spread(node.anyOf ?? [])]));
  for (const part of path) {
    nodes = spread(nodes).map(
      (node) => (typeof part === 'number' ? node.items : node.properties?.[String(part)]) ?? {},
    );
  }
  return spread(nodes).flatMap((node) => Object.keys(node.properties ?? {}));
}

/**
 * Reads a recipe.
 * @throws FerroscopeError 'recipe' for text that is not TOML, an unknown key, a wrong type or a value out of range
 */
export function parseRecipe(text: string, name = 'recipe'): Recipe {
  let tree: unknown;
  try {
    tree = parseToml(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const first = error.message.split('\n')[0] ?? '';
    fail('recipe', `${name} is not TOML: line ${error.line}, column ${error.column}: ${first}`, 'Mend that line.');
  }
  const result = recipeSchema.safeParse(tree);
  if (result.success) return result.data;
  // A misspelt key is also a missing one: say what was written.
  const { issues } = result.error;
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0];
  if (!issue) fail('recipe', `${name} does not fit the schema.`, 'Compare it with a recipe in examples/.');
  const place = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    const known = keysAt(issue.path);
    const nearest = known.toSorted((a, b) => distance(key, a) - distance(key, b))[0];
    const where = place === '' ? `${name} has no section` : `${name}: [${place}] has no key`;
    fail('recipe', `${where} '${key}'.`, nearest ? `Did you mean '${nearest}'?` : `Known: ${known.join(', ')}.`, {
      path: place,
      key,
      known,
    });
  }
  fail('recipe', `${name}: ${place}: ${issue.message}.`, `Mend the value of ${place}; units are in the key's name.`, {
    path: place,
  });
}

/** The recipe as TOML, every default written out. */
export function recipeToToml(recipe: Recipe): string {
  return stringifyToml(recipe);
}

/** A hash (64 bits, hexadecimal) of the recipe with all defaults written out, whatever the order of its keys. */
export function recipeHash(recipe: unknown): string {
  const text = canonical(recipe);
  let a = 0x811c9dc5;
  let b = 0x050c5d1f;
  for (let i = 0; i < text.length; i++) {
    a = Math.imul(a ^ text.charCodeAt(i), 0x01000193) >>> 0;
    b = Math.imul((b ^ text.charCodeAt(i)) + 0x7ed55d16, 0x85ebca6b) >>> 0;
    b = (b ^ (b >>> 13)) >>> 0;
  }
  return a.toString(16).padStart(8, '0') + b.toString(16).padStart(8, '0');
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).filter(([, v]) => v !== undefined);
    return `{${entries
      .toSorted(([x], [y]) => (x < y ? -1 : 1))
      .map(([k, v]) => `${k}:${canonical(v)}`)
      .join(',')}}`;
  }
  return JSON.stringify(value);
}

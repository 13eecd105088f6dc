/** Options of this room: [landscape], [dynamics] and [film], all of the material in [crystal]. */

import * as z from 'zod';
import { count, listOf, type Options, oneOrMore, positive, seed } from '../core/schema.ts';

const field = z.number().min(-1).max(1);
const percent = z.number().min(-5).max(5);
const pressure = z
  .number()
  .min(-20)
  .max(20)
  .optional()
  .describe(
    'Hydrostatic pressure [GPa]; where left out, for (Ba,Sr)TiO3 that which stands for ba_fraction, (0.5 − ba_fraction)·6, otherwise 0.',
  );
const direction = z
  .tuple([z.int().min(-100).max(100), z.int().min(-100).max(100), z.int().min(-100).max(100)])
  .refine((v) => v.some((n) => n !== 0), 'must not be all zero');

export const landscapeOptions = z
  .strictObject({
    strain: z
      .enum(['relaxed', 'clamped', 'epitaxial'])
      .default('relaxed')
      .describe(
        'What holds the crystal: nothing; its paraelectric cubic shape; or a substrate, whose edges x and y it shares while z and the shears with z relax. Strains ' +
          'count from the paraelectric cell at the same pressure.',
      ),
    misfit_percent: percent
      .optional()
      .describe(
        "Edge of the substrate over that of the crystal, less one [%]: negative compresses. For 'epitaxial' only.",
      ),
    pressure_GPa: pressure,
    field_V_per_A: z
      .tuple([field, field, field])
      .default([0, 0, 0])
      .describe('Electric field inside the crystal [V/Å]; 0.001 V/Å = 100 kV/cm.'),
    paths: z
      .array(
        z.strictObject({
          name: z.string().regex(/^[\w -]+$/, 'must be letters, digits, spaces, _ and -'),
          through: z
            .array(direction)
            .min(2)
            .max(100)
            .describe(
              'Directions [hkl] of P: it starts at the stationary point along the first and ends at that along the last; those between choose the way round.',
            ),
          plane: direction.optional().describe('Normal of a plane that holds the path; free where left out.'),
        }),
      )
      .max(100)
      .refine((paths) => new Set(paths.map(({ name }) => name)).size === paths.length, 'must have different names')
      .default([])
      .describe('Minimum-energy paths.'),
    images: z.int().min(11).max(1001).default(61).describe('Points along a path.'),
    pixels: z.int().min(32).max(512).default(160).describe('Directions across the stereogram.'),
  })
  .refine(
    (l) => (l.strain === 'epitaxial') === (l.misfit_percent !== undefined),
    "needs misfit_percent where strain = 'epitaxial', and only there",
  )
  .describe("The energy of a uniform soft mode, of [crystal]'s material: what `ferroscope landscape` draws.");
export type LandscapeOptions = Options<typeof landscapeOptions>;

const strainModel = z.enum(['free', 'clamped', 'epitaxial']);
export type DynamicsStrain = z.output<typeof strainModel>;

const sampling = z
  .strictObject({
    p_max_uC_cm2: positive.max(60).describe('[µC/cm²]'),
    directions: z.int().min(4).max(500).describe('Spread evenly over the sphere.'),
    sizes: count.max(20).describe('Equal steps of |P|; a target lies in the middle of each.'),
    keep: count.max(1_000_000).describe('How many frames to keep.'),
  })
  .describe(
    'Even coverage: a run holds the mean P of the block at each of directions × sizes targets; of all frames those are kept whose columns cover the ball ' +
      '|P| ≤ p_max best. Where left out every frame is kept.',
  );

export const dynamicsOptions = z
  .strictObject({
    temperature_K: oneOrMore(z.number().min(1).max(3000), 1000).default(300).describe('Temperature, or several [K].'),
    strain: oneOrMore(strainModel)
      .default('free')
      .describe(
        'What holds the crystal, or several: nothing; its paraelectric cubic shape; or a substrate, whose edges x and y it shares while z and the shears with z ' +
          'follow. Strains count from the paraelectric cell at the same pressure, as in [landscape].',
      ),
    misfit_percent: oneOrMore(percent, 1000)
      .optional()
      .describe(
        "Edge of the substrate over that of the crystal, less one, or several [%]: negative compresses. For 'epitaxial' only.",
      ),
    pressure_GPa: pressure,
    field_V_per_A: oneOrMore(z.tuple([field, field, field]), 1000)
      .optional()
      .describe(
        'Electric field inside the crystal, or several [V/Å]; none where left out. Not with `sampling`, where the field follows from the polarization.',
      ),
    thermostat: z.enum(['langevin', 'nose-hoover']).default('langevin'),
    timestep_fs: z.number().min(0.1).max(4).default(2).describe('Time step [fs].'),
    equilibrate_ps: z.number().min(0).max(1e5).default(5).describe("Time before the first frame's interval [ps]."),
    interval_ps: positive.max(1e4).default(1).describe('From frame to frame [ps].'),
    frames: count.max(100_000).default(10).describe('Frames of a run.'),
    average_ps: z
      .number()
      .min(0)
      .max(1e4)
      .default(0)
      .describe('A frame is the mean of u over this long before it [ps]; 0: the instant. The size of P depends on it.'),
    seeds: listOf(seed, 10_000)
      .default([1])
      .describe('One run each, with its own velocities and noise; [study.seed] where left out.'),
    sampling: sampling.optional(),
  })
  .refine(
    (d) => [d.strain].flat().includes('epitaxial') === (d.misfit_percent !== undefined),
    "needs misfit_percent where strain = 'epitaxial', and only there",
  )
  .refine((d) => d.average_ps <= d.interval_ps, 'average_ps must not exceed interval_ps')
  .refine(
    (d) => d.sampling === undefined || d.field_V_per_A === undefined,
    'has both sampling and field_V_per_A: with sampling, the field follows from the polarization',
  )
  .describe(
    "Molecular dynamics of [crystal]'s soft modes, in [structures].cells: what `ferroscope structures` then makes in place of textures. Every combination is a run.",
  );
export type DynamicsOptions = Options<typeof dynamicsOptions>;
export type SamplingOptions = Options<typeof sampling>;

/** What the fast transform of a supercell can do (wave-vectors.ts). */
const edge = count.max(128).refine((n) => {
  let rest = n;
  for (const p of [2, 3, 5]) while (rest % p === 0) rest /= p;
  return rest === 1;
}, 'must be a product of 2, 3 and 5');

export const filmOptions = z
  .strictObject({
    cells: z
      .tuple([edge, edge, edge])
      .default([8, 8, 25])
      .describe('Unit cells across the film, across it, and along the normal.'),
    misfit_percent: percent
      .default(0)
      .describe('Edge of the substrate over that of the crystal, less one [%]: negative compresses.'),
    temperature_K: z.number().min(1).max(3000).default(300).describe('Temperature [K].'),
    screening_per_A: z
      .number()
      .min(0)
      .max(10)
      .default(0)
      .describe(
        'Inverse length q that screens the macroscopic depolarising field in the film by k²/(k² + q²) [1/Å]; 0: the electrodes alone.',
      ),
    surface_field_V_per_A: field
      .default(0)
      .describe('At the outermost layers, positive outward [V/Å]; falls by e every `surface_decay_cells` layers.'),
    surface_decay_cells: positive.max(1000).default(3).describe('[layers]'),
    built_in_field_V_per_A: field.default(0).describe('Uniform, along z [V/Å].'),
    random_field_V_per_A: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .describe('Standard deviation of each component, drawn for every cell [V/Å].'),
    dead_layer: z
      .strictObject({
        thickness_nm: z.number().min(0).max(100).describe('Of all dead layers [nm].'),
        permittivity: z.number().min(1).max(1e5).describe('Relative, static.'),
        film_permittivity: z.number().min(1).max(1e5).describe('Relative, static.'),
      })
      .optional()
      .describe('In series with the film; the whole voltage falls across the film where left out.'),
    biases_V: listOf(z.number().min(-100).max(100), 1000).describe(
      'Voltage of the lower electrode against the upper one [V]: a positive one makes a field that points up.',
    ),
    equilibrate_ps: z.number().min(0).max(1e5).default(6).describe('[ps]'),
    average_ps: positive.max(1e5).default(10).describe('Time that profiles are averaged over [ps].'),
    seed: seed.default(1).describe('Of A sites, random field, velocities and noise; study.seed where left out.'),
  })
  .describe(
    "A film of [crystal]'s material between ideal electrodes, normal z, run under one bias after the other: what `ferroscope structures` then makes in place of " +
      'textures. Phenomenological: what screens and what acts at the surfaces is given here. Fields in V/Å; positive ones point up, from layer 0 to the last.',
  );
export type FilmOptions = Options<typeof filmOptions>;

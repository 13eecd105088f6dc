/** Options of this room: [crystal] and [structures]. */

import * as z from 'zod';
import { between, count, fraction, named, type Options, positive } from '../core/schema.ts';
import { bariumTitanate, type KnownCrystal, knownCrystals, strontiumTitanate } from './known-crystals.ts';
import { determinant } from './lattice.ts';
import type { Crystal } from './unit-cell.ts';

/** Short names of materials and crystals, the same wherever one is named. */
const SHORT = { BTO: 'BaTiO3', STO: 'SrTiO3' } as const;

/** A solid solution or a compound that textures and dynamics are made of. */
const materialName = named(['(Ba,Sr)TiO3', 'BaTiO3', 'SrTiO3'], { BST: '(Ba,Sr)TiO3', ...SHORT });
export type MaterialName = z.output<typeof materialName>;

/** A crystal whose atoms Ferroscope knows (known-crystals.ts). */
export const crystalName = named(knownCrystals, { ...SHORT, SRO: 'SrRuO3' });
export type { KnownCrystal };

/** Mean-square displacement u² per axis [Å²]; B = 8π²u². */
export const meanSquare_A2 = z.number().min(0).max(0.1);
export const element = z.string().regex(/^[A-Z][a-z]?$/, 'must be an element');
/** Elements of the atom types of a LAMMPS dump. */
export const lammpsTypes = z
  .record(z.string().regex(/^[1-9]\d*$/, 'must be the number of an atom type'), element)
  .describe(
    'Element of each atom type of a LAMMPS dump without a column `element`, such as { 1 = "Ba", 2 = "Ti", 3 = "O" }.',
  );

/** Elements of textures; others come with a file. */
export const TEXTURE_ELEMENTS = ['Ba', 'Sr', 'Ti', 'O'] as const;

const edge = (crystal: () => Crystal) => Number(Math.cbrt(determinant(crystal().lattice_A)).toFixed(4));
/** Pseudo-cubic edges at room temperature [Å]: of Ba0.5Sr0.5TiO3 that of the paper, of the compounds the cube root of the cell's volume (known-crystals.ts). */
const EDGE_A: Readonly<Record<MaterialName, number>> = {
  '(Ba,Sr)TiO3': 3.95,
  BaTiO3: edge(bariumTitanate),
  SrTiO3: edge(strontiumTitanate),
};
/** What a compound has on its A sites; of the solid solution any share, one half where nothing is said. */
const BA_FRACTION: Readonly<Record<MaterialName, number | undefined>> = {
  '(Ba,Sr)TiO3': undefined,
  BaTiO3: 1,
  SrTiO3: 0,
};

export const crystalOptions = z
  .strictObject({
    material: materialName
      .prefault('BST')
      .describe(
        'Soft-mode eigenvector, Born charges and polarization per displacement, and, for a compound, what is on the A sites.',
      ),
    a_A: z
      .number()
      .min(3)
      .max(5)
      .optional()
      .describe(
        `Pseudo-cubic lattice parameter [Å]; where left out ${Object.entries(EDGE_A)
          .map(([name, a]) => `${a} for ${name}`)
          .join(', ')}.`,
      ),
    ba_fraction: fraction
      .optional()
      .describe(
        'Fraction of A sites that hold Ba; the rest hold Sr. BaTiO3 has 1 and SrTiO3 has 0; 0.5 where left out for (Ba,Sr)TiO3.',
      ),
    a_order: z
      .enum(['random', 'checkerboard'])
      .default('random')
      .describe(
        "How Ba and Sr share the A sites: drawn at random by the seed, or alternating ('checkerboard', fraction 0.5).",
      ),
    u2_A2: z
      .object({
        Ba: meanSquare_A2.default(0.0057),
        Sr: meanSquare_A2.default(0.0079),
        Ti: meanSquare_A2.default(0.0056),
        O: meanSquare_A2.default(0.0092),
      })
      .catchall(meanSquare_A2)
      .prefault({})
      .describe(
        'Total mean-square thermal displacement per axis [Å²] by element; the Debye–Waller factor is exp(−2π²u²k²). Elements of `structures.file` beyond these have to be given.',
      ),
  })
  .check(({ value, issues }) => {
    const implied = BA_FRACTION[value.material];
    if (implied === undefined || value.ba_fraction === undefined || value.ba_fraction === implied) return;
    issues.push({
      code: 'custom',
      message: `is ${value.ba_fraction}, and ${value.material} has ${implied}: leave it out, or set material = '(Ba,Sr)TiO3'`,
      input: value.ba_fraction,
      path: ['ba_fraction'],
    });
  })
  .transform((c) => ({
    ...c,
    a_A: c.a_A ?? EDGE_A[c.material],
    ba_fraction: c.ba_fraction ?? BA_FRACTION[c.material] ?? 0.5,
  }))
  .describe('The crystal that libraries, dynamics, films and landscapes are of; a [specimen] brings its own.');
export type CrystalOptions = Options<typeof crystalOptions>;

const charge = z.number().min(-20).max(20);
const bornOptions = z
  .strictObject({
    A: charge,
    B: charge,
    O_parallel: charge.describe('Along the B–O bond [e].'),
    O_perpendicular: charge.describe('Across the B–O bond [e].'),
  })
  .describe(
    "Born charges [e] of the file's sites, neutral over a cell to 0.3 e; those of (Ba,Sr)TiO3, by the file's own composition, where left out.",
  );

export const structuresOptions = z
  .strictObject({
    count: count.max(100_000).default(8).describe('Structures for training.'),
    held_out: count
      .max(100_000)
      .default(2)
      .describe('Held-out structures for validation: no pattern of theirs is ever trained on.'),
    cells: z
      .tuple([count.max(32), count.max(32), count.max(64)])
      .default([8, 8, 2])
      .describe('Unit cells of a block along x, y and z; it repeats across the beam.'),
    depth_blocks: count
      .max(1000)
      .default(8)
      .describe(
        'Different blocks, of A sites and jitter of their own, that stand on top of each other along the beam, in rounds: all once, in an order drawn anew. ' +
          'With 1 one block repeats, and its disorder adds up in phase as in no specimen.',
      ),
    depth_domains: count
      .max(16)
      .default(1)
      .describe(
        'Domains on top of each other along the beam: each structure has 1 to this many, of textures of their own, with walls at depths drawn evenly. Labels are means over the depth.',
      ),
    dead_layer_nm: between(0, 10)
      .default([0, 0])
      .describe(
        'Thickness of the layers without polarization at the entrance and the exit face, drawn for each [nm]. Labels are means over all of the crystal, such layers included. ' +
          'At the exit its slices are passed again for every thickness.',
      ),
    amorphous_nm: between(0, 5)
      .default([0, 0])
      .describe(
        'Thickness of the amorphous layers before the entrance and behind the exit face, drawn for each [nm]; less than 0.4 is none. Not part of the thickness.',
      ),
    ba_fraction_spread: z
      .number()
      .min(0)
      .max(0.5)
      .default(0)
      .describe('Composition of each structure, drawn evenly within ± this around crystal.ba_fraction.'),
    a_spread_percent: z
      .number()
      .min(0)
      .max(2)
      .default(0)
      .describe('Lattice parameter of each structure, drawn evenly within ± this around crystal.a_A [%].'),
    texture: z
      .enum(['uniform', 'gradient', 'smooth', 'mixed'])
      .default('smooth')
      .describe("Polarization texture. 'mixed' alternates 'smooth' and 'gradient' from structure to structure."),
    p_max_uC_cm2: z.number().min(0).max(100).default(30).describe('Largest |P| of a texture [µC/cm²].'),
    p_distribution: z
      .enum(['magnitude', 'volume'])
      .default('magnitude')
      .describe(
        "How |P| is distributed over a smooth texture: evenly up to the maximum, or evenly in the ball's volume.",
      ),
    correlation_nm: positive
      .max(100)
      .default(1.2)
      .describe('Correlation length of a smooth texture in the plane [nm].'),
    gradient_step_pm: z
      .number()
      .min(0)
      .max(20)
      .default(2)
      .describe("Step of the gradient texture from cell to cell, δTi [pm] (the paper's 2 pm)."),
    jitter_pm: z
      .number()
      .min(0)
      .max(30)
      .default(3)
      .describe(
        'Residual displacement of every atom and coordinate, rms [pm], beyond the soft mode and the Debye–Waller factor.',
      ),
    file: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Frames of this file in place of textures; relative to the recipe. XDATCAR, LAMMPS dump, vasprun.xml or extxyz of any perovskite ABO3 in an orthogonal box. ' +
          '`count` and `held_out` then say how many of its frames are taken, and `cells` must be its own. A frame repeats along the beam. Nothing is drawn or added: depth_*, dead_layer_nm, amorphous_nm, *_spread*, texture, p_*, ' +
          'correlation_nm, gradient_step_pm, jitter_pm, and of [crystal] material, ba_fraction and a_order, are not looked at.',
      ),
    types: lammpsTypes.optional(),
    born: bornOptions.optional(),
  })
  .refine(
    (s) => s.file !== undefined || (s.types === undefined && s.born === undefined),
    'types and born belong to a file, and none is given',
  )
  .describe('Structures of a library: textures of the soft mode, or frames of a file.');
export type StructuresOptions = Options<typeof structuresOptions>;

/** What a library's structures follow from. */
export interface StructureInputs {
  readonly crystal: CrystalOptions;
  readonly structures: StructuresOptions;
}

/** Options of this room: [crystal] and [structures]. */

import * as z from 'zod';
import { between, count, fraction, named, type Options, positive } from '../core/schema.ts';
import { DEFAULT_ZR, type MaterialName, materialNames, perovskiteOf } from './crystal-perovskite.ts';
import { domainOptions, tiltOptions } from './domain-options.ts';
import { bornOptions, givenOptions } from './given-perovskite.ts';
import { type KnownCrystal, knownCrystals } from './known-crystals.ts';
import type { Vec3 } from './structure.ts';
import { ZONES, zoneOf } from './zone.ts';

/** Short names of materials and crystals, the same wherever one is named. */
const SHORT = { BTO: 'BaTiO3', STO: 'SrTiO3' } as const;

/** A solid solution or a compound that textures and dynamics are made of. */
const SHORT_MATERIALS = {
  BST: '(Ba,Sr)TiO3',
  PTO: 'PbTiO3',
  PZT: 'Pb(Zr,Ti)O3',
  BFO: 'BiFeO3',
  KNO: 'KNbO3',
  ...SHORT,
} as const;
const materialName = named(materialNames, SHORT_MATERIALS);
const builtInNames = materialNames.filter((name) => name !== 'given');
/** One that a name alone says all of: without 'given'. */
export const builtInMaterialName = named(builtInNames, SHORT_MATERIALS);

export type { MaterialName };

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

/** Those of which u² may be given where no file brings others: the built-in materials'. */
const U2_ELEMENTS = ['Ba', 'Sr', 'Pb', 'Bi', 'K', 'Ti', 'Zr', 'Fe', 'Nb', 'O'] as const;

/** What a compound has on its A sites; of the solid solution any share, one half where nothing is said. */
const BA_FRACTION: Readonly<Partial<Record<MaterialName, number>>> = { BaTiO3: 1, SrTiO3: 0 };
const builtIn = builtInNames.map((name) => ({ name, ...perovskiteOf({ material: name }) }));
/** 'PbTiO3: Pb 0.01, Ti 0.005, O 0.0085; …', materials of equal values together. */
const listedU2 = [
  ...Map.groupBy(builtIn, ({ u2_A2 }) =>
    Object.entries(u2_A2)
      .map((pair) => pair.join(' '))
      .join(', '),
  ),
]
  .map(([values, of]) => `${of.map(({ name }) => name).join(', ')}: ${values}`)
  .join('; ');

export const crystalOptions = z
  .strictObject({
    material: materialName
      .prefault('BST')
      .describe(
        "Soft-mode eigenvector, Born charges and polarization per displacement, and, for a compound, what is on the sites. 'given': [crystal.given] says it. Dynamics, films and landscapes are of (Ba,Sr)TiO3 and BaTiO3.",
      ),
    a_A: z
      .number()
      .min(3)
      .max(5)
      .optional()
      .describe(
        `Pseudo-cubic lattice parameter [Å]; where left out ${builtIn
          .map(({ name, edge_A }) => `${edge_A} for ${name}`)
          .join(', ')} (of Pb(Zr,Ti)O3 with 52 % Zr). Edge of every cell across the beam.`,
      ),
    c_A: z
      .number()
      .min(3)
      .max(5)
      .optional()
      .describe(
        "Edge of every cell along the beam [Å]; a_A where left out, but for texture = 'domains', whose structures have the mean of their domains' edges then.",
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
    zr_fraction: fraction
      .optional()
      .describe(
        `Fraction of B sites of Pb(Zr,Ti)O3 that hold Zr, drawn at random; ${DEFAULT_ZR} where left out. The soft mode is that of PbTiO3 at 0, of the tetragonal phase at 0.52, between them in between, and stays beyond.`,
      ),
    given: givenOptions.optional(),
    tilt: tiltOptions.optional(),
    u2_A2: z
      .object(Object.fromEntries(U2_ELEMENTS.map((symbol) => [symbol, meanSquare_A2.optional()])))
      .catchall(meanSquare_A2)
      .prefault({})
      .describe(
        `Total mean-square thermal displacement per axis [Å²] by element; the Debye–Waller factor is exp(−2π²u²k²). Where left out: ${listedU2}. Elements of [crystal.given], and those of \`structures.file\` beyond the material's, have to be given. The displacements of a texture are part of it for (Ba,Sr)TiO3, BaTiO3 and SrTiO3 outside domains, as of the average cubic cell; elsewhere only the jitter is.`,
      ),
  })
  .check(({ value, issues }) => {
    const issue = (key: 'ba_fraction' | 'zr_fraction' | 'given' | 'a_A', message: string) =>
      issues.push({ code: 'custom', message, input: value[key], path: [key] });
    const { material, ba_fraction, zr_fraction, given, a_A } = value;
    const implied = BA_FRACTION[material] ?? (material === '(Ba,Sr)TiO3' ? undefined : 0);
    if (implied !== undefined && ba_fraction !== undefined && ba_fraction !== implied) {
      issue(
        'ba_fraction',
        `is ${ba_fraction}, and ${material} has ${implied}: leave it out, or set material = '(Ba,Sr)TiO3'`,
      );
    }
    if (zr_fraction !== undefined && material !== 'Pb(Zr,Ti)O3') {
      issue('zr_fraction', `is for material = 'Pb(Zr,Ti)O3', not ${material}: leave it out`);
    }
    if ((given === undefined) === (material === 'given')) {
      issue(
        'given',
        given
          ? `is for material = 'given', not ${material}: leave one of them out`
          : "is missing: material = 'given' needs [crystal.given] with A, B, born and mode",
      );
    }
    if (material === 'given' && a_A === undefined) issue('a_A', 'is missing: a given material needs its lattice [Å]');
  })
  .transform(({ a_A, c_A, ba_fraction, zr_fraction, given, tilt, u2_A2, ...c }) => {
    const ba = ba_fraction ?? BA_FRACTION[c.material] ?? (c.material === '(Ba,Sr)TiO3' ? 0.5 : 0);
    const zr = c.material === 'Pb(Zr,Ti)O3' ? (zr_fraction ?? DEFAULT_ZR) : undefined;
    const own = perovskiteOf({ material: c.material, ba_fraction: ba, zr_fraction: zr, given });
    return {
      ...c,
      a_A: a_A ?? own.edge_A,
      ...(c_A !== undefined && { c_A }),
      ba_fraction: ba,
      ...(zr !== undefined && { zr_fraction: zr }),
      ...(given && { given }),
      ...(tilt && { tilt }),
      u2_A2: { ...own.u2_A2, ...u2_A2 } as Record<string, number>,
    };
  })
  .describe(
    'The crystal that libraries, dynamics, films and landscapes are of; a [specimen] brings its own. δTi is that of the B sites, whatever is on them.',
  );
export type CrystalOptions = Options<typeof crystalOptions>;

/** Edge of a cell along the beam [Å]; of a zone other than [001] what its step comes to over √2 or √3 ({@link cellSteps}). */
export function beamEdge({ a_A, c_A }: Pick<CrystalOptions, 'a_A' | 'c_A'>): number {
  return c_A ?? a_A;
}

/** Largest |P| of a texture where a recipe says none [µC/cm²]. */
export const DEFAULT_P_MAX = 30;

/** A direction along the beam; [001], which is the default, counts as left out. */
const zoneAxis = z
  .tuple([z.int(), z.int(), z.int()])
  .refine((axis) => ZONES.some((known) => known.axis.every((u, i) => u === axis[i])), {
    error: ({ input }) =>
      `[${(input as number[]).join(', ')}] is no zone whose block is small and orthogonal: those that are there are ${ZONES.map(({ axis }) => `[${axis.join(', ')}]`).join(', ')}`,
  })
  .transform((axis): Vec3 | undefined => (axis.join() === '0,0,1' ? undefined : axis));

const textureKinds = z.enum(['uniform', 'gradient', 'diverging', 'smooth', 'domains']);
export type TextureKind = Options<typeof textureKinds>;

/** Whether any structure has this texture. */
export function hasTexture(
  { texture }: { readonly texture: TextureKind | readonly TextureKind[] },
  kind: TextureKind,
): boolean {
  return [texture].flat().includes(kind);
}

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
      .describe(
        'Unit cells of a block along x, y and z; it repeats across the beam. Along [110] and [111] these are columns of cells along x and y, a and a/√2 or a/√2 and a√(2/3) apart, and cells of each along z, a√2 or a√3 apart: multiples of [1, 2, 1] or [2, 3, 1].',
      ),
    zone: zoneAxis
      .optional()
      .describe(
        'Pseudo-cubic direction along the beam: [0, 0, 1] (where left out), [1, 1, 0] or [1, 1, 1]. P and all that has components is along x and y of the scan plane and z of the beam: x, y are [100], [010]; [001], [1-10]; [1-10], [11-2]. crystal.c_A then stretches the step along the beam by c_A/a_A.',
      ),
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
    u2_spread_percent: z
      .number()
      .min(0)
      .max(90)
      .default(0)
      .describe(
        'Thermal motion of each structure: all of crystal.u2_A2 times one factor, drawn evenly within ± this [%]. Absorption goes with it, and so does what a thickness looks like.',
      ),
    texture: z
      .union([textureKinds, z.array(textureKinds).min(2).max(8).readonly()])
      .default('smooth')
      .describe(
        "Polarization texture; of a list structures take turns, the held-out ones too. 'diverging' points away from one cell in the plane, as the paper's model does, the same in every structure, cells a multiple of four, p_max_uC_cm2 not looked at; 'domains' has the directions that symmetry allows, and walls, as `domains` says.",
      ),
    domains: domainOptions.optional(),
    p_max_uC_cm2: z
      .number()
      .min(0)
      .max(150)
      .default(DEFAULT_P_MAX)
      .describe('Largest |P| of a texture [µC/cm²]; that of domains is `domains.p_uC_cm2`.'),
    p_distribution: z
      .enum(['magnitude', 'volume'])
      .default('magnitude')
      .describe(
        "How |P| is distributed over a smooth texture: evenly up to the maximum, or evenly in the ball's volume.",
      ),
    correlation_nm: z
      .union([positive.max(100), between(0.1, 100)])
      .default(1.2)
      .describe(
        'Correlation length of a smooth texture in the plane [nm]; of [low, high] each structure has its own, drawn evenly in its logarithm. Much longer than the block, P is nearly uniform.',
      ),
    gradient_step_pm: z
      .number()
      .min(0)
      .max(20)
      .default(2)
      .describe("Step of the gradient and diverging textures from cell to cell, δTi [pm] (the paper's 2 pm)."),
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
          'correlation_nm, gradient_step_pm, jitter_pm, domains, and of [crystal] material (but for its u2_A2), ba_fraction, zr_fraction, given, tilt and a_order, are not looked at.',
      ),
    types: lammpsTypes.optional(),
    born: bornOptions
      .optional()
      .describe(
        "Born charges [e] of the file's sites, neutral over a cell to 0.3 e; those of a built-in material, by the file's own composition, where left out.",
      ),
  })
  .refine(
    (s) => s.file !== undefined || (s.types === undefined && s.born === undefined),
    'types and born belong to a file, and none is given',
  )
  .refine(
    (s) => s.file === undefined || s.zone === undefined,
    'structures of a file are seen along [001]: leave zone out',
  )
  .refine(
    (s) => s.domains === undefined || hasTexture(s, 'domains'),
    "domains belong to texture = 'domains', and no structure has that",
  )
  .describe('Structures of a library: textures of the soft mode, or frames of a file.');
export type StructuresOptions = Options<typeof structuresOptions>;

/** What a library's structures follow from. */
export interface StructureInputs {
  readonly crystal: CrystalOptions;
  readonly structures: StructuresOptions;
}

/** Steps from cell to cell of a block along x, y and z [Å]: the edges of a cell along [001] (zone.ts). */
export function cellSteps({
  crystal,
  structures,
}: {
  readonly crystal: Pick<CrystalOptions, 'a_A' | 'c_A'>;
  readonly structures: Pick<StructuresOptions, 'zone'>;
}): Vec3 {
  const [x, y, z] = zoneOf(structures.zone).steps;
  return [x * crystal.a_A, y * crystal.a_A, z * beamEdge(crystal)];
}

/** Options of this room: [specimen] and [simulation], and [experiment], a scan that Ferroscope makes itself. */

import * as z from 'zod';
import { azimuth, count, fraction, type Options, positive, seed } from '../core/schema.ts';
import { crystalName, element, lammpsTypes, meanSquare_A2, type StructureInputs } from '../crystal/options.ts';
import { bandLimit, factors, type MicroscopeOptions, slicing, thicknessRange } from '../diffraction/options.ts';
import type { LibraryOptions } from '../library/options.ts';

const direction = z
  .tuple([z.int().min(-100).max(100), z.int().min(-100).max(100), z.int().min(-100).max(100)])
  .refine((v) => v.some((n) => n !== 0), 'must not be all zero');

const source = {
  file: z
    .string()
    .min(1)
    .optional()
    .describe(
      'CIF, POSCAR or extxyz, or one of them as gzip; relative to the recipe. `ferroscope info` shows what is read from it.',
    ),
  crystal: crystalName.optional().describe('A crystal that Ferroscope knows, in place of a file.'),
  zone: direction.optional().describe('Zone axis [uvw] along the beam; [001] where left out.'),
  x: direction
    .optional()
    .describe('Direction [uvw] that x shall have; the shorter edge of the block across the beam where left out.'),
  max_strain_percent: z
    .number()
    .min(0.01)
    .max(10)
    .optional()
    .describe(
      'Largest change of a distance [%] that making the block orthogonal may cost; where left out 0.5, and 1 where no block has less. What it is is told.',
    ),
  data_block: z
    .string()
    .min(1)
    .optional()
    .describe("Which structure of a CIF that holds several, by its name without 'data_'; the first where left out."),
  species: z
    .array(element)
    .min(1)
    .max(100)
    .optional()
    .describe('Elements of a POSCAR that does not name them (VASP 4), one for each of its numbers of atoms.'),
};
const ofFile = (s: { file?: string | undefined; data_block?: unknown; species?: unknown }) =>
  s.file !== undefined || (s.data_block === undefined && s.species === undefined);
const OF_FILE = 'has data_block or species, which belong to a file, and no file';
const sourceOptions = z.strictObject(source);
/** Where the atoms of a specimen, or of one of its layers, come from. */
export type SourceOptions = Options<typeof sourceOptions>;

const layer = z
  .strictObject({
    ...source,
    vacuum: z.boolean().optional().describe('Vacuum in place of atoms.'),
    extent_nm: positive
      .max(500)
      .describe('Extent along the direction of growth [nm]; atoms come in whole blocks, the number nearest to it.'),
  })
  .refine(
    (l) => [l.file, l.crystal, l.vacuum || undefined].filter((v) => v !== undefined).length === 1,
    'must have one of file, crystal and vacuum',
  )
  .refine(ofFile, OF_FILE);

export const specimenOptions = z
  .strictObject({
    ...source,
    layers: z
      .array(layer)
      .min(1)
      .max(1000)
      .optional()
      .describe(
        'Layers one after the other along `growth`; in place of file and crystal. The first one with atoms sets the edges that all layers share.',
      ),
    growth: z
      .enum(['x', 'y', 'z'])
      .default('z')
      .describe("'x' and 'y': a cross-section, growth in the scan plane; 'z': layers along the beam."),
    thickness_nm: z
      .union([positive.max(500), thicknessRange])
      .optional()
      .describe(
        "Thickness along the beam, or several [nm], cut at the nearest slice; the extent of the layers where growth is 'z' and it is left out.",
      ),
    u2_A2: z
      .record(element, meanSquare_A2)
      .default({})
      .describe('Mean-square displacement per axis [Å²] by element; wins over what the file or the crystal says.'),
    thermal: z
      .enum(['debye-waller', 'absorption', 'frozen-phonons', 'trajectory', 'none'])
      .default('debye-waller')
      .describe(
        'Thermal motion: a Debye–Waller factor; the same with the absorption by thermal diffuse scattering; Einstein snapshots, averaged; the frames of a ' +
          'trajectory (`file`: extxyz, XDATCAR, LAMMPS dump, vasprun.xml; one box for all frames), averaged; or atoms at rest.',
      ),
    snapshots: count.max(10_000).default(16).describe("Snapshots of 'frozen-phonons'."),
    types: lammpsTypes.optional(),
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
  .refine((s) => s.thermal === 'trajectory' || s.types === undefined, "types belong to thermal = 'trajectory'")
  .refine(ofFile, OF_FILE)
  .refine(
    (s) => s.thermal !== 'trajectory' || [s.data_block, s.species, s.max_strain_percent].every((v) => v === undefined),
    "data_block, species and max_strain_percent are not for thermal = 'trajectory'",
  )
  .describe(
    'A specimen that `ferroscope simulate` sends electrons through as it is, in place of making a library: one crystal, or the layers of a film.',
  );
export type SpecimenOptions = Options<typeof specimenOptions>;

const detector = z.strictObject({
  name: z.string().regex(/^[A-Za-z][A-Za-z0-9_-]*$/, 'must be letters, digits, _ and -'),
  inner_mrad: z.number().min(0),
  outer_mrad: positive.max(1000),
  segments: z
    .int()
    .min(2)
    .max(36)
    .optional()
    .describe('Equal sectors, the first centred on +x; one where left out. They come out as name_1, name_2, …'),
  rotation_deg: azimuth.optional().describe("Azimuth of the first sector's centre, from +x towards +y [degrees]."),
});

export const simulationOptions = z
  .strictObject({
    seed: seed.default(1).describe('Of snapshots and counting; study.seed where left out.'),
    shape: z
      .tuple([count.max(4096), count.max(4096)])
      .default([1, 1])
      .describe('Scan positions along y and x; [1, 1] is one convergent-beam pattern.'),
    origin_A: z
      .tuple([z.number().min(-1e5).max(1e5), z.number().min(-1e5).max(1e5)])
      .default([0, 0])
      .describe('The first position, x and y [Å].'),
    size_A: z
      .tuple([positive.max(2000), positive.max(2000)])
      .optional()
      .describe(
        "The scanned area, x and y [Å], one step beyond the last position; the specimen's block where left out.",
      ),
    tilt_mrad: z
      .tuple([z.number().min(-100).max(100), z.number().min(-100).max(100)])
      .default([0, 0])
      .describe('Tilt of the incident beam from the zone axis, x and y [mrad].'),
    camera: z
      .strictObject({ pixels: z.int().min(16).max(2048), mrad_per_pixel: positive.max(50) })
      .optional()
      .describe('A camera of pixels × pixels, direct beam at index pixels/2; without it no patterns are kept.'),
    detectors: z
      .array(detector)
      .max(1000)
      .refine((d) => new Set(d.map(({ name }) => name)).size === d.length, 'must have different names')
      .default([])
      .describe('Detectors that integrate over angles.'),
    dose_e: positive
      .max(1e15)
      .optional()
      .describe('Electrons per position: counts with shot noise. Without it, fractions of the beam.'),
    window_A: positive
      .max(1000)
      .optional()
      .describe('Least side of the periodic window [Å]; from the probe and the camera where left out.'),
    pixel_A: z
      .number()
      .min(0.01)
      .max(0.5)
      .default(0.08)
      .describe("Coarsest pixel of the real-space grid [Å]; the detectors' angles may ask for a finer one."),
    slice_A: z.number().min(0.02).max(10).default(0.33).describe('Thickest slice [Å].'),
    slicing,
    factors,
    band_limit: bandLimit(2 / 3),
  })
  .refine((s) => s.camera !== undefined || s.detectors.length > 0, 'must have a camera or a detector')
  .describe('What `ferroscope simulate` measures of a [specimen].');
export type SimulationOptions = Options<typeof simulationOptions>;

export const experimentOptions = z
  .strictObject({
    seed: seed
      .default(7)
      .describe(
        'Of the structure and of counting; where left out, drawn from study.seed, so that no library holds the structure.',
      ),
    shape: z
      .tuple([count.max(1024), count.max(1024)])
      .default([6, 6])
      .describe('Scan positions along y and x, one per unit cell, on the columns of B sites (Ti).'),
    block_cells: z
      .literal([8, 12])
      .default(8)
      .describe(
        'Unit cells along x and y until the structure repeats, in place of structures.cells; 12 takes several times as long to slice.',
      ),
    thickness_nm: positive.max(500).default(40).describe('Thickness in the middle of the scan [nm].'),
    wedge_nm: z
      .number()
      .min(0)
      .max(100)
      .default(0)
      .describe('Thickness gained from the first to the last scan row [nm].'),
    tilt_mrad: z
      .tuple([z.number().min(-100).max(100), z.number().min(-100).max(100)])
      .default([0.4, -0.3])
      .describe('Tilt of the incident beam, x and y [mrad].'),
    dose_e: positive.max(1e15).default(1e6).describe('Electrons per pattern.'),
    detector_pixels: z
      .int()
      .min(32)
      .max(2048)
      .default(128)
      .describe('The camera has this many pixels along each side.'),
    mrad_per_pixel: positive.max(50).default(0.45),
    rotation_deg: z.number().min(-45).max(45).default(3).describe('Of the camera [degrees].'),
    descan_px: z
      .tuple([z.number().min(-100).max(100), z.number().min(-100).max(100)])
      .default([1.5, -1])
      .describe("Drift of the pattern's centre across the scan, along y and x [camera pixels]."),
    dark_counts: z.number().min(0).max(1e6).default(0).describe('Camera offset [counts].'),
    read_noise_counts: z.number().min(0).max(1e6).default(0).describe('Read noise, rms [counts].'),
    hot_pixels: z.int().min(0).max(1e6).default(8),
    gain_rms: fraction
      .max(0.5)
      .default(0)
      .describe('Frozen relative gain of the pixels, rms, that the file does not tell.'),
    inelastic_fraction: fraction.max(0.9).default(0).describe('Share of electrons scattered inelastically.'),
    inelastic_hwhm_mrad: positive.max(20).default(1).describe('Its angular half width at half maximum [mrad].'),
    background_fraction: fraction
      .max(0.9)
      .default(0)
      .describe('Share of electrons in an amorphous background; with inelastic_fraction less than 1.'),
    background_ring_mrad: positive.max(100).default(10).describe('Radius of its ring [mrad].'),
    blur_mrad: z.number().min(0).max(5).default(0).describe('Point spread of the camera, rms [mrad].'),
  })
  .refine((e) => e.inelastic_fraction + e.background_fraction < 1, 'must leave some electrons elastic')
  .refine(
    (e) => e.thickness_nm - e.wedge_nm / 2 >= 0.5,
    'must leave half a nanometre where the scan is thinnest, at thickness_nm − wedge_nm/2',
  )
  .describe(
    'A scan that Ferroscope itself simulates by direct multislice, with an imperfect detector: `ferroscope demo`.',
  );
export type ExperimentOptions = Options<typeof experimentOptions>;

export const haadfOptions = z
  .strictObject({
    convergence_mrad: positive.max(100).default(21.4).describe('Semi-angle of the probe, aberration-free [mrad].'),
    inner_mrad: z.number().min(0).max(500).default(62).describe('Inner edge of the detector [mrad].'),
    outer_mrad: positive
      .max(500)
      .default(200)
      .describe('Outer edge of the detector, as a limit to the angle of a single scattering [mrad].'),
    positions_per_cell: z
      .int()
      .min(4)
      .max(64)
      .default(12)
      .describe(
        'Scan positions along each edge of a unit cell; steps of more than λ/2α (0.46 Å at 300 kV, 21.4 mrad) hold columns to the pixel that they are nearest to.',
      ),
    source_fwhm_A: z
      .number()
      .min(0)
      .max(5)
      .default(0.8)
      .describe("Full width at half maximum of the source's image [Å]."),
    dose_e_A2: positive.max(1e15).default(1e5).describe('Electrons per Å².'),
  })
  .refine((h) => h.inner_mrad < h.outer_mrad, 'must have inner_mrad less than outer_mrad')
  .describe(
    "A dark-field image of the structure that [experiment] scans: `ferroscope baselines`. It covers the A columns at the corners of the scan's cells.",
  );
export type HaadfOptions = Options<typeof haadfOptions>;

/** All that a simulation of a specimen follows from, but for the contents of its files. */
export interface SimulationInputs {
  readonly microscope: MicroscopeOptions;
  readonly specimen: SpecimenOptions;
  readonly simulation: SimulationOptions;
}

export interface HaadfInputs extends ExperimentInputs {
  readonly haadf: HaadfOptions;
}

/** All that the demo's scan follows from. Of the library it takes how atoms scatter. */
export interface ExperimentInputs extends StructureInputs {
  readonly microscope: MicroscopeOptions;
  readonly experiment: ExperimentOptions;
  readonly library: Pick<LibraryOptions, 'factors' | 'band_limit' | 'absorption'>;
}

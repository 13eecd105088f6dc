/**
 * A recipe: one TOML file that describes a whole study. Every value has a unit in its name or in the comment here.
 * Defaults and ranges stand in `recipe-schema.ts`, which reads and checks the text; this file says what things mean.
 */

export interface CrystalRecipe {
  /** Soft-mode eigenvector, Born charges and polarization per displacement: those of Ba0.5Sr0.5TiO3, BaTiO3 or SrTiO3. */
  readonly material: 'BST' | 'BTO' | 'STO';
  /** Pseudo-cubic lattice parameter [Å]. */
  readonly a_A: number;
  /** Fraction of A sites that hold Ba; the rest hold Sr. */
  readonly ba_fraction: number;
  /** How Ba and Sr share the A sites: drawn at random by the seed, or alternating ('checkerboard', fraction 0.5). */
  readonly a_order: 'random' | 'checkerboard';
  /** Total mean-square thermal displacement per axis [Å²]; the Debye–Waller factor is exp(−2π²u²k²). Other elements, of `structures.file`, have to be given. */
  readonly u2_A2: { readonly Ba: number; readonly Sr: number; readonly Ti: number; readonly O: number } & Readonly<
    Record<string, number>
  >;
}

export interface StructuresRecipe {
  /** Structures for training. */
  readonly count: number;
  /** Held-out structures for validation: no pattern of theirs is ever trained on. */
  readonly held_out: number;
  /** Unit cells along x, y and z; the block repeats along z through the thickness. */
  readonly cells: readonly [number, number, number];
  /** Polarization texture. 'mixed' alternates 'smooth' and 'gradient' from structure to structure. */
  readonly texture: 'uniform' | 'gradient' | 'smooth' | 'mixed';
  /** Largest |P| of a texture [µC/cm²]. */
  readonly p_max_uC_cm2: number;
  /** How |P| is distributed over a smooth texture: evenly up to the maximum, or evenly in the ball's volume. */
  readonly p_distribution: 'magnitude' | 'volume';
  /** Correlation length of a smooth texture in the plane [nm]. */
  readonly correlation_nm: number;
  /** Step of the gradient texture from cell to cell, δTi [pm] (the paper's 2 pm). */
  readonly gradient_step_pm: number;
  /** Residual displacement of every atom and coordinate, rms [pm], beyond the soft mode and the Debye–Waller factor. */
  readonly jitter_pm: number;
  /**
   * Frames of this file in place of textures; relative to the recipe. XDATCAR, LAMMPS dump, vasprun.xml or extxyz of any perovskite ABO3 in an orthogonal box.
   * `count` and `held_out` then say how many of its frames are taken, and `cells` must be its own. Nothing is drawn or added: texture, p_*, correlation_nm,
   * gradient_step_pm, jitter_pm, and of [crystal] material, ba_fraction and a_order, are not looked at.
   */
  readonly file?: string | undefined;
  /** Element of each atom type of a LAMMPS dump without a column `element`. */
  readonly types?: LammpsTypesRecipe | undefined;
  /** Born charges [e] of the file's sites, neutral over a cell to 0.3 e; those of (Ba,Sr)TiO3, by the file's own composition, where left out. */
  readonly born?: BornRecipe | undefined;
}

/** { 1 = "Ba", 2 = "Ti", 3 = "O" } */
export type LammpsTypesRecipe = Readonly<Record<string, string>>;

export interface BornRecipe {
  readonly A: number;
  readonly B: number;
  /** Along the B–O bond, and across it. */
  readonly O_parallel: number;
  readonly O_perpendicular: number;
}

export interface MicroscopeRecipe {
  /** Beam energy [keV] = accelerating voltage [kV]. */
  readonly voltage_kV: number;
  /** Convergence semi-angle [mrad]. */
  readonly convergence_mrad: number;
  /** Defocus [nm]; positive puts the crossover that far behind the entrance surface, inside the specimen (underfocus, C10 = −defocus). */
  readonly defocus_nm: number;
  /** What the lens has beyond defocus, in Krivanek's notation (diffraction/aberrations.ts); none where left out. */
  readonly aberrations?: AberrationsRecipe | undefined;
  /** Size of the electron source on the specimen, full width at half maximum [Å]; a point where left out. Not for libraries. */
  readonly source_fwhm_A?: number | undefined;
  /** Spread of defocus, rms [nm]; none where left out. Not for libraries. */
  readonly defocus_spread_nm?: number | undefined;
}

/** C_{n,m} in nm or µm, azimuths φ_{n,m} in degrees; 0 where left out. */
export interface AberrationsRecipe {
  readonly C12_nm?: number | undefined;
  readonly phi12_deg?: number | undefined;
  readonly C21_nm?: number | undefined;
  readonly phi21_deg?: number | undefined;
  readonly C23_nm?: number | undefined;
  readonly phi23_deg?: number | undefined;
  readonly C30_um?: number | undefined;
  readonly C32_um?: number | undefined;
  readonly phi32_deg?: number | undefined;
  readonly C34_um?: number | undefined;
  readonly phi34_deg?: number | undefined;
}

export interface LibraryRecipe {
  readonly seed: number;
  /** Thickness [nm]: every unit cell count whose thickness is nearest to min, min + step, … max. */
  readonly thickness_nm: { readonly min: number; readonly max: number; readonly step: number };
  /** Largest tilt of the incident beam from the zone axis, per axis [mrad]. */
  readonly tilt_max_mrad: number;
  /** Patterns drawn from each structure. */
  readonly patterns_per_structure: number;
  /** Share of the patterns whose probe sits on a Ti column; the others are anywhere in the plane. */
  readonly on_column_fraction: number;
  /** Columns of one structure whose δTi differ by less than this in every component count as one [pm]; 0 keeps all. */
  readonly duplicate_pm: number;
  /** Detector of the library: pixels × pixels, direct beam at index pixels/2. */
  readonly pixels: number;
  /** Pixel of that detector as a fraction 1/pixels_per_order of the reciprocal lattice spacing 1/a. */
  readonly pixels_per_order: number;
  /** Real-space grid: pixels per unit cell along x and y. */
  readonly grid_per_cell: number;
  /** Slices per unit cell along z. */
  readonly slices_per_cell: number;
  /**
   * How an atom's potential is shared among slices (diffraction/slices.ts). 'smooth' is right for atoms anywhere; 'spline' is set up
   * faster and serves for what lies across the beam; 'whole-atom' is only for comparison with the paper.
   */
  readonly slicing: 'smooth' | 'spline' | 'box' | 'whole-atom';
  /** Scattering factors. */
  readonly factors: 'lobato' | 'kirkland';
  /** Antialias band limit as a fraction of the Nyquist frequency; 1 leaves it out. */
  readonly band_limit: number;
}

export interface NetworkRecipe {
  /** Output channels of the six convolution blocks. */
  readonly channels: readonly number[];
  /** Latent dimension of the autoencoder, and how many of its components the predictor reads. */
  readonly latent: number;
  readonly predictor_latent: number;
  /** Width of the predictor's two hidden layers. */
  readonly predictor_width: number;
  /** What the network sees of an intensity I: √I (equalises shot noise) or I. Then standardised per pixel. */
  readonly input: 'sqrt' | 'linear';
}

export interface TrainingRecipe {
  readonly seed: number;
  readonly epochs: number;
  readonly batch: number;
  readonly learning_rate: number;
  /** Final learning rate as a fraction of the first; a cosine leads from one to the other (1: constant). */
  readonly learning_rate_final: number;
  /** λ of reconstruction, MMD and prediction (paper, equation 3). */
  readonly weights: { readonly reconstruction: number; readonly mmd: number; readonly prediction: number };
  /** Epochs without a better validation loss before training stops. */
  readonly patience: number;
  /** Dose of the training patterns [electrons per pattern], drawn log-uniformly; leave out for noise-free patterns. */
  readonly dose_e?: readonly [number, number] | undefined;
  /** Use the eight in-plane symmetry operations of the square lattice (4mm) as augmentation. */
  readonly symmetry: boolean;
  /** Share of electrons scattered inelastically and its angular half width at half maximum [mrad], drawn per pattern. */
  readonly inelastic_fraction: readonly [number, number];
  readonly inelastic_hwhm_mrad: readonly [number, number];
  /** Share of electrons in a smooth background, drawn per pattern. */
  readonly background_fraction: readonly [number, number];
  /** Blur of the detector and of the resampling, rms [mrad], drawn per pattern. */
  readonly blur_mrad: readonly [number, number];
}

export interface ScanRecipe {
  /** Known rotation of the pattern's lattice against the detector axes [degrees]; found by itself when left out. */
  readonly rotation_deg?: number | undefined;
  /** Factor a pixel's value must exceed its neighbours by, in robust sigmas, to count as hot. */
  readonly hot_sigma: number;
}

/** A scan that Ferroscope itself simulates by direct multislice, with an imperfect detector: `ferroscope demo`. */
export interface ExperimentRecipe {
  readonly seed: number;
  /** Scan positions along y and x, one per unit cell, on the Ti columns. */
  readonly shape: readonly [number, number];
  readonly thickness_nm: number;
  /** Thickness gained from the first to the last scan row [nm]. */
  readonly wedge_nm: number;
  readonly tilt_mrad: readonly [number, number];
  readonly dose_e: number;
  readonly detector_pixels: number;
  readonly mrad_per_pixel: number;
  readonly rotation_deg: number;
  /** Drift of the pattern's centre across the scan [detector pixels], along y and x. */
  readonly descan_px: readonly [number, number];
  /** Camera offset and read noise, rms [counts]. */
  readonly dark_counts: number;
  readonly read_noise_counts: number;
  readonly hot_pixels: number;
}

/** Where the atoms of a specimen, or of one of its layers, come from: a file, a crystal that Ferroscope knows, or nothing. */
export interface SourceRecipe {
  /** CIF, POSCAR or extxyz; relative to the recipe. */
  readonly file?: string | undefined;
  readonly crystal?: KnownCrystal | undefined;
  /** Zone axis [uvw] along the beam; [001] where left out. */
  readonly zone?: readonly [number, number, number] | undefined;
  /** Direction [uvw] that x shall have; the shorter edge of the block across the beam where left out. */
  readonly x?: readonly [number, number, number] | undefined;
}

export type KnownCrystal = 'Si' | '2H-MoS2' | 'SrTiO3' | 'BaTiO3' | 'SrRuO3' | 'Pt';

/** A layer of a film. */
export interface LayerRecipe extends SourceRecipe {
  /** Vacuum in place of atoms. */
  readonly vacuum?: boolean | undefined;
  /** Extent along the direction of growth [nm]; atoms come in whole blocks, the number nearest to it. */
  readonly extent_nm: number;
}

/** A specimen that `ferroscope simulate` sends electrons through as it is, in place of making a library: one crystal, or the layers of a film. */
export interface SpecimenRecipe extends SourceRecipe {
  /** Layers one after the other along `growth`; in place of file and crystal. The first one with atoms sets the edges that all layers share. */
  readonly layers?: readonly LayerRecipe[] | undefined;
  /** 'x' and 'y': a cross-section, growth in the scan plane; 'z': layers along the beam. */
  readonly growth: 'x' | 'y' | 'z';
  /** Thickness along the beam, or several [nm], cut at the nearest slice; the extent of the layers where growth is 'z' and it is left out. */
  readonly thickness_nm?: number | { readonly min: number; readonly max: number; readonly step: number } | undefined;
  /** Mean-square displacement per axis [Å²] by element; wins over what the file or the crystal says. */
  readonly u2_A2: Readonly<Record<string, number>>;
  /**
   * Thermal motion: a Debye–Waller factor; the same with the absorption by thermal diffuse scattering; Einstein snapshots, averaged; the frames of a
   * trajectory (`file`: extxyz, XDATCAR, LAMMPS dump, vasprun.xml; one box for all frames), averaged; or atoms at rest.
   */
  readonly thermal: 'debye-waller' | 'absorption' | 'frozen-phonons' | 'trajectory' | 'none';
  /** Snapshots of 'frozen-phonons'. */
  readonly snapshots: number;
  /** Element of each atom type of a trajectory that is a LAMMPS dump without a column `element`. */
  readonly types?: LammpsTypesRecipe | undefined;
}

/** A detector that integrates over angles. */
export interface DetectorRecipe {
  readonly name: string;
  readonly inner_mrad: number;
  readonly outer_mrad: number;
  /** Equal sectors, the first centred on +x; one where left out. They come out as name_1, name_2, … */
  readonly segments?: number | undefined;
  /** Azimuth of the first sector's centre, from +x towards +y [degrees]. */
  readonly rotation_deg?: number | undefined;
}

/** What `ferroscope simulate` measures of a [specimen]. */
export interface SimulationRecipe {
  readonly seed: number;
  /** Scan positions along y and x; [1, 1] is one convergent-beam pattern. */
  readonly shape: readonly [ry: number, rx: number];
  /** The first position [Å]. */
  readonly origin_A: readonly [x: number, y: number];
  /** The scanned area [Å], one step beyond the last position; the specimen's block where left out. */
  readonly size_A?: readonly [x: number, y: number] | undefined;
  readonly tilt_mrad: readonly [x: number, y: number];
  /** A camera of pixels × pixels, direct beam at index pixels/2; without it no patterns are kept. */
  readonly camera?: { readonly pixels: number; readonly mrad_per_pixel: number } | undefined;
  readonly detectors: readonly DetectorRecipe[];
  /** Electrons per position: counts with shot noise. Without it, fractions of the beam. */
  readonly dose_e?: number | undefined;
  /** Least side of the periodic window [Å]; from the probe and the camera where left out. */
  readonly window_A?: number | undefined;
  /** Coarsest pixel of the real-space grid [Å]; the detectors' angles may ask for a finer one. */
  readonly pixel_A: number;
  /** Thickest slice [Å]. */
  readonly slice_A: number;
  readonly slicing: LibraryRecipe['slicing'];
  readonly factors: LibraryRecipe['factors'];
  /** Antialias band limit as a fraction of the Nyquist frequency. */
  readonly band_limit: number;
}

/** The energy of a uniform soft mode, of [crystal]'s material: what `ferroscope landscape` draws. */
export interface LandscapeRecipe {
  /**
   * What holds the crystal: nothing; its paraelectric cubic shape; or a substrate, whose edges x and y it shares while z and the shears with z relax. Strains
   * count from the paraelectric cell at the same pressure.
   */
  readonly strain: 'relaxed' | 'clamped' | 'epitaxial';
  /** Edge of the substrate over that of the crystal, less one [%]: negative compresses. For 'epitaxial' only. */
  readonly misfit_percent?: number | undefined;
  /** Hydrostatic pressure [GPa]; where left out, for BST that which stands for ba_fraction, (0.5 − ba_fraction)·6, otherwise 0. */
  readonly pressure_GPa?: number | undefined;
  /** Electric field inside the crystal [V/Å]; 0.001 V/Å = 100 kV/cm. */
  readonly field_V_per_A: readonly [x: number, y: number, z: number];
  /** Minimum-energy paths. */
  readonly paths: readonly LandscapePathRecipe[];
  /** Points along a path. */
  readonly images: number;
  /** Directions across the stereogram. */
  readonly pixels: number;
}

export interface LandscapePathRecipe {
  readonly name: string;
  /** Directions of P: it starts at the stationary point along the first and ends at that along the last; those between choose the way round. */
  readonly through: readonly (readonly [h: number, k: number, l: number])[];
  /** Normal of a plane that holds the path; free where left out. */
  readonly plane?: readonly [h: number, k: number, l: number] | undefined;
}

/** Molecular dynamics of [crystal]'s soft modes, in [structures].cells: what `ferroscope structures` then makes in place of textures. Every combination is a run. */
export interface DynamicsRecipe {
  /** Temperature, or several [K]. */
  readonly temperature_K: number | readonly number[];
  /**
   * What holds the crystal, or several: nothing; its paraelectric cubic shape; or a substrate, whose edges x and y it shares while z and the shears with z follow.
   * Strains count from the paraelectric cell at the same pressure, as in [landscape].
   */
  readonly strain: DynamicsStrain | readonly DynamicsStrain[];
  /** Edge of the substrate over that of the crystal, less one, or several [%]: negative compresses. For 'epitaxial' only. */
  readonly misfit_percent?: number | readonly number[] | undefined;
  /** Hydrostatic pressure [GPa]; where left out, for BST that which stands for ba_fraction, (0.5 − ba_fraction)·6, otherwise 0. */
  readonly pressure_GPa?: number | undefined;
  /** Electric field inside the crystal, or several [V/Å]; none where left out. Not with `sampling`, where the field follows from the polarization. */
  readonly field_V_per_A?: FieldRecipe | readonly FieldRecipe[] | undefined;
  readonly thermostat: 'langevin' | 'nose-hoover';
  readonly timestep_fs: number;
  /** Time before the first frame's interval [ps]. */
  readonly equilibrate_ps: number;
  /** From frame to frame [ps]. */
  readonly interval_ps: number;
  /** Frames of a run. */
  readonly frames: number;
  /** A frame is the mean of u over this long before it [ps]; 0: the instant. The size of P depends on it. */
  readonly average_ps: number;
  /** One run each, with its own velocities and noise. */
  readonly seeds: readonly number[];
  /** Even coverage of directions and sizes of P; where left out every frame is kept. */
  readonly sampling?: SamplingRecipe | undefined;
}

export type DynamicsStrain = 'free' | 'clamped' | 'epitaxial';
export type FieldRecipe = readonly [x: number, y: number, z: number];

/** A run holds the mean P of the block at each of directions × sizes targets; of all frames those are kept whose columns cover the ball |P| ≤ p_max best. */
export interface SamplingRecipe {
  /** [µC/cm²]. */
  readonly p_max_uC_cm2: number;
  /** Spread evenly over the sphere. */
  readonly directions: number;
  /** Equal steps of |P|; a target lies in the middle of each. */
  readonly sizes: number;
  /** How many frames to keep. */
  readonly keep: number;
}

/**
 * A film of [crystal]'s material between ideal electrodes, normal z, run under one bias after the other: what `ferroscope structures` then makes in place of
 * textures. Phenomenological: what screens and what acts at the surfaces is given here. Fields in V/Å; positive ones point up, from layer 0 to the last.
 */
export interface FilmRecipe {
  /** Across the film, across it, and along the normal. */
  readonly cells: readonly [number, number, number];
  /** Edge of the substrate over that of the crystal, less one [%]: negative compresses. */
  readonly misfit_percent: number;
  readonly temperature_K: number;
  /** Inverse length q that screens the macroscopic depolarising field in the film by k²/(k² + q²) [1/Å]; 0: the electrodes alone. */
  readonly screening_per_A: number;
  /** At the outermost layers, positive outward; falls by e every `surface_decay_cells` layers. */
  readonly surface_field_V_per_A: number;
  readonly surface_decay_cells: number;
  /** Uniform, along z. */
  readonly built_in_field_V_per_A: number;
  /** Standard deviation of each component, drawn for every cell. */
  readonly random_field_V_per_A: number;
  /** In series with the film; the whole voltage falls across the film where left out. Thickness of all dead layers; relative static permittivities. */
  readonly dead_layer?:
    | { readonly thickness_nm: number; readonly permittivity: number; readonly film_permittivity: number }
    | undefined;
  /** Voltage of the lower electrode against the upper one: a positive one makes a field that points up. */
  readonly biases_V: readonly number[];
  readonly equilibrate_ps: number;
  /** Time that profiles are averaged over. */
  readonly average_ps: number;
  /** Of A sites, random field, velocities and noise. */
  readonly seed: number;
}

export interface AnalysisRecipe {
  /** Positions of a scan that a thread maps at once; the network looks at each twice. */
  readonly batch: number;
}

export interface Recipe {
  readonly crystal: CrystalRecipe;
  readonly structures: StructuresRecipe;
  readonly microscope: MicroscopeRecipe;
  readonly library: LibraryRecipe;
  readonly network: NetworkRecipe;
  readonly training: TrainingRecipe;
  readonly scan: ScanRecipe;
  readonly experiment: ExperimentRecipe;
  readonly analysis: AnalysisRecipe;
  /** With it, `ferroscope simulate` sends electrons through this specimen and makes no library. */
  readonly specimen?: SpecimenRecipe | undefined;
  readonly simulation?: SimulationRecipe | undefined;
  readonly landscape?: LandscapeRecipe | undefined;
  readonly dynamics?: DynamicsRecipe | undefined;
  readonly film?: FilmRecipe | undefined;
}

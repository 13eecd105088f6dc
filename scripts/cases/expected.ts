// What each scan of ../shared/cases/scans must come to: the right value of its case.md.

/** What a mapped case expects. */
export interface Expected {
  /**
   * Words of the terminal that name the cause and that no run of `base` shows: enough where values are off, and required where `must` says so.
   */
  readonly words?: RegExp;
  readonly must?: boolean;
  /** Electrons per pattern; 1e6 ± 2% where left out, null where it cannot be known. */
  readonly dose_e?: number | null;
  /** Largest error of a pattern's centre [px], 0.3. */
  readonly centre_px?: number;
  /** Errors of pixel and ellipse that are right beyond three of the stated ones, in parts. */
  readonly pixel?: number;
  /** The map must hold no value at these positions. */
  readonly empty?: ((y: number, x: number) => boolean) | 'without centre';
  /** Least r of P_x and P_y with the truth; false where the case's positions are not twin-a's, in shape or order. */
  readonly least_r?: number;
  readonly scored?: false;
  /** What `ferroscope info` must say; the file is not mapped, for its identity would be the hash of a terabyte of nothing. */
  readonly opened?: RegExp;
  /** It must not open (with these words). */
  readonly refused?: RegExp;
}

/** What a case expects whose numbers are those of another that is mapped: they and what the file states are compared, not mapped again. */
export interface Same {
  readonly as: 'base' | 'hot-no-dark';
  /** The file's ending, where it is not h5. */
  readonly ending?: string;
  /** The first rows of the scan alone. */
  readonly rows?: number;
  /** What the file states; undefined: nothing that could be understood. */
  readonly step_nm: number | undefined;
  readonly pixel_mrad: number | undefined;
  readonly voltage_kV?: number;
  /** Words of a note. */
  readonly words?: RegExp;
}

const COUNTS = /counts per electron|the dose is in counts|an electron gives/i;
// twin-a as its file states it: λ(300 kV)·0.0132064/Å.
const STATED = { as: 'base', step_nm: 0.395, pixel_mrad: 0.26 } as const;

export const EXPECTED: Readonly<Record<string, Expected | Same>> = {
  base: {},
  'adu-500': { words: COUNTS },
  'beam-stop': { words: /Brightness would rather|beam stop|hidden/i, dose_e: null },
  'bin-2': {},
  'bin-3': {},
  'bin-4': { words: /too few pixels/ },
  blosc: STATED,
  // Whether counts are zero or one says nothing of their number.
  'bool-1bit': { words: /booleans?|true or false|zero or one|0 or 1/i, must: true, dose_e: null },
  'chunk-across-scan': STATED,
  // Tiles of a scan whose descan begins anew in each: a sawtooth, which is said.
  'chunk-across-scan-large': { scored: false, words: /centres of single patterns lie/ },
  complex: { refused: /complex/i },
  'cosmic-rays': {},
  'crop-5x16': { scored: false },
  'crop-small': { words: /outside the camera/ },
  'dark-sum-of-64': { words: /sum of 64 frames/, must: true },
  'data-dark-subtracted': { words: /dark reference is not in .*taken off before/, must: true },
  'descan-60': {},
  // Patterns are moved by whole pixels: up to half of one is no surface's.
  'descan-parabola': { centre_px: 0.7 },
  'detector-rot90-stated': { words: /Orientation as the file states it/, must: true },
  'detector-transposed-stated': { words: /Orientation as the file states it/, must: true },
  'direct-beam-weak': {},
  // Stretched by interpolation, to first order.
  'ellipse-10': { words: /ellipse/i, pixel: 0.01, centre_px: 1 },
  'empad-rows': { words: /EMPAD’s frames, whose last two rows are no part of the pattern: left out/, must: true },
  'file-of-1-TB': { opened: /16 × 16 positions[\s\S]*256 × 256 pixels/ },
  'float-max-one': { words: COUNTS, must: true, dose_e: null },
  'float-normalised': { words: COUNTS, must: true, dose_e: null },
  float16: { words: /float16|half/i },
  'flyback-column': { words: /16 positions.*column/i, must: true, empty: (_, x) => x === 0 },
  'frames-3d': { refused: /--scan-shape/ },
  'gain-divisive': {},
  'hot-clusters': {},
  'hot-no-dark': { words: /There is no dark reference, and every pixel holds/, must: true, dose_e: null },
  'hyperspy-emd': { as: 'hot-no-dark', ending: 'emd', rows: 12, step_nm: 0.395, pixel_mrad: 0.26 },
  'int16-wrapped': { words: /The brightest pixels hold negative numbers/, must: true, dose_e: null },
  'log-scaled': { words: /these are no counts/, must: true, dose_e: null },
  'low-dose-1e3': { words: /higher dose|binned|centre could be found/i, dose_e: 1e3, scored: false },
  lzf: STATED,
  'nan-frames': {
    words: /2 frames of 256 .*hold no numbers.* at \[3, 4\], \[9, 0\]/,
    must: true,
    dose_e: null,
    empty: (y, x) => (y === 3 && x === 4) || (y === 9 && x === 0),
  },
  'nion-swift-h5': { as: 'hot-no-dark', step_nm: 0.395, pixel_mrad: 0.26, voltage_kV: 300 },
  'pad-512': {},
  'patterns-first': { refused: /--order|order of the axes|reversed/ },
  'py4dstem-0.13': STATED,
  'q-latex': STATED,
  'q-missing': { as: 'base', step_nm: undefined, pixel_mrad: undefined },
  'q-mrad': STATED,
  'q-nm': STATED,
  'q-pixels': { as: 'base', step_nm: 0.395, pixel_mrad: undefined },
  'q-rad': STATED,
  'q-superscript': STATED,
  'q-wrong-10x': { words: /The file states 2\.6\d* mrad per pixel; the lattice says 0\.26/, must: true },
  'rolled-2': { words: /seems to be rolled by 2 positions/, must: true, scored: false },
  'rotated-25': {},
  'rotated-47': { words: /have other names/, must: true },
  'saturated-255': { words: /saturated, cut at 2\d\d/, must: true, dose_e: null },
  'single-column': { scored: false },
  'single-pattern': { scored: false },
  snake: { words: /Every second row of the scan seems to run backwards/, must: true, scored: false },
  'step-angstrom': STATED,
  'step-pixels': { as: 'base', step_nm: undefined, pixel_mrad: 0.26 },
  'step-um': STATED,
  'substrate-rotated': {
    words: /96 positions of 256.*(turned|another crystal)/,
    must: true,
    empty: (_, x) => x < 6,
    centre_px: 0.6,
  },
  'vacuum-4-columns': { words: /64 positions of 256.*vacuum/, must: true, empty: (_, x) => x < 4 },
  'vacuum-dark-subtracted': { words: /dark reference is not in the vacuum probe/, must: true },
  'vacuum-longer': { words: /exposed (about )?10(\.\d)? times longer/, must: true, dose_e: null },
  'vacuum-stack': {},
  'virtual-dataset': { as: 'hot-no-dark', step_nm: undefined, pixel_mrad: undefined },
  'virtual-dataset-lost': { refused: /is not there|missing/i },
  'wrong-shape': { words: /seems to have 16 rows of 16 positions, not 8 of 32/, must: true, scored: false },
  'zero-frames': { words: /26 positions of 256.*empty|26 .*blank/, must: true, dose_e: null, empty: 'without centre' },
};

// Runs every case of ../shared/cases/structures through the library: what `ferroscope simulate` would send electrons through, or what `ferroscope info` says.
// Right, said (refused or warned with the true cause) or wrong. Right values are those of each case.md.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeStructure } from '../../src/cli/describe-structure.ts';
import { FerroscopeError } from '../../src/core/errors.ts';
import { parseRecipe } from '../../src/recipe/recipe.ts';
import { loadSpecimen, type Specimen } from '../../src/simulation/specimen.ts';
import type { Verdict } from './judge.ts';

/** What a run of a case must come to. */
interface Right {
  /** The recipe, or the structure that has none. */
  readonly file: string;
  /** Atoms per 1000 Å³, shares counted, within 0.1 %. */
  readonly densities?: Readonly<Record<string, number>>;
  /** Edges of the block [Å], within 0.001 Å. */
  readonly cell_A?: readonly [number, number, number];
  readonly frames?: number;
  /** Words of its notes, or of what info prints. */
  readonly notes?: RegExp;
  /** Words of the refusal, where the case is to be refused. */
  readonly refused?: RegExp;
}

const R = 'recipe.toml';
const BFO = { Bi: 16.07, Fe: 16.07, O: 48.21 };
const BTO = { Ba: 15.59, Ti: 15.59, O: 46.76 };
const STO = { Sr: 16.79, Ti: 16.79, O: 50.38 };
const LAMNO3 = { La: 16.86, Mn: 16.86, O: 50.57 };
const ZRO2 = { Zr: 14.79, O: 29.57 };
const CELLS_23 = { densities: { Ba: 15.47, Ti: 15.47, O: 46.41 }, cell_A: [8, 8, 8.08] } as const;
const LNO = { densities: { Li: 18.86, Nb: 18.86, O: 56.57 } };

/** Densities of one formula unit or a known cell: pymatgen, gemmi and ASE, as each case.md names them. */
const RIGHT: Readonly<Record<string, readonly Right[]>> = {
  '01-mcif-operators': [{ file: R, densities: BFO }],
  '02-site-letters-in-labels': [{ file: R, densities: BTO, notes: /BaA as Ba/ }],
  '03-mixed-valence-site': [
    { file: 'recipe-lamno3.toml', densities: LAMNO3 },
    { file: 'recipe-one-site.toml', densities: LAMNO3 },
    { file: R, densities: { Fe: 40.55, O: 54.07 } },
  ],
  '05-cartesian-sites': [{ file: R, densities: { Sr: 8.397, Ti: 8.397, O: 8.397 }, notes: /Cartesian/ }],
  '06-two-structures-one-file': [{ file: R, cell_A: [3.9, 3.9, 3.9], notes: /data_phase_I, is taken.*phase_II/ }],
  '08-group-by-name-only': [{ file: R, densities: STO, notes: /P m -3 m/ }],
  '09-r3c-two-settings': [
    { file: 'recipe-hex.toml', densities: BFO, cell_A: [5.577, 9.66, 13.861] },
    { file: 'recipe-rhomb.toml', densities: BFO, cell_A: [5.577, 9.66, 13.861] },
  ],
  '11-deuterium-tritium': [
    { file: R, densities: { P: 10.28, K: 10.28, O: 41.14, H: 20.57 } },
    { file: 'recipe-t.toml', refused: /which element the site T1/ },
  ],
  '12-capital-symbols': [
    { file: R, densities: { Pb: 15.84, Ti: 15.84, O: 47.53 } },
    { file: 'recipe-labels.toml', densities: { Pb: 15.84, Ti: 15.84, O: 47.53 }, notes: /PB1 as Pb/ },
  ],
  '16-poscar-volume-cartesian': [{ file: R, cell_A: [3.99007, 3.99007, 4.02998] }],
  '17-poscar-flags-labels-velocities': [{ file: R, cell_A: [4, 4, 4.04] }],
  '18-poscar-vasp4': [{ file: R, refused: /does not name its elements/ }],
  '19-compressed-file': [{ file: R, densities: { Ba: 15.47, Ti: 15.47, O: 46.41 } }],
  '20-xdatcar-changing-cell': [{ file: R, refused: /frame 2: the box is 8 × 8 × 8.04/ }],
  '23-lammps-scaled-shifted-box': ['plain', 'scaled', 'unwrapped'].map((how) => ({
    file: `recipe-${how}.toml`,
    ...CELLS_23,
  })),
  '25-extxyz-lattice-eight-numbers': [{ file: R, refused: /Lattice is not nine numbers/ }],
  '27-extxyz-oblique-cell': [
    { file: R, ...LNO },
    { file: 'recipe-poscar.toml', ...LNO },
  ],
  '28-vasprun-zirconium-as-r': [{ file: R, densities: ZRO2, frames: 3, notes: /read as Zr/ }],
  '29-vasprun-cut-off': [{ file: R, densities: ZRO2, frames: 2, notes: /ends early/ }],
  '30-bfo-pseudocubic-001': [{ file: R, densities: BFO, notes: /90\.786°.*0\.97 %/ }],
  '31-strain-not-told': [{ file: R, cell_A: [3.973, 4.0362, 4.0362], notes: /90\.261°.*0\.32 %/ }],
  '33-polar-axis-and-heavy-ion': [{ file: R, cell_A: [4.152, 3.904, 3.904] }],
  '34-tilt-and-laue-circle': [{ file: R, densities: STO }],
  '36-order-of-axes': [{ file: R, cell_A: [6, 9, 4] }],
  '37-small-convergence-disc': [{ file: R, densities: STO }],
  '38-shared-b-site': [{ file: R, densities: { Pb: 14.81, Zr: 7.7, Ti: 7.11, O: 44.42 } }],
  '40-encoding-brackets': [{ file: R, densities: STO }],
  '42-info-on-a-structure': [{ file: 'sto.cif', notes: /CIF.*3\.905.*O3 Sr Ti.*g\/cm³.*space group/s }],
  '43-split-titanium': [{ file: 'bto.cif', notes: /Ti 1 per cell, 15\.6.*split by disorder: Ti/s }],
  '44-forbidden-reflections': [{ file: R, cell_A: [5.442, 5.381, 7.642] }],
  '45-scale-forgotten': [{ file: R, refused: /Pt and Pt lie 0\.71 Å apart/ }],
};

const near = (value: number, right: number, relative: number) => Math.abs(value / right - 1) < relative;

function judgeSpecimen({ block, frames, notes }: Specimen, right: Right): string[] {
  const [x, y, z] = block.cell_A;
  const problems: string[] = [];
  for (const [symbol, wanted] of Object.entries(right.densities ?? {})) {
    const n = block.symbols.reduce((sum, other, i) => sum + (other === symbol ? block.occupancy[i]! : 0), 0);
    const density = (1000 * n) / (x * y * z);
    if (!near(density, wanted, 1e-3)) problems.push(`${symbol} ${density.toFixed(2)} per 1000 Å³, not ${wanted}`);
  }
  if (right.cell_A?.some((edge, i) => Math.abs(block.cell_A[i]! - edge) > 1e-3)) {
    problems.push(`a block of ${block.cell_A.map((e) => e.toFixed(3)).join(' × ')} Å`);
  }
  if (right.frames !== undefined && frames?.length !== right.frames) problems.push(`${frames?.length} frames`);
  if (right.notes && !right.notes.test(notes.join('\n'))) problems.push(`not told: ${right.notes.source}`);
  if (right.refused) problems.push('it opens, and is to be refused');
  return problems;
}

async function run(folder: string, right: Right): Promise<{ problems: string[]; said?: string }> {
  const path = join(folder, right.file);
  try {
    if (!right.file.endsWith('.toml')) {
      const text = (await describeStructure(path))?.lines.join('\n') ?? '';
      return { problems: right.notes!.test(text) ? [] : [`info says: ${text}`] };
    }
    const { specimen } = parseRecipe(readFileSync(path, 'utf8'), right.file);
    const loaded = await loadSpecimen(specimen!, async (file) => readFileSync(join(folder, file)));
    return { problems: judgeSpecimen(loaded, right) };
  } catch (error) {
    if (!(error instanceof FerroscopeError)) return { problems: [String(error)] };
    return right.refused?.test(error.message) ? { problems: [], said: error.message } : { problems: [error.message] };
  }
}

/** Every case under `folder`, in order; one that the table does not know is wrong. */
export async function structureCases(folder: string): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const name of readdirSync(folder).sort()) {
    const rights = RIGHT[name];
    const results = await Promise.all((rights ?? []).map((right) => run(join(folder, name), right)));
    const problems = rights ? results.flatMap((result) => result.problems) : ['no right value is known here'];
    const said = results.flatMap((result) => result.said ?? []);
    const verdict = problems.length > 0 ? 'wrong' : said.length > 0 ? 'said' : 'right';
    verdicts.push({ name, verdict, text: [...problems, ...said].join('; ') });
  }
  return verdicts;
}

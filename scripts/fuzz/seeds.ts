// Whole files that fuzzing damages: one of each kind made here, and the small ones of ../shared, where they are.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unzipSync, zipSync } from 'fflate';
import { writeNpz } from '../../src/core/npy.ts';
import { quietTask } from '../../src/core/task.ts';
import { writeScan } from '../../src/node/convert.ts';
import { tia } from '../../src/scan/formats/test-tia.ts';
import { memorySource } from '../../src/scan/pattern-source.ts';
import { scanToWrite } from '../../src/scan/writers/scan-to-write.ts';
import { zspyFiles } from '../../src/scan/writers/zspy.ts';

export interface Seed {
  readonly name: string;
  readonly path: string;
  readonly kind: 'scan' | 'structure';
}

const SHARED = fileURLToPath(new URL('../../../shared', import.meta.url));
/** Larger files are not damaged: most of what they hold is pixels [bytes]. */
const LARGEST = 400_000;
const SCANS = /\.(mib|hdr|blo|dm3|dm4|tvips|mrc|npy|npz|mat|h5|emd|hspy|nxs|xml|prz|seq|ser|emi)$/;
const STRUCTURES = /\.(cif|extxyz|xyz|vasp|lammpstrj|dump)$|^(POSCAR|CONTCAR|XDATCAR|vasprun)/;

const CIF = `data_BaTiO3
_cell_length_a 3.99
_cell_length_b 3.99
_cell_length_c 4.03
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 90
loop_
_symmetry_equiv_pos_as_xyz
x,y,z
-x,-y,z
loop_
_atom_site_label
_atom_site_type_symbol
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
_atom_site_occupancy
_atom_site_U_iso_or_equiv
Ba1 Ba 0 0 0 1 0.003
Ti1 Ti 0.5 0.5 0.515 1 0.004
O1 O 0.5 0.5 0.97 1 0.005
O2 O 0.5 0 0.48 1 0.005
`;
const EXTXYZ = `2
Lattice="4 0 0 0 4 0 0 0 4" Properties=species:S:1:pos:R:3 pbc="T T T"
Ba 0 0 0
Ti 2 2 2.1
`;
const POSCAR =
  'BaTiO3\n1.0\n4 0 0\n0 4 0\n0 0 4.03\nBa Ti O\n1 1 3\nDirect\n0 0 0\n.5 .5 .51\n.5 .5 0\n.5 0 .5\n0 .5 .5\n';
const XDATCAR = `${POSCAR.split('\n').slice(0, 7).join('\n')}\n${[1, 2].map((n) => `Direct configuration= ${n}\n0 0 0\n.5 .5 .51\n.5 .5 0\n.5 0 .5\n0 .5 .5\n`).join('')}`;
const LAMMPS = [0, 10]
  .map(
    (step) =>
      `ITEM: TIMESTEP\n${step}\nITEM: NUMBER OF ATOMS\n2\nITEM: BOX BOUNDS pp pp pp\n0 4\n0 4\n0 4\nITEM: ATOMS id element x y z\n1 Ba 0 0 0\n2 Ti 2 2 2.1\n`,
  )
  .join('');
const VASPRUN = `<?xml version="1.0"?><modeling><atominfo><atoms>2</atoms><array name="atoms"><set><rc><c>Ba</c><c>1</c></rc><rc><c>Ti</c><c>2</c></rc></set></array></atominfo>
${[1, 2].map(() => '<calculation><structure><crystal><varray name="basis"><v>4 0 0</v><v>0 4 0</v><v>0 0 4</v></varray></crystal><varray name="positions"><v>0 0 0</v><v>.5 .5 .52</v></varray></structure></calculation>').join('\n')}</modeling>
`;

async function made(folder: string): Promise<Seed[]> {
  const data = Float32Array.from({ length: 2 * 3 * 12 * 10 }, (_, i) => i % 100);
  const source = memorySource([2, 3, 12, 10], data, {
    info: {
      format: 'memory',
      title: 'made',
      dataset: '',
      dtype: 'uint16',
      step_nm: 0.4,
      q_pixel: 1,
      q_unit: 'mrad',
      notes: [],
    },
    dark: new Float32Array(120),
  });
  for (const ending of ['h5', 'hspy', 'npy'])
    await writeScan(join(folder, `made.${ending}`), scanToWrite(source, 'made', false));
  writeFileSync(join(folder, 'made.npz'), writeNpz({ data: { data: Uint16Array.from(data), shape: [2, 3, 12, 10] } }));
  writeFileSync(join(folder, 'made_1.ser'), tia({ place: (x, y) => [x * 2e-9, -y * 2e-9] }));
  const zarr: Record<string, Uint8Array> = {};
  for await (const [name, bytes] of zspyFiles(scanToWrite(source, 'made', false), quietTask)) zarr[name] = bytes;
  writeFileSync(join(folder, 'made.zspy.zip'), zipSync(zarr, { level: 0 }));
  const texts = {
    'made.cif': CIF,
    'made.extxyz': EXTXYZ,
    POSCAR,
    XDATCAR,
    'made.lammpstrj': LAMMPS,
    'vasprun.xml': VASPRUN,
  };
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, name), text);
  return [
    ...['h5', 'hspy', 'npy', 'npz', 'zspy.zip'].map(
      (ending): Seed => ({ name: `made.${ending}`, path: join(folder, `made.${ending}`), kind: 'scan' }),
    ),
    { name: 'made_1.ser', path: join(folder, 'made_1.ser'), kind: 'scan' },
    ...Object.keys(texts).map((name): Seed => ({ name, path: join(folder, name), kind: 'structure' })),
  ];
}

function below(root: string, wanted: RegExp, kind: Seed['kind']): Seed[] {
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => wanted.test(basename(name)))
    .map((name): Seed => ({ name, path: join(root, name), kind }))
    .filter(({ path }) => statSync(path).isFile() && statSync(path).size > 0 && statSync(path).size <= LARGEST)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** @param folder for those that are made */
export async function seeds(folder: string): Promise<Seed[]> {
  const samples = join(SHARED, 'samples');
  const unpacked: Seed[] = [];
  const archive = join(samples, 'rosettasciio/Merlin_Single_Quad.zip');
  if (existsSync(archive)) {
    const members = unzipSync(readFileSync(archive));
    for (const name of ['Single_1_Frame_CounterDepth_6_Rows_256.mib', 'Quad_1_Frame_CounterDepth_1_Rows_256RAW.mib']) {
      const path = join(folder, 'merlin', name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, members[name]!);
      unpacked.push({ name: `merlin/${name}`, path, kind: 'scan' });
    }
  }
  return [
    ...(await made(folder)),
    ...unpacked,
    ...below(samples, SCANS, 'scan'),
    ...below(join(SHARED, 'cases/structures'), STRUCTURES, 'structure'),
  ];
}

/** What `ferroscope info` says of a structure: cell, formula, density, group, and what was assumed, for every format. */

import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, strToU8 } from 'fflate';
import { expect, test } from 'vitest';
import { problemOf } from '../core/test-problem.ts';
import { describeStructure } from './describe-structure.ts';

const A = 3.905;
/** Standard atomic weights over the cube of a: 183.484 u, 5.117 g/cm³. */
const DENSITY = (183.484 * 1.66053906892) / A ** 3;
const ATOMS = ['Sr 0 0 0', 'Ti 0.5 0.5 0.5', 'O 0.5 0.5 0', 'O 0.5 0 0.5', 'O 0 0.5 0.5'];
const places = ATOMS.map((atom) => atom.split(' ').slice(1).map(Number));
const box = `${A} 0 0\n0 ${A} 0\n0 0 ${A}\n`;
const head = (species: string) => `t\n1\n${box}${species}1 1 3\n`;
const rows = places.map((f) => f.join(' ')).join('\n');
const cell = ['a', 'b', 'c'].map((axis) => `_cell_length_${axis} ${A}`).join('\n');
const sites = ATOMS.slice(0, 3)
  .map((atom, i) => `${atom.split(' ')[0]}${i} ${atom}`)
  .join('\n');
const cif = (group: string) =>
  `data_x\n${cell}\n${group}\nloop_\n_atom_site_label\n_atom_site_type_symbol\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n${sites}\n`;
const xyz = `5\nLattice="${box.replaceAll('\n', ' ').trim()}" Properties=species:S:1:pos:R:3\n${ATOMS.map((atom, i) => `${atom.split(' ')[0]} ${places[i]!.map((x) => x * A).join(' ')}`).join('\n')}\n`;
const dump = `ITEM: TIMESTEP\n0\nITEM: NUMBER OF ATOMS\n5\nITEM: BOX BOUNDS pp pp pp\n${`0 ${A}\n`.repeat(3)}ITEM: ATOMS id element xs ys zs\n${ATOMS.map((atom, i) => `${i} ${atom}`).join('\n')}\n`;

async function info(name: string, content: string | Uint8Array, options = {}) {
  const path = join(await mkdtemp(join(tmpdir(), 'ferroscope-info-')), name);
  await writeFile(path, content);
  const { lines, json } = (await describeStructure(path, options))!;
  return { text: lines.join('\n'), json };
}

test.each([
  ['sto.cif', cif("_space_group_name_H-M_alt 'P m -3 m'"), /space group P m -3 m \(No\. 221\), 48 symmetry operators/],
  ['POSCAR', `${head('Sr Ti O\n')}Direct\n${rows}\n`, /states no space group/],
  ['sto.xyz', xyz, /states no space group/],
  ['two.xyz', xyz + xyz, /2 frames/],
  ['XDATCAR', `${head('Sr Ti O\n')}Direct configuration= 1\n${rows}\n`, /one frame/],
  ['sto.dump', dump, /one frame/],
])('%s: formula, density and group', async (name, content, said) => {
  for (const [file, bytes] of [
    [name, content],
    [`${name}.gz`, gzipSync(strToU8(content))],
  ] as const) {
    const { text, json } = await info(file, bytes);
    expect(text).toMatch(said);
    expect(text).toContain('O3 Sr Ti');
    expect(text).toContain(`${DENSITY.toFixed(3)} g/cm³`);
    expect(json).toMatchObject({ kind: 'structure', formula: 'O3 Sr Ti', density_g_cm3: expect.closeTo(DENSITY, 9) });
  }
});

test('what a file leaves open is told, or asked for', async () => {
  expect((await info('x.cif', cif(''))).text).toContain('whole cell (P1)');
  const operators = "loop_\n_space_group_symop_operation_xyz\n'x,y,z'\n'-x,-y,-z'";
  expect((await info('x.cif', cif(operators))).text).toContain('P -1 (No. 2, found by its operators), 2 symmetry');
  const vasp4 = `${head('')}Direct\n${rows}\n`;
  expect((await info('POSCAR', vasp4, { species: ['Sr', 'Ti', 'O'] })).text).toContain('O3 Sr Ti');
  expect((await problemOf(info('POSCAR', vasp4))).hint).toContain('--species');
});

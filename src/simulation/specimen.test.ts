/** What a specimen tells of itself: how it was strained, and whose thermal motion stands for each element. */

import { expect, test } from 'vitest';
import { problem, problemOf } from '../core/test-problem.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { loadSpecimen } from './specimen.ts';

const HEAD = ['label', 'type_symbol', 'fract_x', 'fract_y', 'fract_z', 'U_iso_or_equiv'].map((t) => `_atom_site_${t}`);
const cif = ([a, b, c]: readonly number[], operators: readonly string[], rows: readonly string[]) =>
  `data_x\n_cell_length_a ${a}\n_cell_length_b ${b}\n_cell_length_c ${c}\nloop_\n_space_group_symop_operation_xyz\n${operators
    .map((o) => `'${o}'`)
    .join('\n')}\nloop_\n${HEAD.join('\n')}\n${rows.join('\n')}\n`;

/** KNbO3, Amm2: b ≠ c, so that its pseudo-cubic cell along [011] is a rhombus. */
const [B, C] = [5.695, 5.721];
const KNO = cif(
  [3.973, B, C],
  ['x,y,z', '-x,-y,z', '-x,y,z', 'x,-y,z'].flatMap((o) => [o, o.replace(/(.*),(.*),(.*)/, '$1,$2+1/2,$3+1/2')]),
  ['K1 K 0 0 0.0138 0.01', 'Nb1 Nb 0.5 0 0.5 0.005', 'O1 O 0 0 0.5364 0.008', 'O2 O 0.5 0.2519 0.2849 0.008'],
);
const SRO = (u: readonly (number | string)[]) =>
  cif(
    [3.93, 3.93, 3.93],
    ['x,y,z'],
    [
      `Sr1 Sr 0 0 0 ${u[0]}`,
      `Ru1 Ru 0.5 0.5 0.5 ${u[1]}`,
      `O1 O 0.5 0.5 0 ${u[2]}`,
      `O2 O 0.5 0 0.5 ${u[2]}`,
      `O3 O 0 0.5 0.5 ${u[2]}`,
    ],
  );

const load = (specimen: string, files: Readonly<Record<string, string>> = {}) =>
  loadSpecimen(
    parseRecipe(
      `[microscope]\nvoltage_kV = 200\nconvergence_mrad = 8\n[specimen]\n${specimen}\n[simulation]\ndetectors = [{ name = "BF", inner_mrad = 0, outer_mrad = 8 }]`,
    ).specimen!,
    async (name) => new TextEncoder().encode(files[name]!),
  );
const files = { 'kno.cif': KNO, 'zero.cif': SRO([0, 0, 0]), 'part.cif': SRO([0.006, 0, '?']) };

test('a bent block tells its angles and how much distances change', async () => {
  const { block, notes } = await load('file = "kno.cif"\nzone = [0, 1, 1]\nthickness_nm = 1\nthermal = "none"', files);
  const edge = Math.hypot(B, C) / 2;
  expect(block.cell_A).toEqual([3.973, edge, edge].map((x) => expect.closeTo(x, 9)));
  expect(notes).toHaveLength(1);
  // The angle between (0, b, c)/2 and (0, b, −c)/2, or what it is short of 180°.
  const angle = (2 * Math.atan2(C, B) * 180) / Math.PI;
  const [, xy, yz, xz, percent] = /were ([\d.]+)°, ([\d.]+)°, ([\d.]+)°;.* ([\d.]+) %/.exec(notes[0]!)!.map(Number);
  expect([xy, xz]).toEqual([90, 90]);
  expect(Math.abs(yz! - 90)).toBeCloseTo(Math.abs(angle - 90), 3);
  // The diagonals b and c of the rhombus become √2 edge.
  const most = Math.max(...[B, C].map((d) => Math.abs((Math.SQRT2 * edge) / d - 1)));
  expect(percent! / 100).toBeGreaterThan(most);
  expect(percent! / 100).toBeLessThan(2 * most);
  // Along its own axes it has right angles, and nothing to tell.
  expect((await load('file = "kno.cif"\nthickness_nm = 1\nthermal = "none"', files)).notes).toEqual([]);
});

test('a layer that is strained to fit tells by how much, and that it was bent before', async () => {
  const layers =
    'layers = [{ crystal = "BaTiO3", extent_nm = 2 }, { vacuum = true, extent_nm = 0.5 }, { file = "kno.cif", zone = [0, 1, 1], extent_nm = 2 }]';
  const { notes } = await load(`${layers}\nthermal = "none"`, files);
  const edge = Math.hypot(B, C) / 2;
  const strain = (own: number) => (100 * Math.abs(3.991 / own - 1)).toFixed(2);
  expect(notes).toEqual([
    expect.stringContaining('bent to right angles'),
    `Layer 3 (K, Nb, O) is strained to fit the first one: +${strain(3.973)} % along x, −${strain(edge)} % along y; 0 % along the growth.`,
  ]);
});

test('whose thermal motion stands is told: the file, the recipe, the crystal, the mean of layers', async () => {
  const motion = async (specimen: string) => {
    const { notes } = await load(`${specimen}\nthickness_nm = 1`, files);
    return notes.join(' ');
  };
  expect(await motion('file = "kno.cif"\nu2_A2 = { O = 0.007 }')).toContain(
    'K 0.0100 (kno.cif), Nb 0.0050 (kno.cif), O 0.0070 (the recipe)',
  );
  expect(await motion('crystal = "SrTiO3"')).toContain('O 0.0093 (SrTiO3), Sr 0.0079 (SrTiO3), Ti 0.0056 (SrTiO3)');
  expect(await motion('crystal = "BaTiO3"')).toContain('no measured U_iso');
  const film = await motion(
    'layers = [{ crystal = "SrTiO3", extent_nm = 1 }, { file = "part.cif", extent_nm = 1 }]\nu2_A2 = { Ru = 0.004 }',
  );
  expect(film).toMatch(
    /O 0\.0093 \(SrTiO3\).* Ru 0\.0040 \(the recipe\), Sr 0\.00\d\d \(SrTiO3 and part\.cif, the mean\)/,
  );
  expect(film).toContain('gives no thermal motion of O: the other layers');
  // Nothing is told of what is not used.
  expect(await motion('file = "zero.cif"\nthermal = "none"')).toBe('');
});

test.each(['debye-waller', 'absorption', 'frozen-phonons'])('%s: a U of zero, or none, is refused', async (thermal) => {
  const refused = (file: string, more = '') =>
    problemOf(load(`file = "${file}"\nthickness_nm = 1\nthermal = "${thermal}"\n${more}`, files));
  const zero = await refused('zero.cif');
  expect(zero.message).toMatch(/thermal motion of O, Ru, Sr is not known\. zero\.cif: U of Sr1 \(0\), Ru1 \(0\)/);
  expect((await refused('part.cif')).message).toMatch(/thermal motion of O, Ru is not known/);
  const { u2_A2 } = await load(
    `file = "part.cif"\nthickness_nm = 1\nthermal = "${thermal}"\nu2_A2 = { O = 0.01, Ru = 0 }`,
    files,
  );
  expect(u2_A2).toEqual({ O: 0.01, Ru: 0, Sr: 0.006 });
});

/** R3c BiFeO3 on hexagonal axes, by its group alone; pseudo-cubic [001] is [-4 -2 1]. Moreau et al. 1971: a = 5.577, c = 13.861 Å. */
const BFO = `data_x\n_cell_length_a 5.577\n_cell_length_b 5.577\n_cell_length_c 13.861\n_cell_angle_alpha 90\n_cell_angle_beta 90\n_cell_angle_gamma 120\n_space_group_name_H-M_alt 'R 3 c'\nloop_\n${HEAD.join('\n')}\nBi1 Bi 0 0 0 0.008\nFe1 Fe 0 0 0.2208 0.005\nO1 O 0.4426 0.0183 0.9513 0.009\n`;

test('max_strain_percent bounds the strain of a block, which is told; where it is too low the hint names the one that works', async () => {
  const along = (more: string) =>
    load(`file = "bfo.cif"\nzone = [-4, -2, 1]\nthickness_nm = 1\nthermal = "none"\n${more}`, { 'bfo.cif': BFO });
  const { block, notes } = await along('');
  expect(notes).toEqual([expect.stringContaining('R 3 c'), expect.stringMatching(/90\.786°.*0\.97 %/)]);
  const wider = await along('max_strain_percent = 2');
  expect(wider.block.cell_A).toEqual(block.cell_A);
  expect(wider.notes.at(-1)).toContain('bent to right angles');
  const { message, hint } = await problemOf(along('max_strain_percent = 0.5'));
  expect(message).toContain('a strain below 0.005');
  const percent = Number(/Set max_strain_percent = ([\d.]+)/.exec(hint)![1]);
  expect((await along(`max_strain_percent = ${percent}`)).block.cell_A).toEqual(block.cell_A);
});

test('a file is asked for where a key is for one, and for a trajectory such keys are refused', () => {
  for (const [specimen, message] of [
    ['crystal = "SrTiO3"\nthickness_nm = 1\ndata_block = "x"', /belong to a file/],
    ['file = "x"\nthickness_nm = 1\nthermal = "trajectory"\nspecies = ["O"]', /not for thermal = 'trajectory'/],
  ] as const) {
    expect(problem(() => load(specimen)).message).toMatch(message);
  }
});

/** For tests: trajectories of hot SrTiO3 as files, in the style of the programs that write them. */

import { expect } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { perovskite } from './perovskite.ts';
import type { Structure, Vec3 } from './structure.ts';
import { withJitter } from './thermal.ts';

/** SrTiO3, 2 × 1 × 2 cells, atoms in runs of one element as VASP wants them, hot. */
export function frames(count: number, breathing = 0): Structure[] {
  const { symbols, positions_A, cell_A } = perovskite([2, 1, 2], 3.9, new Uint8Array(4));
  const order = Array.from(symbols.keys()).sort(
    (a, b) => 'SrTiO'.indexOf(symbols[a]!) - 'SrTiO'.indexOf(symbols[b]!) || a - b,
  );
  const sorted: Structure = {
    cell_A,
    symbols: order.map((atom) => symbols[atom]!),
    positions_A: Float64Array.from(order.flatMap((atom) => [...positions_A.slice(3 * atom, 3 * atom + 3)])),
  };
  return Array.from({ length: count }, (_, f) => {
    const { positions_A } = withJitter(sorted, 10, new RandomStream(f, 'frame'));
    const factor = 1 + breathing * f;
    return {
      ...sorted,
      cell_A: cell_A.map((edge) => edge * factor) as unknown as Vec3,
      positions_A: positions_A.map((x) => x * factor),
    };
  });
}

const fixed = (x: number, width: number, digits: number) => x.toFixed(digits).padStart(width);
const fraction = ({ positions_A, cell_A }: Structure, atom: number) =>
  [0, 1, 2].map((axis) => positions_A[3 * atom + axis]! / cell_A[axis]!);
const atomsOf = ({ symbols }: Structure) => Array.from(symbols.keys());

/** Title, scale, vectors in F12.6, symbols, counts. */
function vaspHeader({ cell_A, symbols }: Structure): string[] {
  const kinds = [...new Set(symbols)];
  return [
    'unknown system                          ',
    '           1',
    ...cell_A.map((edge, row) => `    ${[0, 1, 2].map((axis) => fixed(axis === row ? edge : 0, 12, 6)).join('')}`),
    `   ${kinds.map((kind) => kind.padEnd(5)).join('')}`,
    kinds.map((kind) => String(symbols.filter((symbol) => symbol === kind).length).padStart(5)).join(''),
  ];
}

/** As VASP 5 and 6 write it; the header before every frame where the cell changes. */
export function xdatcar(all: readonly Structure[], variable = false): string {
  const lines = all.flatMap((frame, f) => [
    ...(variable || f === 0 ? vaspHeader(frame) : []),
    `Direct configuration=${String(f + 1).padStart(6)}`,
    ...atomsOf(frame).map((atom) =>
      fraction(frame, atom)
        .map((x) => fixed(x - Math.floor(x), 13, 8))
        .join('')
        .replace(/^ /, ''),
    ),
  ]);
  return `${lines.join('\n')}\n`;
}

/** As VASP writes it, indented, with energies, forces and eigenvalues around the structures. */
export function vasprun(all: readonly Structure[]): string {
  const first = all[0]!;
  const v = (values: readonly number[]) => `    <v>${values.map((x) => fixed(x, 17, 8)).join('')} </v>`;
  const crystal = (frame: Structure) => [
    '  <crystal>',
    '   <varray name="basis" >',
    ...frame.cell_A.map((edge, row) => v([0, 1, 2].map((axis) => (axis === row ? edge : 0)))),
    '   </varray>',
    `   <i name="volume">    ${frame.cell_A.reduce((a, b) => a * b).toFixed(8)} </i>`,
    '   <varray name="rec_basis" >',
    ...frame.cell_A.map((edge, row) => v([0, 1, 2].map((axis) => (axis === row ? 1 / edge : 0)))),
    '   </varray>',
    '  </crystal>',
    '  <varray name="positions" >',
    ...atomsOf(frame).map((atom) => v(fraction(frame, atom))),
    '  </varray>',
  ];
  const kinds = [...new Set(first.symbols)];
  return [
    '<?xml version="1.0" encoding="ISO-8859-1"?>',
    '<modeling>',
    ' <generator>',
    '  <i name="program" type="string">vasp </i>',
    ' </generator>',
    ' <kpoints>',
    '  <varray name="kpointlist" >',
    '   <v>       0.00000000       0.00000000       0.00000000 </v>',
    '  </varray>',
    ' </kpoints>',
    ' <atominfo>',
    `  <atoms>      ${first.symbols.length} </atoms>`,
    `  <types>       ${kinds.length} </types>`,
    '  <array name="atoms" >',
    '   <dimension dim="1">ion</dimension>',
    '   <field type="string">element</field>',
    '   <field type="int">atomtype</field>',
    '   <set>',
    ...first.symbols.map(
      (symbol) => `    <rc><c>${symbol.padEnd(2)}</c><c>${String(kinds.indexOf(symbol) + 1).padStart(4)}</c></rc>`,
    ),
    '   </set>',
    '  </array>',
    '  <array name="atomtypes" >',
    '   <set>',
    ...kinds.map(
      (kind) =>
        `    <rc><c>   4</c><c>${kind.padEnd(2)}</c><c>     47.88000000</c><c>      4.00000000</c><c>  PAW_PBE ${kind}_sv 26Sep2005  </c></rc>`,
    ),
    '   </set>',
    '  </array>',
    ' </atominfo>',
    ' <structure name="initialpos" >',
    ...crystal(first),
    ' </structure>',
    ...all.flatMap((frame) => [
      ' <calculation>',
      '  <scstep>',
      '   <energy>',
      '    <i name="e_fr_energy">   -160.0 </i>',
      '   </energy>',
      '  </scstep>',
      ' <structure>',
      ...crystal(frame),
      ' </structure>',
      ' <varray name="forces" >',
      ...atomsOf(frame).map(() => v([0.1, -0.2, 0])),
      ' </varray>',
      ' <eigenvalues>',
      '  <array>',
      '   <set>',
      '    <set comment="spin 1">',
      '     <r>  -55.1234    1.0000 </r>',
      '    </set>',
      '   </set>',
      '  </array>',
      ' </eigenvalues>',
      ' </calculation>',
    ]),
    ' <structure name="finalpos" >',
    ...crystal(all.at(-1)!),
    ' </structure>',
    '</modeling>',
    '',
  ].join('\n');
}

export interface DumpStyle {
  readonly columns: 'x y z' | 'xu yu zu' | 'xs ys zs' | 'xsu ysu zsu';
  readonly species: 'element' | 'type' | 'type element';
  readonly box: 'pp pp pp' | 'xy xz yz pp pp pp' | 'abc origin pp pp pp';
  readonly units: boolean;
}

export const TYPES: Readonly<Record<number, string>> = { 1: 'Sr', 2: 'Ti', 3: 'O' };

/** As LAMMPS writes it: rows in no order, the box anywhere. */
export function lammps(
  all: readonly Structure[],
  { columns, species, box, units }: DumpStyle,
  origin: Vec3,
  stream: RandomStream,
): string {
  const scaled = columns.includes('s');
  const e = (x: number) => x.toExponential(16);
  const lines = all.flatMap((frame, f) => {
    const { cell_A, positions_A, symbols } = frame;
    const bounds = box.startsWith('abc')
      ? cell_A.map((edge, row) => [...[0, 1, 2].map((axis) => e(axis === row ? edge : 0)), e(origin[row]!)].join(' '))
      : cell_A.map(
          (edge, axis) => `${e(origin[axis]!)} ${e(origin[axis]! + edge)}${box.startsWith('xy') ? ` ${e(0)}` : ''}`,
        );
    const rows = atomsOf(frame).map((atom) => {
      const type = Object.values(TYPES).indexOf(symbols[atom]!) + 1;
      const words = species.split(' ').map((word) => (word === 'type' ? String(type) : symbols[atom]!));
      const xyz = [0, 1, 2].map((axis) =>
        scaled ? positions_A[3 * atom + axis]! / cell_A[axis]! : positions_A[3 * atom + axis]! + origin[axis]!,
      );
      return `${atom + 1} ${words.join(' ')} ${xyz.join(' ')} 0.01 `;
    });
    return [
      ...(units && f === 0 ? ['ITEM: UNITS', 'metal'] : []),
      ...(units ? ['ITEM: TIME', String(0.5 * f)] : []),
      'ITEM: TIMESTEP',
      String(1000 * f),
      'ITEM: NUMBER OF ATOMS',
      String(symbols.length),
      `ITEM: BOX BOUNDS ${box}`,
      ...bounds,
      `ITEM: ATOMS id ${species} ${columns} vx`,
      ...(stream.shuffle(rows as unknown as number[]) as unknown as string[]),
    ];
  });
  return `${lines.join('\n')}\n`;
}

/** To 8 decimals of the box; wrapped or not. */
export function expectSame(got: readonly Structure[], want: readonly Structure[], digits = 6): void {
  expect(got.length).toBe(want.length);
  for (const [f, frame] of want.entries()) {
    expect(got[f]!.symbols).toEqual(frame.symbols);
    for (let axis = 0; axis < 3; axis++) expect(got[f]!.cell_A[axis]).toBeCloseTo(frame.cell_A[axis]!, 5);
    for (const [i, x] of frame.positions_A.entries()) {
      const edge = frame.cell_A[i % 3]!;
      const d = got[f]!.positions_A[i]! - x;
      expect(d - edge * Math.round(d / edge)).toBeCloseTo(0, digits);
    }
  }
}

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/**
 * Text dumps of LAMMPS (dump atom, dump custom): https://docs.lammps.org/dump.html
 *
 * Atoms come in any order and are put into that of their ids. Columns x y z (or xu yu zu, unwrapped) are in Å, xs ys zs (xsu ysu zsu) in units of the box.
 * Elements stand in a column `element` (dump_modify element), or the caller says which type is which.
 *
 * What this is not: a reader of units other than Å, of tilted or open boxes, or of binary dumps.
 */

import { fail } from '../core/errors.ts';
import { elementOfType } from './elements.ts';
import { type Lines, numbersIn } from './lines.ts';
import type { Structure, Vec3 } from './structure.ts';
import { orthogonalEdges } from './trajectory.ts';

/** Chemical symbol of each atom type. */
export type LammpsTypes = Readonly<Record<number, string>>;

interface Box {
  readonly cell_A: Vec3;
  readonly origin_A: Vec3;
}

/** @param kind what follows 'BOX BOUNDS' */
function readBox(lines: Lines, kind: string): Box {
  const { name, number } = lines;
  const flags = kind.split(/\s+/).filter((word) => /^[pfsm]{1,2}$/.test(word));
  if (flags.some((flag) => !/^p+$/.test(flag))) {
    fail(
      'unsupported',
      `${name}, line ${number}: the boundaries are '${flags.join(' ')}', but blocks repeat along x, y and z.`,
      "Give a run with 'boundary p p p'.",
      { name, line: number },
    );
  }
  const general = /\babc origin\b/.test(kind);
  const tilted = /\bxy xz yz\b/.test(kind);
  const width = general ? 4 : tilted ? 3 : 2;
  const rows = [0, 1, 2].map(() => {
    const line = lines.expect('the bounds of the box');
    return numbersIn(line, width) ?? lines.malformed(`${width} numbers expected, not '${line.trim().slice(0, 60)}'`);
  });
  const column = (c: number): Vec3 => [rows[0]![c]!, rows[1]![c]!, rows[2]![c]!];
  if (general) {
    return {
      cell_A: orthogonalEdges(
        rows.flatMap((row) => row.slice(0, 3)),
        name,
        number,
      ),
      origin_A: column(3),
    };
  }
  const [low, high] = [column(0), column(1)];
  // The bounds of a tilted box enclose it: they reach beyond its own by the tilts xy, xz, yz (docs.lammps.org/Howto_triclinic.html).
  const [xy, xz, yz] = tilted ? column(2) : [0, 0, 0];
  const corners = [0, xy, xz, xy + xz];
  const origin: Vec3 = [low[0] - Math.min(...corners), low[1] - Math.min(0, yz), low[2]];
  const lx = high[0] - Math.max(...corners) - origin[0];
  const ly = high[1] - Math.max(0, yz) - origin[1];
  const vectors = [lx, 0, 0, xy, ly, 0, xz, yz, high[2] - low[2]].map((x) => Number(x.toPrecision(12)));
  return { cell_A: orthogonalEdges(vectors, name, number), origin_A: origin };
}

interface Columns {
  readonly width: number;
  readonly id: number;
  /** Of `element`, else of `type`. */
  readonly species: number;
  readonly hasElement: boolean;
  readonly xyz: readonly number[];
  /** Whether x, y, z are in units of the box. */
  readonly scaled: boolean;
}

const COORDINATES = [
  { names: ['x', 'y', 'z'], scaled: false },
  { names: ['xu', 'yu', 'zu'], scaled: false },
  { names: ['xs', 'ys', 'zs'], scaled: true },
  { names: ['xsu', 'ysu', 'zsu'], scaled: true },
];

function readColumns(header: string, lines: Lines, types: LammpsTypes | undefined): Columns {
  const names = header.split(/\s+/).filter((name) => name !== '');
  const id = names.indexOf('id');
  if (id < 0) lines.malformed('no column id, so that atoms cannot be told apart', 'Dump id, element and x y z.');
  const element = names.indexOf('element');
  const type = names.indexOf('type');
  if (element < 0 && (type < 0 || !types)) {
    lines.malformed(
      `no column element${type < 0 ? ' and no type' : ', and nothing says what the types are'}`,
      "Dump with 'dump_modify … element Ba Ti O', or say which type is which, such as 1 = Ba, 2 = Ti, 3 = O.",
    );
  }
  for (const { names: three, scaled } of COORDINATES) {
    const xyz = three.map((name) => names.indexOf(name));
    if (xyz.some((at) => at < 0)) continue;
    return { width: names.length, id, species: element < 0 ? type : element, hasElement: element >= 0, xyz, scaled };
  }
  return lines.malformed(`no positions among the columns '${names.join(' ')}'`, 'Dump x y z, or xs ys zs.');
}

function speciesOf(field: string, hasElement: boolean, types: LammpsTypes | undefined, lines: Lines): string {
  if (hasElement) return elementOfType(field) ?? lines.malformed(`'${field}' is not a chemical symbol`);
  const symbol = types?.[Number(field)];
  if (symbol === undefined) {
    lines.malformed(`nothing says which element type ${field} is`, `Say it, such as ${field} = O.`);
  }
  return elementOfType(symbol) ?? lines.malformed(`type ${field} is given as '${symbol}', which is no element`);
}

/** Rows after 'ITEM: ATOMS', put into the order of their ids. */
function readAtoms(lines: Lines, header: string, atoms: number, box: Box, types: LammpsTypes | undefined): Structure {
  const columns = readColumns(header, lines, types);
  if (!lines.canHold(atoms)) lines.truncated(`the last of its ${atoms} atoms`);
  const ids = new Float64Array(atoms);
  const species: string[] = [];
  const positions = new Float64Array(3 * atoms);
  const { cell_A, origin_A } = box;
  for (let atom = 0; atom < atoms; atom++) {
    const fields = lines
      .expect(`atom ${atom + 1} of ${atoms}`)
      .trim()
      .split(/\s+/);
    if (fields.length !== columns.width) {
      lines.malformed(`${fields.length} columns where ITEM: ATOMS names ${columns.width}`);
    }
    const number = (at: number): number => {
      const value = Number(fields[at]);
      return Number.isFinite(value) ? value : lines.malformed(`'${fields[at]}' is not a number`);
    };
    ids[atom] = number(columns.id);
    species.push(speciesOf(fields[columns.species]!, columns.hasElement, types, lines));
    for (let axis = 0; axis < 3; axis++) {
      const value = number(columns.xyz[axis]!);
      positions[3 * atom + axis] = columns.scaled ? value * cell_A[axis]! : value - origin_A[axis]!;
    }
  }
  const order = Array.from(ids.keys()).sort((a, b) => ids[a]! - ids[b]!);
  const twice = order.findIndex((atom, rank) => rank > 0 && ids[atom] === ids[order[rank - 1]!]);
  if (twice >= 0) lines.malformed(`the atom with id ${ids[order[twice]!]} stands there twice in this frame`);
  return {
    cell_A,
    symbols: order.map((atom) => species[atom]!),
    positions_A: Float64Array.from(
      { length: 3 * atoms },
      (_, i) => positions[3 * order[Math.floor(i / 3)]! + (i % 3)]!,
    ),
  };
}

/**
 * The frames of a dump, in order, at least one; positions [Å] relative to the box's lower corner.
 * @param types needed where the dump has no column `element`
 * @throws 'format' with the line number, and the field `truncated` where the file ends within a frame; 'unsupported' for boxes that are tilted or not periodic,
 * and for units other than metal and real
 */
export function* lammpsFrames(lines: Lines, types?: LammpsTypes): Generator<Structure> {
  do {
    let atoms: number | undefined;
    let box: Box | undefined;
    for (;;) {
      const line = lines.expect('ITEM: ATOMS');
      const item = /^\s*ITEM:\s+(TIMESTEP|NUMBER OF ATOMS|BOX BOUNDS|ATOMS|UNITS|TIME)\b\s*(.*)$/.exec(line);
      if (!item) lines.malformed(`an ITEM: header expected, not '${line.trim().slice(0, 40)}'`);
      const [, what, rest = ''] = item;
      if (what === 'BOX BOUNDS') box = readBox(lines, rest);
      else if (what === 'NUMBER OF ATOMS') {
        const count = lines.expect('the number of atoms').trim();
        atoms = Number(count);
        if (!/^\d+$/.test(count) || atoms < 1) lines.malformed(`'${count}' is no number of atoms`);
      } else if (what === 'UNITS') {
        const units = lines.expect('the units').trim();
        if (!/^(metal|real)$/.test(units)) {
          fail(
            'unsupported',
            `${lines.name}, line ${lines.number}: units '${units}', in which lengths are not Å.`,
            "Give a run with 'units metal' or 'units real'.",
            { name: lines.name, line: lines.number, units },
          );
        }
      } else if (what === 'ATOMS') {
        if (atoms === undefined || box === undefined) {
          return lines.malformed('ITEM: ATOMS before NUMBER OF ATOMS and BOX BOUNDS');
        }
        yield readAtoms(lines, rest, atoms, box, types);
        break;
      } else lines.expect(`the value of ${what}`);
    }
  } while (lines.skipBlank());
}

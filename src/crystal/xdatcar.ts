/**
 * VASP's XDATCAR, version 5 and later: https://www.vasp.at/wiki/index.php/XDATCAR
 *
 * Title, scale, three vectors, symbols, counts as in a POSCAR; then 'Direct configuration=  n', in older files a blank line, and one line of fractional
 * coordinates for each atom. Where the cell changes, the first seven lines stand before each frame.
 */

import type { Lines } from './lines.ts';
import { numbersIn } from './lines.ts';
import { type PoscarHeader, readPoscarHeader, symbolsOf } from './poscar.ts';
import type { Structure, Vec3 } from './structure.ts';
import { isConfiguration } from './structure-format.ts';
import { orthogonalEdges } from './trajectory.ts';

interface Header extends PoscarHeader {
  readonly symbols: readonly string[];
  readonly cell_A: Vec3;
}

function readHeader(lines: Lines): Header {
  const first = lines.number + 1;
  const block = [
    'the title',
    'the scale',
    'a lattice vector',
    'a lattice vector',
    'a lattice vector',
    'the symbols',
  ].map((what) => lines.expect(what));
  block.push(lines.expect('the counts of atoms'));
  const header = readPoscarHeader(block, lines.name, first);
  if (header.total < 1) lines.malformed('no atoms');
  const cell_A = orthogonalEdges(header.lattice_A.flat(), lines.name, first + 2);
  if (!lines.canHold(header.total)) lines.truncated(`the last of its ${header.total} atoms`);
  return { ...header, cell_A, symbols: symbolsOf(header) };
}

/**
 * The frames of a file, in order, at least one; positions [Å] as in the file, in the box or not.
 * @throws 'format' with the line number, and the field `truncated` where the file ends within a frame; 'unsupported' for a box that is not orthogonal
 */
export function* xdatcarFrames(lines: Lines): Generator<Structure> {
  let header = readHeader(lines);
  /** Whether a blank line stands before the next line, which is not blank, if there is one. */
  let separated = false;
  const more = (): boolean => {
    const before = lines.number;
    const there = lines.skipBlank();
    separated = lines.number > before;
    return there;
  };
  more();
  do {
    const isStart = () =>
      isConfiguration(lines.peek()) || (separated && numbersIn(lines.peek() ?? '', 3) !== undefined);
    if (lines.peek() !== undefined && !isStart()) {
      header = readHeader(lines);
      more();
    }
    const start = lines.peek() ?? lines.truncated("'Direct configuration='");
    if (!isStart()) {
      lines.next();
      lines.malformed(`'Direct configuration=' expected, not '${start.trim().slice(0, 40)}'`);
    }
    if (isConfiguration(start)) lines.next();
    const { cell_A, symbols, total } = header;
    const positions_A = new Float64Array(3 * total);
    for (let atom = 0; atom < total; atom++) {
      const what = `the position of atom ${atom + 1} of ${total}`;
      const line = lines.expect(what);
      const f = numbersIn(line, 3) ?? lines.malformed(`${what} expected, not '${line.trim().slice(0, 40)}'`);
      for (let axis = 0; axis < 3; axis++) positions_A[3 * atom + axis] = f[axis]! * cell_A[axis]!;
    }
    yield { cell_A, symbols, positions_A };
  } while (more());
}

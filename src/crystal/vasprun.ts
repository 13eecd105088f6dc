/**
 * VASP's vasprun.xml: the structure of every ionic step (<calculation><structure>), read as a stream, so that bands and densities of states in between cost
 * nothing but time. https://www.vasp.at/wiki/index.php/Vasprun.xml
 *
 * A file that ends early, as while VASP is still running, gives its whole steps. A file without any <calculation> gives the initial structure.
 * Not read: forces, energies, Born charges.
 */

import { Parser } from 'htmlparser2';
import { fail } from '../core/errors.ts';
import { elementOfType } from './elements.ts';
import { numbersIn, pieces } from './lines.ts';
import type { Structure } from './structure.ts';
import { orthogonalEdges } from './trajectory.ts';

export interface VasprunSteps {
  readonly frames: Structure[];
  /** Whether the file ends before its last tag is closed. */
  readonly truncated: boolean;
  /** What was guessed, for the user. */
  readonly notes: readonly string[];
}

/** One structure as it is being read. */
interface Rows {
  readonly basis: number[][];
  readonly positions: number[][];
}

/**
 * @returns at least one frame, positions [Å]
 * @throws 'format' with the line number for malformed content, or where no step is whole (field `truncated`); 'unsupported' for a box that is not orthogonal
 */
export function readVasprun(data: string | Uint8Array, name = 'vasprun.xml'): VasprunSteps {
  const symbols: string[] = [];
  const notes = new Set<string>();
  const frames: Structure[] = [];
  let initial: Structure | undefined;
  let rows: Rows = { basis: [], positions: [] };
  let truncated = false;
  /** Tags that are open, the outermost first, and the value of their name attribute. */
  const tags: string[] = [];
  const names: string[] = [];
  /** Text of the innermost <v> or <c>. */
  let text: string | undefined;
  /** <c> closed in this <rc>. */
  let column = 0;

  const malformed = (what: string): never => {
    const line = lineOf(data, parser.startIndex);
    return fail('format', `${name}, line ${line}: ${what}.`, 'Copy the file from the run again.', { name, line });
  };
  const structure = (): Structure => {
    const { basis, positions } = rows;
    if (basis.length !== 3) malformed(`a structure with ${basis.length} basis vectors`);
    if (positions.length !== symbols.length || symbols.length === 0) {
      malformed(`a structure with ${positions.length} positions for ${symbols.length} atoms`);
    }
    const cell_A = orthogonalEdges(basis.flat(), name);
    return { cell_A, symbols, positions_A: Float64Array.from(positions.flat(), (f, i) => f * cell_A[i % 3]!) };
  };
  /** The content of a <v> or a <c> that has closed; `parent` encloses it. */
  const value = (tag: string, content: string, parent: string | undefined) => {
    if (tag === 'c') {
      // Of <array name="atoms">, the first column is the element.
      if (names.includes('atoms') && column++ === 0) {
        const symbol = content.trim();
        // Runs with one potential of Zr write 'r ' (pymatgen 377); no element is called so.
        if (symbol === 'r')
          notes.add(`${name} names an element 'r', as VASP does with one potential of Zr: read as Zr.`);
        symbols.push(
          symbol === 'r' ? 'Zr' : (elementOfType(symbol) ?? malformed(`'${symbol}' is not a chemical symbol`)),
        );
      }
    } else if (tags.includes('structure') && (parent === 'basis' || parent === 'positions')) {
      rows[parent].push(numbersIn(content, 3) ?? malformed(`three numbers expected, not '${content.trim()}'`));
    }
  };

  const parser: Parser = new Parser(
    {
      onopentag(tag, { name: label = '' }) {
        tags.push(tag);
        names.push(label);
        if (tag === 'structure') rows = { basis: [], positions: [] };
        if (tag === 'rc') column = 0;
        if (tag === 'v' || tag === 'c') text = '';
      },
      ontext(piece) {
        if (text !== undefined) text += piece;
      },
      onclosetag(tag, implied) {
        const label = names.pop();
        tags.pop();
        // The parser closes what the end of the file left open.
        truncated ||= implied;
        if (truncated) return;
        if (text !== undefined && (tag === 'v' || tag === 'c')) {
          value(tag, text, names.at(-1));
          text = undefined;
        }
        if (tag !== 'structure') return;
        if (tags.at(-1) === 'calculation') frames.push(structure());
        else if (label === 'initialpos') initial = structure();
      },
    },
    { xmlMode: true },
  );
  for (const piece of pieces(data)) parser.write(piece);
  parser.end();
  if (frames.length === 0 && initial && !truncated) return { frames: [initial], truncated, notes: [...notes] };
  if (frames.length === 0) {
    fail(
      'format',
      `${name} holds no whole ionic step${truncated ? '; it ends early' : ''}.`,
      truncated ? 'Wait for the first step, or copy the file again.' : 'Give the vasprun.xml of a VASP run.',
      { name, truncated },
    );
  }
  return { frames, truncated, notes: [...notes] };
}

/** Number of the line, from 1, that the character at `index` stands on. */
function lineOf(data: string | Uint8Array, index: number): number {
  let line = 1;
  let left = index;
  for (const piece of pieces(data)) {
    const part = piece.slice(0, Math.max(0, left));
    for (let at = part.indexOf('\n'); at >= 0; at = part.indexOf('\n', at + 1)) line++;
    left -= piece.length;
  }
  return line;
}

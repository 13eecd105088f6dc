/**
 * A film: blocks of atoms and vacuum, one layer after the other along x, y or z, strained to common edges. Lengths in Å.
 *
 *     const sto = orthogonalCell(strontiumTitanate(), { zone: [1, 0, 0], x: [0, 1, 0] });
 *     const cross = film([{ block: sto, extent_A: 40 }, { block: bto, extent_A: 40 }, { extent_A: 20 }], 'x');
 *
 * The box's edge across the growth is n edges of the first block, and m edges of another layer's block strained by
 *
 *     ε = n a₁ / (m a) − 1,   |ε| ≤ 3 %,   n the smallest one up to 8 that suits all layers          (coherent growth)
 *
 * What this is not: relaxation, misfit dislocations, interface chemistry or intermixing.
 */

import { fail } from '../core/errors.ts';
import { at, latticeOf } from './lattice.ts';
import type { Block } from './orthogonal.ts';
import { Places } from './places.ts';
import type { Vec3 } from './structure.ts';

/** One layer: whole blocks of atoms, or vacuum. */
export interface FilmLayer {
  /** Absent: vacuum. */
  readonly block?: Block | undefined;
  /** Extent along the growth [Å]. Blocks come whole, the number nearest to it and at least one; vacuum has it exactly. */
  readonly extent_A: number;
}

export interface Film extends Block {
  /** Where each layer begins and ends along the growth [Å], and the strain of its two edges across it, in the order x, y, z; [0, 0] for vacuum. */
  readonly layers: readonly {
    readonly from_A: number;
    readonly to_A: number;
    readonly strain: readonly [number, number];
  }[];
}

const MAX_REPEATS = 8;
const MAX_STRAIN = 0.03;
/** An atom less than this [Å] short of its block's far end belongs to the atomic plane at the near end: a polar shift has put it on the other side. */
const SAME_PLANE_A = 0.5;
/** Nearer than this [Å], atoms of two layers cannot be neighbours. */
const TOO_CLOSE_A = 1;

/** How one layer's block fills the box along one axis. */
interface Fit {
  readonly repeats: number;
  readonly strain: number;
}

/** A layer with the place it has in the list given. */
interface Laid {
  readonly number: number;
  readonly block: Block;
}

function titleOf({ number, block }: Laid): string {
  return `Layer ${number} (${[...new Set(block.symbols)].join(', ')})`;
}

/** The fewest edges of the first block along an axis that suit all layers. @throws 'unsupported', naming the layer that fits worst where they fit best */
function fitAcross(laid: readonly Laid[], axis: number): { edge_A: number; fits: Fit[] } {
  const first = laid[0]!.block.cell_A[axis]!;
  let best: { n: number; fits: Fit[]; worst: number } | undefined;
  for (let n = 1; n <= MAX_REPEATS; n++) {
    const fits = laid.map(({ block }): Fit => {
      const ratio = (n * first) / block.cell_A[axis]!;
      // The smaller strain, which is not always the nearer number: 16.497 blocks are 3.1 % more than 16 and 3.0 % less than 17.
      const below = Math.max(1, Math.floor(ratio));
      const repeats = ratio / below - 1 <= 1 - ratio / (below + 1) ? below : below + 1;
      return { repeats, strain: ratio / repeats - 1 };
    });
    const misfits = fits.map(({ strain }) => Math.abs(strain));
    const worst = misfits.indexOf(Math.max(...misfits));
    if (misfits[worst]! <= MAX_STRAIN) return { edge_A: n * first, fits };
    if (!best || misfits[worst]! < Math.abs(best.fits[best.worst]!.strain)) best = { n, fits, worst };
  }
  const { n, fits, worst } = best!;
  const { repeats, strain } = fits[worst]!;
  const layer = laid[worst]!;
  const own = layer.block.cell_A[axis]!;
  return fail(
    'unsupported',
    `${titleOf(layer)} does not fit along ${'xyz'[axis]}: ${repeats} × ${own.toFixed(3)} Å on ${n} × ${first.toFixed(3)} Å is a strain of ${(100 * strain).toFixed(1)} %.`,
    `Cut its block along other directions (zone, x): up to ${MAX_REPEATS} edges of the first layer must suit all others within ${100 * MAX_STRAIN} %.`,
    { layer: layer.number, axis: 'xyz'[axis], strain },
  );
}

/** Mean-square displacement of each element [Å²]: the mean over the layers that know one, weighted by their atoms. */
function mergedU2(parts: readonly { block: Block; blocks: number }[]): Record<string, number> {
  const sums = new Map<string, { u: number; n: number }>();
  for (const { block, blocks } of parts) {
    for (const [symbol, u2] of Object.entries(block.u2_A2)) {
      const there = block.symbols.reduce((sum, s, i) => sum + (s === symbol ? block.occupancy[i]! : 0), 0) * blocks;
      const { u, n } = sums.get(symbol) ?? { u: 0, n: 0 };
      if (there > 0) sums.set(symbol, { u: u + there * u2, n: n + there });
    }
  }
  return Object.fromEntries([...sums].map(([symbol, { u, n }]) => [symbol, u / n]));
}

/** @throws 'unsupported' where atoms of two layers meet; `owner` is the layer's number of each atom, `ends` where it begins and ends along the growth */
function checkInterfaces(
  positions_A: Float64Array,
  cell_A: Vec3,
  growth: number,
  owner: Int32Array,
  layers: Film['layers'],
): void {
  const places = new Places(latticeOf(cell_A, [90, 90, 90]), TOO_CLOSE_A);
  const atoms: number[] = [];
  for (let atom = 0; atom < owner.length; atom++) {
    const p = at(positions_A, atom);
    const { from_A, to_A } = layers[owner[atom]! - 1]!;
    // Only atoms near an interface can meet another layer's.
    const edge = cell_A[growth]!;
    const away = [from_A, to_A].map((end) => Math.abs(p[growth]! - end - edge * Math.round((p[growth]! - end) / edge)));
    if (Math.min(...away) > 2 * TOO_CLOSE_A) continue;
    const f: Vec3 = [p[0] / cell_A[0], p[1] / cell_A[1], p[2] / cell_A[2]];
    for (const near of places.near(f)) {
      const other = owner[atoms[near]!]!;
      if (other === owner[atom]) continue;
      fail(
        'unsupported',
        `Atoms of layers ${other} and ${owner[atom]} lie less than ${TOO_CLOSE_A} Å apart where the layers meet.`,
        'Shift the origin of one of the crystals, so that its block ends between two atomic planes, or put vacuum between them.',
        { layers: [other, owner[atom]!] },
      );
    }
    places.add(f);
    atoms.push(atom);
  }
}

/**
 * The layers as one block, the first at 0. The first layer with atoms sets the two edges across the growth; the others are strained to them: fractional
 * coordinates are kept across the growth, the blocks' extent along it too (no Poisson contraction). Occupancy is carried. `u2_A2` is one number per
 * element, as everywhere: the mean over the layers that know one, weighted by their atoms, so that an element in two crystals has neither's own.
 *
 * The box repeats along the growth as well: the last layer meets the first, unless vacuum separates them. An atom that a polar shift has put just below
 * a layer's beginning stays there; below 0 it comes at the box's end.
 *
 * @returns positions [Å], [atoms][3], in [0, edge)
 * @throws 'range' for an extent that is not a positive number, or for vacuum alone; 'unsupported' for a layer that does not fit, with its number from 1
 * and its strain, or for layers whose atoms meet
 */
export function film(layers: readonly FilmLayer[], growth: 'x' | 'y' | 'z'): Film {
  const g = 'xyz'.indexOf(growth);
  const [p, q] = [0, 1, 2].filter((axis) => axis !== g) as [number, number];
  for (const [i, { extent_A }] of layers.entries()) {
    if (!(extent_A > 0 && Number.isFinite(extent_A)))
      fail('range', `Layer ${i + 1} has an extent of ${extent_A} Å.`, 'Give a positive extent.', { layer: i + 1 });
  }
  const laid = layers.flatMap(({ block }, i): Laid[] => (block ? [{ number: i + 1, block }] : []));
  if (laid.length === 0) fail('range', 'The film holds no atoms.', 'Give at least one layer a crystal or a file.');
  const [alongP, alongQ] = [fitAcross(laid, p), fitAcross(laid, q)];

  const cell = [0, 0, 0];
  [cell[p], cell[q]] = [alongP.edge_A, alongQ.edge_A];
  const placed: Film['layers'][number][] = [];
  const parts: { number: number; block: Block; repeats: number[]; from_A: number; blocks: number }[] = [];
  for (const [i, { block, extent_A }] of layers.entries()) {
    const from_A = cell[g]!;
    const index = parts.length;
    const repeats = [1, 1, 1];
    if (block) {
      repeats[p] = alongP.fits[index]!.repeats;
      repeats[q] = alongQ.fits[index]!.repeats;
      repeats[g] = Math.max(1, Math.round(extent_A / block.cell_A[g]!));
      parts.push({ number: i + 1, block, repeats, from_A, blocks: repeats[0]! * repeats[1]! * repeats[2]! });
    }
    cell[g] = from_A + (block ? repeats[g]! * block.cell_A[g]! : extent_A);
    const strain = block ? ([alongP.fits[index]!.strain, alongQ.fits[index]!.strain] as const) : ([0, 0] as const);
    placed.push({ from_A, to_A: cell[g]!, strain });
  }
  const cell_A = cell as unknown as Vec3;

  const atoms = parts.reduce((sum, { block, blocks }) => sum + blocks * block.symbols.length, 0);
  const symbols: string[] = [];
  const positions_A = new Float64Array(3 * atoms);
  const occupancy = new Float64Array(atoms);
  const owner = new Int32Array(atoms);
  for (const { number, block, repeats, from_A } of parts) {
    const spread = [0, 1, 2].map((axis) => (axis === g ? block.cell_A[g]! : cell_A[axis]! / repeats[axis]!));
    for (const index of indices(repeats)) {
      for (const [atom, symbol] of block.symbols.entries()) {
        const to = symbols.length;
        symbols.push(symbol);
        occupancy[to] = block.occupancy[atom]!;
        owner[to] = number;
        for (let axis = 0; axis < 3; axis++) {
          const edge = block.cell_A[axis]!;
          const low = axis === g ? -SAME_PLANE_A / edge : 0;
          const x = block.positions_A[3 * atom + axis]! / edge;
          const f = x - Math.floor(x - low);
          positions_A[3 * to + axis] = within(
            (f + index[axis]!) * spread[axis]! + (axis === g ? from_A : 0),
            cell_A[axis]!,
          );
        }
      }
    }
  }
  checkInterfaces(positions_A, cell_A, g, owner, placed);
  return {
    cell_A,
    symbols,
    positions_A,
    occupancy,
    u2_A2: mergedU2(parts),
    layers: placed,
    notes: [
      ...new Set(laid.flatMap(({ block: { notes = [] } }) => notes)),
      ...laid.flatMap((layer) => strainNote(layer, placed[layer.number - 1]!.strain, 'xyz'[p]! + 'xyz'[q]!)),
    ],
    u2Notes: [...new Set(laid.flatMap(({ block: { u2Notes = [] } }) => u2Notes))],
  };
}

/** What coherent growth did to a layer; nothing for one that keeps its edges. */
function strainNote(layer: Laid, strain: readonly [number, number], axes: string): string[] {
  if (strain.every((e) => Math.abs(e) < 1e-6)) return [];
  const parts = strain.map((e, i) => `${e < 0 ? '−' : '+'}${Math.abs(100 * e).toFixed(2)} % along ${axes[i]}`);
  return [`${titleOf(layer)} is strained to fit the first one: ${parts.join(', ')}; 0 % along the growth.`];
}

/** Every (i, j, k) below the counts. */
function* indices([nx, ny, nz]: readonly number[]): Generator<Vec3> {
  for (let k = 0; k < nz!; k++) for (let j = 0; j < ny!; j++) for (let i = 0; i < nx!; i++) yield [i, j, k];
}

/** x moved into [0, edge). */
function within(x: number, edge: number): number {
  const y = x - edge * Math.floor(x / edge);
  return y < edge ? y : 0;
}

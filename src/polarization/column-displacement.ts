/**
 * Displacement of B columns against the A columns around them, cell by cell, from an image alone [pm]:
 *
 *     δ = L⁻¹ [r_B − ¼ Σ₄ r_A] · a,      L the edges of the lattice of the A columns in the image [px], a its known edge [Å].
 *
 * The image is measured by its own lattice: no pixel size, no calibration. Components along the lattice's two edges. In the words of labels δ is δTi + δO
 * (crystal/local.ts) of one column, mean over the depth as channelling weights it.
 *
 * What this is not: δTi, the displacement against oxygen, which the dark field does not see; nor the component along the beam.
 */

import { fail } from '../core/errors.ts';
import { type ColumnLattice, findLattice, fitLattice, inEdges, latticePoint } from './column-lattice.ts';
import { type ColumnImage, type FittedColumn, fitColumns } from './columns.ts';

export interface CellDisplacement {
  /** Of its A columns (u, v) … (u + 1, v + 1), counted from the lattice's origin. */
  readonly cell: readonly [u: number, v: number];
  /** Along the edges a and b [pm]. */
  readonly delta_pm: readonly [number, number];
  /** Standard uncertainty of each, of the fits (columns.ts) [pm]. */
  readonly sigma_pm: readonly [number, number];
  readonly B: FittedColumn;
}

export interface ColumnDisplacements {
  /** Least-squares lattice of the fitted A columns [px]. */
  readonly lattice: ColumnLattice;
  /** Rms distance of A columns from it [pm]. */
  readonly rms_pm: number;
  readonly A: readonly { readonly site: readonly [u: number, v: number]; readonly column: FittedColumn }[];
  /** Of every cell all of whose five columns were found. */
  readonly cells: readonly CellDisplacement[];
  /** Columns of the lattice whose disc lies in the image and that were not found. */
  readonly lost: number;
}

/**
 * @param near edges that are expected in the image [px]
 * @param edge_A what they are in the crystal [Å]
 * @throws 'range' where there is no such lattice, or no whole cell; as `fitColumns`
 */
export function columnDisplacements(
  image: ColumnImage,
  near: Pick<ColumnLattice, 'a' | 'b'>,
  edge_A: readonly [a: number, b: number],
): ColumnDisplacements {
  const found = findLattice(image, near);
  const radius = Math.hypot(found.a[0] + found.b[0], found.a[1] + found.b[1]) / 4;
  const sites = sitesIn(found, image.shape, radius);
  const fitted = fitColumns(
    image,
    sites.map(({ uv }) => latticePoint(found, ...uv)),
    radius,
  );
  const at = new Map<string, FittedColumn>();
  for (const [i, { uv }] of sites.entries()) if (fitted[i]) at.set(uv.join(' '), fitted[i]);
  const A = sites.flatMap(({ uv: [u, v] }) => {
    const column = at.get(`${u} ${v}`);
    return Number.isInteger(u) && column ? [{ site: [u, v] as const, column }] : [];
  });
  const lattice = fitLattice(A.map(({ site, column }) => ({ at: [column.x, column.y], uv: site })));
  const scale = [100 * edge_A[0], 100 * edge_A[1]] as const;
  const inPm = (difference: readonly [number, number]): [number, number] => {
    const [u, v] = inEdges(lattice, difference);
    return [u * scale[0], v * scale[1]];
  };
  const off = A.map(({ site, column }) => {
    const [x, y] = latticePoint(lattice, ...site);
    return Math.hypot(...inPm([column.x - x, column.y - y])) ** 2;
  });
  const cells = sites.flatMap(({ uv: [u, v] }): CellDisplacement[] => {
    if (Number.isInteger(u)) return [];
    const cell = [u - 0.5, v - 0.5] as const;
    const corners = [0, 1, 2, 3].flatMap((c) => at.get(`${cell[0] + (c & 1)} ${cell[1] + (c >> 1)}`) ?? []);
    const B = at.get(`${u} ${v}`);
    if (!B || corners.length < 4) return [];
    const mean = (f: (column: FittedColumn) => number) => corners.reduce((sum, column) => sum + f(column) / 4, 0);
    const variance = ([0, 1, 2] as const).map((i) => B.covariance[i] + mean((column) => column.covariance[i]) / 4) as [
      number,
      number,
      number,
    ];
    return [
      {
        cell,
        delta_pm: inPm([B.x - mean(({ x }) => x), B.y - mean(({ y }) => y)]),
        sigma_pm: sigmaOf(lattice, variance, scale),
        B,
      },
    ];
  });
  if (cells.length === 0) {
    fail('range', 'No cell of the image has all of its five columns.', 'Give an image of several whole unit cells.', {
      columns: at.size,
    });
  }
  return {
    lattice,
    rms_pm: Math.sqrt(off.reduce((sum, d2) => sum + d2, 0) / off.length),
    A,
    cells,
    lost: sites.filter(({ whole }) => whole).length - at.size,
  };
}

/** Places (u, v) of A columns and, half an edge beyond, of B columns that have some of their disc of `radius` in the image; and whether all of it. */
function sitesIn(lattice: ColumnLattice, [ny, nx]: readonly [number, number], radius: number): Site[] {
  const reach = Math.ceil(Math.hypot(nx, ny) / Math.min(Math.hypot(...lattice.a), Math.hypot(...lattice.b)));
  const sites: Site[] = [];
  for (let v = -reach; v <= reach; v++) {
    for (let u = -reach; u <= reach; u++) {
      for (const half of [0, 0.5]) {
        const [x, y] = latticePoint(lattice, u + half, v + half);
        /** Of its disc's box in the image's frame, on its narrowest side [px]. */
        const inside = 0.5 + Math.min(x, y, nx - 1 - x, ny - 1 - y);
        if (inside > -radius) sites.push({ uv: [u + half, v + half], whole: inside >= radius });
      }
    }
  }
  return sites;
}

interface Site {
  readonly uv: readonly [u: number, v: number];
  readonly whole: boolean;
}

/** Standard deviations along the edges of a difference of covariance (xx, xy, yy) [px²]. */
function sigmaOf(
  lattice: ColumnLattice,
  [xx, xy, yy]: readonly [number, number, number],
  scale: readonly [number, number],
): [number, number] {
  const x = inEdges(lattice, [1, 0]);
  const y = inEdges(lattice, [0, 1]);
  return [0, 1].map((i) => scale[i]! * Math.sqrt(x[i]! ** 2 * xx + 2 * x[i]! * y[i]! * xy + y[i]! ** 2 * yy)) as [
    number,
    number,
  ];
}

/**
 * Wave vectors of a supercell of nx × ny × nz cubic cells: element [iz][iy][ix] of a transform is k = 2π/a·(f(ix)/nx, f(iy)/ny, f(iz)/nz) with f the signed
 * frequency; an edge with an even count of cells meets the zone's face at f/n = −½.
 */

import { fail } from '../core/errors.ts';
import { frequency, primeFactors } from '../core/fft.ts';
import { cellCount, type Vec3 } from '../crystal/structure.ts';

/** Refuses what the fast transform cannot do. @throws 'range' where a count of cells is not a product of 2, 3 and 5 */
export function requireCells(cells: Vec3): void {
  for (const n of cells) {
    if (!Number.isInteger(n) || n < 1 || primeFactors(n).some((p) => p > 5)) {
      fail(
        'range',
        `A supercell of ${cells.join(' × ')} cells: ${n} is not a product of 2, 3 and 5.`,
        'Choose other counts, such as 8, 12, 16, 20, 24, 25, 30 or 32.',
        { cells },
      );
    }
  }
}

/** q = k·a/2π of element (ix, iy, iz), each component in [−½, ½). */
export function waveVector(cells: Vec3, ix: number, iy: number, iz: number): Vec3 {
  return [frequency(ix, cells[0]) / cells[0], frequency(iy, cells[1]) / cells[1], frequency(iz, cells[2]) / cells[2]];
}

/**
 * A real symmetric tensor of k with the mirror planes of the cubic lattice, computed once per octant: the tensor's component αβ changes sign with k_α and k_β.
 * @param tensor (xx, yy, zz, yz, zx, xy) at q
 * @returns [nz][ny][nx][6]
 */
export function octantTable(cells: Vec3, tensor: (q: Vec3) => ArrayLike<number>): Float64Array {
  const [nx, ny, nz] = cells;
  const table = new Float64Array(6 * cellCount(cells));
  for (let iz = 0; iz <= nz / 2; iz++) {
    for (let iy = 0; iy <= ny / 2; iy++) {
      for (let ix = 0; ix <= nx / 2; ix++) {
        const [xx, yy, zz, yz, zx, xy] = Array.from(tensor([ix / nx, iy / ny, iz / nz])) as [number, ...number[]];
        for (let mirror = 0; mirror < 8; mirror++) {
          const [mx, my, mz] = [mirror & 1, (mirror >> 1) & 1, mirror >> 2];
          const at = (((mz ? nz - iz : iz) % nz) * ny + ((my ? ny - iy : iy) % ny)) * nx + ((mx ? nx - ix : ix) % nx);
          const sign = (a: number, b: number) => (a === b ? 1 : -1);
          table.set([xx, yy!, zz!, sign(my, mz) * yz!, sign(mz, mx) * zx!, sign(mx, my) * xy!], 6 * at);
        }
      }
    }
  }
  return table;
}

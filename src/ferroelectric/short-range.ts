/**
 * Short-range interaction between soft modes of first, second and third neighbours, ½ Σ_i Σ_j u_i·J(j − i)·u_j [eV], J in eV/Å².
 * Zhong, Vanderbilt, Rabe, PRB 52, 6301 (1995), Eq. 8. With n the neighbour's offset in cells:
 *
 *     first (1,0,0)    J_αα = j2 along the bond, j1 across
 *     second (1,1,0)   J_αα = j3 where n_α ≠ 0, j4 where n_α = 0;   J_αβ = j5 n_α n_β
 *     third (1,1,1)    J_αα = j6;   J_αβ = j7 n_α n_β
 */

import { cellCount, cellIndex, type Vec3 } from '../crystal/structure.ts';
import type { HamiltonianParameters } from './parameters.ts';
import { waveVector } from './wave-vectors.ts';

interface Neighbour {
  /** Offset in cells. */
  readonly offset: Vec3;
  /** J [eV/Å²] as (xx, yy, zz, yz, zx, xy). */
  readonly J: readonly [number, number, number, number, number, number];
}

/** The 26 neighbours of a cell. */
function neighbours({ j }: HamiltonianParameters): Neighbour[] {
  const [j1, j2, j3, j4, j5, j6, j7] = j;
  const found: Neighbour[] = [];
  for (const x of [-1, 0, 1]) {
    for (const y of [-1, 0, 1]) {
      for (const z of [-1, 0, 1]) {
        const order = Math.abs(x) + Math.abs(y) + Math.abs(z);
        if (order === 0) continue;
        const [along, across, mixed] = [[], [j2, j1, 0], [j3, j4, j5], [j6, j6, j7]][order] as [number, number, number];
        const diagonal = (n: number) => (n === 0 ? across : along);
        found.push({
          offset: [x, y, z],
          J: [diagonal(x), diagonal(y), diagonal(z), mixed * y * z, mixed * z * x, mixed * x * y],
        });
      }
    }
  }
  return found;
}

/**
 * Σ_j J(j − i)·u_j of every cell [eV/Å], by the sum over neighbours.
 * @param u_A [nz][ny][nx][3]
 * @returns [nz][ny][nx][3]
 */
export function shortRangeField(p: HamiltonianParameters, cells: Vec3, u_A: Float64Array): Float64Array {
  const out = new Float64Array(3 * cellCount(cells));
  const around = neighbours(p);
  for (let k = 0, at = 0; k < cells[2]; k++) {
    for (let j = 0; j < cells[1]; j++) {
      for (let i = 0; i < cells[0]; i++, at += 3) {
        for (const { offset, J } of around) {
          const other = 3 * cellIndex(cells, i + offset[0], j + offset[1], k + offset[2]);
          const [x, y, z] = [u_A[other]!, u_A[other + 1]!, u_A[other + 2]!];
          out[at]! += J[0] * x + J[5] * y + J[4] * z;
          out[at + 1]! += J[5] * x + J[1] * y + J[3] * z;
          out[at + 2]! += J[4] * x + J[3] * y + J[2] * z;
        }
      }
    }
  }
  return out;
}

/** J(k) = Σ_n J(n) cos(k·n) for every wave vector of a supercell [eV/Å²], [nz][ny][nx][6] (xx, yy, zz, yz, zx, xy). */
export function shortRangeTable(p: HamiltonianParameters, cells: Vec3): Float64Array {
  const table = new Float64Array(6 * cellCount(cells));
  const around = neighbours(p);
  for (let iz = 0, at = 0; iz < cells[2]; iz++) {
    for (let iy = 0; iy < cells[1]; iy++) {
      for (let ix = 0; ix < cells[0]; ix++, at += 6) {
        const q = waveVector(cells, ix, iy, iz);
        for (const { offset, J } of around) {
          const phase = Math.cos(2 * Math.PI * (q[0] * offset[0] + q[1] * offset[1] + q[2] * offset[2]));
          for (let l = 0; l < 6; l++) table[at + l]! += J[l]! * phase;
        }
      }
    }
  }
  return table;
}

/**
 * A thin film between electrodes and the fields in it. Phenomenological: screening, surface fields and dead layers are given, not computed. Normal z, from the
 * lower electrode (cell layer 0) to the upper one; positive fields and polarizations point up. Layer k lies at height (k + ½)a0.
 *
 * What this is not: the atoms of electrodes, the charge that screens, or a dead layer that answers to the film's polarization.
 */

import { fail } from '../core/errors.ts';
import { RandomStream } from '../core/random.ts';
import { cellCount, type Vec3 } from '../crystal/structure.ts';

/** Layers of a poorer dielectric, in series with the film. */
export interface DeadLayer {
  /** Of all of them together [nm]. */
  readonly thickness_nm: number;
  /** Relative static permittivity of theirs, and of the film. */
  readonly permittivity: number;
  readonly film_permittivity: number;
}

/**
 * The field that a voltage makes in a film, E = V_film/d. Film and dead layer are capacitors in series, C = ε₀εA/d each, which carry the same charge:
 * V_film/V_dead = C_dead/C_film, hence
 *
 *     V_film = V / (1 + (d_dead/ε_dead)(ε_film/d)),   E = V / (d + d_dead ε_film/ε_dead)
 *
 * The film's answer is linear here, by ε_film; its spontaneous polarization does not come in (the depolarising field is the Hamiltonian's).
 * @param bias_V of the lower electrode against the upper one: positive makes a field that points up
 * @param thickness_A d
 * @returns [V/Å]
 * @throws 'range' for a thickness or permittivity that is not positive; a dead layer may have no thickness
 */
export function biasField(bias_V: number, thickness_A: number, dead?: DeadLayer): number {
  const { thickness_nm = 0, permittivity = 1, film_permittivity = 1 } = dead ?? {};
  if (!(thickness_A > 0 && permittivity > 0 && film_permittivity > 0 && thickness_nm >= 0)) {
    fail('range', 'A thickness or permittivity of the film or its dead layer is not positive.', 'Give positive ones.', {
      thickness_A,
      ...dead,
    });
  }
  return bias_V / (thickness_A + (10 * thickness_nm * film_permittivity) / permittivity);
}

/** Fields that do not change with the bias. */
export interface FilmFields {
  /** At the outermost layers [V/Å]; positive points outward: up at the top, down at the bottom. Falls by e every `surface_decay_cells` layers. */
  readonly surface_field_V_per_A: number;
  readonly surface_decay_cells: number;
  /** Uniform, along z [V/Å], as of electrodes with two work functions. */
  readonly built_in_field_V_per_A: number;
  /** Standard deviation of each component of a field drawn for every cell by itself [V/Å]. */
  readonly random_field_V_per_A: number;
}

/** The field of each cell [V/Å], [nz][ny][nx][3]. @param seed of the random field alone */
export function filmField(cells: Vec3, fields: FilmFields, seed: number): Float64Array {
  const { surface_field_V_per_A, surface_decay_cells, built_in_field_V_per_A, random_field_V_per_A } = fields;
  const stream = new RandomStream(seed, 'film', 'random field');
  const layer = 3 * cells[0] * cells[1];
  return Float64Array.from({ length: 3 * cellCount(cells) }, (_, i) => {
    const random = random_field_V_per_A === 0 ? 0 : random_field_V_per_A * stream.normal();
    if (i % 3 !== 2) return random;
    const k = Math.floor(i / layer);
    const surface = Math.exp(-(cells[2] - 1 - k) / surface_decay_cells) - Math.exp(-k / surface_decay_cells);
    return random + built_in_field_V_per_A + surface_field_V_per_A * surface;
  });
}

/** The mean of one component over the cells of each layer. @param field [nz][ny][nx][3] @returns [nz] */
export function layerMeans(field: Float64Array, [nx, ny, nz]: Vec3, component: 0 | 1 | 2): Float64Array {
  const means = new Float64Array(nz);
  for (let cell = 0; cell < field.length / 3; cell++) {
    means[Math.floor(cell / (nx * ny))]! += field[3 * cell + component]! / (nx * ny);
  }
  return means;
}

/**
 * Where the tails of the polarization meet: the zero of P_z(z) with the film pointing down below it and up above it, which is where ∫ P_z dz from the bottom
 * is least. In layers from 0, linear between layers; undefined where no zero within the film does that, as in a film that points one way.
 */
export function tailToTailLayer(P_z: ArrayLike<number>): number | undefined {
  let [sum, least, layer] = [0, 0, -1];
  for (let k = 0; k < P_z.length; k++) {
    sum += P_z[k]!;
    if (sum < least) [least, layer] = [sum, k];
  }
  if (layer < 0 || layer === P_z.length - 1) return undefined;
  const [below, above] = [P_z[layer]!, P_z[layer + 1]!];
  return layer + below / (below - above);
}

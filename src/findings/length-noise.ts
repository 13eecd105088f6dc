/**
 * The density of |P| where every position has the same true vector and nothing but noise makes them differ: what is to be seen in a histogram of |P| without any
 * polarization beside the mean. In the plane Rice's, in space that of different σ in the plane and along the beam (Maxwell's where they are the same and the mean is 0):
 *
 *     p(r) = ∫ p_Rice(ρ | ν_∥, σ_∥) N(z | ν_z, σ_z) r/ρ dz,   ρ² = r² − z²,   −r < z < r.
 *
 * Not here: one σ for all components (magnitude-noise.ts).
 */

import { sigmaOf } from './draws.ts';
import { type Dimensions, magnitudeDensity } from './magnitude-noise.ts';
import { AXES, type VectorField } from './vector-field.ts';

/** Steps of the integral, in the smaller σ, and the fewest of them: for 1e-3 of the density. */
const STEP = 0.2;
const FEWEST = 64;
/** z beyond so many σ_z of its mean is left out. */
const REACH = 6;

/** p(r), per unit. @param nu true length in the plane, and along z @param sigma of each component in the plane, above zero, and along z */
export function noisyLengthDensity(
  r: number,
  nu: readonly [plane: number, z: number],
  sigma: readonly [plane: number, z: number],
): number {
  if (!(r > 0)) return 0;
  // z = r sin φ: r/ρ dz becomes r dφ.
  const angle = (z: number): number => Math.asin(Math.min(1, Math.max(-1, z / r)));
  const [low, high] = [angle(nu[1] - REACH * sigma[1]), angle(nu[1] + REACH * sigma[1])];
  if (!(high > low)) return 0;
  const points = Math.max(FEWEST, Math.ceil(((high - low) * r) / (STEP * Math.min(...sigma))));
  const step = (high - low) / points;
  let sum = 0;
  for (let k = 0; k < points; k++) {
    const phi = low + (k + 0.5) * step;
    const away = (r * Math.sin(phi) - nu[1]) / sigma[1];
    sum += magnitudeDensity(r * Math.cos(phi), nu[0], sigma[0], 2) * Math.exp((-away * away) / 2);
  }
  return (sum * step * r) / (sigma[1] * Math.sqrt(2 * Math.PI));
}

/** Positions whose σ a curve is the mean of. */
const GROUPS = 6;

/**
 * Density of |P| at each r if P were the mean of the field everywhere and noise of its σ all that there is; σ in the plane is the rms of those of x and y.
 * @throws 'incomplete' where the field states no σ
 */
export function noiseAroundMean(field: VectorField, at: Float64Array, dimensions: Dimensions): Float64Array {
  const sigma = sigmaOf(field);
  const valid = Array.from(field.valid.keys()).filter((i) => field.valid[i]);
  const [x, y, z] = AXES.map((axis) => valid.reduce((sum, i) => sum + field.values[axis][i]!, 0) / valid.length);
  const plane = (i: number): number => Math.hypot(sigma.x[i]!, sigma.y[i]!) / Math.SQRT2;
  // By the σ that most of the width comes from, at equal shares of positions.
  const size = (i: number): number => (dimensions === 2 ? plane(i) : Math.hypot(plane(i), plane(i), sigma.z[i]!));
  const sorted = valid.toSorted((a, b) => size(a) - size(b));
  const groups = Array.from({ length: GROUPS }, (_, g) => sorted[Math.floor(((g + 0.5) / GROUPS) * sorted.length)]!);
  const nu = Math.hypot(x!, y!);
  // Alike, they are one.
  const few = size(sorted[0]!) > 0.999 * size(sorted.at(-1)!) ? groups.slice(0, 1) : groups;
  return at.map((r) => {
    const each = few.map((i) =>
      dimensions === 2
        ? magnitudeDensity(r, nu, plane(i), 2)
        : noisyLengthDensity(r, [nu, z!], [plane(i), sigma.z[i]!]),
    );
    return each.reduce((sum, p) => sum + p, 0) / few.length;
  });
}

/**
 * Geometric aberrations of the probe-forming lens to third order, in Krivanek's notation: coefficients C_{n,m} (order n, symmetry m) and azimuths φ_{n,m},
 *
 *   χ(θ, φ) = (2π/λ) Σ C_{n,m} θ^{n+1}/(n+1) · cos(m(φ − φ_{n,m})),   probe ∝ A(k)·exp(−iχ(k))·exp(−2πik·r0),   θ = λ|k|
 *
 * with φ counted from +x towards +y. A ray at k lands at r0 + ∇χ/2π. Defocus is not here: `ProbeOptions.defocus_nm` = −C_{1,0}. Nor is what lies beyond
 * third order. Sources: Krivanek, Dellby, Lupini, Ultramicroscopy 78 (1999) 1; Haider's names as in Uhlemann and Haider, Ultramicroscopy 72 (1998) 109:
 *
 *   χ = (2π/λ) Re{½ωω̄C1 + ½ω̄²A1 + ω̄²ωB2 + ⅓ω̄³A2 + ¼(ωω̄)²C3 + ω̄³ωS3 + ¼ω̄⁴A3},   ω = θ·exp(iφ)
 *
 * | Krivanek, here | Haider | name |
 * |---|---|---|
 * | C10 = −defocus_nm | C1 = C10 | defocus |
 * | C12, φ12 | A1 = C12·exp(2iφ12) | twofold astigmatism |
 * | C21, φ21 | B2 = ⅓·C21·exp(iφ21) | axial coma |
 * | C23, φ23 | A2 = C23·exp(3iφ23) | threefold astigmatism |
 * | C30 | C3 = Cs = C30 | spherical aberration, positive in a round lens |
 * | C32, φ32 | S3 = ¼·C32·exp(2iφ32) | star aberration |
 * | C34, φ34 | A3 = C34·exp(4iφ34) | fourfold astigmatism |
 *
 * Krivanek's Cartesian pair is C_{n,m,a} = C·cos(mφ), C_{n,m,b} = C·sin(mφ). Some authors put ω²ω̄ and ω³ω̄ beside B2 and S3: take their conjugates.
 */

import { fail } from '../core/errors.ts';
import type { Options } from '../core/schema.ts';
import type { aberrationsOptions } from './options.ts';

/** Coefficients beyond defocus; each is 0 where absent, its azimuth [degrees] too. 1000 µm = 1 mm. */
export type Aberrations = Options<typeof aberrationsOptions>;

/** [n, m, C_{n,m} [Å], azimuth [degrees]] of each coefficient. */
function terms(a: Aberrations): readonly (readonly [n: number, m: number, c_A: number, phi_deg: number])[] {
  return [
    [1, 2, 10 * (a.C12_nm ?? 0), a.phi12_deg ?? 0],
    [2, 1, 10 * (a.C21_nm ?? 0), a.phi21_deg ?? 0],
    [2, 3, 10 * (a.C23_nm ?? 0), a.phi23_deg ?? 0],
    [3, 0, 1e4 * (a.C30_um ?? 0), 0],
    [3, 2, 1e4 * (a.C32_um ?? 0), a.phi32_deg ?? 0],
    [3, 4, 1e4 * (a.C34_um ?? 0), a.phi34_deg ?? 0],
  ];
}

/** χ [rad] at transverse frequency (kx, ky) [1/Å], defocus excluded. @throws 'not-finite' for a coefficient that is not a number */
export function aberrationPhase(kx: number, ky: number, wavelength_A: number, aberrations: Aberrations): number {
  const theta = wavelength_A * Math.hypot(kx, ky);
  const phi = Math.atan2(ky, kx);
  let chi = 0;
  for (const [n, m, c_A, phi_deg] of terms(aberrations)) {
    if (c_A === 0) continue;
    chi += ((c_A * theta ** (n + 1)) / (n + 1)) * Math.cos(m * (phi - (phi_deg * Math.PI) / 180));
  }
  if (!Number.isFinite(chi)) notFinite(aberrations);
  return (2 * Math.PI * chi) / wavelength_A;
}

/**
 * Where the ray at (kx, ky) [1/Å] lands, relative to the probe's position [Å]: ∇χ/2π, defocus excluded. With q = (n+1−m)/2 and ω = θ·exp(iφ) a term is
 * C/(n+1)·Re{c·ω^{q+m}ω̄^q}, c = exp(−imφ_{n,m}), whose gradient, as x + iy, is C/(n+1)·(q·c·ω^{q+m}ω̄^{q−1} + (q+m)·c̄·ω^q·ω̄^{q+m−1}).
 * @throws 'not-finite' for a coefficient that is not a number
 */
export function rayShift_A(
  kx: number,
  ky: number,
  wavelength_A: number,
  aberrations: Aberrations,
): readonly [x: number, y: number] {
  const theta = wavelength_A * Math.hypot(kx, ky);
  const phi = Math.atan2(ky, kx);
  let x = 0;
  let y = 0;
  for (const [n, m, c_A, phi_deg] of terms(aberrations)) {
    if (c_A === 0) continue;
    const q = (n + 1 - m) / 2;
    const size = (c_A * theta ** n) / (n + 1);
    // ω^{q+m}ω̄^{q−1} turns by (m + 1)φ, its partner by −(m − 1)φ.
    const [first, second] = [(m * phi_deg * Math.PI) / 180, (-m * phi_deg * Math.PI) / 180];
    x += size * (q * Math.cos((m + 1) * phi - first) + (q + m) * Math.cos((1 - m) * phi - second));
    y += size * (q * Math.sin((m + 1) * phi - first) + (q + m) * Math.sin((1 - m) * phi - second));
  }
  if (!Number.isFinite(x + y)) notFinite(aberrations);
  return [x, y];
}

function notFinite(aberrations: Aberrations): never {
  fail('not-finite', 'An aberration coefficient is not a number.', 'Give finite coefficients.', { ...aberrations });
}

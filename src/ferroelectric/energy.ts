/**
 * The effective Hamiltonian of a perovskite ferroelectric: energy, forces and strain of a soft-mode field u, term by term in float64. The readable reference;
 * `kernel.ts` computes the same fast.
 *
 *     H = Σ V_self(u) + V_dipole + V_short + V_elastic(η) + V_elastic(w) + V_coupling(u, η) + V_coupling(u, w) + V_chemical(w) − Z* Σ E(R)·u + p N a0³ (η1 + η2 + η3)
 *
 * The homogeneous strain η takes the value that minimises H where it is not held, and so does the acoustic displacement w(k): forces are then −∂H/∂u at both.
 * Equations: local.ts (self, coupling), dipole.ts, short-range.ts, strain.ts (η), inhomogeneous.ts (w). The chemical term is Σ_R c a(R)(η1 + η2 + η3) with the
 * inhomogeneous strain only. Source: Nishimatsu et al., PRB 78, 104104 (2008) and JPSJ 85, 114714 (2016); Zhong, Vanderbilt, Rabe, PRB 52, 6301 (1995).
 *
 * What this is not: octahedral tilts, hard modes, chemical disorder beyond its strain. Energies count from the undistorted cubic crystal of edge a0.
 */

import { fail } from '../core/errors.ts';
import { Fft3 } from '../core/fft.ts';
import { cellCount } from '../crystal/structure.ts';
import { dipoleTable } from './dipole.ts';
import { strainResponseTable, TRIANGLE } from './inhomogeneous.ts';
import { couplingGradient, selfEnergy, selfGradient, strainSource } from './local.ts';
import { normals } from './normals.ts';
import { dipoleStrength } from './parameters.ts';
import { shortRangeField } from './short-range.ts';
import { elasticEnergy, type Voigt } from './strain.ts';
import {
  addLocalField,
  type Conditions,
  chemicalSource,
  type Evaluation,
  type ForceField,
  homogeneousStrain,
  pressureWork,
  requireSystem,
  type System,
  screeningOf,
} from './system.ts';

/** Energies of the supercell [eV]. */
export interface EnergyTerms {
  readonly self: number;
  readonly dipole: number;
  readonly shortRange: number;
  readonly elasticHomogeneous: number;
  readonly elasticInhomogeneous: number;
  readonly couplingHomogeneous: number;
  readonly couplingInhomogeneous: number;
  readonly chemical: number;
  /** Uniform and per cell. */
  readonly field: number;
  readonly pressure: number;
}

export interface ReferenceEvaluation extends Evaluation {
  readonly terms: EnergyTerms;
  /** Inhomogeneous strain of each cell, [6][nz][ny][nx]. */
  readonly localStrain: readonly Float64Array[];
}

/** The sum of a field's products with another. */
const inner = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

export class ReferenceHamiltonian implements ForceField {
  readonly system: System;
  conditions: Conditions;
  readonly u_A: Float64Array;
  readonly force: Float64Array;
  readonly #n: number;
  readonly #fft: Fft3;
  readonly #dipole: Float64Array;
  readonly #response: Float64Array;
  readonly #chemical: Float64Array;

  /** @throws 'range', 'shape' for a system that cannot be */
  constructor(system: System, conditions: Conditions) {
    requireSystem(system);
    this.system = system;
    this.conditions = conditions;
    this.#n = cellCount(system.cells);
    this.u_A = new Float64Array(3 * this.#n);
    this.force = new Float64Array(3 * this.#n);
    this.#fft = new Fft3(...system.cells);
    const strength = dipoleStrength(system.parameters);
    this.#dipole = dipoleTable(system.cells, screeningOf(system)).map((value) => strength * value);
    this.#response = strainResponseTable(system.parameters, system.cells);
    this.#chemical = chemicalSource(system);
  }

  /** @throws 'not-finite' where the energy is no number */
  evaluate(): ReferenceEvaluation {
    const { u_A: u, force, system, conditions } = this;
    const { parameters: p, cells } = system;
    const n = this.#n;

    const sources = Array.from({ length: 6 }, () => new Float64Array(n));
    let self = 0;
    for (let r = 0; r < n; r++) {
      const [x, y, z] = [u[3 * r]!, u[3 * r + 1]!, u[3 * r + 2]!];
      self += selfEnergy(p, x, y, z);
      strainSource(p, x, y, z).forEach((g, l) => {
        sources[l]![r] = g;
      });
    }

    const mean = sources.map((source) => source.reduce((a, b) => a + b, 0) / n) as unknown as Voigt;
    const { strain, stress_eV } = homogeneousStrain(system, conditions, mean);
    const localStrain = this.#localStrain(sources);
    const dipoleField = this.#dipoleField();
    const shortField = shortRangeField(p, cells, u);
    const E = conditions.field_V_per_A ?? [0, 0, 0];

    for (let r = 0; r < n; r++) {
      const [x, y, z] = [u[3 * r]!, u[3 * r + 1]!, u[3 * r + 2]!];
      const total = strain.map((value, l) => value + localStrain[l]![r]!) as unknown as Voigt;
      const coupling = couplingGradient(p, total, x, y, z);
      const own = [selfGradient(p, x, y, z), selfGradient(p, y, z, x), selfGradient(p, z, x, y)];
      for (let a = 0; a < 3; a++) {
        const at = 3 * r + a;
        force[at] = p.zStar * E[a]! - own[a]! - coupling[a]! - dipoleField[at]! - shortField[at]!;
      }
    }

    const couplingInhomogeneous = sources.reduce((sum, source, l) => sum + inner(source, localStrain[l]!), 0);
    const chemical = [0, 1, 2].reduce((sum, l) => sum + inner(this.#chemical, localStrain[l]!), 0);
    const terms: EnergyTerms = {
      self,
      dipole: inner(u, dipoleField) / 2,
      shortRange: inner(u, shortField) / 2,
      elasticHomogeneous: n * elasticEnergy(p, strain),
      // At its minimum a quadratic energy is minus half of what is linear in it.
      elasticInhomogeneous: -(couplingInhomogeneous + chemical) / 2,
      couplingHomogeneous: n * mean.reduce((sum, g, l) => sum + g * strain[l]!, 0),
      couplingInhomogeneous,
      chemical,
      field: -p.zStar * u.reduce((sum, value, i) => sum + value * E[i % 3]!, 0) + addLocalField(this),
      pressure: n * pressureWork(p, conditions) * (strain[0] + strain[1] + strain[2]),
    };
    const energy_eV = Object.values(terms).reduce((a: number, b: number) => a + b, 0);
    if (!Number.isFinite(energy_eV)) {
      fail(
        'not-finite',
        'The energy of the soft-mode field is not a number.',
        'Start from smaller u, or shorten the step.',
      );
    }
    return { energy_eV, strain, stress_eV, terms, localStrain };
  }

  normals(seed: number, step: number): Float64Array {
    const out = new Float64Array(this.u_A.length);
    normals(out, seed, step);
    return out;
  }

  /** D·u [eV/Å], [nz][ny][nx][3]. */
  #dipoleField(): Float64Array {
    const n = this.#n;
    const fields = [0, 1, 2].map((a) => Float64Array.from({ length: n }, (_, r) => this.u_A[3 * r + a]!));
    const spread = this.#convolve(fields, (k, a, b) => this.#dipole[6 * k + (a === b ? a : 6 - a - b)]!);
    return Float64Array.from({ length: 3 * n }, (_, i) => spread[i % 3]![Math.floor(i / 3)]!);
  }

  /** The inhomogeneous strain that the sources and the A sites cause, [6][n]. */
  #localStrain(sources: readonly Float64Array[]): Float64Array[] {
    const loads = sources.map((source, l) => (l < 3 ? source.map((g, r) => g + this.#chemical[r]!) : source.slice()));
    // Row by row, row l of the upper triangle starts after 6 + 5 + … elements.
    const element = (l: number, m: number) => (l > m ? (m * (11 - m)) / 2 + l : (l * (11 - l)) / 2 + m);
    return this.#convolve(loads, (k, l, m) => -this.#response[TRIANGLE * k + element(l, m)]!);
  }

  /** Σ_b of kernel(k, a, b) times the transform of field b, transformed back: real, since the kernel is real and even in k. */
  #convolve(fields: readonly Float64Array[], kernel: (k: number, a: number, b: number) => number): Float64Array[] {
    const n = this.#n;
    const waves = fields.map((field) => ({ re: field.slice(), im: new Float64Array(n) }));
    for (const { re, im } of waves) this.#fft.run(re, im, -1);
    return waves.map((_, a) => {
      const re = new Float64Array(n);
      const im = new Float64Array(n);
      for (let k = 0; k < n; k++) {
        for (const [b, wave] of waves.entries()) {
          const factor = kernel(k, a, b) / n;
          re[k]! += factor * wave.re[k]!;
          im[k]! += factor * wave.im[k]!;
        }
      }
      this.#fft.run(re, im, 1);
      return re;
    });
  }
}

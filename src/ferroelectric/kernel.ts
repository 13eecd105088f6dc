/**
 * The fast engine: the forces of `energy.ts` by a WebAssembly kernel (kernels/ferroelectric.ts), float64, one thread. Per step 18 real transforms, packed as
 * 10 complex ones, and one pass over precomputed tensors per wave vector: Φ(k) = 2κ₂ + J(k) + D(k) and the strain response M(k).
 *
 * What this is not: term by term. Only the total energy comes out.
 */

import { bytesOfBase64 } from '../core/base64.ts';
import { fail } from '../core/errors.ts';
import { kernelImports } from '../core/kernel-imports.ts';
import { cellCount } from '../crystal/structure.ts';
import { dipoleTable } from './dipole.ts';
import { strainResponseTable, TRIANGLE } from './inhomogeneous.ts';
import { PLAIN } from './kernel.generated.ts';
import { STREAM, seedWords } from './normals.ts';
import { dipoleStrength } from './parameters.ts';
import { shortRangeTable } from './short-range.ts';
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
import { type TransformPlan, transformPlan } from './transform-plan.ts';

interface KernelExports {
  // Addresses and counts in the order of the kernel's own signatures.
  transform(...values: number[]): void;
  forces(...values: number[]): void;
  normals(...values: number[]): void;
}

/** Bytes of the five complex numbers of a cell. */
const CELL = 80;
const CONSTANTS = 18;
const SUMS = 6;

/** Hands out 64-byte aligned addresses, then makes the memory that holds them all. */
class Layout {
  /** Below lie the kernel's own constants. */
  #top = 4096;

  place(bytes: number): number {
    const at = this.#top;
    this.#top += Math.ceil(bytes / 64) * 64;
    return at;
  }

  /** @throws 'range' past 2 GB */
  memory(): WebAssembly.Memory {
    if (this.#top > 2 ** 31) {
      fail('range', 'The supercell needs more than 2 GB of kernel memory.', 'Use fewer cells.');
    }
    const pages = Math.ceil(this.#top / 65536);
    return new WebAssembly.Memory({ initial: pages, maximum: 65536 });
  }
}

export class KernelHamiltonian implements ForceField {
  readonly system: System;
  conditions: Conditions;
  readonly u_A: Float64Array;
  readonly force: Float64Array;
  readonly #n: number;
  readonly #constants: Float64Array;
  readonly #sums: Float64Array;
  readonly #transform: () => void;
  readonly #forces: () => void;
  readonly #normals: (seed: number, step: number) => Float64Array;

  private constructor(system: System, conditions: Conditions, module: WebAssembly.Module) {
    this.system = system;
    this.conditions = conditions;
    const [nx, ny, nz] = system.cells;
    const n = cellCount(system.cells);
    this.#n = n;
    const plans = system.cells.map(transformPlan) as unknown as readonly [TransformPlan, TransformPlan, TransformPlan];
    const table = kernelTable(system, plans);
    // Planes an odd number of cache lines apart: elements along z would share cache sets otherwise.
    const plane = (Math.ceil((nx * ny * CELL) / 64) | 1) * 64;

    const layout = new Layout();
    const at = {
      u: layout.place(24 * n),
      force: layout.place(24 * n),
      chemical: layout.place(8 * n),
      constants: layout.place(8 * CONSTANTS),
      sums: layout.place(8 * SUMS),
      mirrors: layout.place(4 * (nx + ny + nz)),
      noise: layout.place(128 * Math.ceil((3 * n) / 16)),
      table: layout.place(table.byteLength),
      plans: plans.map((plan) => layout.place(8 + 16 * plan.radices.length)),
      twiddles: plans.map((plan) => plan.twiddles.map((t) => [layout.place(t.byteLength), layout.place(t.byteLength)])),
      work: layout.place(nz * plane),
    };
    const memory = layout.memory();
    const doubles = (address: number, length: number) => new Float64Array(memory.buffer, address, length);
    const ints = (address: number, values: ArrayLike<number>) =>
      new Int32Array(memory.buffer, address, values.length).set(values);
    this.u_A = doubles(at.u, 3 * n);
    this.force = doubles(at.force, 3 * n);
    this.#constants = doubles(at.constants, CONSTANTS);
    this.#sums = doubles(at.sums, SUMS);
    doubles(at.chemical, n).set(chemicalSource(system));
    doubles(at.table, table.length).set(table);
    ints(
      at.mirrors,
      plans.flatMap(({ mirrors }) => [...mirrors]),
    );
    for (const [axis, plan] of plans.entries()) {
      const header = [plan.radices.length, plan.n];
      for (const [stage, radix] of plan.radices.entries()) {
        const [forward, backward] = at.twiddles[axis]![stage]! as [number, number];
        header.push(radix, plan.lengths[stage]!, forward, backward);
        const values = plan.twiddles[stage]!;
        doubles(forward, values.length).set(values);
        // The way back turns the other way.
        doubles(backward, values.length).set(values.map((value, i) => (i % 4 < 2 ? value : -value)));
      }
      ints(at.plans[axis]!, header);
    }

    const imports = kernelImports(memory, 'Hamiltonian kernel');
    const exports = new WebAssembly.Instance(module, imports).exports as unknown as KernelExports;
    const [planX, planY, planZ] = at.plans as [number, number, number];
    const shape = [nx, ny, nz, plane, at.work, at.u, at.chemical];
    this.#transform = () =>
      exports.transform(...shape, at.constants, at.sums, planX, planY, planZ, at.mirrors, at.table);
    this.#forces = () => exports.forces(...shape, at.force, at.constants, at.sums, planX, planY);
    const noise = doubles(at.noise, 3 * n);
    this.#normals = (seed, step) => {
      exports.normals(at.noise, Math.ceil((3 * n) / 16), step >>> 0, ...STREAM, ...seedWords(seed));
      return noise;
    };
  }

  /** @throws 'range', 'shape' for a system that cannot be */
  static async load(system: System, conditions: Conditions): Promise<KernelHamiltonian> {
    requireSystem(system);
    module ??= await WebAssembly.compile(bytesOfBase64(PLAIN));
    return new KernelHamiltonian(system, conditions, module);
  }

  normals(seed: number, step: number): Float64Array {
    return this.#normals(seed, step);
  }

  /** @throws 'not-finite' where the energy is no number */
  evaluate(): Evaluation {
    const { system, conditions } = this;
    const { parameters: p } = system;
    const n = this.#n;
    const E = conditions.field_V_per_A ?? [0, 0, 0];
    const [along, across, shear] = [p.B1xx / 2, p.B1yy / 2, p.B4yz];
    this.#constants.set([along, across, shear, p.alpha, p.gamma, p.k1, p.k2, p.k3, p.k4]);
    this.#transform();

    const [a, b, c, yz, zx, xy] = this.#sums as unknown as [number, number, number, number, number, number];
    const mean = [
      along * a + across * (b + c),
      along * b + across * (c + a),
      along * c + across * (a + b),
      shear * yz,
      shear * zx,
      shear * xy,
    ].map((sum) => sum / n) as unknown as Voigt;
    const { strain, stress_eV } = homogeneousStrain(system, conditions, mean);
    this.#constants.set(strain, 9);
    this.#constants.set(
      E.map((value) => p.zStar * value),
      15,
    );
    this.#forces();

    const [bilinear, self, strained, x, y, z] = this.#sums as unknown as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const perCell =
      elasticEnergy(p, strain) +
      mean.reduce((sum, g, l) => sum + g * strain[l]!, 0) +
      pressureWork(p, conditions) * (strain[0] + strain[1] + strain[2]);
    const uniform_eV = (bilinear + strained) / 2 + self + n * perCell - p.zStar * (E[0] * x + E[1] * y + E[2] * z);
    const energy_eV = uniform_eV + addLocalField(this);
    if (!Number.isFinite(energy_eV)) {
      fail(
        'not-finite',
        'The energy of the soft-mode field is not a number.',
        'Start from smaller u, or shorten the step.',
      );
    }
    return { energy_eV, strain, stress_eV };
  }
}

let module: WebAssembly.Module | undefined;

/** The 27 numbers of each pair ±k, over 2N, in the order in which the kernel meets the pairs. */
function kernelTable(system: System, plans: readonly [TransformPlan, TransformPlan, TransformPlan]): Float64Array {
  const { parameters, cells } = system;
  const [x, y, z] = plans;
  const n = cellCount(cells);
  const strength = dipoleStrength(parameters);
  const dipole = dipoleTable(cells, screeningOf(system));
  const short = shortRangeTable(parameters, cells);
  const response = strainResponseTable(parameters, cells);
  const table = new Float64Array(27 * n);
  let count = 0;
  for (let j = 0; j < y.n; j++) {
    const otherJ = y.mirrors[j]!;
    if (otherJ < j) continue;
    for (let k = 0; k < z.n; k++) {
      const otherK = z.mirrors[k]!;
      if (otherJ === j && otherK < k) continue;
      for (let i = 0; i < x.n; i++) {
        if (otherJ === j && otherK === k && x.mirrors[i]! < i) continue;
        const at = (z.frequencies[k]! * y.n + y.frequencies[j]!) * x.n + x.frequencies[i]!;
        const to = 27 * count++;
        for (let l = 0; l < 6; l++) {
          const local = l < 3 ? 2 * parameters.kappa2 : 0;
          table[to + l] = (local + short[6 * at + l]! + strength * dipole[6 * at + l]!) / (2 * n);
        }
        for (let l = 0; l < TRIANGLE; l++) table[to + 6 + l] = -response[TRIANGLE * at + l]! / (2 * n);
      }
    }
  }
  return table.slice(0, 27 * count);
}

import { expect, test } from 'vitest';
import { problem, problemOf } from '../core/test-problem.ts';
import { cellCount, type Vec3 } from '../crystal/structure.ts';
import { dipoleTable } from './dipole.ts';
import { ReferenceHamiltonian } from './energy.ts';
import { ElectrodedFilm } from './film-electrodes.ts';
import { KernelHamiltonian } from './kernel.ts';
import { BARIUM_STRONTIUM_TITANATE, dipoleStrength, type HamiltonianParameters } from './parameters.ts';
import { epitaxial, FREE } from './strain.ts';
import type { Conditions, ForceField, System } from './system.ts';
import { disordered, HELD, randomModes } from './test-systems.ts';

const FILM = epitaxial(-0.004, 'z');
/** Fields of 0.02 V/Å, drawn per cell. */
const randomField = (cells: Vec3) => randomModes(cells, 7, 0.02);
const conditionsOf = (cells: Vec3): Conditions => ({
  held: FILM,
  field_V_per_A: [0.01, -0.02, 0.015],
  localField_V_per_A: randomField(cells),
});
const screened = (cells: Vec3): System => ({ ...disordered(cells, 1), screening_per_A: 0.3 });
const toKernel = (system: System, conditions: Conditions) => KernelHamiltonian.load(system, conditions);

/** Largest difference between −force and the slope of the energy, over every `stride`-th component [eV/Å]. */
function slopeError(h: ForceField, stride: number): number {
  h.evaluate();
  const force = h.force.slice();
  const step = 1e-4;
  let worst = 0;
  for (let i = 0; i < h.u_A.length; i += stride) {
    const u = h.u_A[i]!;
    const energy = (v: number): number => {
      h.u_A[i] = v;
      return h.evaluate().energy_eV;
    };
    const slope =
      (8 * (energy(u + step) - energy(u - step)) - (energy(u + 2 * step) - energy(u - 2 * step))) / (12 * step);
    h.u_A[i] = u;
    worst = Math.max(worst, Math.abs(slope + force[i]!));
  }
  return worst;
}

test.each([
  [4, 4, 4],
  [5, 3, 2],
  [6, 4, 9],
] as Vec3[])(
  'with screening and a field per cell, kernel and reference agree: %i × %i × %i cells',
  async (...cells) => {
    const reference = new ReferenceHamiltonian(screened(cells), conditionsOf(cells));
    const kernel = await toKernel(screened(cells), conditionsOf(cells));
    const u = randomModes(cells, 2, 0.1);
    reference.u_A.set(u);
    kernel.u_A.set(u);
    expect(Math.abs(kernel.evaluate().energy_eV - reference.evaluate().energy_eV)).toBeLessThan(1e-11 * u.length);
    reference.force.forEach((value, i) => {
      expect(Math.abs(kernel.force[i]! - value)).toBeLessThan(1e-11);
    });
  },
);

test('with screening and a field per cell, forces are minus the slope of the energy', async () => {
  const cells: Vec3 = [4, 3, 2];
  const reference = new ReferenceHamiltonian(screened(cells), conditionsOf(cells));
  const kernel = await toKernel(screened(cells), conditionsOf(cells));
  for (const h of [reference, kernel]) {
    h.u_A.set(randomModes(cells, 2));
    expect(slopeError(h, 7)).toBeLessThan(1e-8);
  }
});

test('a uniform field per cell is the uniform field; no field and no screening change no bit', async () => {
  const cells: Vec3 = [4, 3, 5];
  const E: Vec3 = [0.01, -0.02, 0.03];
  const local = Float64Array.from({ length: 3 * cellCount(cells) }, (_, i) => E[i % 3]!);
  const u = randomModes(cells, 3);
  const run = async (system: System, conditions: Conditions) => {
    const h = await toKernel(system, conditions);
    h.u_A.set(u);
    return { energy: h.evaluate().energy_eV, force: h.force.slice() };
  };
  const system = disordered(cells, 1);
  const uniform = await run(system, { held: FREE, field_V_per_A: E });
  const perCell = await run(system, { held: FREE, localField_V_per_A: local });
  expect(perCell.energy).toBeCloseTo(uniform.energy, 11);
  uniform.force.forEach((f, i) => {
    expect(perCell.force[i]!).toBeCloseTo(f, 13);
  });
  const zeros = { held: FREE, field_V_per_A: E, localField_V_per_A: new Float64Array(local.length) };
  expect(await run({ ...system, screening_per_A: 0 }, zeros)).toEqual(uniform);
});

test('screening takes (4π) k̂k̂ s²/(k² + s²) from the dipole tensor, and nothing off the diagonal on a face of the zone', () => {
  const cells: Vec3 = [4, 1, 6];
  const s = 0.3 * 3.9435;
  const [bare, with_] = [dipoleTable(cells), dipoleTable(cells, s)];
  const taken = (ix: number, iz: number) =>
    Array.from({ length: 6 }, (_, l) => bare[6 * (iz * 4 + ix) + l]! - with_[6 * (iz * 4 + ix) + l]!);
  expect(taken(0, 0)).toEqual([0, 0, 0, 0, 0, 0]);
  const [kx, kz] = [(2 * Math.PI) / 4, (-2 * Math.PI * 2) / 6];
  const square = kx * kx + kz * kz;
  const f = (4 * Math.PI * s * s) / (square * (square + s * s));
  // (ix, iz) = (1, 4): q = (1/4, −2/6).
  [f * kx * kx, 0, f * kz * kz, 0, f * kx * kz, 0].forEach((want, l) => {
    expect(taken(1, 4)[l]!).toBeCloseTo(want, 13);
  });
  expect(taken(2, 1)[0]!).toBeGreaterThan(0.1);
  expect(Math.abs(taken(2, 1)[4]!)).toBeLessThan(1e-14);
});

test('a long wave along its own polarization keeps its depolarising field 4πP without screening and loses it with much', () => {
  const cells: Vec3 = [1, 1, 128];
  const zz = (s: number) => dipoleTable(cells, s)[6 + 2]!;
  const lorentz = (-4 * Math.PI) / 3;
  expect(zz(0)).toBeCloseTo(lorentz + 4 * Math.PI, 2);
  expect(zz(100)).toBeCloseTo(lorentz, 2);
  // Half of it at s = k.
  expect(zz((2 * Math.PI) / 128)).toBeCloseTo(lorentz + 2 * Math.PI, 2);
});

/** Dipoles alone: nothing couples to strain and nothing is chemical. */
const RIGID: HamiltonianParameters = { ...BARIUM_STRONTIUM_TITANATE, B1xx: 0, B1yy: 0, B4yz: 0, chemical_eV: 0 };

test('a film polarised along its normal has no depolarising field between ideal electrodes, and −4πP(1 − n/N) in vacuum', async () => {
  const u = 0.1;
  const along = (k: number, cell: number) => (k < cell ? u : 0);
  const film = (n: number, cell: number) =>
    Float64Array.from({ length: 3 * n }, (_, i) => (i % 3 === 2 ? along(Math.floor(i / 3), cell) : 0));
  const bulk = await toKernel({ parameters: RIGID, cells: [1, 1, 1] }, { held: FREE });
  bulk.u_A[2] = u;
  bulk.evaluate();

  const electroded = await ElectrodedFilm.load({ parameters: RIGID, cells: [1, 1, 10] }, { held: FREE }, toKernel);
  electroded.u_A.set(film(10, 10));
  electroded.evaluate();
  for (let k = 0; k < 10; k++) expect(electroded.force[3 * k + 2]!).toBeCloseTo(bulk.force[2]!, 11);

  // The same film with 20 cells of vacuum above, in zero mean field.
  const slab = await toKernel({ parameters: RIGID, cells: [1, 1, 30] }, { held: FREE });
  slab.u_A.set(film(30, 10));
  slab.evaluate();
  const depolarising = -4 * Math.PI * dipoleStrength(RIGID) * u * (1 - 10 / 30);
  expect(Math.abs(slab.force[3 * 5 + 2]! - bulk.force[2]! - depolarising)).toBeLessThan(1e-8);
});

test.each(['reference', 'kernel'])(
  'between electrodes, forces on the film are minus the slope of its energy: %s',
  async (name) => {
    const cells: Vec3 = [3, 2, 4];
    const film = await ElectrodedFilm.load(
      screened(cells),
      { held: FILM, field_V_per_A: [0, 0, 0.01], localField_V_per_A: randomField(cells), pressure_GPa: 1 },
      name === 'kernel' ? toKernel : (system, conditions) => new ReferenceHamiltonian(system, conditions),
    );
    film.u_A.set(randomModes(cells, 5));
    expect(slopeError(film, 5)).toBeLessThan(1e-8);
  },
);

test('the doubled supercell has the mirror: its forces on the image are the image of those on the film', async () => {
  const cells: Vec3 = [3, 2, 4];
  let doubled: ForceField | undefined;
  const conditions = { held: FILM, field_V_per_A: [0, 0, 0.01], localField_V_per_A: randomField(cells) } as const;
  const film = await ElectrodedFilm.load(screened(cells), conditions, async (system, its) => {
    doubled = await toKernel(system, its);
    return doubled;
  });
  film.u_A.set(randomModes(cells, 5));
  const { strain } = film.evaluate();
  const { force, u_A } = doubled!;
  const layer = 3 * cells[0] * cells[1];
  for (let k = 0; k < 4; k++) {
    for (let i = 0; i < layer; i++) {
      const [here, image] = [k * layer + i, (7 - k) * layer + i];
      const sign = i % 3 === 2 ? 1 : -1;
      expect(u_A[image]).toBe(sign * u_A[here]!);
      expect(Math.abs(force[image]! - sign * force[here]!)).toBeLessThan(1e-12);
    }
  }
  // The mirror reverses η4 and η5.
  expect(Math.abs(strain[3])).toBeLessThan(1e-15);
  expect(Math.abs(strain[4])).toBeLessThan(1e-15);
  expect(film.normals(3, 8)).toEqual(new ReferenceHamiltonian(disordered(cells, 1), { held: FREE }).normals(3, 8));
});

test('refuses fields, strains and screenings that cannot be', async () => {
  const cells: Vec3 = [2, 2, 2];
  const system = disordered(cells, 1);
  const tagOf = async (conditions: Conditions) =>
    (await problemOf(ElectrodedFilm.load(system, conditions, toKernel))).tag;
  expect(await tagOf({ held: FREE, field_V_per_A: [0.01, 0, 0] })).toBe('range');
  expect(await tagOf({ held: HELD.clamped! })).toBe('range');
  expect(await tagOf({ held: FREE, localField_V_per_A: new Float64Array(3) })).toBe('shape');
  expect(problem(() => new ReferenceHamiltonian({ ...system, screening_per_A: -1 }, { held: FREE })).tag).toBe('range');
  const short = new ReferenceHamiltonian(system, { held: FREE, localField_V_per_A: new Float64Array(3) });
  expect(problem(() => short.evaluate()).tag).toBe('shape');
});

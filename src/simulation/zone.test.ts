/**
 * A library's pattern along [110] and [111] against the specimen path: atoms of a file with P along some cubic direction, cut by `orthogonalCell`, probe by probe
 * through a window, where the library has its own block, scattering matrix and P in the laboratory's frame.
 */

import { expect, test } from 'vitest';
import { quietTask } from '../core/task.ts';
import { materialOf, polarizationPerDisplacement } from '../crystal/material.ts';
import { alongSteps, toLab, zoneOf } from '../crystal/zone.ts';
import { SliceKernel } from '../diffraction/cpu/wasm.ts';
import { perOrder, pixel_mrad } from '../diffraction/detector.ts';
import { cpuEngine, cpuPositions } from '../diffraction/engine.ts';
import { r1, samplingEngine } from '../diffraction/test-structures.ts';
import { detectorOf } from '../library/plan.ts';
import { gridOf, slicesPerCell } from '../library/sampling.ts';
import { UniformCrystal } from '../library/uniform-crystal.ts';
import { parseRecipe, simulationInputs } from '../recipe/recipe.ts';
import { planSimulation } from './plan.ts';
import { loadSpecimen } from './specimen.ts';
import { stackOf } from './unit.ts';

const A = 4.0;
const P_CUBIC = [9, -6, 14] as const;
const kernel = await SliceKernel.load();

/** Five atoms, moved by the soft mode; `shift` [cells] of all of them puts z = 0 midway between two planes. */
function cif(u_A: readonly number[], shift: readonly number[]): string {
  const { mode } = materialOf('BaTiO3');
  const rows = [
    ['Ba', [0, 0, 0], -1],
    ['Ti', [0.5, 0.5, 0.5], -1],
    ['O', [0.5, 0.5, 0], 2],
    ['O', [0.5, 0, 0.5], 1],
    ['O', [0, 0.5, 0.5], 0],
  ] as const;
  const lines = rows.map(([symbol, at, bond], i) => {
    const f = at.map((x, axis) => {
      const xi = symbol === 'Ba' ? mode.A : symbol === 'Ti' ? mode.Ti : axis === bond ? mode.Opar : mode.Operp;
      return (x + shift[axis]! + (xi * u_A[axis]!) / A).toFixed(12);
    });
    return `${symbol}${i} ${symbol} ${f.join(' ')}`;
  });
  return `data_bto\n_cell_length_a ${A}\n_cell_length_b ${A}\n_cell_length_c ${A}\n_cell_angle_alpha 90\n_cell_angle_beta 90\n_cell_angle_gamma 90\nloop_\n_space_group_symop_operation_xyz\n'x,y,z'\nloop_\n_atom_site_label\n_atom_site_type_symbol\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n${lines.join('\n')}\n`;
}

for (const [axis, x, orders] of [
  [
    [1, 1, 0],
    [0, 0, 1],
    [4, 6],
  ],
  [
    [1, 1, 1],
    [1, -1, 0],
    [6, 3],
  ],
] as const) {
  test(`[${axis.join('')}]: the atoms of a file along the specimen path make the library's pattern, P given in the laboratory's frame`, async () => {
    const zone = zoneOf(axis);
    const library = parseRecipe(
      `[crystal]\nmaterial = "BTO"\na_A = ${A}\n[structures]\nzone = [${axis.join(', ')}]\ncells = [${zone.least.join(', ')}]\n[library]\npixels = 32\npixels_per_order = [${orders.join(', ')}]\ngrid_per_cell = 24\nslices_per_cell = 10\n`,
    );
    const detector = detectorOf(library);
    const repeats = 6;
    const step_A = zone.steps[2] * A;
    const tilt_mrad = [0.9, -0.5] as const;
    const P = [...toLab(zone, Float64Array.from(P_CUBIC))] as [number, number, number];
    const state = { P_uC_cm2: P, tilt_mrad };
    const crystal = new UniformCrystal(library);
    const own = await crystal.patterns(state, [(repeats * step_A) / 10], samplingEngine(kernel), quietTask);

    const perA = polarizationPerDisplacement(materialOf('BaTiO3'), A ** 3);
    // Half the distance of two planes, 1/(4 per) of a step along the beam.
    const shift = axis.map((u) => u / (4 * zone.per[2]));
    const text = cif(
      P_CUBIC.map((p) => p / perA),
      shift,
    );
    const perCell = slicesPerCell(library.structures.zone, library.library);
    const u2 = Object.entries(library.crystal.u2_A2)
      .filter(([symbol]) => symbol !== 'Sr')
      .map(([symbol, u]) => `${symbol} = ${u}`)
      .join(', ');
    const window = perOrder(detector).map((n, i) => n * zone.steps[i]! * A);
    const inputs = simulationInputs(
      parseRecipe(
        `[specimen]\nfile = "bto.cif"\nzone = [${axis.join(', ')}]\nx = [${x.join(', ')}]\nthermal = "absorption"\nthickness_nm = ${(repeats * step_A) / 10}\nu2_A2 = { ${u2} }\n[simulation]\nwindow_A = ${Math.min(...window) - 0.01}\nslice_A = ${step_A / perCell}\npixel_A = ${A / 24}\nband_limit = 1\ntilt_mrad = [${tilt_mrad.join(', ')}]\ncamera = { pixels = 32, mrad_per_pixel = 0.7 }\n`,
      ),
    );
    const specimen = await loadSpecimen(inputs.specimen, async () => new TextEncoder().encode(text));
    const onB = alongSteps(zone, [0.5, 0.5, 0.5]);
    const made = planSimulation(inputs, specimen);
    const tiles = window.map((length, i) => Math.round(length / specimen.block.cell_A[i]!)) as [number, number];
    expect(tiles.map((n, i) => n * specimen.block.cell_A[i]!)).toEqual(window.map((w) => expect.closeTo(w, 6)));
    const plan = {
      ...made,
      tiles,
      window_A: window as [number, number],
      grid: gridOf(library.structures, library.library).map((n, i) => n * tiles[i]!) as [number, number],
      reach: [20, 20] as const,
      probes: [
        { ...made.probes[0]!, probe: { ...made.probes[0]!.probe, edge_mrad: Math.max(...pixel_mrad(detector)) } },
      ],
      // Where the library has its probe: on a column of B.
      positions_A: [[onB[0] * zone.steps[0] * A, onB[1] * zone.steps[1] * A] as const],
    };
    const job = {
      inputs,
      plan,
      atoms: specimen.block,
      u2_A2: specimen.u2_A2,
      configuration: 0,
      from: 0,
      to: 1,
    };
    const source = cpuPositions(kernel)({
      stack: stackOf(job),
      tiles,
      voltage_kV: inputs.microscope.voltage_kV,
      bandLimit: 1,
      geometry: {
        parts: plan.probes,
        exits: plan.exits,
        tilt_mrad,
        reach: plan.reach,
        source: plan.source,
        positions: 1,
      },
    });
    const size = detector.pixels;
    for await (const [intensity] of source.at(plan.positions_A)) {
      const [given, ours]: [number[], number[]] = [[], []];
      for (let i = 0; i < size * size; i++) {
        const [qx, qy] = [(i % size) - size / 2, Math.floor(i / size) - size / 2];
        given.push(intensity![(qy + (source.height >> 1)) * source.width + qx + (source.width >> 1)]!);
        ours.push(own[i]!);
      }
      const total = (of: number[]) => of.reduce((a, b) => a + b, 0);
      expect(total(given)).toBeGreaterThan(0.5);
      expect(r1(Float64Array.from(ours), Float64Array.from(given))).toBeLessThan(5e-5);
      // A P that is another would be seen.
      const turned = await crystal.patterns(
        { P_uC_cm2: [P[0], -P[1], P[2]], tilt_mrad },
        [(repeats * step_A) / 10],
        cpuEngine(kernel),
        quietTask,
      );
      expect(r1(Float64Array.from(turned), Float64Array.from(given))).toBeGreaterThan(5e-3);
    }
    source.close();
  });
}

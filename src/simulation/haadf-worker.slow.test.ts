/** A dark field's positions against frozen phonons on a grid that holds the detected wave and loses what passes it, the same snapshots; and against atoms at rest. */

import { expect, test } from 'vitest';
import { joined } from '../crystal/layers.ts';
import type { Structure } from '../crystal/structure.ts';
import { annularScan } from '../diffraction/annular-scan.ts';
import { Multislice } from '../diffraction/cpu/multislice.ts';
import { SliceKernel } from '../diffraction/cpu/wasm.ts';
import { wavelength } from '../diffraction/optics.ts';
import { sliceStack } from '../diffraction/slices.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { haadfSpecimen, haadfWindow } from './haadf-window.ts';
import { haadfWorker } from './haadf-worker.ts';
import { thermalPair } from './thermal-pair.ts';

const recipe = parseRecipe(`[structures]\ncells = [8, 8, 2]\ndepth_blocks = 2\ntexture = "uniform"\njitter_pm = 2
[experiment]\nshape = [1, 1]\nthickness_nm = 3.2\ntilt_mrad = [0, 0]\n[haadf]\npositions_per_cell = 4`);
const inputs = { ...recipe, haadf: recipe.haadf! };
const specimen = haadfSpecimen(inputs);
const { layers, block, depth } = specimen;
const a = inputs.crystal.a_A;
const lambda = wavelength(300);

/** Positions of the group by name: index along x and y, from half a cell before its first A column on; all of the first pair. */
const places = { A: [2, 2], Ti: [4, 4], O: [4, 2], otherA: [6, 6] } as const;

/** 62–200 mrad at the places, the wave kept to 2/3 of 319 mrad. */
function onFineGrid(kernel: SliceKernel, structure: Structure): Float64Array {
  const window = haadfWindow(structure, block, [0, 0]);
  const side = window.cell_A[0];
  const n = 512;
  const stack = sliceStack(window, {
    nx: n,
    ny: n,
    nSlices: 4 * layers.order.length,
    slicing: 'whole-atom',
    factors: inputs.library.factors,
  });
  const mark = kernel.mark();
  const seen = annularScan(
    new Multislice(kernel, stack, 300, [1, 1], 2 / 3),
    { wavelength_A: lambda, convergence_mrad: 21.4, defocus_nm: 0, edge_mrad: (1e3 * lambda) / side },
    {
      positions_A: Object.values(places).map(([x, y]) => [a / 2 + (x * a) / 4, a / 2 + (y * a) / 4] as const),
      detectors: [{ inner_mrad: 62, outer_mrad: 200 }],
      exits: [2 * depth],
    },
  );
  kernel.release(mark);
  return seen;
}

test('(Ba,Sr)TiO3, 3.2 nm: as on a grid to 319 mrad; atoms at rest scatter otherwise', async () => {
  const worker = await haadfWorker(inputs);
  const group = await worker.run([0, 0], () => {});
  const kernel = await SliceKernel.load();
  const [one, other] = thermalPair(specimen, inputs.experiment.seed, 0).map((snapshot) => onFineGrid(kernel, snapshot));
  const still = onFineGrid(kernel, joined(layers));
  for (const [i, [name, [x, y]]] of Object.entries(places).entries()) {
    const got = group[8 * y + x]!;
    const want = (one![i]! + other![i]!) / 2;
    console.log(
      `${name}: ${got.toFixed(4)}, on the fine grid ${want.toFixed(4)} (snapshots ${one![i]!.toFixed(4)}, ${other![i]!.toFixed(4)}), at rest ${still[i]!.toFixed(4)}`,
    );
    expect(Math.abs(got / want - 1)).toBeLessThan(0.06);
  }
  // Null: without thermal motion.
  expect(still[0]! / ((one![0]! + other![0]!) / 2)).toBeGreaterThan(1.25);
});

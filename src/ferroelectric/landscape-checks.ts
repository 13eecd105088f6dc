/**
 * The landscape's numbers beside those that it must give: published energies, and wells and a barrier that were recomputed independently from the published
 * parameters. Energies per formula unit.
 */

import { stationaryPoints } from './landscape.ts';
import {
  BARIUM_STRONTIUM_TITANATE,
  BARIUM_TITANATE,
  BARIUM_TITANATE_LDA,
  type HamiltonianParameters,
} from './parameters.ts';
import { minimumEnergyPath } from './path.ts';
import { clamped, FREE } from './strain.ts';
import { uniformEnergy, zoneCentreKappa } from './uniform.ts';

export interface Check {
  readonly what: string;
  readonly value: number;
  readonly target: number;
  readonly unit: string;
  /** How near it must be: half a unit of the target's last digit; κ is printed with more digits than its parameters give. */
  readonly tolerance: number;
}

/** Wells [meV] along ⟨001⟩, ⟨110⟩ and ⟨111⟩. */
const WELLS: readonly [string, HamiltonianParameters, 'relaxed' | 'clamped', readonly [number, number, number]][] = [
  ['BaTiO3', BARIUM_TITANATE, 'relaxed', [-17.41, -20.19, -21.02]],
  ['BaTiO3', BARIUM_TITANATE, 'clamped', [-7.55, -12.35, -15.71]],
  ['(Ba,Sr)TiO3', BARIUM_STRONTIUM_TITANATE, 'relaxed', [-6.94, -8.41, -9.01]],
  ['(Ba,Sr)TiO3', BARIUM_STRONTIUM_TITANATE, 'clamped', [-3.5, -5.57, -6.96]],
];

/** Every number with its target; milliseconds. */
export function landscapeChecks(): Check[] {
  const lda = uniformEnergy(BARIUM_TITANATE_LDA, { held: FREE });
  const bst = uniformEnergy(BARIUM_STRONTIUM_TITANATE, { held: FREE });
  const published = [
    [[0, 0, 0.12], -13.083901771],
    [[0.1, 0.1, 0], -16.425182876],
    [[0.08, 0.08, 0.08], -18.054287289],
  ] as const;
  const wells = WELLS.flatMap(([name, parameters, strain, targets]) => {
    const points = stationaryPoints(uniformEnergy(parameters, { held: strain === 'relaxed' ? FREE : clamped() }));
    return (['⟨001⟩', '⟨110⟩', '⟨111⟩'] as const).map((family, i) => ({
      what: `${name}, ${strain}: well along ${family}`,
      value: 1e3 * points.find((point) => point.family === family)!.energy_eV,
      target: targets[i]!,
      unit: 'meV',
      tolerance: 0.005,
    }));
  });
  const barrier = minimumEnergyPath(bst, [
    [1, 1, 1],
    [1, -1, 1],
  ]).barrier_eV;
  return [
    ...wells,
    {
      what: '(Ba,Sr)TiO3, relaxed: barrier ⟨111⟩ to ⟨111⟩',
      value: 1e3 * barrier,
      target: 0.6,
      unit: 'meV',
      tolerance: 0.005,
    },
    {
      what: 'BaTiO3: κ at the zone centre',
      value: zoneCentreKappa(BARIUM_TITANATE),
      target: -1.51821,
      unit: 'eV/Å²',
      tolerance: 5e-5,
    },
    ...published.map(([u, target]) => ({
      what: `BaTiO3 (1995), relaxed: E at u = (${u.join(', ')}) Å`,
      value: 1e3 * lda.energy(u),
      target,
      unit: 'meV',
      tolerance: 1e-6,
    })),
  ];
}

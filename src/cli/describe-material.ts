/** What textures of a recipe are made of, for `ferroscope info`: elements, lattice, spontaneous polarization, and where the numbers come from. */

import { quantity, setting } from '../core/numbers.ts';
import { elementsOf, perovskiteOf } from '../crystal/crystal-perovskite.ts';
import { beamEdge, type StructureInputs } from '../crystal/options.ts';
import { spontaneousPolarization } from '../crystal/phase.ts';
import { textureRemarks } from '../crystal/texture.ts';

export function describeMaterial(inputs: StructureInputs): { lines: string[]; json: Record<string, unknown> } {
  const { crystal } = inputs;
  const perovskite = perovskiteOf(crystal);
  const { material, phase } = perovskite;
  const notes = textureRemarks(inputs);
  const p_uC_cm2 = phase && spontaneousPolarization(material, phase);
  const edges = [setting(crystal.a_A, 'Å'), ...(crystal.c_A === undefined ? [] : [setting(beamEdge(crystal), 'Å')])];
  return {
    lines: [
      `  textures of ${material.name} (${elementsOf(perovskite).join(', ')}), ${edges.join(' across, ')}${edges.length > 1 ? ' along the beam' : ''}` +
        `${phase ? `; spontaneous P ${quantity(p_uC_cm2!, 'uC/cm2', 3)} along ⟨${phase.axis}⟩` : ''}`,
      `  origin: ${material.status}`,
      ...notes.map((note) => `  ${note}`),
    ],
    json: { name: material.name, origin: material.status, born_e: material.born, mode: material.mode, p_uC_cm2, notes },
  };
}

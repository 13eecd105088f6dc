/** Options of domains and of turned octahedra: [structures.domains], [crystal.tilt]. */

import * as z from 'zod';
import { between, fraction, type Options, positive } from '../core/schema.ts';
import { POLAR_AXES } from './phase.ts';

const angle = z.number().min(-20).max(20);

export const tiltOptions = z
  .strictObject({
    angle_deg: z
      .tuple([angle, angle, angle])
      .describe(
        'Turn φ of every octahedron about x, y and z [°], for a P along the phase’s own axis [001], [110] or [111]: O moves by tan φ times half an edge. About [111] the angle Θ has tan Θ = √3 tan φ.',
      ),
    phase: z
      .string()
      .regex(/^[+-]{3}$/, "must be three of + and -, for x, y and z, such as '---'")
      .default('---')
      .describe(
        "For x, y and z: '-' where neighbours along that axis turn oppositely about it, '+' where alike. Glazer's a⁻a⁻a⁻ is '---', a⁻a⁻c⁺ '--+'. Needs even structures.cells along every axis of alternation.",
      ),
  })
  .describe(
    'Turned octahedra (an antiferrodistortive field beside the polar mode); those of the material where left out: BiFeO3 has 7.09° about each axis, the others none. Angles of 0 turn them back. Their symmetry-equivalent senses are drawn: with the domains, or one for each structure.',
  );
export type TiltOptions = Options<typeof tiltOptions>;

export const domainOptions = z
  .strictObject({
    axis: z
      .literal(POLAR_AXES)
      .optional()
      .describe(
        "Family that the spontaneous P is of: six ⟨001⟩ (tetragonal), twelve ⟨110⟩ (orthorhombic) or eight ⟨111⟩ (rhombohedral), all alike likely. Where left out the material's own.",
      ),
    p_uC_cm2: between(0, 150)
      .optional()
      .describe(
        "|P| within the domains of a structure [µC/cm²], drawn evenly from [least, greatest]; the material's own where left out.",
      ),
    wall_fraction: fraction
      .default(0.5)
      .describe(
        'Share of the structures with two domains; the others are one domain. Walls contain the beam direction and carry no bound charge: their normal, x, y or a diagonal of a square block, has (P₁ − P₂)·n = 0.',
      ),
    wall_nm: positive
      .max(20)
      .default(0.5)
      .describe('Width w of a wall [nm]: P goes from one domain to the other as tanh(2x/w), straight, not turning.'),
  })
  .describe(
    "Domains of texture = 'domains'. Along the beam every structure has the edge that its domains have on the mean (an a-domain's a, a c-domain's c, of the material's own phase; a_A of another), or crystal.c_A where given; across it all have crystal.a_A, whatever the domain: the strain between domains, and the two edges of an a-domain, are not in the patterns. Nor is shear.",
  );
export type DomainOptions = Options<typeof domainOptions>;

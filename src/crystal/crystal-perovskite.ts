/** Which perovskite a [crystal] means, whose name every other file asks for here. */

import { type GivenOptions, givenMaterial, givenNotes } from './given-perovskite.ts';
import {
  bariumStrontiumTitanate,
  bariumTitanatePerovskite,
  bismuthFerrite,
  leadTitanate,
  leadZirconateTitanate,
  type Perovskite,
  potassiumNiobate,
  strontiumTitanatePerovskite,
} from './perovskites.ts';
import type { Shares } from './site-elements.ts';

/** What a perovskite depends on besides its name. */
export interface Composition {
  /** Share of the A sites of (Ba,Sr)TiO3 that hold Ba. */
  readonly ba_fraction?: number | undefined;
  /** Share of the B sites of Pb(Zr,Ti)O3 that hold Zr. */
  readonly zr_fraction?: number | undefined;
  readonly given?: GivenOptions | undefined;
}

export const DEFAULT_BA = 0.5;
/** The morphotropic boundary. */
export const DEFAULT_ZR = 0.52;

const PEROVSKITES = {
  '(Ba,Sr)TiO3': ({ ba_fraction }: Composition) => bariumStrontiumTitanate(ba_fraction ?? DEFAULT_BA),
  BaTiO3: () => bariumTitanatePerovskite(),
  SrTiO3: () => strontiumTitanatePerovskite(),
  PbTiO3: () => leadTitanate(),
  'Pb(Zr,Ti)O3': ({ zr_fraction }: Composition) => leadZirconateTitanate(zr_fraction ?? DEFAULT_ZR),
  BiFeO3: () => bismuthFerrite(),
  KNbO3: () => potassiumNiobate(),
  given: ({ given }: Composition) => givenPerovskite(given!),
} as const satisfies Readonly<Record<string, (of: Composition) => Perovskite>>;

export type MaterialName = keyof typeof PEROVSKITES;
export const materialNames = Object.keys(PEROVSKITES) as MaterialName[];

/** The edge and u² of a given perovskite are the recipe's to say. */
function givenPerovskite(given: GivenOptions): Perovskite {
  return {
    material: givenMaterial(given),
    A: given.A,
    B: given.B,
    edge_A: Number.NaN,
    u2_A2: {},
    u2About: 'polar',
    notes: givenNotes(given),
  };
}

export function perovskiteOf({
  material,
  ...composition
}: Composition & { readonly material: MaterialName }): Perovskite {
  return PEROVSKITES[material](composition);
}

/** Elements on its sites. */
export function elementsOf({ A, B }: Pick<Perovskite, 'A' | 'B'>): string[] {
  const there = (of: Shares) => Object.keys(of).filter((element) => of[element]! > 0);
  return [...there(A), ...there(B), 'O'];
}

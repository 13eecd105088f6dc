/** The texture of a structure of a library: P and the turns of octahedra that a recipe's [structures] draw for it. */

import { fail } from '../core/errors.ts';
import type { RandomStream } from '../core/random.ts';
import { perovskiteOf } from './crystal-perovskite.ts';
import { domainOptions } from './domain-options.ts';
import { domainTexture } from './domains.ts';
import { dTiPerDisplacement, polarizationPerDisplacement } from './material.ts';
import {
  beamEdge,
  type CrystalOptions,
  DEFAULT_P_MAX,
  hasTexture,
  type StructureInputs,
  type StructuresOptions,
  type TextureKind,
} from './options.ts';
import type { Perovskite } from './perovskites.ts';
import { type PolarAxis, spontaneousPolarization, type Tilt } from './phase.ts';
import { cellAt, cellCount, type Vec3 } from './structure.ts';
import { divergingTexture, gradientTexture, smoothTexture, uniformTexture } from './textures.ts';
import { tiltMisfit, tiltSign } from './tilts.ts';
import { variants } from './variants.ts';
import { type BlockCells, blockProblem, cubicPlace, zoneOf } from './zone.ts';

export interface Texture {
  readonly kind: TextureKind;
  /** P imposed [µC/cm²], [nz][ny][nx][3], along x, y and z, before atoms share it and before jitter. */
  readonly P: Float64Array;
  /** Turn of each octahedron about the cubic axes, tangents, [nz][ny][nx][3]; undefined where none is turned. */
  readonly turns?: Float64Array | undefined;
  /** What its domains have for an edge along the beam, on the mean [Å]; undefined where it has none. */
  readonly edge_A?: number | undefined;
}

/** δB per u below which a gradient in steps of δB is none: P would be without bounds. */
const LEAST_OFF_CENTRE = 0.05;

/** Texture of structure `index`: of several, structures take turns. */
export function textureKind({ texture }: Pick<StructuresOptions, 'texture'>, index: number): TextureKind {
  return typeof texture === 'string' ? texture : texture[index % texture.length]!;
}

/** The tilt in use; undefined where nothing is turned. */
export function tiltOf(crystal: Pick<CrystalOptions, 'tilt'>, { tilt }: Pick<Perovskite, 'tilt'>): Tilt | undefined {
  const used = crystal.tilt ?? tilt;
  return used?.angle_deg.some((degrees) => degrees !== 0) ? used : undefined;
}

/** Family and size of P in domains; in words what is missing, where the material has none and the recipe says none. */
function domainsOf({
  crystal,
  structures,
}: StructureInputs): { readonly axis: PolarAxis; readonly p_uC_cm2: readonly [number, number] } | string {
  const { material, phase } = perovskiteOf(crystal);
  const { axis = phase?.axis, p_uC_cm2: given } = structures.domains ?? {};
  const own = phase && spontaneousPolarization(material, phase);
  const p_uC_cm2 = given ?? (own === undefined ? undefined : ([own, own] as const));
  if (axis !== undefined && p_uC_cm2 !== undefined) return { axis, p_uC_cm2 };
  const missing = [...(axis === undefined ? ['axis'] : []), ...(p_uC_cm2 === undefined ? ['p_uC_cm2'] : [])];
  return `no polar phase of ${material.name} is built in, so that structures.domains has to say ${missing.join(' and ')}, such as { axis = '001', p_uC_cm2 = [30, 40] }`;
}

/** What a recipe's textures are refused for, before any is drawn; undefined where nothing is. */
export function textureProblem(inputs: StructureInputs): string | undefined {
  const { crystal, structures } = inputs;
  const perovskite = perovskiteOf(crystal);
  const { material } = perovskite;
  const domains = hasTexture(structures, 'domains') ? domainsOf(inputs) : undefined;
  if (typeof domains === 'string') return domains;
  if (
    (hasTexture(structures, 'gradient') || hasTexture(structures, 'diverging')) &&
    Math.abs(dTiPerDisplacement(material)) < LEAST_OFF_CENTRE
  ) {
    return `the soft mode of ${material.name} hardly moves B against its O6, and gradient_step_pm is a step of that: choose another texture`;
  }
  if (hasTexture(structures, 'diverging') && structures.cells.slice(0, 2).some((n) => n % 4 !== 0)) {
    return `a diverging texture needs cells that are multiples of four along x and y, not ${structures.cells.slice(0, 2).join(' and ')}`;
  }
  if (hasTexture(structures, 'diverging') && structures.zone) return 'a diverging texture lies along [001] only';
  return blockProblem(structures) ?? tiltMisfit(structures, tiltOf(crystal, perovskite));
}

/** Share by which an edge may differ from the material's own without a remark: strained films are within it. */
const NEAR_EDGE = 0.02;

/** What somebody ought to know of textures that are made all the same: approximations of the material, an unusual lattice, a setting that is not heeded. */
export function textureRemarks({ crystal, structures }: StructureInputs): string[] {
  const { material, phase, edge_A, notes } = perovskiteOf(crystal);
  const remarks = [...notes];
  const own = phase ? [edge_A, phase.along_A, phase.across_A] : [edge_A];
  const [least, most] = [Math.min(...own), Math.max(...own)];
  for (const [name, edge] of Object.entries({ a_A: crystal.a_A, c_A: crystal.c_A })) {
    // A given material has no edge of its own: no comparison with NaN is true.
    if (edge === undefined || !(edge < least * (1 - NEAR_EDGE) || edge > most * (1 + NEAR_EDGE))) continue;
    const percent = 100 * (edge / (edge < least ? least : most) - 1);
    remarks.push(
      `crystal.${name} = ${edge} is ${signed(percent)}% from ${material.name}, whose edges are ${least === most ? '' : `${least.toFixed(3)} to `}${most.toFixed(3)} Å: u², mode and charges stay those of its own lattice.`,
    );
  }
  if (structures.texture === 'domains' && structures.p_max_uC_cm2 !== DEFAULT_P_MAX) {
    remarks.push(
      `structures.p_max_uC_cm2 = ${structures.p_max_uC_cm2} is not heeded: |P| of domains is structures.domains.p_uC_cm2, or that of the material.`,
    );
  }
  return remarks;
}

const signed = (percent: number): string => `${percent < 0 ? '−' : '+'}${Math.abs(percent).toFixed(1)}`;

/**
 * @param of the structure's stream
 * @throws 'recipe' for a texture that cannot be
 */
export function drawTexture(inputs: StructureInputs, index: number, of: RandomStream): Texture {
  const { crystal, structures } = inputs;
  const problem = textureProblem(inputs);
  if (problem) fail('recipe', `[structures]: ${problem}.`, 'Mend [structures] or [crystal].');
  const {
    cells,
    zone,
    p_max_uC_cm2: pMax,
    p_distribution: distribution,
    correlation_nm,
    gradient_step_pm,
  } = structures;
  const { a_A } = crystal;
  const perovskite = perovskiteOf(crystal);
  const tilt = tiltOf(crystal, perovskite);
  const stream = of.fork('texture');
  const kind = textureKind(structures, index);
  const domains = kind === 'domains' ? domainsOf(inputs) : undefined;
  if (typeof domains === 'object') {
    const { axis, p_uC_cm2 } = domains;
    const options = structures.domains ?? domainOptions.parse({});
    const phase = perovskite.phase?.axis === axis ? perovskite.phase : undefined;
    const { P, turns, edge_A } = domainTexture(
      { cells, zone, a_A, options, p_uC_cm2, variants: variants(axis, tilt), phase },
      stream,
    );
    return { kind, P, edge_A, ...(tilt && { turns }) };
  }
  const turned = tilt && { turns: uniformTurns(structures, tilt, of.fork('tilt')) };
  if (kind === 'uniform') return { kind, P: uniformTexture(cells, pMax, distribution, stream), ...turned };
  if (kind === 'smooth') {
    const length_nm =
      typeof correlation_nm === 'number'
        ? correlation_nm
        : Math.exp(of.fork('correlation').between(Math.log(correlation_nm[0]), Math.log(correlation_nm[1])));
    const P = smoothTexture(structures, pMax, distribution, (length_nm * 10) / a_A, stream);
    return { kind, P, ...turned };
  }
  const perPm =
    polarizationPerDisplacement(perovskite.material, a_A ** 2 * beamEdge(crystal)) /
    (100 * dTiPerDisplacement(perovskite.material));
  const step = gradient_step_pm * perPm;
  const P = kind === 'diverging' ? divergingTexture(cells, step) : gradientTexture(structures, pMax, step, stream);
  return { kind, P, ...turned };
}

/** The same without polarization in its first `layers`, all of them where absent: octahedra stay turned. @param cells of the block */
export function unpolarized(texture: Texture, cells: Vec3, layers: number = cells[2]): Texture {
  return { ...texture, P: texture.P.map((p, i) => (i < 3 * cells[0] * cells[1] * layers ? 0 : p)) };
}

/** One of the symmetry-equivalent senses of a tilt, the same throughout the block. */
function uniformTurns({ cells, zone }: BlockCells, tilt: Tilt, stream: RandomStream): Float64Array {
  // Which direction P has does not matter here, only that all senses are among them.
  const all = variants('001', tilt);
  const { turn, phase } = all[stream.integer(all.length)]!;
  return Float64Array.from({ length: 3 * cellCount(cells) }, (_, index) => {
    const at = cubicPlace(zoneOf(zone), cellAt(cells, Math.floor(index / 3)));
    return turn[index % 3]! * tiltSign(phase, index % 3, at);
  });
}

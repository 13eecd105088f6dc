/**
 * A simulation: a Zarr v3 group that any reader opens, xarray as a Dataset. `images` [thickness][detector][ry][rx] and `images_standard_error` (where
 * configurations were averaged), float64; `patterns` [thickness][ry][rx][qy][qx], float32, one chunk a scan row, uncompressed. Coordinates: `thickness` [nm],
 * `detector` (names), `ry` and `rx` [nm] in the specimen's frame, `qy` and `qx` [mrad] from the direct beam. Attributes: its identity (the settings that it
 * follows from, the files of its atoms, a hash of images and patterns), and the numbers that the computation ran with. The group appears whole.
 *
 * Format 1, of version 0.1.0, embedded sections of the recipe and hashed neither files nor contents: it is read by the keys that it had then.
 */

import * as z from 'zod';
import { ByteHash } from '../core/hash.ts';
import { type Identity, identify, identitySchema } from '../core/identity.ts';
import type { Options } from '../core/schema.ts';
import type { Store } from '../core/store.ts';
import { checkAborted, type Task } from '../core/task.ts';
import { evenSteps, GroupFiles, readAttributes } from '../core/zarr.ts';
import { collectImages, type Parts, patternRows, type SimulatedImages } from './collect.ts';
import type { SimulationInputs } from './options.ts';
import type { Specimen } from './specimen.ts';

/** The group's folder, in the folder of everything that a run leaves. */
export const SIMULATION = 'simulation.zarr';
const FORMAT = 'ferroscope-simulation/2';

const pair = z.tuple([z.number(), z.number()]);
const camera = z.object({ pixels: z.number(), mrad_per_pixel: z.number() });
const numbers = {
  thickness_nm: z.array(z.number()),
  detectors: z.array(z.string()),
  step_A: z.object({ x: z.number(), y: z.number() }),
  unit: z.enum(['electrons', 'fraction of the beam']),
  /** Sides [Å] and points of the periodic window, x and y. */
  window_A: pair,
  grid: pair,
  slice_A: z.number(),
  configurations: z.number(),
};
const current = z.object({
  format: z.literal(FORMAT),
  identity: identitySchema,
  /** Scan positions along y and x. */
  shape: pair,
  camera: camera.optional(),
  ...numbers,
  /** What computed it. */
  engines: z.array(z.enum(['cpu', 'gpu'])),
  /** What was guessed, repaired or strained in the specimen. */
  notes: z.array(z.string()).default([]),
});
type SimulationInfo = Options<typeof current>;

const first = z
  .object({
    format: z.literal('ferroscope-simulation/1'),
    recipe: z.object({
      microscope: z.record(z.string(), z.unknown()),
      specimen: z.record(z.string(), z.unknown()),
      simulation: z.looseObject({ shape: pair, camera: camera.optional() }),
    }),
    program: z.string(),
    ...numbers,
  })
  .transform(({ recipe: { microscope, specimen, simulation }, program, ...rest }) => ({
    ...rest,
    identity: identify({
      kind: 'simulation',
      schema: 1,
      program,
      settings: { microscope, specimen, simulation },
      inputs: {},
    }),
    shape: simulation.shape,
    camera: simulation.camera,
    engines: ['cpu' as const],
    notes: [],
  }));
const anyInfo = z.union([current, first]);
/** What the root group says, whatever the version of its format. */
export type AnySimulationInfo = Options<typeof anyInfo>;

/** The settings that patterns and images follow from. */
function settingsOf({ microscope, specimen, simulation }: SimulationInputs): Identity['settings'] {
  const { thermal, layers, growth, zone, x, u2_A2, snapshots, types, ...rest } = specimen;
  const { seed, ...measured } = simulation;
  const draws = thermal === 'frozen-phonons' || simulation.dose_e !== undefined;
  return {
    microscope,
    specimen: {
      ...rest,
      thermal,
      ...(layers ? { layers, growth } : thermal !== 'trajectory' && { zone, x }),
      ...(thermal !== 'none' && thermal !== 'trajectory' && { u2_A2 }),
      ...(thermal === 'frozen-phonons' && { snapshots }),
      types,
    },
    simulation: draws ? { ...measured, seed } : measured,
  };
}

export function simulationIdentity(inputs: SimulationInputs, { files }: Specimen, program: string): Identity {
  const named = Object.entries(files).map(([file, identity]) => [`file ${file}`, identity]);
  return identify({
    kind: 'simulation',
    schema: 2,
    program,
    settings: settingsOf(inputs),
    inputs: Object.fromEntries(named),
  });
}

export interface Written {
  readonly images: SimulatedImages;
  /** Mean pattern over the scan, [thickness] of [qy][qx]; none without a camera. */
  readonly meanPatterns: readonly Float64Array[];
  /** With the hash of what was written. */
  readonly identity: Identity;
}

/** Writes simulation.zarr from the parts. @throws 'disk-full', 'file-unreadable', 'aborted', and what `patternRows` throws */
export async function writeSimulation(
  store: Store,
  parts: Parts,
  identity: Identity,
  { engines, notes }: Pick<SimulationInfo, 'engines' | 'notes'>,
  task: Task,
): Promise<Written> {
  const { plan, simulation } = parts;
  const { camera, dose_e } = simulation;
  const [ry, rx] = plan.shape;
  const exits = plan.exits.length;
  const images = await collectImages(parts);
  const content = new ByteHash();
  const info: Omit<SimulationInfo, 'identity'> = {
    format: FORMAT,
    shape: [ry, rx],
    ...(camera && { camera }),
    thickness_nm: plan.thickness_nm,
    detectors: plan.detectors.map(({ name }) => name),
    step_A: { x: plan.step_A[0], y: plan.step_A[1] },
    unit: dose_e === undefined ? 'fraction of the beam' : 'electrons',
    window_A: plan.window_A,
    grid: plan.grid,
    slice_A: plan.dz_A,
    configurations: plan.configurations,
    engines,
    notes,
  };
  const group = new GroupFiles();
  const along = (count: number, axis: 0 | 1) =>
    evenSteps(count, plan.step_A[axis] / 10, simulation.origin_A[axis] / 10);
  await group.axis('thickness', Float64Array.from(plan.thickness_nm), 'nm', 'thickness along the beam');
  await group.axis('ry', along(ry, 1), 'nm', 'probe position along y');
  await group.axis('rx', along(rx, 0), 'nm', 'probe position along x');
  const [units, what] = dose_e === undefined ? ['1', 'fraction of the beam'] : ['count', 'electrons'];
  if (info.detectors.length > 0) {
    await group.names('detector', info.detectors);
    const put = async (name: string, long_name: string, data: Float64Array): Promise<void> => {
      await group.put(name, {
        data,
        shape: [exits, info.detectors.length, ry, rx],
        dimensions: ['thickness', 'detector', 'ry', 'rx'],
        attributes: { units, long_name },
        fill: Number.NaN,
      });
      content.update(data);
    };
    await put('images', `${what} in the detector`, images.values);
    if (images.standardError) await put('images_standard_error', 'standard error over snapshots', images.standardError);
  }
  const meanPatterns: Float64Array[] = [];
  let identified = identity;
  async function* all(): AsyncGenerator<readonly [string, Uint8Array]> {
    if (camera) yield* patterns(camera);
    identified = { ...identity, content: content.digest() };
    yield* group.finish({ ...info, identity: identified });
  }
  async function* patterns({ pixels: side, mrad_per_pixel }: NonNullable<typeof camera>) {
    const angles = evenSteps(side, mrad_per_pixel, -(side >> 1) * mrad_per_pixel);
    await group.axis('qy', angles, 'mrad', 'angle from the direct beam along y');
    await group.axis('qx', angles, 'mrad', 'angle from the direct beam along x');
    const chunks = await group.stream(
      'patterns',
      {
        shape: [exits, ry, rx, side, side],
        dimensions: ['thickness', 'ry', 'rx', 'qy', 'qx'],
        attributes: { units, long_name: `${what} in the pixel` },
        chunk: [1, 1, rx, side, side],
        fill: Number.NaN,
      },
      'float32',
    );
    const pixels = side * side;
    for (let t = 0; t < exits; t++) {
      const mean = new Float64Array(pixels);
      let y = 0;
      for await (const row of patternRows(parts, t)) {
        checkAborted(task);
        for (let i = 0; i < row.length; i++) mean[i % pixels] = mean[i % pixels]! + row[i]! / (rx * ry);
        content.update(row);
        yield* await chunks([t, y], row);
        task.progress(t * ry + ++y, exits * ry, 'rows written');
      }
      meanPatterns.push(mean);
    }
  }
  await store.commit(SIMULATION, all());
  return { images, meanPatterns, identity: identified };
}

/** What a simulation says of itself. @throws 'file-missing', 'format' */
export function readSimulationInfo(store: Store): Promise<AnySimulationInfo> {
  return readAttributes(
    store,
    anyInfo,
    'a simulation of Ferroscope',
    "Give the simulation.zarr of 'ferroscope simulate'.",
  );
}

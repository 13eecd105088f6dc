/**
 * A library: a Zarr v3 group in a store. Its attributes hold its identity (the settings that it follows from, the file of its structures), the detector and the
 * labels; each structure is a subgroup `training-0007` or `held-out-0001` with arrays `patterns` [n][qy][qx] and `labels` [n][label], float32, uncompressed (so
 * that single patterns are read in place), and a hash of both. A shard appears whole; a library is complete when all its shards are there.
 *
 * A shard's attribute `engine` says what computed it ('cpu' where absent). A library may hold shards of both engines: they agree to rounding, and the library's
 * `content` tells them apart. `source` of the group and of a shard says which file, and which of its frames, the structures come from; absent for textures.
 *
 * Format 1, of version 0.1.0, embedded a whole recipe and hashed no shard: it is read by the keys that it had then, and not gone on with.
 */

import * as z from 'zod';
import { fail } from '../core/errors.ts';
import { hashOf, hashOfArrays } from '../core/hash.ts';
import {
  type FileIdentity,
  type Identity,
  identify,
  identitySchema,
  isUnaltered,
  requireSame,
} from '../core/identity.ts';
import type { Options } from '../core/schema.ts';
import type { Store } from '../core/store.ts';
import { breathe, quietTask, type Task } from '../core/task.ts';
import { GroupFiles, rawAttributes, readArray, readAttributes, readRows } from '../core/zarr.ts';
import { latticeDetectorSchema } from '../diffraction/detector-schema.ts';
import type { EngineName } from '../diffraction/engine.ts';
import type { LabelInfo, PatternDataset } from './dataset.ts';
import type { FrameSource, ImportedStructures } from './imported.ts';
import { STORED_LABELS } from './labels.ts';
import type { LibraryInputs } from './options.ts';
import { detectorOf } from './plan.ts';
import type { MadeShard } from './shard-job.ts';
import { type ShardName, shardFolder, shardNames } from './shard-names.ts';

const FORMAT = 'ferroscope-library/2';
/** Patterns in a chunk file. */
const CHUNK = 256;

const label = z.object({ name: z.string(), unit: z.string() });
const source = z.object({
  file: z.string(),
  frames: z.number(),
  labels: z.string(),
  /** Frames, from 1, that are an earlier one of their set again; absent where none is. */
  repeated: z.array(z.number()).optional(),
  /** What reading the file had to assume or to change; absent where nothing. */
  notes: z.array(z.string()).optional(),
});

const current = z.object({
  format: z.literal(FORMAT),
  identity: identitySchema,
  detector: latticeDetectorSchema,
  labels: z.array(label),
  /** Structures for training, and held out; patterns of each. */
  structures: z.object({ count: z.number(), held_out: z.number() }),
  patterns_per_structure: z.number(),
  source: source.optional(),
  /** Hash of all the others, the identity's id for itself; libraries before it have none. */
  seal: z.string().optional(),
});
export type LibraryInfo = Options<typeof current>;

const first = z
  .object({
    format: z.literal('ferroscope-library/1'),
    recipe: z.object({
      crystal: z.record(z.string(), z.unknown()),
      structures: z.looseObject({ count: z.number(), held_out: z.number() }),
      microscope: z.record(z.string(), z.unknown()),
      library: z.looseObject({ patterns_per_structure: z.number() }),
    }),
    detector: latticeDetectorSchema,
    labels: z.array(label),
    program: z.string(),
    source: source.optional(),
  })
  .transform(({ recipe: { crystal, structures, microscope, library }, program, ...rest }) => ({
    ...rest,
    identity: identify({
      kind: 'library',
      schema: 1,
      program,
      settings: { crystal, structures, microscope, library },
      inputs: {},
    }),
    structures: { count: structures.count, held_out: structures.held_out },
    patterns_per_structure: library.patterns_per_structure,
  }));
const anyInfo = z.union([current, first]);
/** What the root group says, whatever the version of its format. */
export type AnyLibraryInfo = Options<typeof anyInfo>;

/** The settings that patterns and labels follow from: where structures come from a file, those of textures are not looked at. */
function settingsOf({ crystal, structures, microscope, library }: LibraryInputs): Identity['settings'] {
  const { a_A, c_A, u2_A2 } = crystal;
  const { count, held_out, cells, file, types, born, ...texture } = structures;
  const { voltage_kV, convergence_mrad, defocus_nm, aberrations } = microscope;
  const beam = { voltage_kV, convergence_mrad, defocus_nm, aberrations };
  return file === undefined
    ? { crystal, structures: { count, held_out, cells, ...texture }, microscope: beam, library }
    : { crystal: { a_A, c_A, u2_A2 }, structures: { count, held_out, cells, types, born }, microscope: beam, library };
}

/** @param file that the structures come from; undefined for textures */
export function libraryIdentity(inputs: LibraryInputs, program: string, file?: FileIdentity): Identity {
  return identify({ kind: 'library', schema: 3, program, settings: settingsOf(inputs), inputs: file ? { file } : {} });
}

/**
 * Refuses a library that these settings would not make: what is learned from it would be said to come from them. A file of structures is not read again; of a
 * library of format 1 only the detector is compared.
 * @param place where the library lies
 * @throws 'stale' naming the first setting that differs
 */
export function requireSettings(info: AnyLibraryInfo, inputs: LibraryInputs, place: string): void {
  const { identity } = info;
  const hint = 'Give the recipe that the library was made with, or simulate a library with this one.';
  const now =
    identity.schema === 1
      ? { ...identity, settings: { ...identity.settings, detector: detectorOf(inputs) } }
      : { ...identity, settings: libraryIdentity(inputs, identity.program).settings };
  const kept =
    identity.schema === 1 ? { ...identity, settings: { ...identity.settings, detector: info.detector } } : identity;
  requireSame(kept, now, place, hint);
}

/** Of what the root says: an edited detector or label is seen. */
function sealOf({ seal: _, identity, ...rest }: LibraryInfo): string {
  return hashOf({ ...rest, identity: identity.id });
}

/** What the root of a library says, besides its identity. */
export function rootAttributes(
  inputs: LibraryInputs,
  identity: Identity,
  imported?: ImportedStructures,
): Omit<LibraryInfo, 'identity'> {
  const { count, held_out } = inputs.structures;
  const attributes = {
    format: FORMAT,
    detector: detectorOf(inputs),
    labels: STORED_LABELS,
    structures: { count, held_out },
    patterns_per_structure: inputs.library.patterns_per_structure,
    ...(imported && {
      source: {
        file: imported.file.name,
        frames: imported.frames,
        labels: imported.training[0]!.source.labels,
        ...(imported.repeated.length > 0 && { repeated: [...imported.repeated] }),
        ...(imported.notes.length > 0 && { notes: [...imported.notes] }),
      },
    }),
  } as const;
  return { ...attributes, seal: sealOf({ ...attributes, identity }) };
}

/** @throws 'file-missing', 'format', also where the root does not say what was written */
export async function readInfo(store: Store): Promise<AnyLibraryInfo> {
  const hint = 'Give the folder that ferroscope simulate wrote.';
  const info = await readAttributes(store, anyInfo, 'a Ferroscope library', hint);
  const altered = !isUnaltered(info.identity)
    ? 'its settings are not those that its identity is of'
    : 'seal' in info && info.seal !== undefined && info.seal !== sealOf(info)
      ? 'its root does not say what was written'
      : undefined;
  if (altered !== undefined) {
    fail(
      'format',
      `${store.name} was edited or is damaged: ${altered}.`,
      `Copy its zarr.json again, or simulate it anew.`,
    );
  }
  return info;
}

/**
 * @param engine what computed the patterns
 * @param source of a structure that is a frame of a file
 */
export async function writeShard(
  store: Store,
  name: ShardName,
  { patterns, labels, count, passes, content }: MadeShard,
  engine: EngineName,
  source?: FrameSource,
): Promise<void> {
  const pixels = Math.sqrt(patterns.length / count);
  const chunk = Math.min(CHUNK, count);
  const group = new GroupFiles();
  await group.put('patterns', {
    data: patterns,
    shape: [count, pixels, pixels],
    chunk: [chunk, pixels, pixels],
    dimensions: ['pattern', 'qy', 'qx'],
  });
  const width = STORED_LABELS.length;
  await group.put('labels', {
    data: labels,
    shape: [count, width],
    chunk: [chunk, width],
    dimensions: ['pattern', 'label'],
  });
  const attributes = {
    structure: name.index,
    heldOut: name.heldOut,
    passes,
    engine,
    content,
    ...(source && { source }),
  };
  await store.commit(shardFolder(name), group.finish(attributes));
}

/**
 * A shard's labels, and the hash of its patterns and labels, from the arrays.
 * @param schema of the library; from 2 on a shard says what the hash was when it was made
 * @throws 'format' where it is another one
 */
async function checkedShard(store: Store, schema: number): Promise<{ labels: Float32Array; content: string }> {
  const read = async (name: string) => (await readArray(store, name, Float32Array)).data;
  const labels = await read('labels');
  const content = hashOfArrays(await read('patterns'), labels);
  if (schema > 1 && (await rawAttributes(store))?.content !== content) {
    fail(
      'format',
      `${store.name} is damaged: its patterns and labels are not those that were made.`,
      'Remove that folder and run ferroscope simulate again: it makes only what is missing.',
      { content },
    );
  }
  return { labels, content };
}

/**
 * Random access to a complete library, which is read once, and checked against what each shard said when it was made. Labels stay in memory.
 * @throws 'incomplete' naming what is missing, 'format' also for a shard that has changed, 'file-missing', 'aborted'
 */
export async function openLibrary(
  store: Store,
  task: Task = quietTask,
): Promise<PatternDataset & { readonly info: AnyLibraryInfo }> {
  const info = await readInfo(store);
  const names = shardNames(info.structures);
  const present = new Set(await store.list());
  const missing = names.map(shardFolder).filter((folder) => !present.has(folder));
  if (missing.length > 0) {
    fail(
      'incomplete',
      `${store.name} lacks ${missing.length} of its ${names.length} structures.`,
      'Run ferroscope simulate again with the same recipe and --out: it makes only the missing ones.',
      { missing },
    );
  }
  const shards: { labels: Float32Array; content: string }[] = [];
  for (const name of names) {
    await breathe(task);
    shards.push(await checkedShard(store.within(shardFolder(name)), info.identity.schema));
  }
  const perShard = info.patterns_per_structure;
  const pixels = info.detector.pixels;
  const labels: readonly LabelInfo[] = info.labels;
  const chunk = Math.min(CHUNK, perShard);

  async function patternsAt(indices: ArrayLike<number>): Promise<Float32Array> {
    const size = pixels * pixels;
    const out = new Float32Array(indices.length * size);
    const byShard = new Map<number, [row: number, place: number][]>();
    for (let place = 0; place < indices.length; place++) {
      const shard = Math.floor(indices[place]! / perShard);
      const list = byShard.get(shard) ?? [];
      list.push([indices[place]! % perShard, place]);
      byShard.set(shard, list);
    }
    for (const [shard, list] of byShard) {
      await readRows(store.within(shardFolder(names[shard]!)), { name: 'patterns', rank: 3, size, chunk }, list, out);
    }
    return out;
  }

  function labelsAt(indices: ArrayLike<number>): Float32Array {
    const width = labels.length;
    const out = new Float32Array(indices.length * width);
    for (let place = 0; place < indices.length; place++) {
      const row = (indices[place]! % perShard) * width;
      out.set(shards[Math.floor(indices[place]! / perShard)]!.labels.subarray(row, row + width), place * width);
    }
    return out;
  }

  return {
    info,
    notes: info.source?.notes,
    identity: {
      ...info.identity,
      content: hashOf(shards.map(({ content }) => content)),
      name: store.name.split('/').findLast((part) => part !== ''),
    },
    count: names.length * perShard,
    detector: info.detector,
    labels,
    structureOf: (index) => Math.floor(index / perShard),
    isHeldOut: (index) => names[Math.floor(index / perShard)]!.heldOut,
    read: async (indices) => ({
      patterns: await patternsAt(indices),
      labels: labelsAt(indices),
    }),
  };
}

/**
 * A library on disk, Node only: a Zarr v3 group. Its attributes hold the recipe, its hash, the detector, the labels and the program's version;
 * each structure is a subgroup `training-0007` or `held-out-0001` with arrays `patterns` [n][qy][qx] and `labels` [n][label], float32,
 * uncompressed (so that single patterns are read in place). A shard's folder appears whole, by rename; a library is complete
 * when all its shards are there. Any Zarr v3 reader opens it.
 * A shard's attribute `engine` says what computed it ('cpu' where absent). A library may hold shards of both engines: they agree to rounding.
 * `source` of the group and of a shard says which file, and which of its frames, the structures come from; absent where they are textures.
 */

import { existsSync } from 'node:fs';
import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as zarr from 'zarrita';
import { fail } from '../core/errors.ts';
import { fileError, writeFolderWhole, writeWhole } from '../core/files.ts';
import { hashOf } from '../core/hash.ts';
import { groupAttributes } from '../core/zarr-folder.ts';
import type { LatticeDetector } from '../diffraction/detector.ts';
import type { EngineName } from '../diffraction/engine.ts';
import type { LabelInfo, PatternDataset } from './dataset.ts';
import type { FrameSource, ImportedStructures } from './imported.ts';
import { STORED_LABELS } from './labels.ts';
import type { LibraryInputs } from './options.ts';
import { detectorOf } from './plan.ts';
import type { Shard } from './shard.ts';
import { type ShardName, shardFolder, shardNames } from './shard-names.ts';

const FORMAT = 'ferroscope-library/1';
/** Patterns in a chunk file. */
const CHUNK = 256;

/** What the root group says. */
export interface LibraryInfo {
  readonly format: string;
  readonly recipe: LibraryInputs;
  readonly recipeHash: string;
  readonly detector: LatticeDetector;
  readonly labels: readonly LabelInfo[];
  readonly program: string;
  /** Of a library of frames: `frames` is how many the file has. */
  readonly source?: (Omit<FrameSource, 'frame'> & { readonly sha256: string; readonly frames: number }) | undefined;
}

/**
 * Hash of the recipe's parts that a library depends on: training settings may change without making it again. A file counts by its contents, wherever it lies.
 * @param file_sha256 of `structures.file`; undefined where there is none
 */
export function libraryHash({ crystal, structures, microscope, library }: LibraryInputs, file_sha256?: string): string {
  return hashOf({ crystal, structures: { ...structures, file: file_sha256 }, microscope, library });
}

/**
 * Makes the root group, or checks that the one there is this recipe's. Several processes may do this at once.
 * @param alone no other process writes here: sweep up what killed runs left
 * @param imported what is in `structures.file`, where the recipe names one
 * @throws 'file-exists' if the folder holds another library or something else
 */
export async function prepareLibrary(
  path: string,
  inputs: LibraryInputs,
  program: string,
  alone: boolean,
  imported?: ImportedStructures,
): Promise<void> {
  const root = join(path, 'zarr.json');
  const hash = libraryHash(inputs, imported?.sha256);
  // One listing answers both questions: between two looks another process may have made the root.
  const entries = existsSync(path) ? await readdir(path) : [];
  if (entries.includes('zarr.json')) {
    const info = await readInfo(path);
    if (info.recipeHash !== hash) {
      fail(
        'file-exists',
        `${path} holds a library of another recipe${imported ? `, or of a ${basename(imported.path)} with other contents` : ''}.`,
        'Choose another --out, or remove that folder.',
        {
          path,
        },
      );
    }
    for (const entry of alone ? entries : []) {
      if (entry.endsWith('.part') || entry.endsWith('.old'))
        await rm(join(path, entry), { recursive: true, force: true });
    }
    return;
  }
  if (entries.some((entry) => !entry.endsWith('.part'))) {
    fail('file-exists', `${path} exists and is not a library.`, 'Choose another --out.', { path });
  }
  const info: LibraryInfo = {
    format: FORMAT,
    recipe: inputs,
    recipeHash: hash,
    detector: detectorOf(inputs),
    labels: STORED_LABELS,
    program,
    ...(imported && {
      source: {
        file: basename(imported.path),
        sha256: imported.sha256,
        frames: imported.frames,
        labels: imported.training[0]!.source.labels,
      },
    }),
  };
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw fileError(error, path);
  }
  await writeWhole(root, JSON.stringify({ zarr_format: 3, node_type: 'group', attributes: info }, null, 2));
}

/** The root group's attributes. @throws 'file-missing', 'format' */
export async function readInfo(path: string): Promise<LibraryInfo> {
  return (
    (await groupAttributes<LibraryInfo>(path, FORMAT)) ??
    fail('format', `${path} is not a Ferroscope library.`, 'Give the folder that ferroscope simulate wrote.', { path })
  );
}

/** Whether the shard is there, whole. */
export function hasShard(path: string, name: ShardName): boolean {
  return existsSync(join(path, shardFolder(name), 'zarr.json'));
}

/**
 * @param engine what computed the patterns; a library may hold shards of both
 * @param source of a structure that is a frame of a file
 */
export async function writeShard(
  path: string,
  name: ShardName,
  shard: Shard,
  pixels: number,
  engine: EngineName,
  source?: FrameSource,
): Promise<void> {
  const files = new Map<zarr.AbsolutePath, Uint8Array>();
  const root = zarr.root(files);
  await zarr.create(root, {
    attributes: {
      structure: name.index,
      heldOut: name.heldOut,
      passes: shard.passes,
      engine,
      ...(source && { source }),
    },
  });
  const put = async (array: string, data: Float32Array, shape: number[], dimensionNames: string[]): Promise<void> => {
    const chunkShape = [Math.min(CHUNK, shape[0]!), ...shape.slice(1)];
    const made = await zarr.create(root.resolve(array), {
      shape,
      chunkShape,
      dtype: 'float32',
      fillValue: 0,
      codecs: [{ name: 'bytes', configuration: { endian: 'little' } }],
      dimensionNames,
    });
    const stride = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
    await zarr.set(made, null, { data, shape, stride });
  };
  await put('patterns', shard.patterns, [shard.count, pixels, pixels], ['pattern', 'qy', 'qx']);
  await put('labels', shard.labels, [shard.count, STORED_LABELS.length], ['pattern', 'label']);
  const relative = [...files].map(([key, bytes]) => [key.slice(1), bytes] as const);
  await writeFolderWhole(join(path, shardFolder(name)), relative);
}

/** Random access to a complete library. @throws 'incomplete' naming what is missing, 'format', 'file-missing' */
export async function openLibrary(path: string): Promise<PatternDataset & { readonly info: LibraryInfo }> {
  const info = await readInfo(path);
  const names = shardNames(info.recipe.structures);
  const missing = names.filter((name) => !hasShard(path, name));
  if (missing.length > 0) {
    fail(
      'incomplete',
      `${path} lacks ${missing.length} of its ${names.length} structures.`,
      'Run ferroscope simulate again with the same recipe and --out: it makes only the missing ones.',
      { missing: missing.map(shardFolder) },
    );
  }
  const perShard = info.recipe.library.patterns_per_structure;
  const pixels = info.detector.pixels;
  const width = info.labels.length;
  const chunk = Math.min(CHUNK, perShard);

  async function readRows(
    array: 'patterns' | 'labels',
    indices: ArrayLike<number>,
    size: number,
  ): Promise<Float32Array> {
    const out = new Float32Array(indices.length * size);
    const bytes = new Uint8Array(out.buffer);
    // Grouped by chunk file, so that each is opened once.
    const rows = new Map<string, [row: number, place: number][]>();
    for (let i = 0; i < indices.length; i++) {
      const index = indices[i]!;
      const local = index % perShard;
      const suffix = array === 'patterns' ? '/0/0' : '/0';
      const file = `${shardFolder(names[Math.floor(index / perShard)]!)}/${array}/c/${Math.floor(local / chunk)}${suffix}`;
      const list = rows.get(file) ?? [];
      list.push([local % chunk, i]);
      rows.set(file, list);
    }
    for (const [file, list] of rows) {
      try {
        await using handle = await open(join(path, file));
        for (const [row, place] of list) {
          const { bytesRead } = await handle.read(bytes, place * size * 4, size * 4, row * size * 4);
          if (bytesRead !== size * 4) {
            fail('format', `${join(path, file)} is truncated.`, 'Remove that structure and simulate again.', { file });
          }
        }
      } catch (error) {
        throw fileError(error, join(path, file));
      }
    }
    return out;
  }

  return {
    info,
    count: names.length * perShard,
    detector: info.detector,
    labels: info.labels,
    structureOf: (index) => Math.floor(index / perShard),
    isHeldOut: (index) => names[Math.floor(index / perShard)]!.heldOut,
    read: async (indices) => ({
      patterns: await readRows('patterns', indices, pixels * pixels),
      labels: await readRows('labels', indices, width),
    }),
  };
}

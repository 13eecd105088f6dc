/** Models on this machine: those that ship with the program, in `models/` beside it, and those in folders of the user's. */

import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FerroscopeError, fail } from '../core/errors.ts';
import { openModel } from '../network/infer.ts';
import type { ModelInfo } from '../network/model-info.ts';
import { type ModelScope, scopeOf } from '../network/model-scope.ts';
import { fileError, readBytes } from '../node/files.ts';
import { nodeOnnx } from '../node/onnx.ts';

/** FERROSCOPE_MODELS names another folder in its place, or one that is not there: then none ship. */
const shipped = (): string => process.env.FERROSCOPE_MODELS ?? fileURLToPath(new URL('../../models', import.meta.url));

export interface FoundModel {
  readonly path: string;
  readonly size_bytes: number;
  readonly info: ModelInfo;
  readonly scope: ModelScope;
}

export interface FoundModels {
  readonly models: readonly FoundModel[];
  /** Files that are no models of this program, and why. */
  readonly unreadable: readonly { readonly path: string; readonly reason: string }[];
}

/** All .onnx files in the program's folder and the user's, by name. @throws 'file-missing' for a folder that is not there */
export async function findModels(folders: readonly string[]): Promise<FoundModels> {
  const models: FoundModel[] = [];
  const unreadable: { path: string; reason: string }[] = [];
  const own = shipped();
  for (const folder of [...(existsSync(own) ? [own] : []), ...folders]) {
    const names = await readdir(folder).catch((error: unknown) => {
      if ((error as { code?: string }).code === 'ENOTDIR') {
        fail('usage', `--models ${folder} is a file.`, 'Give the folder of models; --model names one.');
      }
      throw fileError(error, folder);
    });
    for (const name of names.filter((one) => one.endsWith('.onnx')).sort()) {
      const path = join(folder, name);
      try {
        models.push(await readModel(path));
      } catch (error) {
        if (!(error instanceof FerroscopeError)) throw error;
        unreadable.push({ path, reason: error.message });
      }
    }
  }
  return { models, unreadable };
}

/** @throws 'file-missing', 'file-unreadable', 'format' */
export async function readModel(path: string): Promise<FoundModel> {
  const bytes = await readBytes(path);
  const { info } = openModel(bytes, nodeOnnx);
  return { path, size_bytes: bytes.length, info, scope: scopeOf(info) };
}

/** A path as it is shown: from here, where it lies below. */
export function shownPath(path: string): string {
  const here = relative(process.cwd(), path);
  return here.startsWith('..') ? path : here;
}

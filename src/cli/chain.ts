/**
 * Where an artefact came from, as a tree of lines (map ← calibration ← scan; map ← model ← library ← settings), and whether what lies beside it under those
 * names is still what it came from.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { difference, type FileIdentity, type Identity, inWords, isFile } from '../core/identity.ts';
import { quantity } from '../core/numbers.ts';
import { openLibrary, readInfo } from '../library/store.ts';
import { openModel } from '../network/infer.ts';
import { fileIdentity, readBytes } from '../node/files.ts';
import { folderStore } from '../node/folder-store.ts';
import { nodeOnnx } from '../node/onnx.ts';

export interface Link {
  readonly role: string;
  readonly name: string;
  /** Where something of that name was found. */
  readonly path?: string;
  readonly state: 'the same' | 'another' | 'not found';
  /** What differs. */
  readonly why?: string;
}

export interface Chain {
  readonly lines: readonly string[];
  readonly links: readonly Link[];
}

const DIGITS = 12;

/** @param folders where inputs are looked for by their names */
export async function chainOf(identity: Identity, folders: readonly string[]): Promise<Chain> {
  const lines: string[] = ['  where it comes from:'];
  const links: Link[] = [];
  const visit = async (of: Identity | FileIdentity, indent: string, role: string): Promise<void> => {
    lines.push(`${indent}${role === '' ? '' : `${role}: `}${inOneLine(of)}`);
    if (role !== '' && of.name !== undefined) {
      const link = await checked(of, role, of.name, folders);
      links.push(link);
      lines.push(`${indent}  ${sentence(link)}`);
    }
    if (isFile(of)) return;
    const settings = Object.keys(of.settings);
    if (settings.length > 0) lines.push(`${indent}  settings of ${settings.map((name) => `[${name}]`).join(' ')}`);
    for (const [name, input] of Object.entries(of.inputs)) await visit(input, `${indent}  `, name);
  };
  await visit(identity, '    ', '');
  return { lines, links };
}

function inOneLine(of: Identity | FileIdentity): string {
  if (isFile(of)) {
    const part =
      of.hashed_bytes === undefined ? '' : ` of ${quantity(of.hashed_bytes / 1e6, 'MB')} drawn evenly from it`;
    return `${of.name}, ${of.size_bytes} bytes, SHA-256${part} ${of.content.slice(0, DIGITS)}…`;
  }
  const contents = of.content ? `, contents ${of.content.slice(0, DIGITS)}` : '';
  return `${of.kind}${of.name ? ` ${of.name}` : ''} ${of.id.slice(0, DIGITS)}, format ${of.schema}, by ${of.program}${contents}`;
}

function sentence({ name, path, state, why }: Link): string {
  if (state === 'not found') return `${name} is not here: not checked.`;
  return state === 'the same' ? `${path} is the same.` : `DOES NOT MATCH: ${path} is another one: ${why}.`;
}

async function checked(
  of: Identity | FileIdentity,
  role: string,
  name: string,
  folders: readonly string[],
): Promise<Link> {
  const there = folders.map((folder) => join(folder, name)).filter((one) => existsSync(one));
  const differing: Link[] = [];
  for (const path of there) {
    const why = await whatDiffers(of, path);
    if (why === undefined) return { role, name, path, state: 'the same' };
    differing.push({ role, name, path, state: 'another', why });
  }
  // One of that name where the command runs may be anything; only the same counts.
  if (differing.length === 0 && existsSync(name) && (await whatDiffers(of, name)) === undefined) {
    return { role, name, path: name, state: 'the same' };
  }
  return differing[0] ?? { role, name, state: 'not found' };
}

/** What tells the artefact at a path from `of`; undefined where nothing does. */
async function whatDiffers(of: Identity | FileIdentity, path: string): Promise<string | undefined> {
  const unlike = (now: Identity): string | undefined => {
    const found = difference(of as Identity, now);
    return found && `${found.what} was ${inWords(found.kept)}, and is ${inWords(found.now)}`;
  };
  try {
    if (isFile(of)) return (await fileIdentity(path)).content === of.content ? undefined : 'its contents differ';
    if (of.kind === 'model') {
      if ((await fileIdentity(path)).content === of.content) return undefined;
      return unlike(openModel(await readBytes(path), nodeOnnx).info.identity) ?? 'its contents differ';
    }
    if (of.kind === 'library') {
      const store = folderStore(path);
      const now = unlike((await readInfo(store)).identity);
      if (now !== undefined) return now;
      return (await openLibrary(store)).identity.content === of.content ? undefined : 'its contents differ';
    }
    return undefined;
  } catch (error) {
    return (error as Error).message.replace(/\.$/, '');
  }
}

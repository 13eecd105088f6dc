/**
 * What an artefact is: its kind, the version of its format, the program that made it, the settings that matter to it, and what it came from. Two artefacts
 * with one identity follow from the same inputs; work that was begun goes on only under the identity that it was begun with. `content` names the bytes that
 * came out, where they are known: what a random machine, another engine or a hand has changed shows there.
 *
 * What this is not: a recipe. Settings that a stage does not heed are not in its identity, so that changing them throws nothing away.
 */

import * as z from 'zod';
import { FerroscopeError } from './errors.ts';
import { hashOf } from './hash.ts';

export interface FileIdentity {
  readonly kind: 'file';
  /** Without its folder. */
  readonly name: string;
  readonly size_bytes: number;
  /** SHA-256 of its bytes, the first 128 bits, hexadecimal (core/hash.ts); of a large file, of its size and parts of it (sampled-content.ts). */
  readonly content: string;
  /** Bytes that `content` is of, where they are fewer than all. */
  readonly hashed_bytes?: number | undefined;
}

export interface Identity {
  /** 'library', 'model', 'calibration', 'map', … */
  readonly kind: string;
  /** Of the artefact's format. */
  readonly schema: number;
  /** 'ferroscope 0.1.0' */
  readonly program: string;
  /** Those that matter, by section. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** What it came from, by role: 'library', 'scan', 'file'. */
  readonly inputs: Readonly<Record<string, Identity | FileIdentity>>;
  /** Hash of all the above; of an input its id and content count. */
  readonly id: string;
  /** Hash of what came out. */
  readonly content?: string | undefined;
  /** Where it lay, without folders: to find it again. */
  readonly name?: string | undefined;
}

const fileSchema = z.object({
  kind: z.literal('file'),
  name: z.string(),
  size_bytes: z.number(),
  content: z.string(),
  hashed_bytes: z.number().optional(),
});

export const identitySchema: z.ZodType<Identity> = z.object({
  kind: z.string(),
  schema: z.number(),
  program: z.string(),
  settings: z.record(z.string(), z.unknown()),
  get inputs() {
    return z.record(z.string(), z.union([fileSchema, identitySchema]));
  },
  id: z.string(),
  content: z.string().optional(),
  name: z.string().optional(),
});

/** @param settings plain data; what is undefined counts as left out */
export function identify(what: Omit<Identity, 'id' | 'content' | 'name'>): Identity {
  const { kind, schema, program, inputs } = what;
  // As it is read back.
  const settings = JSON.parse(JSON.stringify(what.settings)) as Identity['settings'];
  const from = Object.fromEntries(Object.entries(inputs).map(([role, input]) => [role, keyOf(input)]));
  return { kind, schema, program, settings, inputs, id: hashOf({ kind, schema, program, settings, inputs: from }) };
}

/** Whether an identity, and those of what it came from, say what their hashes were made of: an edited setting is seen. */
export function isUnaltered(of: Identity | FileIdentity): boolean {
  return isFile(of) || (identify(of).id === of.id && Object.values(of.inputs).every(isUnaltered));
}

function keyOf(input: Identity | FileIdentity): string {
  return isFile(input) ? input.content : `${input.id} ${input.content ?? ''}`;
}

export function isFile(input: Identity | FileIdentity): input is FileIdentity {
  return input.kind === 'file';
}

export interface Difference {
  /** What differs: 'crystal.a_A', 'the library's crystal.a_A', 'the program'. */
  readonly what: string;
  readonly kept: unknown;
  readonly now: unknown;
}

/** The first difference between two identities, settings before inputs; undefined where there is none. */
export function difference(kept: Identity, now: Identity): Difference | undefined {
  for (const key of ['kind', 'schema'] as const) {
    if (kept[key] !== now[key]) return { what: `the format's ${key}`, kept: kept[key], now: now[key] };
  }
  const setting = differentSetting(kept.settings, now.settings, '');
  if (setting) return setting;
  for (const role of new Set([...Object.keys(kept.inputs), ...Object.keys(now.inputs)])) {
    const [a, b] = [kept.inputs[role], now.inputs[role]];
    if (!a || !b) return { what: `the ${role}`, kept: a ? nameOf(a) : 'none', now: b ? nameOf(b) : 'none' };
    if (keyOf(a) === keyOf(b)) continue;
    if (isFile(a) || isFile(b)) return { what: `the contents of the ${role}`, kept: nameOf(a), now: nameOf(b) };
    const deeper = difference(a, b);
    return deeper
      ? { ...deeper, what: `the ${role}'s ${deeper.what.replace(/^the /, '')}` }
      : { what: `the contents of the ${role}`, kept: a.content, now: b.content };
  }
  if (kept.program !== now.program) return { what: 'the program', kept: kept.program, now: now.program };
  return undefined;
}

function nameOf(input: Identity | FileIdentity): string {
  return isFile(input)
    ? `${input.name} (${input.content.slice(0, 8)})`
    : `${input.name ?? input.kind} (${input.id.slice(0, 8)})`;
}

function differentSetting(kept: unknown, now: unknown, path: string): Difference | undefined {
  const table = (value: unknown): value is Record<string, unknown> =>
    value !== null && typeof value === 'object' && !Array.isArray(value);
  if (!table(kept) || !table(now)) {
    return hashOf([kept ?? null]) === hashOf([now ?? null]) ? undefined : { what: path, kept, now };
  }
  for (const key of new Set([...Object.keys(kept), ...Object.keys(now)])) {
    const found = differentSetting(kept[key], now[key], path === '' ? key : `${path}.${key}`);
    if (found) return found;
  }
  return undefined;
}

/** A value in a message. */
export function inWords(value: unknown): string {
  if (value === undefined) return 'not given';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/**
 * Refuses an artefact, or begun work, that is not what is asked for now.
 * @param place where it lies
 * @throws 'stale' that names the first difference
 */
export function requireSame(kept: Identity, now: Identity, place: string, hint: string): void {
  const found = difference(kept, now);
  if (!found) return;
  throw new FerroscopeError(
    'stale',
    `${place} was made with something else: ${found.what} was ${inWords(found.kept)}, and is ${inWords(found.now)} now.`,
    hint,
    { ...found, place },
  );
}

/**
 * What rooms state their options with: zod fragments whose descriptions hold meaning and unit. Range and default stand in the fragment itself; types follow from it.
 *
 *     const scanOptions = z.strictObject({ hot_sigma: positive.default(8).describe('…') });
 *     export type ScanOptions = Options<typeof scanOptions>;
 *
 * `recipe/` puts the fragments together into one TOML. What this is not: any room's options.
 */

import * as z from 'zod';

type DeepReadonly<T> = T extends readonly unknown[] | object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;

/** What a fragment reads into: every default filled in. */
export type Options<Schema extends z.ZodType> = DeepReadonly<z.output<Schema>>;

export const positive = z.number().positive();
export const fraction = z.number().min(0).max(1);
export const count = z.int().min(1);
/** Of a random stream. Exact in a double, so that two seeds never name one stream. */
export const seed = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
/** Azimuth [degrees]. */
export const azimuth = z.number().min(-360).max(360);

/** A pair whose first number is not the greater one. */
export const ordered = <Pair extends z.ZodType<[number, number]>>(pair: Pair) =>
  pair.refine(([a, b]) => a <= b, 'must be [low, high] with low ≤ high');

/** A [low, high] pair from which values are drawn. */
export const between = (low: number, high: number) =>
  ordered(z.tuple([z.number().min(low).max(high), z.number().min(low).max(high)]));

const different = (list: readonly unknown[]) => new Set(list.map((v) => JSON.stringify(v))).size === list.length;

/** One value, or a list of at most `most` different ones. */
export const oneOrMore = <T extends z.ZodType>(value: T, most = 10_000) => z.union([value, listOf(value, most)]);

/** A list of at least one and at most `most` different values. */
export const listOf = <T extends z.ZodType>(value: T, most = 10_000) =>
  z.array(value).min(1).max(most).refine(different, 'must be different');

/** One of the names, or a short form of one, which reads as the name. */
export function named<const Name extends string, const Short extends string>(
  names: readonly Name[],
  short: Readonly<Record<Short, Name>>,
): z.ZodType<Name, Name | Short> {
  const shorts = Object.keys(short) as Short[];
  return z.union([z.enum(names), z.enum(shorts).transform((name): Name => short[name])], {
    error: `must be one of ${names.join(', ')}; or, for short, ${shorts.join(', ')}`,
  });
}

/** Where something is wrong, and what, in words: by its key without the place in a pair or list; what is said of few things as zod has it. */
export function issueInWords(issue: z.core.$ZodIssue): { readonly place: string; readonly message: string } {
  const bound = boundInWords(issue);
  if (bound === undefined) return { place: issue.path.join('.'), message: typeInWords(issue) ?? issue.message };
  const key = issue.path.findLastIndex((part) => typeof part !== 'number');
  return { place: issue.path.slice(0, key + 1).join('.'), message: bound };
}

function boundInWords(issue: z.core.$ZodIssue): string | undefined {
  const number = (origin: string) => origin === 'number' || origin === 'int';
  if (issue.code === 'too_big' && number(issue.origin)) {
    return `must be ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}`;
  }
  if (issue.code === 'too_small' && number(issue.origin)) {
    return `must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`;
  }
  return undefined;
}

const TYPES: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  string: 'text',
  array: 'a list',
  tuple: 'a list',
  object: 'a section',
};

function typeInWords(issue: z.core.$ZodIssue): string | undefined {
  if (issue.code === 'invalid_type' && issue.message.startsWith('Invalid input')) {
    const kind = TYPES[(issue as { format?: string }).format === 'safeint' ? 'int' : issue.expected];
    return kind && `must be ${kind}`;
  }
  if (issue.code === 'invalid_value' && issue.message.startsWith('Invalid'))
    return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.join(', ')}`;
  if (issue.code === 'too_small' && issue.origin === 'array') return `must have ${issue.minimum} entries or more`;
  if (issue.code === 'too_big' && issue.origin === 'array') return `must have ${issue.maximum} entries at most`;
  return undefined;
}

/** The first thing that is wrong: 'labels.0.name: Invalid input'; of the whole, without a place. */
export function firstIssue({ issues }: z.ZodError): string {
  const { path, message } = issues[0]!;
  return path.length > 0 ? `${path.join('.')}: ${message}` : message;
}

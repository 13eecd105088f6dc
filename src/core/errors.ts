/**
 * Tagged errors: what went wrong, the fields that matter, and what to do next.
 * The CLI prints `message` and `hint` and never a stack trace; anything thrown that is not a FerroscopeError is a bug.
 */

export type ErrorTag =
  | 'file-missing'
  | 'file-unreadable'
  | 'file-exists'
  | 'disk-full'
  | 'format'
  | 'shape'
  | 'not-finite'
  | 'range'
  | 'recipe'
  | 'model-mismatch'
  | 'incomplete'
  | 'stale'
  | 'unsupported'
  | 'usage'
  | 'aborted';

export class FerroscopeError extends Error {
  override readonly name = 'FerroscopeError';
  readonly tag: ErrorTag;
  /** What to do next, one sentence. */
  readonly hint: string;
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(tag: ErrorTag, message: string, hint: string, fields: Record<string, unknown> = {}) {
    super(message);
    this.tag = tag;
    this.hint = hint;
    this.fields = fields;
  }
}

/** Throws a {@link FerroscopeError}. */
export function fail(tag: ErrorTag, message: string, hint: string, fields: Record<string, unknown> = {}): never {
  throw new FerroscopeError(tag, message, hint, fields);
}

/** @param place what was being written */
export function diskFullError(place: string): FerroscopeError {
  return new FerroscopeError('disk-full', `The disk is full: ${place} was not written.`, 'Free some space.', {
    path: place,
  });
}

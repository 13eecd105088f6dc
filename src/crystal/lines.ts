/**
 * The lines of a text file, one after the other, decoded piece by piece: a trajectory of a gigabyte never becomes one string (V8's strings end at 512 MiB).
 *
 *     const lines = new Lines(bytes, 'XDATCAR');
 *     const title = lines.expect('the title');
 *
 * Limit: the bytes themselves are in memory, and Node reads files of up to 2 GiB at once.
 */

import { fail } from '../core/errors.ts';

/** Characters or bytes decoded at a time. */
const PIECE = 1 << 20;

/** The text in pieces of up to a mebibyte. Bytes are UTF-8; what is not comes out as replacement characters, in titles only as a rule. */
export function* pieces(data: string | Uint8Array): Generator<string> {
  const decoder = new TextDecoder();
  for (let at = 0; at < data.length; at += PIECE) {
    yield typeof data === 'string'
      ? data.slice(at, at + PIECE)
      : decoder.decode(data.subarray(at, at + PIECE), { stream: true });
  }
}

export class Lines {
  readonly name: string;
  /** Number of the line read last, from 1; 0 before the first. */
  number = 0;
  readonly #pieces: Generator<string>;
  #left: number;
  #ready: string[] = [];
  #at = 0;
  /** The start of a line that goes on in the next piece; undefined once the file has ended. */
  #rest: string | undefined = '';

  /** Whether the file's last line has no line end; known once it is read. */
  #open = false;

  constructor(data: string | Uint8Array, name: string) {
    this.name = name;
    this.#pieces = pieces(typeof data === 'string' ? data.replace(/^\uFEFF/, '') : data);
    this.#left = data.length;
  }

  /** The next line without reading it; undefined at the end of the file. Line ends are \n and \r\n. */
  peek(): string | undefined {
    while (this.#at >= this.#ready.length) {
      if (this.#rest === undefined) return undefined;
      const { value, done } = this.#pieces.next();
      this.#ready = (this.#rest + (value ?? '')).split('\n');
      this.#at = 0;
      this.#rest = done ? undefined : this.#ready.pop()!;
      if (!done) continue;
      // What follows the last line end is no line where it is empty.
      this.#open = this.#ready.at(-1) !== '';
      if (!this.#open) this.#ready.pop();
    }
    const line = this.#ready[this.#at]!;
    return line.endsWith('\r') ? line.slice(0, -1) : line;
  }

  /** The next line; undefined at the end of the file. */
  next(): string | undefined {
    const line = this.peek();
    if (line === undefined) return undefined;
    this.#left -= line.length + 1;
    this.#at++;
    this.number++;
    return line;
  }

  /** The next line. @param what it is, for the error. @throws 'format' at the end of the file, with the field `truncated` */
  expect(what: string): string {
    return this.next() ?? this.truncated(what);
  }

  /** Reads on to the next line that is not blank. @returns whether there is one */
  skipBlank(): boolean {
    for (let line = this.peek(); line !== undefined; line = this.peek()) {
      if (line.trim() !== '') return true;
      this.next();
    }
    return false;
  }

  /** Whether so many lines can still follow, of one character at least: asked before memory is taken for them. */
  canHold(count: number): boolean {
    return 2 * count <= this.#left + 1;
  }

  /** Whether the line read last is the file's last and has no line end: a program that was stopped while it wrote may have left half of it. */
  get cutOff(): boolean {
    return this.#open && this.peek() === undefined;
  }

  /** @throws 'format' naming the line read last, with the field `truncated` where that line is cut off */
  malformed(what: string, hint = 'Mend that line, or export the file again.'): never {
    const truncated = this.cutOff;
    fail(
      'format',
      `${this.name}, line ${this.number}: ${what}.`,
      truncated ? 'The file ends within that line; copy or export it again.' : hint,
      { name: this.name, line: this.number, truncated },
    );
  }

  /** @throws 'format' with the field `truncated`: the file ends where something should stand */
  truncated(what: string): never {
    // To the end, so that the line named is where the file ends.
    while (this.next() !== undefined);
    const line = this.number + 1;
    fail('format', `${this.name}, line ${line}: the file ends before ${what}.`, 'Copy or export the file again.', {
      name: this.name,
      line,
      truncated: true,
    });
  }
}

/** The first `count` fields of a line as numbers, Fortran's 1.0D0 too; undefined where they are not that. */
export function numbersIn(line: string, count: number): number[] | undefined {
  const fields = line.trim().split(/\s+/, count);
  const values = fields.map((field) => (field === '' ? Number.NaN : Number(field.replace(/[dD]/, 'e'))));
  return values.length === count && values.every(Number.isFinite) ? values : undefined;
}

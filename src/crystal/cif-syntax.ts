/**
 * The syntax of CIF 1.1: a text to its data blocks, each a table of columns. https://www.iucr.org/resources/cif/spec/version1.1/cifsyntax
 *
 *     const [block] = readCifBlocks(text, 'STO.cif');
 *     block.columns.get('_cell_length_a');      // ['3.905(2)']
 *
 * Names are lower case, with _ for the . of newer dictionaries (_cell.length_a). An item outside a loop is a column of one value.
 * Values that the file does not know (. and ?) are undefined.
 *
 * What this is not: a validator, nor CIF 2 (triple quotes, tables; a list on one line is one value). What names mean is in `cif.ts`. The parsers on npm were not taken: crystcif-parse
 * brings mathjs, @kkitahara/cif-tools nearley, molstar a viewer and a server.
 */

import { fail } from '../core/errors.ts';

export type CifValue = string | undefined;

export interface CifBlock {
  readonly name: string;
  readonly columns: ReadonlyMap<string, readonly CifValue[]>;
}

interface Token {
  readonly kind: 'name' | 'value' | 'word';
  readonly text: CifValue;
  readonly line: number;
}

function malformed(name: string, line: number, what: string): never {
  fail('format', `${name}, line ${line}: ${what}.`, 'Mend that line, or export the file again.', { name, line });
}

function* tokens(text: string, name: string): Generator<Token> {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  for (let l = 0; l < lines.length; l++) {
    if (lines[l]!.startsWith(';')) {
      const end = lines.findIndex((other, index) => index > l && other.startsWith(';'));
      if (end < 0) malformed(name, l + 1, 'a text that starts with ; does not end');
      yield { kind: 'value', text: [lines[l]!.slice(1), ...lines.slice(l + 1, end)].join('\n').trim(), line: l + 1 };
      l = end;
      // A value may follow the closing semicolon on its line.
      lines[l] = ` ${lines[l]!.slice(1)}`;
    }
    // A quote closes only before a blank: 'O'Neil' is one value.
    const pattern =
      /\s*(?:(#.*)|'((?:[^']|'(?=\S))*)'(?=\s|$)|"((?:[^"]|"(?=\S))*)"(?=\s|$)|(['"].*)|(\[[^\]]*\](?=\s|$)|\S+))/y;
    for (let match = pattern.exec(lines[l]!); match && !match[1]; match = pattern.exec(lines[l]!)) {
      const [, , single, double, open, bare] = match;
      const line = l + 1;
      if (open !== undefined) malformed(name, line, 'a quote does not close');
      const quoted = single ?? double;
      if (quoted !== undefined) yield { kind: 'value', text: quoted, line };
      else if (bare!.startsWith('_')) yield { kind: 'name', text: bare!.toLowerCase().replaceAll('.', '_'), line };
      else if (/^(data_|save_|loop_$|global_$|stop_$)/i.test(bare!)) yield { kind: 'word', text: bare!, line };
      else yield { kind: 'value', text: bare === '.' || bare === '?' ? undefined : bare!, line };
    }
  }
}

/** All data blocks of a CIF, in order. @throws 'format' with the line number */
export function readCifBlocks(text: string, name: string): CifBlock[] {
  const blocks: { name: string; columns: Map<string, CifValue[]> }[] = [];
  const all = [...tokens(text, name)];
  const place = (columns: Map<string, CifValue[]>, token: Token, values: CifValue[]) => {
    if (columns.has(token.text!)) malformed(name, token.line, `${token.text} is there twice`);
    columns.set(token.text!, values);
  };
  for (let t = 0; t < all.length; ) {
    const token = all[t++]!;
    const word = token.kind === 'word' ? token.text!.toLowerCase() : '';
    if (word.startsWith('data_')) {
      blocks.push({ name: token.text!.slice(5), columns: new Map() });
      continue;
    }
    if (word && word !== 'loop_')
      malformed(name, token.line, `'${token.text}' belongs to a dictionary, not to a crystal`);
    const columns =
      blocks.at(-1)?.columns ?? malformed(name, token.line, `'${token.text}' stands before the first data_`);
    if (token.kind === 'name') {
      const value = all[t++];
      if (value?.kind !== 'value') malformed(name, token.line, `${token.text} has no value`);
      place(columns, token, [value.text]);
    } else if (word === 'loop_') {
      const heads: Token[] = [];
      while (all[t]?.kind === 'name') heads.push(all[t++]!);
      const values: CifValue[] = [];
      while (all[t]?.kind === 'value') values.push(all[t++]!.text);
      if (heads.length === 0) malformed(name, token.line, 'a loop without names');
      if (values.length % heads.length !== 0) {
        malformed(
          name,
          all[t - 1]!.line,
          `the loop of ${heads[0]!.text} ends within a row: ${values.length} values for ${heads.length} columns`,
        );
      }
      for (const [c, head] of heads.entries())
        place(
          columns,
          head,
          values.filter((_, v) => v % heads.length === c),
        );
    } else malformed(name, token.line, `the value '${token.text}' belongs to no name`);
  }
  return blocks;
}

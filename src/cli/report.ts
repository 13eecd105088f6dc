/** `ferroscope report FOLDER`: figures and report of a map folder, made again from its data. */

import { join } from 'node:path';
import { plural } from '../core/numbers.ts';
import { writeWhole } from '../node/files.ts';
import { argument } from './arguments.ts';
import type { CommandLine } from './command-line.ts';
import { readMapFolder, renderMapFolder } from './map-folder.ts';

export async function runReport(line: CommandLine): Promise<void> {
  const path = argument(line, 0);
  const folder = await readMapFolder(path);
  const files = await renderMapFolder(folder, `Polarization map of ${folder.map.meta.source}`);
  for (const [name, text] of files) await writeWhole(join(path, name), text);
  line.console.result([`${join(path, 'report.html')} and ${plural(files.size - 1, 'figure')}.`], {
    out: path,
    files: [...files.keys()],
  });
}

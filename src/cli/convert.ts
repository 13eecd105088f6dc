/** `ferroscope convert SCAN OUT`: the same scan in another kind of file. */

import { basename } from 'node:path';
import { setting } from '../core/numbers.ts';
import { targetOf, writeScan } from '../node/convert.ts';
import { refuseExisting } from '../node/files.ts';
import { scanToWrite } from '../scan/writers/scan-to-write.ts';
import { argument, numberOption, option } from './arguments.ts';
import type { CommandLine } from './command-line.ts';
import { knownOf } from './map.ts';
import { openGivenScan } from './open-scan.ts';

export async function runConvert(line: CommandLine): Promise<void> {
  const path = argument(line, 0);
  const out = argument(line, 1);
  targetOf(out);
  refuseExisting(out, line.options.overwrite === true);
  const known = knownOf(line);
  const voltage_kV = numberOption(line, 'voltage', 'kV', 20, 1500);
  const { source } = await openGivenScan(path, known, '.', option(line, 'dataset'), voltage_kV);
  try {
    const scan = scanToWrite(source, basename(path), known.flip.length > 0);
    const { shape, info, kind } = scan;
    const { name, notes } = await writeScan(out, scan, line.console.task);
    const all = [...info.notes, ...notes];
    const [ry, rx, qy, qx] = shape;
    const { step_nm, q_pixel, q_unit, voltage_kV: stated_kV, dataset } = info;
    line.console.result(
      [
        `${out}: ${name}, ${ry} × ${rx} patterns of ${qy} × ${qx} ${kind.name}${step_nm === undefined ? '' : `, step ${setting(step_nm, 'nm')}`}`,
        ...all.map((note) => `  note: ${note}`),
      ],
      {
        out,
        kind: name,
        shape,
        dtype: kind.name,
        from: path,
        dataset,
        step_nm,
        q_pixel,
        q_unit,
        voltage_kV: stated_kV,
        notes: all,
      },
    );
  } finally {
    source.close();
  }
}

/** `ferroscope init SCAN --material X`: a commented recipe for a scan. Nothing is simulated. */

import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { FerroscopeError, fail } from '../core/errors.ts';
import { crystalOptions } from '../crystal/options.ts';
import { checkMicroscope } from '../library/plan.ts';
import { requireWritable, writeWhole } from '../node/files.ts';
import { measuredFacts } from '../polarization/scan-facts.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { FALLBACK, scanRecipe } from '../recipe/scan-recipe.ts';
import { calibrate } from '../scan/calibrate.ts';
import { scanOptions } from '../scan/options.ts';
import { argument, materialOption, numberOption, option, quoted } from './arguments.ts';
import type { CommandLine } from './command-line.ts';
import { openGivenScan } from './open-scan.ts';
import { PROGRAM } from './version.ts';

export async function runInit(line: CommandLine): Promise<void> {
  const scan = argument(line, 0);
  const material = materialOption(line)!;
  const out = option(line, 'out') ?? 'recipe.toml';
  requireWritable(out);
  if (existsSync(out)) {
    fail('file-exists', `${out} exists already.`, 'Choose another --out: init replaces no recipe.', { path: out });
  }
  const given = {
    voltage_kV: numberOption(line, 'voltage', 'kV', 20, 1500),
    convergence_mrad: numberOption(line, 'convergence', 'mrad', 0.1, 40),
  };
  const { source } = await openGivenScan(scan, scanOptions.parse({}), '.', option(line, 'dataset'));
  try {
    const { info, shape } = source;
    const { a_A } = crystalOptions.parse({ material });
    const voltage_kV = given.voltage_kV ?? info.voltage_kV ?? FALLBACK.voltage_kV;
    const convergence_mrad = given.convergence_mrad ?? info.semiangle_mrad ?? FALLBACK.convergence_mrad;
    const calibration = await calibrate(source, { a_A, voltage_kV, convergence_mrad }, line.console.task).catch(
      (error: unknown) => {
        if (error instanceof FerroscopeError && error.tag === 'incomplete') return { failed: error.message };
        throw error;
      },
    );
    const { toml, missing } = scanRecipe({
      name: basename(scan),
      material,
      shape,
      info,
      calibration,
      given,
      lattice_A: 'failed' in calibration ? undefined : measuredFacts(info, calibration).a_A,
      program: PROGRAM,
    });
    const recipe = parseRecipe(toml, out);
    checkMicroscope(recipe);
    await writeWhole(out, toml);
    line.console.result(
      [
        `${out}: a recipe for ${basename(scan)}, ${recipe.crystal.material}. Look at this before you begin:`,
        ...missing.map((text) => `  - ${text}`),
        `Then: ferroscope study ${quoted(out)} ${quoted(scan)}`,
      ],
      { out, missing, recipe },
    );
  } finally {
    source.close();
  }
}

/**
 * What each way in which a library is like a specimen changes in its patterns, and what it costs: R1 against the library as it comes (absorption, eight different
 * blocks along the beam), the same structures, positions, tilts and thicknesses; time of a structure over that of one repeated block without absorption, in the
 * same run. Two structures of examples/demo.toml, 30 to 40 nm. `npm run bench -- specimen`
 */

import { readFile } from 'node:fs/promises';
import { quietTask } from '../src/core/task.ts';
import { SliceKernel } from '../src/diffraction/cpu/wasm.ts';
import { cpuEngine } from '../src/diffraction/engine.ts';
import { type Shard, simulateShard } from '../src/library/shard.ts';
import { parseRecipe, type Recipe } from '../src/recipe/recipe.ts';

const STRUCTURES = [0, 1];
const PATTERNS = 600;

type Keys = Readonly<Record<string, unknown>>;
interface Variation {
  readonly name: string;
  readonly structures?: Keys;
  readonly library?: Keys;
}

const PLAIN: Variation = {
  name: 'absorption = false, depth_blocks = 1',
  structures: { depth_blocks: 1 },
  library: { absorption: false },
};
const VARIATIONS: readonly Variation[] = [
  PLAIN,
  { name: 'absorption = false', library: { absorption: false } },
  ...[1, 2, 4, 16, 51].map((n) => ({ name: `depth_blocks = ${n}`, structures: { depth_blocks: n } })),
  { name: 'depth_domains = 2', structures: { depth_domains: 2 } },
  { name: 'dead_layer_nm = [2, 2]', structures: { dead_layer_nm: [2, 2] } },
  { name: 'amorphous_nm = [2, 2]', structures: { amorphous_nm: [2, 2] } },
  { name: 'ba_fraction_spread = 0.1', structures: { ba_fraction_spread: 0.1 } },
  { name: 'a_spread_percent = 0.5', structures: { a_spread_percent: 0.5 } },
  { name: 'defocus_nm = [-20, 20]', library: { defocus_nm: [-20, 20] } },
  { name: 'source_fwhm_A = [1, 1]', library: { source_fwhm_A: [1, 1] } },
];

function varied(recipe: Recipe, { structures, library }: Variation): Recipe {
  return {
    ...recipe,
    structures: { ...recipe.structures, ...structures },
    library: { ...recipe.library, ...library, patterns_per_structure: PATTERNS },
  } as Recipe;
}

/** Mean R1 of patterns. */
function r1(a: Shard, b: Shard): number {
  const size = a.patterns.length / a.count;
  let mean = 0;
  for (let p = 0; p < a.count; p++) {
    let [apart, sum] = [0, 0];
    for (let i = p * size; i < (p + 1) * size; i++) {
      apart += Math.abs(a.patterns[i]! - b.patterns[i]!);
      sum += b.patterns[i]!;
    }
    mean += apart / sum / a.count;
  }
  return mean;
}

export async function run(): Promise<string> {
  const recipe = parseRecipe(await readFile(new URL('../examples/demo.toml', import.meta.url), 'utf8'));
  const engine = cpuEngine(await SliceKernel.load());
  const make = async (variation: Variation): Promise<{ shards: Shard[]; s: number }> => {
    const of = varied(recipe, variation);
    const start = performance.now();
    const shards: Shard[] = [];
    for (const index of STRUCTURES) shards.push(await simulateShard(of, index, false, engine, quietTask));
    return { shards, s: (performance.now() - start) / 1e3 / STRUCTURES.length };
  };
  const asItComes = { name: 'as it comes' };
  // Once before, so that nothing is compiled while the first is timed.
  await make({ ...asItComes, library: { thickness_nm: { min: 2, max: 2, step: 1 } } });
  const [reference, plain] = [await make(asItComes), await make(PLAIN)];
  const rows = [`| as it comes | 0 | ${(reference.s / plain.s).toFixed(2)} |`];
  for (const variation of VARIATIONS) {
    const { shards, s } = await make(variation);
    const mean = shards.reduce((sum, shard, i) => sum + r1(shard, reference.shards[i]!), 0) / shards.length;
    rows.push(`| ${variation.name} | ${(100 * mean).toFixed(1)}% | ${(s / plain.s).toFixed(2)} |`);
  }
  return ['| key | R1 | time |', '|---|---|---|', ...rows].join('\n');
}

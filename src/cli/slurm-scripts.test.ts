/** The scripts as text, and the estimates in them; a real Slurm runs them in test/slurm.slow.test.ts. */

import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { quietTask } from '../core/task.ts';
import { SliceKernel } from '../diffraction/cpu/wasm.ts';
import { cpuEngine } from '../diffraction/engine.ts';
import { shardCost } from '../library/cost.ts';
import { simulateShard } from '../library/shard.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { shellQuote, slurmFiles, slurmPlan } from './slurm-scripts.ts';

const recipe = parseRecipe(`
[structures]
count = 20
held_out = 2
cells = [2, 2, 1]
[library]
thickness_nm = { min = 2, max = 4 }
tilt_max_mrad = 1
patterns_per_structure = 300
pixels = 16
pixels_per_order = 4
grid_per_cell = 20
`);
const options = { command: ['/bin/node', '/opt/f.js'], library: '/l.zarr', folder: '/s', modules: [], setup: [] };

test('the estimate counts the plane waves and slices that a structure takes', async () => {
  const cost = shardCost(recipe);
  const shard = await simulateShard(recipe, 0, false, cpuEngine(await SliceKernel.load()), quietTask);
  expect(cost.waves).toBe(shard.passes);
  expect(cost.slices).toBe(10 * recipe.library.slices_per_cell);
  // Eight blocks of 20 atoms are cut into slices, 4 nm of such blocks hold 10 different ones.
  const setUp = 8 * recipe.library.slices_per_cell * 20;
  expect(cost.time_s).toBeCloseTo(((cost.waves * cost.slices + setUp) * 40 ** 2 * 5) / 1e9, 12);
  // No less than what it returns and the transmission functions.
  expect(cost.memory_bytes).toBeGreaterThan(4 * shard.patterns.length + 8 * 40 ** 2 * recipe.library.slices_per_cell);
});

test('defaults come from the recipe, and options replace them', () => {
  expect(slurmPlan(recipe, options)).toMatchObject({
    structures: 22,
    tasks: 1,
    cpus: 4,
    time: '00:15:00',
    memory: '1G',
  });
  const chosen = { ...options, tasks: 22, cpus: 2, time: '1-00:00:00', memory: '8G', partition: 'all', account: 'me' };
  const plan = slurmPlan(recipe, chosen);
  const script = slurmFiles(plan, chosen, '').get('array.sbatch')!;
  const directives = ['array=1-22', 'cpus-per-task=2', 'time=1-00:00:00', 'mem=8G', 'partition=all', 'account=me'];
  for (const line of [...directives, 'requeue']) expect(script).toContain(`\n#SBATCH --${line}\n`);
  expect(script).toContain(`--shard "$SLURM_ARRAY_TASK_ID/22" --workers 2\n`);
});

test('tasks and the check have memory for a file that they read', () => {
  const gigabyte = { ...options, file_bytes: 2 ** 30 };
  const plan = slurmPlan(recipe, gigabyte);
  expect(plan).toMatchObject({ memory: '6G', checkMemory: '5G' });
  expect(slurmFiles(plan, gigabyte, '').get('finish.sbatch')).toContain('\n#SBATCH --mem=5G\n');
  expect(slurmPlan(recipe, options)).toMatchObject({ memory: '1G', checkMemory: '1G' });
});

test('large studies become many tasks of about half an hour', () => {
  const library = { ...recipe.library, grid_per_cell: 200, thickness_nm: { min: 20, max: 400, step: 20 } };
  const large = { ...recipe, library, structures: { ...recipe.structures, count: 2000 } };
  const plan = slurmPlan(large, options);
  expect(plan.task_s).toBeGreaterThan(900);
  expect(plan.task_s).toBeLessThan(1800 + plan.cost.time_s);
});

test('a shell reads paths and setup lines as they were given', () => {
  const odd = `/a b/it's "c" $HOME \`id\` \\ & ; é`;
  expect(execFileSync('bash', ['-c', `printf %s ${shellQuote(odd)}`], { encoding: 'utf8' })).toBe(odd);
  const paths = { ...options, library: odd, folder: `/it's & $HOME`, modules: [`gcc/12 o'`], setup: ['ulimit -c 0'] };
  const files = slurmFiles(slurmPlan(recipe, paths), paths, 'the recipe');
  expect([...files.keys()].sort()).toEqual(['README.txt', 'array.sbatch', 'finish.sbatch', 'recipe.toml', 'submit.sh']);
  expect(files.get('recipe.toml')).toBe('the recipe');
  for (const name of ['array.sbatch', 'finish.sbatch', 'submit.sh']) {
    execFileSync('bash', ['-n'], { input: files.get(name)!, stdio: 'pipe' });
  }
  expect(files.get('array.sbatch')).toContain(`\nmodule load 'gcc/12 o'\\'''\nulimit -c 0\nexec `);
});

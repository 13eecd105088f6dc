/**
 * `ferroscope slurm` on a real Slurm of one node, its tasks killed at random: the library equals the one made in one process, byte for byte. Without Slurm
 * it is skipped aloud; FERROSCOPE_REQUIRE_SLURM=1 (set by .ci/run) makes that a failure.
 */

import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RandomStream } from '../src/core/random.ts';
import { cli, fails } from './run-cli.ts';
import { type Cluster, hasSlurm, startCluster } from './slurm-cluster.ts';

const RECIPE = `
[structures]
count = 6
held_out = 2
cells = [2, 2, 1]
[library]
thickness_nm = { min = 6, max = 8 }
tilt_max_mrad = 1
patterns_per_structure = 300
pixels = 32
pixels_per_order = 8
grid_per_cell = 28
slices_per_cell = 12
`;

let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  // What a path may hold, and a shell must not read.
  folder = await mkdtemp(join(tmpdir(), `ferroscope it's "a" $HOME & `));
  await writeFile(at('recipe.toml'), RECIPE);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('bad input', () => {
  test('a missing recipe; limits, tasks and names that Slurm would not take', async () => {
    await fails(['slurm', at('none.toml')], 1, /does not exist/);
    const recipe = at('recipe.toml');
    await fails(['slurm', recipe, '--time', '90 minutes'], 2, /--time[\s\S]*hh:mm:ss/);
    await fails(['slurm', recipe, '--mem', 'plenty'], 2, /--mem[\s\S]*4G/);
    await fails(['slurm', recipe, '--tasks', '9'], 2, /tasks[\s\S]*1 to 8/);
    await fails(['slurm', recipe, '--tasks', 'many'], 2, /tasks[\s\S]*1 to 8/);
    await fails(['slurm', recipe, '--cpus', '0'], 2, /threads/);
    await fails(['slurm', recipe, '--partition', 'a b'], 2, /--partition/);
    await fails(['slurm', recipe, '--account', 'a\n#SBATCH --uid=0'], 2, /--account/);
    await fails(['slurm', recipe, '--folder', at('100%')], 2, /%/);
    await fails(['simulate', recipe, '--unfinished', 'x'], 2, /number of parts/);
    await fails(['simulate', recipe, '--unfinished', '2', '--shard', '1/2'], 2, /cannot be used with/);
  });

  test('a folder that exists is left alone', async () => {
    await fails(['slurm', at('recipe.toml'), '--folder', folder], 1, /exists already/);
    expect(await readdir(folder)).toEqual(['recipe.toml']);
  });
});

const installed = hasSlurm();
const required = process.env.FERROSCOPE_REQUIRE_SLURM === '1';
if (!installed && !required)
  console.warn('SKIPPED: on a real Slurm, for want of slurmctld (Debian: apt-get install slurm-wlm munge)');

describe.skipIf(!installed && !required)('on a real Slurm', { timeout: 300_000 }, () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster(4);
  });
  afterAll(() => cluster?.stop());

  /** Writes the scripts, from a process whose program the tasks can run, and submits them. */
  async function submit(name: string, ...options: string[]): Promise<void> {
    const program = fileURLToPath(new URL('./ferroscope.ts', import.meta.url));
    const argv = [program, 'slurm', at('recipe.toml'), '--out', at(`${name} %a.zarr`), '--folder', at(name), '--json'];
    const { stdout } = await promisify(execFile)(process.execPath, [...argv, '--cpus', '1', ...options]);
    const said = await cluster.run('bash', '-c', JSON.parse(stdout).submit);
    expect(said).toMatch(/job array \d+/);
  }

  /** The check's answer, once it has one: waits for as long as any job is there. */
  async function outcome(name: string, meanwhile: () => Promise<void> = async () => {}): Promise<string> {
    for (;;) {
      await meanwhile();
      if ((await cluster.run('squeue', '-h', '-o', '%i')) === '') break;
      await sleep(100);
    }
    return readFile(at(`${name}/finish.log`), 'utf8');
  }

  test('tasks killed at random: the library is the one that a single process makes', async () => {
    const start = performance.now();
    const alone = await cli('simulate', at('recipe.toml'), '--out', at('alone.zarr'), '--workers', '1');
    expect(alone.code).toBe(0);
    const { step, hits } = killer(cluster, at('killed %a.zarr'), 4, (performance.now() - start) / 4);
    await submit('killed', '--tasks', '4');
    const log = await outcome('killed', step);
    expect(log).toContain('Submitted again');
    expect(log).toContain('0 structures made now, 8 kept');
    expect(log).toContain('8 of 8 structures');
    expect(log).toContain('The library is complete.');
    expect(hits.length).toBeGreaterThanOrEqual(3);
    expect(await contents(at('killed %a.zarr'))).toEqual(await contents(at('alone.zarr')));
  });

  test('a task that can never finish: the check gives up and names it and what it lacks', async () => {
    // Like a node whose modules do not load. The check, which is no task of the array, is spared.
    await submit('broken', '--tasks', '4', '--setup', '[ "$SLURM_ARRAY_TASK_ID" != 3 ]');
    const log = await outcome('broken');
    expect(log.match(/Submitted again: tasks 3 /g)).toHaveLength(2);
    expect(log).toContain('lacks training-0002, held-out-0000.');
    expect(log).toContain('Given up after 3 attempts: of 4 tasks these are unfinished: 3.');
    const check = (await cluster.jobs()).findLast(({ JobName }) => JobName === 'ferroscope-finish');
    expect(check?.JobState).toBe('FAILED');
    expect((await readdir(at('broken %a.zarr'))).filter((name) => name.startsWith('training'))).toHaveLength(5);
  });
});

/** Every file of a folder by its path. */
async function contents(path: string): Promise<Map<string, string>> {
  const files = (await readdir(path, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const read = files.map(async (entry) => {
    const file = join(entry.parentPath, entry.name);
    return [file.slice(path.length), (await readFile(file)).toString('base64')] as const;
  });
  return new Map((await Promise.all(read)).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The process that makes part `shard` of a library, if it runs. */
async function processOf(library: string, shard: string): Promise<number | undefined> {
  for (const entry of await readdir('/proc')) {
    const line = await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '');
    const words = line.split('\0');
    if (/^\d+$/.test(entry) && words.includes(library) && words[words.indexOf('--shard') + 1] === shard)
      return Number(entry);
  }
  return undefined;
}

/**
 * Kills tasks of an array while they run: which, how and how late into the run by the seed. A third run is spared, for it may be the last attempt.
 * A task takes at least `task_ms` and what Node needs to start. `step` looks once at what runs and does what is due; `hits` says what hit a running task.
 */
function killer(
  cluster: Cluster,
  library: string,
  tasks: number,
  task_ms: number,
): { step(): Promise<void>; readonly hits: string[] } {
  const hits: string[] = [];
  const runs = new Map<string, number>();
  const seen = new Set<string>();
  const due = new Map<string, { at: number; how: keyof typeof ways; job: string; task: string }>();
  const ways = {
    'kill -9': async (_job: string, pid: number) => void process.kill(pid, 'SIGKILL'),
    'scancel --signal=KILL': async (job: string) => void (await cluster.run('scancel', '--full', '--signal=KILL', job)),
    scancel: async (job: string) => void (await cluster.run('scancel', job)),
    requeue: async (job: string) => void (await cluster.run('scontrol', 'requeue', job)),
  };
  const step = async () => {
    for (const { ArrayJobId: array, ArrayTaskId: task, JobState, Restarts } of await cluster.jobs()) {
      if (JobState !== 'RUNNING' || task === undefined) continue;
      const job = `${array}_${task}`;
      const run = `${job}/${Restarts}`;
      if (seen.has(run)) continue;
      seen.add(run);
      const nth = (runs.get(task) ?? 0) + 1;
      runs.set(task, nth);
      // Every first run, each task's in another way, and half of the second runs.
      const random = new RandomStream(1, 'kill', Number(task), nth);
      if (nth > 2 || (nth === 2 && random.uniform() < 0.5)) continue;
      const names = Object.keys(ways) as (keyof typeof ways)[];
      const how = names[(Number(task) + nth) % names.length]!;
      due.set(run, { at: performance.now() + 200 + task_ms * random.uniform(), how, job, task });
    }
    for (const [run, { at, how, job, task }] of due) {
      if (at > performance.now()) continue;
      due.delete(run);
      const pid = await processOf(library, `${task}/${tasks}`);
      if (pid === undefined) continue;
      // It may have ended a moment ago.
      const hit = await ways[how](job, pid).then(
        () => true,
        () => false,
      );
      if (hit) hits.push(`task ${task}: ${how}`);
    }
  };
  return { step, hits };
}

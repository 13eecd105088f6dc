/** A real Slurm of one node on this machine, for tests: its own configuration, keys and ports, nothing of the system's. Not a test. */

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { accessSync, constants, openSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const PROGRAMS = ['munged', 'slurmctld', 'slurmd', 'sbatch', 'scontrol', 'scancel'];
/** Debian puts the daemons where an ordinary user's PATH does not look. */
const PATH = `${process.env.PATH}:/usr/sbin:/sbin`;

/** Whether Slurm and MUNGE are installed here. */
export function hasSlurm(): boolean {
  return PROGRAMS.every((program) =>
    PATH.split(':').some((folder) => {
      try {
        accessSync(join(folder, program), constants.X_OK);
        return true;
      } catch {
        return false;
      }
    }),
  );
}

export interface Cluster {
  /** Runs a command as a user of the cluster would; returns its standard output. @throws if it fails */
  run(command: string, ...args: string[]): Promise<string>;
  /** One line per job and array task that Slurm remembers, as `Key=value` pairs. */
  jobs(): Promise<Record<string, string>[]>;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** @param cpus how many the node claims to have, whatever it has */
export async function startCluster(cpus: number): Promise<Cluster> {
  if (!hasSlurm()) throw new Error('Slurm or MUNGE is not installed (Debian: apt-get install slurm-wlm munge).');
  // A short name: a socket's path has room for 107 characters. MUNGE wants the way to it open to read and closed to write.
  const folder = await mkdtemp(join(tmpdir(), 'slurm-'));
  await chmod(folder, 0o755);
  const at = (name: string) => join(folder, name);
  const { username } = userInfo();
  const node = hostname().split('.')[0]!;
  const socket = at('munge.socket');
  await writeFile(at('munge.key'), randomBytes(128), { mode: 0o600 });
  await mkdir(at('state'));
  await mkdir(at('spool'));
  await writeFile(
    at('slurm.conf'),
    `
ClusterName=test
SlurmctldHost=${node}(127.0.0.1)
SlurmctldPort=${await freePort()}
SlurmdPort=${await freePort()}
SlurmUser=${username}
SlurmdUser=${username}
AuthType=auth/munge
CryptoType=crypto/munge
# A requeued job waits until its credential has expired: two minutes by default.
AuthInfo=socket=${socket},cred_expire=5
StateSaveLocation=${at('state')}
SlurmdSpoolDir=${at('spool')}
SlurmctldPidFile=${at('slurmctld.pid')}
SlurmdPidFile=${at('slurmd.pid')}
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=0,sched_min_interval=0
SlurmdParameters=config_overrides
JobRequeue=1
KillWait=1
CompleteWait=0
ReturnToService=2
MinJobAge=3600
NodeName=${node} NodeAddr=127.0.0.1 CPUs=${cpus} RealMemory=65536 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
`,
  );
  const env = { ...process.env, PATH, SLURM_CONF: at('slurm.conf') };
  const daemons: ChildProcess[] = [];
  process.once('exit', () => daemons.map((daemon) => daemon.kill('SIGKILL')));
  const start = (program: string, args: string[]) => {
    const log = openSync(at(`${program}.out`), 'w');
    daemons.push(spawn(program, args, { env, cwd: folder, stdio: ['ignore', log, log] }));
  };
  const run = async (command: string, ...args: string[]) =>
    (await promisify(execFile)(command, args, { env, cwd: folder })).stdout;
  const jobs = async () => {
    const text = await run('scontrol', '-o', 'show', 'jobs');
    const lines = text.split('\n').filter((line) => line.startsWith('JobId='));
    return lines.map((line) =>
      Object.fromEntries([...line.matchAll(/(\S+?)=(\S*)/g)].map(([, key, value]) => [key, value])),
    );
  };
  const stop = async () => {
    // Jobs first, then the daemons in the order opposite to their start; those that do not end are ended.
    await run('scancel', `--user=${username}`).catch(() => {});
    for (let i = 0; i < 30 && (await run('squeue', '-h').catch(() => '')) !== ''; i++) await sleep(100);
    for (const daemon of daemons.reverse()) {
      if (daemon.exitCode !== null || daemon.signalCode !== null) continue;
      const ended = new Promise((resolve) => daemon.once('exit', resolve));
      daemon.kill('SIGTERM');
      const forced = setTimeout(() => daemon.kill('SIGKILL'), 5000);
      await ended;
      clearTimeout(forced);
    }
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const files = ['key', 'log', 'pid', 'seed'].map((name) => `--${name}-file=${at(`munge.${name}`)}`);
    start('munged', ['--foreground', '--force', `--socket=${socket}`, '--num-threads=2', ...files]);
    start('slurmctld', ['-D', '-c']);
    start('slurmd', ['-D', '-c']);
    for (let i = 0; ; i++) {
      const ready = await run('sinfo', '-h', '-o', '%T').catch(() => '');
      if (ready.trim() === 'idle') break;
      if (i === 100) {
        const logs = ['munged', 'slurmctld', 'slurmd'].map((name) => readFile(at(`${name}.out`), 'utf8'));
        throw new Error(`Slurm did not start:\n${(await Promise.all(logs)).join('\n')}`);
      }
      await sleep(200);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { run, jobs, stop };
}

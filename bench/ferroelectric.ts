/**
 * Molecular dynamics of the effective Hamiltonian: ms per step, 16³ and 32³ cells of barium titanate with free strain, against NumPy and SciPy doing the same
 * (`peers/numpy_hamiltonian.py`) on one core and on two. Ours runs on one thread. `npm run bench -- ferroelectric`; for the Python see peers.ts.
 * Both start from the same field and the first energies are compared: a ratio between programs that disagree would mean nothing.
 */

import { fileURLToPath } from 'node:url';
import { Dynamics } from '../src/ferroelectric/dynamics.ts';
import { KernelHamiltonian } from '../src/ferroelectric/kernel.ts';
import { BARIUM_TITANATE } from '../src/ferroelectric/parameters.ts';
import { FREE } from '../src/ferroelectric/strain.ts';
import { Langevin } from '../src/ferroelectric/thermostats.ts';
import { call, pythonWithAbtem } from './peers.ts';

const script = fileURLToPath(new URL('./peers/numpy_hamiltonian.py', import.meta.url));
const SIZES = [16, 32];

interface Times {
  readonly verlet: number;
  readonly langevin: number;
}

interface PeerTimes extends Times {
  readonly version: string;
  /** Energy [eV] and two force components [eV/Å] of the field that both start from. */
  readonly first: readonly [number, number, number];
}

/** Best step of some seconds' work [ms], and the first energy and forces. */
async function ours(n: number): Promise<PeerTimes> {
  const kernel = await KernelHamiltonian.load({ parameters: BARIUM_TITANATE, cells: [n, n, n] }, { held: FREE });
  for (let i = 0; i < kernel.u_A.length; i++) kernel.u_A[i] = 0.08 * Math.sin(0.7 * i + 0.3 * (i % 11) ** 2);
  const { energy_eV } = kernel.evaluate();
  const first = [energy_eV, kernel.force[0]!, kernel.force.at(-1)!] as const;
  const best = (run: Dynamics) => {
    run.advance(300); // the engine compiles what it finds busy
    let time = Number.POSITIVE_INFINITY;
    for (let round = 0; round < Math.max(60, 400_000 / n ** 3); round++) {
      const start = performance.now();
      run.advance(1);
      time = Math.min(time, performance.now() - start);
    }
    return time;
  };
  const verlet = best(new Dynamics(kernel));
  const langevin = best(new Dynamics(kernel, { thermostat: new Langevin(300, 1) }));
  return { version: '', first, verlet, langevin };
}

async function theirs(python: string, n: number, workers: number): Promise<PeerTimes> {
  const { stdout } = await call(python, [script, String(n), String(workers)]);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as PeerTimes;
}

export async function run(): Promise<string> {
  let python: string | undefined;
  try {
    python = await pythonWithAbtem();
  } catch {
    // The times of ours are worth having alone.
  }
  const rows: string[] = [];
  let version = 'no Python to compare with';
  for (const n of SIZES) {
    const before = await ours(n);
    const peers = python ? [await theirs(python, n, 1), await theirs(python, n, 2)] : [];
    const after = await ours(n);
    for (const kind of ['verlet', 'langevin'] as const) {
      const time = Math.min(before[kind], after[kind]);
      const cells = peers.map((peer) => `${peer[kind].toFixed(2)} | ${(peer[kind] / time).toFixed(1)}×`);
      rows.push(`| ${n}³ | ${kind} | ${time.toFixed(2)} | ${cells.join(' | ')} |`);
    }
    for (const peer of peers) {
      version = peer.version;
      const apart = Math.max(...peer.first.map((value, i) => Math.abs(value / before.first[i]! - 1)));
      if (apart > 1e-10) rows.push(`| ${n}³ | DISAGREES | first energy and forces differ by ${apart} |`);
    }
  }
  return [
    `ms per step, float64; ${version}. Energies and forces agree to 1e−10.`,
    '',
    '| cells | step | Ferroscope, 1 thread | SciPy, 1 worker | ratio | SciPy, 2 workers | ratio |',
    '|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

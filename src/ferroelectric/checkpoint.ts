/**
 * A run on disk, whole or not at all: an NPZ archive with u_A, velocity_A_fs, the thermostat's memory, the A sites, the count of steps and, as UTF-8 JSON, the
 * settings that a run must share to go on from it. A resumed run is the unbroken one to the last bit. Temperature and conditions are the caller's: not kept.
 */

import { fail } from '../core/errors.ts';
import { readBytes, writeWhole } from '../core/files.ts';
import { type NdArray, readNpz, writeNpz } from '../core/npy.ts';
import type { Dynamics } from './dynamics.ts';

function settings({ forces, timestep_fs, thermostat }: Dynamics): string {
  const { parameters, cells, screening_per_A } = forces.system;
  return JSON.stringify({ parameters, cells, screening_per_A, timestep_fs, thermostat: thermostat?.name ?? 'none' });
}

const flat = (data: Float64Array | Int8Array | Uint8Array): NdArray => ({ data, shape: [data.length] });

/** Replaces the file at `path`, or leaves it as it was. @throws 'disk-full', 'file-unreadable' */
export async function writeCheckpoint(path: string, dynamics: Dynamics): Promise<void> {
  const { forces, velocity_A_fs, thermostat, steps } = dynamics;
  const [nx, ny, nz] = forces.system.cells;
  const shape = [nz, ny, nx, 3];
  const archive = writeNpz({
    u_A: { data: forces.u_A, shape },
    velocity_A_fs: { data: velocity_A_fs, shape },
    thermostat: flat(thermostat?.state ?? new Float64Array(0)),
    a_sites: flat(forces.system.aSites ?? new Int8Array(0)),
    steps: flat(Float64Array.of(steps)),
    settings: flat(new TextEncoder().encode(settings(dynamics))),
  });
  await writeWhole(path, archive);
}

/**
 * Puts a run where the checkpoint left it. Set conditions and temperature before.
 * @throws 'model-mismatch' where `dynamics` has another system, time step or thermostat; 'format' for another kind of file; 'file-missing'
 */
export async function readCheckpoint(path: string, dynamics: Dynamics): Promise<void> {
  const archive = readNpz(await readBytes(path), path);
  const array = (name: string): NdArray['data'] =>
    archive[name]?.data ?? fail('format', `${path} has no ${name}.`, 'Give a file that writeCheckpoint wrote.');
  const saved = new TextDecoder().decode(array('settings') as Uint8Array);
  const aSites = dynamics.forces.system.aSites ?? new Int8Array(0);
  const savedSites = array('a_sites');
  if (
    saved !== settings(dynamics) ||
    aSites.length !== savedSites.length ||
    aSites.some((a, i) => a !== savedSites[i])
  ) {
    fail('model-mismatch', `${path} comes from a run with other settings.`, 'Give the settings of that run.', {
      saved,
      now: settings(dynamics),
    });
  }
  dynamics.forces.u_A.set(array('u_A') as Float64Array);
  dynamics.velocity_A_fs.set(array('velocity_A_fs') as Float64Array);
  dynamics.thermostat?.state.set(array('thermostat') as Float64Array);
  dynamics.steps = Number(array('steps')[0]);
  dynamics.refresh();
}

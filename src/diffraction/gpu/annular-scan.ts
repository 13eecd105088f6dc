/** Scans with integrating detectors on a GPU: twin of `../annular-scan.ts`, which says what they are. Batches of probes; only signals come back. */

import { checkAborted, quietTask, type Task } from '../../core/task.ts';
import { type AnnularScan, scanWeights } from '../annular-scan.ts';
import { fromPanels } from '../cpu/panels.ts';
import type { ProbeOptions } from '../probe.ts';
import { ProbeWave } from '../probe-wave.ts';
import { allocate, ENTRY, kernel, readFloats, upload, uploadEntries } from './buffers.ts';
import type { GpuMultislice } from './multislice.ts';
import { COLLECT_SHADER } from './shaders.ts';

/** Probes of one batch, written by the host: enough to fill a GPU, few enough that the host holds them. */
const PROBES = 64;

/** Signals [exits][detectors][positions]: fraction of the incident beam, or mrad for a moment. @throws as `annularScan` */
export async function annularScanGpu(
  multislice: GpuMultislice,
  probe: ProbeOptions,
  scan: AnnularScan,
  task: Task = quietTask,
): Promise<Float64Array> {
  const { positions_A, detectors, exits } = scan;
  const { nx, ny, gpu } = multislice;
  const { device } = gpu;
  const weights = new Float32Array(detectors.length * nx * ny);
  for (const [d, each] of scanWeights(multislice, probe, scan).entries()) weights.set(each, d * nx * ny);
  const weightBuffer = upload(device, weights);
  const collect = kernel(device, COLLECT_SHADER, [false, false, true], 12);
  const wave = new ProbeWave(multislice, probe);
  const panels = new Float32Array(2 * nx * ny);
  const out = new Float64Array(exits.length * detectors.length * positions_A.length);
  const batch = Math.min(PROBES, multislice.maxWaves);
  for (let from = 0; from < positions_A.length; from += batch) {
    checkAborted(task);
    const fields = positions_A.slice(from, from + batch).map((position) => {
      wave.fill(position, panels);
      return fromPanels(panels, nx, ny);
    });
    const each = detectors.length * fields.length;
    const signals = allocate(device, 4 * exits.length * each);
    const entries = uploadEntries(
      device,
      exits.map((_, e) => [nx * ny, fields.length, e * each]),
    );
    await multislice.propagate(
      { fields },
      exits,
      { tilt_mrad: scan.tilt_mrad ?? [0, 0] },
      { low: [0, 0], width: nx, height: ny },
      (index, encoder, spectra) => {
        const pass = encoder.beginComputePass();
        pass.setPipeline(collect.pipeline);
        pass.setBindGroup(0, collect.bind([spectra, weightBuffer, signals]));
        pass.setBindGroup(1, collect.bindEntry(entries), [index * ENTRY]);
        pass.dispatchWorkgroups(detectors.length, fields.length);
        pass.end();
      },
      () => checkAborted(task),
    );
    const values = new Float32Array(exits.length * each);
    await readFloats(device, signals, values);
    for (let row = 0; row < exits.length * detectors.length; row++) {
      const part = values.subarray(row * fields.length, (row + 1) * fields.length);
      out.set(part, row * positions_A.length + from);
    }
    signals.destroy();
    entries.destroy();
    task.progress(from + fields.length, positions_A.length, 'probe positions');
  }
  weightBuffer.destroy();
  return out;
}

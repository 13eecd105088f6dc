/**
 * Patterns from one scattering matrix on a GPU: twin of `simulatePatterns` in `../scattering-matrix.ts`, which states the equation. Only patterns come back.
 * The matrix itself is never held: at each exit a batch of waves adds its share to the sums of the requests that ask for that exit.
 */

import { checkAborted, type Task } from '../../core/task.ts';
import {
  firstPixel,
  inClass,
  type LatticeGeometry,
  type PatternPlan,
  type PatternRequest,
  planPatterns,
  type WaveClass,
} from '../scattering-matrix.ts';
import { allocate, ENTRY, floatBits, kernel, readFloats, upload, uploadEntries } from './buffers.ts';
import type { GpuMultislice } from './multislice.ts';
import { GATHER_SHADER } from './shaders.ts';

/** Requests `first`, first + 1, …, whose patterns share a buffer, in that order. */
interface Shelf {
  readonly first: number;
  /** The same requests in order of their exits. */
  readonly members: readonly number[];
  readonly patterns: GPUBuffer;
  /** What batches before the last leave; one element where every class is one batch. */
  readonly sums: GPUBuffer;
}

/** The most that a shelf takes where the device would allow more [bytes]. */
const SHELF_BYTES = 2 ** 30;

/** Patterns [requests][pixels qy][pixels qx]: fraction of the incident beam per pixel. @throws what `planPatterns` throws */
export async function simulatePatternsGpu(
  multislice: GpuMultislice,
  geometry: LatticeGeometry,
  requests: readonly PatternRequest[],
  task: Task,
): Promise<Float32Array> {
  const plan = planPatterns(multislice, geometry, requests);
  const { device } = multislice.gpu;
  const { pixels } = geometry.detector;
  const { exits, points, modulus } = plan;
  const pointsX = Math.ceil(pixels / modulus[0]);
  const pointsY = Math.ceil(pixels / modulus[1]);
  const gather = kernel(device, GATHER_SHADER, [false, false, false, false, true, true], 44);

  // Amplitudes [probes][points].
  const keyOf = ({ position_A, defocus_nm = 0 }: PatternRequest) => `${position_A.join()} ${defocus_nm}`;
  const probes = [...new Map(requests.map((request) => [keyOf(request), request])).entries()];
  const rowOf = new Map(probes.map(([key], i) => [key, i * points.length]));
  const amplitudes = upload(
    device,
    Float32Array.from(probes.flatMap(([, request]) => points.flatMap((point) => plan.amplitude(point, request)))),
  );

  const { maxWaves } = multislice;
  const inOneBatch = plan.classes.every(({ waves }) => waves.length <= maxWaves);
  const { limits } = device;
  const patternBytes = 4 * pixels * pixels;
  const sumBytes = inOneBatch ? 0 : 8 * pointsX * pointsY;
  const room = Math.floor(
    Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize, SHELF_BYTES) / Math.max(patternBytes, sumBytes),
  );
  const shelves: Shelf[] = [];
  for (let first = 0; first < requests.length; first += room) {
    const members = Array.from({ length: Math.min(room, requests.length - first) }, (_, i) => first + i);
    members.sort((a, b) => requests[a]!.exit - requests[b]!.exit || a - b);
    shelves.push({
      first,
      members,
      patterns: allocate(device, members.length * patternBytes),
      sums: allocate(device, members.length * sumBytes),
    });
  }

  let done = 0;
  for (const group of plan.classes) {
    for (let w = 0; w < group.waves.length; w += maxWaves) {
      checkAborted(task);
      const waves = group.waves.slice(w, w + maxWaves);
      const lists = entryLists(plan, group, requests, w, w + waves.length);
      const entries = upload(device, lists.entries);
      const steps = shelves.map((shelf) => {
        const rows = new Uint32Array(8 * shelf.members.length);
        for (const [i, r] of shelf.members.entries()) {
          const { tilt } = requests[r]!;
          rows.set(
            [
              ...lists.of(tilt),
              rowOf.get(keyOf(requests[r]!))!,
              r - shelf.first,
              ...firstPixel(plan, group, pixels, tilt),
            ],
            8 * i,
          );
        }
        const buffer = upload(device, rows);
        return { shelf, rows: buffer, runs: runsOf(shelf, requests, limits.maxComputeWorkgroupsPerDimension) };
      });
      const runs = steps.flatMap((step) => step.runs.map((run) => ({ ...step, ...run })));
      const batches = uploadEntries(
        device,
        runs.map(({ first }) => [
          first,
          pointsX,
          pointsY,
          group.width,
          group.width * group.height,
          pixels,
          ...modulus,
          w === 0 ? 1 : 0,
          w + waves.length === group.waves.length ? 1 : 0,
          floatBits(1 / plan.norm),
        ]),
      );
      await multislice.propagate(
        { plane: waves },
        exits,
        { offset_invA: group.offset_invA },
        group,
        (index, encoder, spectra) => {
          const pass = encoder.beginComputePass();
          pass.setPipeline(gather.pipeline);
          for (const [i, { exit, count, shelf, rows }] of runs.entries()) {
            if (exit !== exits[index]) continue;
            pass.setBindGroup(0, gather.bind([spectra, rows, entries, amplitudes, shelf.sums, shelf.patterns]));
            pass.setBindGroup(1, gather.bindEntry(batches), [i * ENTRY]);
            pass.dispatchWorkgroups(Math.ceil((pointsX * pointsY) / 64), count);
          }
          pass.end();
        },
        () => checkAborted(task),
      );
      for (const buffer of [entries, batches, ...steps.map(({ rows }) => rows)]) buffer.destroy();
      done += waves.length;
      task.progress(done, plan.total, 'plane waves');
    }
  }

  const patterns = new Float32Array(requests.length * pixels * pixels);
  const size = pixels * pixels;
  for (const { first, members, patterns: buffer, sums } of shelves) {
    await readFloats(device, buffer, patterns.subarray(first * size, (first + members.length) * size));
    buffer.destroy();
    sums.destroy();
  }
  amplitudes.destroy();
  return patterns;
}

/** For each tilt the aperture points whose waves are among waves[from … to) of the class: (index of the point, index of the wave in the batch). */
function entryLists(
  plan: PatternPlan,
  group: WaveClass,
  requests: readonly PatternRequest[],
  from: number,
  to: number,
): { entries: Uint32Array<ArrayBuffer>; of(tilt: PatternRequest['tilt']): readonly [first: number, count: number] } {
  const entries: number[] = [];
  const known = new Map<string, readonly [number, number]>();
  for (const { tilt } of requests) {
    const key = tilt.join();
    if (known.has(key)) continue;
    const first = entries.length / 2;
    for (const [p, [x, y]] of plan.points.entries()) {
      if (!inClass(plan, group, x + tilt[0], y + tilt[1])) continue;
      const wave = group.waveOf(x + tilt[0], y + tilt[1]);
      if (wave >= from && wave < to) entries.push(p, wave - from);
    }
    known.set(key, [first, entries.length / 2 - first]);
  }
  return { entries: Uint32Array.from(entries), of: (tilt) => known.get(tilt.join())! };
}

/** Stretches of a shelf that ask for the same exit, none longer than `most`. */
function runsOf(
  { members }: Shelf,
  requests: readonly PatternRequest[],
  most: number,
): { exit: number; first: number; count: number }[] {
  const runs: { exit: number; first: number; count: number }[] = [];
  for (const [i, r] of members.entries()) {
    const { exit } = requests[r]!;
    const last = runs.at(-1);
    if (last && last.exit === exit && last.count < most) last.count++;
    else runs.push({ exit, first: i, count: 1 });
  }
  return runs;
}

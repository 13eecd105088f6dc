/** Patterns of an extended source: intensities of a pattern's places on the source added up, by Gauss–Hermite quadrature (diffraction/coherence.ts). */

import type { Task } from '../core/task.ts';
import { gaussHermite } from '../diffraction/coherence.ts';
import type { PatternEngine, PatternJob } from '../diffraction/engine.ts';

/** Nodes per axis. The finest fringe of the aperture, 0.22/Å at 300 kV and 2.2 mrad, is damped to 0.504 by a source of 2 Å and to 0.212 by one of 3 Å; here to 0.503 and 0.185. */
const ORDER = 4;

/** How many coherent patterns make one of a source that is no point. */
export const PLACES: number = ORDER * ORDER;

/** @returns an engine for jobs whose every request has a source of this standard deviation per axis [Å] */
export function incoherent(engine: PatternEngine) {
  return async (job: PatternJob, source_rms_A: Float64Array, task: Task): Promise<Float32Array> => {
    if (source_rms_A.every((rms) => rms === 0)) return engine(job, task);
    const nodes = gaussHermite(ORDER);
    const places = nodes.flatMap((y) => nodes.map((x) => ({ at: [x.at, y.at] as const, weight: x.weight * y.weight })));
    const requests = job.requests.flatMap((request, i) =>
      places.map(({ at }) => ({
        ...request,
        position_A: [
          request.position_A[0] + source_rms_A[i]! * at[0],
          request.position_A[1] + source_rms_A[i]! * at[1],
        ] as const,
      })),
    );
    const coherent = await engine({ ...job, requests }, task);
    const size = coherent.length / requests.length;
    const patterns = new Float32Array(size * job.requests.length);
    for (let r = 0; r < job.requests.length; r++) {
      for (const [p, { weight }] of places.entries()) {
        const from = (r * places.length + p) * size;
        for (let i = 0; i < size; i++) patterns[r * size + i] = patterns[r * size + i]! + weight * coherent[from + i]!;
      }
    }
    return patterns;
  };
}

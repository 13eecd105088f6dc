/** Patterns of an extended source: intensities of a pattern's places on the source added up, by Gauss–Hermite quadrature (diffraction/coherence.ts). */

import type { Task } from '../core/task.ts';
import { gaussHermite } from '../diffraction/coherence.ts';
import type { PatternEngine, PatternJob } from '../diffraction/engine.ts';
import type { SourcePlace } from '../diffraction/position-patterns.ts';

/** Nodes per axis. The finest fringe of the aperture, 0.22/Å at 300 kV and 2.2 mrad, is damped to 0.504 by a source of 2 Å and to 0.212 by one of 3 Å; here to 0.503 and 0.185. */
const ORDER = 4;
const NODES = gaussHermite(ORDER);

type Place = readonly [x: number, y: number];

export const moved = (position_A: Place, by_A: Place): Place => [position_A[0] + by_A[0], position_A[1] + by_A[1]];

/** How many coherent patterns make one of a source that is no point. */
export const PLACES: number = ORDER * ORDER;

/** Where on the specimen, from where the scan says, a source of this standard deviation per axis lights it [Å]; weights sum to 1. A point where it is 0. */
export function sourcePlaces(rms_A: number): SourcePlace[] {
  if (rms_A === 0) return [{ offset_A: [0, 0], weight: 1 }];
  return NODES.flatMap((y) =>
    NODES.map((x) => ({ offset_A: [rms_A * x.at, rms_A * y.at] as const, weight: x.weight * y.weight })),
  );
}

/** @returns an engine for jobs whose every request has a source of this standard deviation per axis [Å] */
export function incoherent(engine: PatternEngine) {
  return async (job: PatternJob, source_rms_A: Float64Array, task: Task): Promise<Float32Array> => {
    if (source_rms_A.every((rms) => rms === 0)) return engine(job, task);
    const places = job.requests.map((_, i) => sourcePlaces(source_rms_A[i]!));
    const requests = job.requests.flatMap((request, i) =>
      places[i]!.map(({ offset_A }) => ({ ...request, position_A: moved(request.position_A, offset_A) })),
    );
    const coherent = await engine({ ...job, requests }, task);
    const size = coherent.length / requests.length;
    const patterns = new Float32Array(size * job.requests.length);
    let from = 0;
    for (const [r, own] of places.entries()) {
      for (const { weight } of own) {
        for (let i = 0; i < size; i++) patterns[r * size + i] = patterns[r * size + i]! + weight * coherent[from + i]!;
        from += size;
      }
    }
    return patterns;
  };
}

import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { problem } from '../core/test-problem.ts';
import { directBeam, directBeamSites } from './direct-beam.ts';
import type { DiskGeometry } from './disk-edge.ts';

const GEOMETRY: DiskGeometry = {
  map: [
    [2, 0],
    [0, 2],
  ],
  radius_mrad: 2,
  edge_px: 0.5,
  spacing_mrad: 5,
  cell: [
    [1, 0],
    [0, 1],
  ],
};
const N = 121;

/** Disks of radius 4 px, 10 px apart, the direct beam at (60, 60); intensities symmetric about it but for `asymmetry` (rms of ln). */
function pattern({ asymmetry = 0.2, direct = 1, background = 0.01, width = 2, flat = false }): Float64Array {
  const random = new RandomStream(3, 'disks');
  const data = new Float64Array(N * N);
  const own = new Map<string, number>();
  for (let y = 0; y < N; y++) {
    for (let x = 0; x < N; x++) {
      const [h, k] = [Math.round((y - 60) / 10), Math.round((x - 60) / 10)];
      const far = Math.hypot(y - 60, x - 60) / 10;
      data[y * N + x] = flat ? 0.01 : background * Math.exp(-far / 2);
      if (Math.hypot(y - 60 - 10 * h, x - 60 - 10 * k) > 4) continue;
      const friedel = h < 0 || (h === 0 && k < 0) ? `${-h},${-k}` : `${h},${k}`;
      for (const key of [friedel, `${h},${k}|own`]) if (!own.has(key)) own.set(key, random.normal());
      const size = Math.exp(
        -Math.hypot(h, k) / width + 0.8 * own.get(friedel)! + asymmetry * own.get(`${h},${k}|own`)!,
      );
      data[y * N + x]! += flat ? 1 : h === 0 && k === 0 ? 2 * direct : size;
    }
  }
  return data;
}

const sitesOf = (data: Float64Array, centre: [number, number] = [60, 60], vacuum?: [number, number]) =>
  directBeamSites({ data, ny: N, nx: N, electrons_per_count: 1e6 }, GEOMETRY, centre, vacuum);

test.each([1, 0.15, 0])('the direct beam is found by symmetry, at %f of its intensity', (direct) => {
  // Counted from a neighbour, as a search that follows the brightest disk leaves it.
  const [best, next] = sitesOf(pattern({ direct }), [50, 70]);
  expect(best!.hk).toEqual([1, -1]);
  expect(best!.sum - next!.sum).toBeGreaterThan(Math.log(1e4));
});

test('asymmetry by tilt lowers the odds', () => {
  const odds = [0.1, 0.5, 1].map((asymmetry) => {
    const [best, next] = sitesOf(pattern({ asymmetry }));
    return best!.sum - next!.sum;
  });
  expect(odds[0]!).toBeGreaterThan(odds[1]!);
  expect(odds[1]!).toBeGreaterThan(odds[2]!);
});

test('where nothing tells the disks apart it is undecided, unless the vacuum probe does', () => {
  const flat = pattern({ flat: true });
  const refused = problem(() => directBeam(sitesOf(flat), GEOMETRY, [60, 60]));
  expect(refused.tag).toBe('incomplete');
  expect(refused.message).toContain('undecided');
  expect(refused.hint).toContain('centre');
  const [best] = sitesOf(flat, [60, 60], [70.4, 49.8]);
  expect(best!.hk).toEqual([1, -1]);
});

test('a witness against the choice is heard', () => {
  const found = directBeam(sitesOf(pattern({ direct: 0.02 })), GEOMETRY, [60, 60]);
  expect(found.odds).toBeGreaterThan(1e3);
  expect(found.doubts).toEqual([expect.stringMatching(/^Brightness would rather .*--centre/)]);
  expect(directBeam(sitesOf(pattern({})), GEOMETRY, [60, 60]).doubts).toEqual([]);
});

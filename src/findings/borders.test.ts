import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BorderLists, bordersOf } from './borders.ts';
import { ScoreHeap } from './score-heap.ts';

/** Links between regions of a map, by 'lower higher': what borders must sum to. */
function counted([ny, nx]: readonly [number, number], labels: Int32Array): Record<string, number> {
  const found: Record<string, number> = {};
  for (let i = 0; i < ny * nx; i++) {
    for (const j of [(i + 1) % nx === 0 ? -1 : i + 1, i + nx < ny * nx ? i + nx : -1]) {
      if (j < 0 || labels[i] === labels[j] || labels[i]! < 0 || labels[j]! < 0) continue;
      const name = [labels[i]!, labels[j]!].sort((a, b) => a - b).join(' ');
      found[name] = (found[name] ?? 0) + 1;
    }
  }
  return found;
}

test('borders stay those of the map as regions are joined in any order', () => {
  const maps = fc.record({
    nx: fc.integer({ min: 1, max: 7 }),
    labels: fc.array(fc.integer({ min: -1, max: 8 }), { minLength: 7, maxLength: 40 }),
    picks: fc.array(fc.nat(), { maxLength: 12 }),
  });
  fc.assert(
    fc.property(maps, ({ nx, labels, picks }) => {
      const ny = Math.floor(labels.length / nx);
      const at = Int32Array.from(labels.slice(0, ny * nx));
      const borders = bordersOf({ shape: [ny, nx], labels: at, count: 9 }, (i, j) => i + j);
      const lists = new BorderLists(borders, 9);
      const heap = new ScoreHeap(borders.count);
      for (let e = 0; e < borders.count; e++) heap.set(e, e);
      const changed = new Int32Array(borders.count);
      const now = (): Record<string, number> => {
        const found: Record<string, number> = {};
        for (let region = 0; region < 9; region++) {
          const n = lists.of(region, changed);
          expect(n).toBe(lists.degree[region]);
          for (const e of changed.slice(0, n)) {
            const pair = [borders.one[e]!, borders.two[e]!];
            expect(pair).toContain(region);
            expect(lists.between(pair[0]!, pair[1]!)).toBe(e);
            found[pair.sort((a, b) => a - b).join(' ')] = borders.links[e]!;
          }
        }
        return found;
      };
      expect(now()).toEqual(counted([ny, nx], at));
      for (const pick of picks) {
        const left = new Set<number>();
        for (let region = 0; region < 9; region++) {
          for (const e of changed.slice(0, lists.of(region, changed))) left.add(e);
        }
        if (left.size === 0) break;
        const e = [...left][pick % left.size]!;
        const [into, from] = [borders.one[e]!, borders.two[e]!];
        lists.join(e, into, from, changed, heap);
        for (let i = 0; i < at.length; i++) if (at[i] === from) at[i] = into;
        expect(now()).toEqual(counted([ny, nx], at));
      }
    }),
  );
});

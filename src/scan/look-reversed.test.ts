import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import type { Blocks } from './block-source.ts';
import { refuseReversed } from './look-reversed.ts';

const [RY, RX, Q] = [24, 24, 40];

/** Counts of a disk in the middle and four fainter ones, over a specimen whose thickness changes by a fifth; `vacuum`: half of the scan shows the direct beam alone. */
function counts(ry: number, rx: number, qy: number, qx: number, vacuum: boolean): number {
  const hole = vacuum && rx < RX / 2;
  const thick = hole ? 1 : 1 + 0.1 * Math.sin(0.7 * ry) + 0.1 * Math.cos(0.9 * rx);
  const near = (y: number, x: number) => Math.hypot(qy - y, qx - x) < 4;
  if (near(20, 20)) return 100 * thick;
  if (hole) return 0.2;
  return (near(20, 9) || near(20, 31) || near(9, 20) || near(31, 20) ? 15 * thick : 0.2) + 0.05 * (qy % 2);
}

/** Of [ry][rx][qy][qx], or with scan and camera exchanged; `reads` counts patterns. */
function source(exchanged: boolean, vacuum: boolean) {
  const shape = exchanged ? ([Q, Q, RY, RX] as const) : ([RY, RX, Q, Q] as const);
  const noise = new RandomStream(2, 'counts');
  const seen = { reads: 0 };
  const blocks: Blocks = {
    block: [1, 1],
    notes: [],
    close: () => {},
    async read(first, count) {
      seen.reads += count;
      const [, n1, n2, n3] = shape;
      return Float32Array.from({ length: count * n2 * n3 }, (_, i) => {
        const at = first + Math.floor(i / (n2 * n3));
        const [a, b] = [Math.floor(at / n1), at % n1];
        const [c, d] = [Math.floor(i / n3) % n2, i % n3];
        const mean = exchanged ? counts(c, d, a, b, vacuum) : counts(a, b, c, d, vacuum);
        return mean + 0.1 * Math.sqrt(mean) * noise.normal();
      });
    },
  };
  return { blocks, shape, seen };
}

const look = ({ blocks, shape }: ReturnType<typeof source>) => refuseReversed(blocks, shape, 'scan.h5', 'ry,rx,qy,qx');

test('patterns with disks are taken for patterns at a first look; half of the scan may be vacuum', async () => {
  const whole = source(false, false);
  await look(whole);
  expect(whole.seen.reads).toBe(16);
  await look(source(false, true));
});

test.each([false, true])('images of the scan for each pixel are refused, vacuum in them or not: %s', async (vacuum) => {
  await expect(look(source(true, vacuum))).rejects.toMatchObject({
    tag: 'shape',
    hint: expect.stringContaining('--order qy,qx,ry,rx'),
  });
});

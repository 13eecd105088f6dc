import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { nodeOnnx } from '../node/onnx.ts';
import { Graph, sizeOf } from './graph.ts';
import { orderFrom, rasterOrder, refine, stencil } from './lattice.ts';
import { latticeDown, latticeUp } from './lattice-conv.ts';
import { array32, Session } from './session.ts';
import { conv, convTranspose } from './test-conv.ts';

const N = 2;

test.each([
  [4, 1, 3, 5],
  [4, 2, 3, 5],
  [8, 2, 2, 1],
  [8, 1, 2, 1],
  [4, 2, 1, 3],
  [8, 1, 1, 3],
])(
  'lattice convolutions equal Conv and ConvTranspose: %i² coarse, stride %i, %i to %i',
  async (size, stride, channels, out) => {
    const coarse = refine(refine(rasterOrder(size / 4), 2), 2);
    const s = stencil(coarse, stride);
    const fineSize = s.fine.size;
    const stream = new RandomStream(1, 'lattice');
    const draw = (...shape: number[]) => Float32Array.from({ length: sizeOf(shape) }, () => stream.normal());
    const fine = draw(N, channels, fineSize, fineSize);
    const small = draw(N, channels, size, size);
    const w = draw(out, channels, 3, 3);
    /** NCHW to [n][pixel in order][channel]. */
    const toLattice = (x: Float32Array, order: typeof coarse, c: number) => {
      const m = order.raster.length;
      return Float32Array.from({ length: N * m * c }, (_, i) => {
        const n = Math.floor(i / (m * c));
        return x[(n * c + (i % c)) * m + order.raster[Math.floor(i / c) % m]!]!;
      });
    };
    const permuted = (shape: [number, number, number]) =>
      Float32Array.from({ length: sizeOf(shape) }, (_, i) => {
        const a = Math.floor(i / (shape[1] * shape[2]));
        const b = Math.floor(i / shape[2]) % shape[1];
        const o = i % shape[2];
        const [tap, c] = shape[0] === 9 && shape[1] === channels ? [a, b] : [b, a];
        return w[(o * channels + c) * 9 + tap]!;
      });
    const g = new Graph();
    g.output(
      'down',
      latticeDown(
        g,
        g.input('fine', [N, fineSize ** 2, channels]),
        g.constant(permuted([9, channels, out]), [9, channels, out]),
        s,
      ),
    );
    g.output(
      'up',
      latticeUp(
        g,
        g.input('small', [N, size ** 2, channels]),
        g.constant(permuted([channels, 9, out]), [channels, 9, out]),
        s,
      ),
    );
    const h = new Graph();
    const flipped = Float32Array.from({ length: w.length }, (_, i) => {
      const [c, o] = [Math.floor(i / (out * 9)), Math.floor(i / 9) % out];
      return w[(o * channels + c) * 9 + (i % 9)]!;
    });
    h.output(
      'down',
      conv(h, h.input('fine', [N, channels, fineSize, fineSize]), h.constant(w, [out, channels, 3, 3]), {
        stride,
        pad: 1,
      }),
    );
    h.output(
      'up',
      convTranspose(h, h.input('small', [N, channels, size, size]), h.constant(flipped, [channels, out, 3, 3]), {
        stride,
        pad: 1,
        extra: stride - 1,
      }),
    );
    const mine = await (await Session.open(nodeOnnx, g.toModel())).run({
      fine: array32(toLattice(fine, s.fine, channels), [N, fineSize ** 2, channels]),
      small: array32(toLattice(small, s.coarse, channels), [N, size ** 2, channels]),
    });
    const reference = await (await Session.open(nodeOnnx, h.toModel())).run({
      fine: array32(fine, [N, channels, fineSize, fineSize]),
      small: array32(small, [N, channels, size, size]),
    });
    const same = (a: Float32Array | undefined, b: Float32Array) => {
      expect(a?.length).toBe(b.length);
      a?.forEach((v, i) => {
        expect(Math.abs(v - b[i]!)).toBeLessThan(1e-4);
      });
    };
    same(mine.down, toLattice(reference.down!, s.coarse, out));
    same(mine.up, toLattice(reference.up!, s.fine, out));
  },
);

test('a refined order keeps the four children together', () => {
  const order = refine(refine(rasterOrder(2), 2), 2);
  expect(new Set(order.raster).size).toBe(64);
  for (let quad = 0; quad < 16; quad++) {
    const [a, b, c, d] = order.raster.subarray(4 * quad, 4 * quad + 4);
    expect([b, c, d]).toEqual([a! + 1, a! + 8, a! + 9]);
  }
  expect(orderFrom(2, Int32Array.of(3, 2, 1, 0)).position[3]).toBe(0);
});

/** One step of Adam on flat arrays, in place: src/network/adam.ts says what. One pass over the memory, which is all that it costs. AssemblyScript. */

// @ts-nocheck: AssemblyScript, compiled by scripts/build-kernels.ts

/** @param p parameters @param m, v scaled moments @param g gradient: addresses of `fours` blocks of 4 float32 */
export function update(p: usize, m: usize, v: usize, g: usize, fours: i32, beta1: f32, beta2: f32, size: f32, epsilon: f32): void {
  const b1 = f32x4.splat(beta1), b2 = f32x4.splat(beta2), s = f32x4.splat(size), e = f32x4.splat(epsilon);
  for (let i = 0; i < fours; i++) {
    const slope = v128.load(g);
    const first = f32x4.add(f32x4.mul(v128.load(m), b1), slope);
    const second = f32x4.add(f32x4.mul(v128.load(v), b2), f32x4.mul(slope, slope));
    v128.store(m, first);
    v128.store(v, second);
    const root = f32x4.add(f32x4.sqrt(second), e);
    v128.store(p, f32x4.sub(v128.load(p), f32x4.mul(f32x4.div(first, root), s)));
    p += 16;
    m += 16;
    v += 16;
    g += 16;
  }
}

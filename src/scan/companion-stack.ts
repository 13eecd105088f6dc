/**
 * One image from a stack of camera references [frame][qy][qx]: their mean where all were taken alike, the first where the others
 * are something else, as in a py4DSTEM Probe, a stack of probe and kernel.
 */

/** Share by which the sum of counts may differ between frames that are taken for one exposure repeated. */
const ALIKE = 0.2;

/** @param stack [frames][size] @returns [size], and how many frames its mean is over */
export function stackMean(
  stack: Float32Array,
  size: number,
): { readonly image: Float32Array; readonly frames: number } {
  const frames = stack.length / size;
  const sums = Array.from({ length: frames }, (_, f) =>
    stack.subarray(f * size, (f + 1) * size).reduce((a, b) => a + b, 0),
  );
  if (frames === 1 || sums.some((sum) => !(Math.abs(sum - sums[0]!) <= ALIKE * Math.abs(sums[0]!)))) {
    return { image: stack.slice(0, size), frames: 1 };
  }
  const mean = new Float64Array(size);
  for (let i = 0; i < stack.length; i++) mean[i % size]! += stack[i]! / frames;
  return { image: Float32Array.from(mean), frames };
}

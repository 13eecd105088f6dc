/**
 * exp(i·angle) in float32 whose modulus does not drift. A slice multiplies by each twiddle w on the way there and by its conjugate on the way
 * back: an error of the angle cancels, but |w|² − 1, up to 1e-7 after rounding, would add up over thousands of slices (4e-4 of the intensity at
 * 80 nm). So each w takes, among the neighbouring float32 numbers, those that bring the sum of |w|² − 1 over its table back to 0.
 */
export function unitPair(angle: number, drift: number): { re: number; im: number; excess: number } {
  const near = (value: number) => {
    const rounded = Math.fround(value);
    const ulp = 2 ** (Math.floor(Math.log2(Math.abs(rounded))) - 23);
    return Math.abs(rounded) < 1e-7 ? [0] : [0, -1, 1].map((step) => rounded + step * ulp);
  };
  let best = { re: 1, im: 0, excess: Number.POSITIVE_INFINITY };
  for (const re of near(Math.cos(angle))) {
    for (const im of near(Math.sin(angle))) {
      const excess = re * re + im * im - 1;
      if (Math.abs(excess + drift) < Math.abs(best.excess + drift)) best = { re, im, excess };
    }
  }
  return best;
}

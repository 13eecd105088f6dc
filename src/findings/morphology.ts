/**
 * Grey-scale morphology and the skeleton by it, each step a function. Maps are [ny][nx]; NaN is a masked position: it stays NaN and is left out of every minimum and
 * maximum, as are positions outside the map (scikit-image does the same, scipy mirrors).
 *
 * Structuring element: the cross of five positions, which scikit-image's `erosion` and scipy's `generate_binary_structure(2, 1)` take when none is given and the usual
 * skeleton by openings is shown with. The paper does not say.
 *
 * The paper, ten times over: "the current map was eroded. This eroded map was then subjected to a morphological opening operation. The difference between the eroded map
 * and its opened map was accumulated onto the skeleton map via a pixel-wise maximum operation":
 *
 *     E_k = erosion of E_{k−1},  E_0 = map;      skeleton = max over k = 1 … 10 of (E_k − opening of E_k)
 *
 * Lantuéjoul's skeleton (1980; Serra, Image Analysis and Mathematical Morphology, 1982) begins with k = 0, the map's own difference from its opening. Without that term
 * whatever one erosion takes away is not in the skeleton: lines of one or two positions, which is what σ_P makes of a wall between two neighbouring unit cells. The
 * paper's skeleton sees walls that are spread over three positions or more. `skeleton` takes either, by `first`.
 *
 * What this is not: a thinning; a skeleton by openings has gaps and is up to two positions wide (walls.ts closes it).
 */

/** Iterations of the paper. */
export const ITERATIONS = 10;

/** The first k of the skeleton: 1 in the paper's words, 0 in Lantuéjoul's. */
export type FirstTerm = 0 | 1;

type Shape = readonly [ny: number, nx: number];

/** Minimum over the cross. @param map [ny][nx] */
export function erode(map: Float64Array, shape: Shape): Float64Array {
  return extremum(map, shape, 1);
}

/** Maximum over the cross. @param map [ny][nx] */
export function dilate(map: Float64Array, shape: Shape): Float64Array {
  return extremum(map, shape, -1);
}

/** Erosion, then dilation: peaks and lines into which the cross does not fit are cut down. Nowhere above the map. */
export function open(map: Float64Array, shape: Shape): Float64Array {
  return dilate(erode(map, shape), shape);
}

/** What opening takes away (a top-hat): map − opening, ≥ 0, NaN where the map is. */
export function openingResidue(map: Float64Array, shape: Shape): Float64Array {
  const opened = open(map, shape);
  for (let i = 0; i < opened.length; i++) opened[i] = map[i]! - opened[i]!;
  return opened;
}

/** One iteration of the paper: the current map eroded, and the skeleton with the residue of that taken in. Neither argument is changed. */
export function skeletonStep(
  current: Float64Array,
  skeleton: Float64Array,
  shape: Shape,
): { readonly eroded: Float64Array; readonly skeleton: Float64Array } {
  const eroded = erode(current, shape);
  const residue = openingResidue(eroded, shape);
  return { eroded, skeleton: skeleton.map((value, i) => Math.max(value, residue[i]!)) };
}

/**
 * Skeleton of a map of σ_P, ≥ 0, in its unit: how far a ridge stands out from what the cross fits into, NaN where the map is.
 * @param first 1: the paper's; 0: Lantuéjoul's, which has walls one or two positions wide too
 */
export function skeleton(map: Float64Array, shape: Shape, first: FirstTerm, iterations = ITERATIONS): Float64Array {
  let found = first === 0 ? openingResidue(map, shape) : map.map((value) => 0 * value);
  let current = map;
  for (let k = 0; k < iterations; k++) ({ eroded: current, skeleton: found } = skeletonStep(current, found, shape));
  return found;
}

/** `sign` 1: minimum; −1: maximum. */
function extremum(map: Float64Array, [ny, nx]: Shape, sign: 1 | -1): Float64Array {
  const found = new Float64Array(map.length);
  // NaN replaces no number and is replaced by none: comparisons with it are false.
  const better = (value: number, best: number): boolean => (sign > 0 ? value < best : value > best);
  for (let row = 0, i = 0; row < ny; row++) {
    for (let column = 0; column < nx; column++, i++) {
      let best = map[i]!;
      // One by one, not from a list: a resampling passes here thousands of times.
      if (row > 0 && better(map[i - nx]!, best)) best = map[i - nx]!;
      if (row < ny - 1 && better(map[i + nx]!, best)) best = map[i + nx]!;
      if (column > 0 && better(map[i - 1]!, best)) best = map[i - 1]!;
      if (column < nx - 1 && better(map[i + 1]!, best)) best = map[i + 1]!;
      found[i] = best;
    }
  }
  return found;
}

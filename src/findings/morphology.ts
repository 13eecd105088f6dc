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

/** What opening takes away (a top-hat): map − opening, ≥ 0, NaN where the map is. @param eroded of the map, the first half of its opening */
export function openingResidue(
  map: Float64Array,
  shape: Shape,
  eroded: Float64Array = erode(map, shape),
): Float64Array {
  const opened = dilate(eroded, shape);
  for (let i = 0; i < opened.length; i++) opened[i] = map[i]! - opened[i]!;
  return opened;
}

/**
 * One iteration: the skeleton with the residue of the current map taken in, and the current map eroded, which is the first half of its opening and what the next iteration is of.
 * Neither argument is changed.
 */
export function skeletonStep(
  current: Float64Array,
  skeleton: Float64Array,
  shape: Shape,
): { readonly eroded: Float64Array; readonly skeleton: Float64Array } {
  const eroded = erode(current, shape);
  const found = openingResidue(current, shape, eroded);
  for (let i = 0; i < found.length; i++) found[i] = Math.max(skeleton[i]!, found[i]!);
  return { eroded, skeleton: found };
}

/**
 * Skeleton of a map of σ_P, ≥ 0, in its unit: how far a ridge stands out from what the cross fits into, NaN where the map is.
 * @param first 1: the paper's; 0: Lantuéjoul's, which has walls one or two positions wide too
 */
export function skeleton(map: Float64Array, shape: Shape, first: FirstTerm, iterations = ITERATIONS): Float64Array {
  let found: Float64Array = map.map((value) => 0 * value);
  let current = first === 0 ? map : erode(map, shape);
  for (let k: number = first; k <= iterations; k++) {
    ({ eroded: current, skeleton: found } = skeletonStep(current, found, shape));
  }
  return found;
}

/** `sign` 1: minimum; −1: maximum. */
function extremum(map: Float64Array, [ny, nx]: Shape, sign: 1 | -1): Float64Array {
  const found = new Float64Array(map.length);
  for (let row = 0, i = 0; row < ny; row++) {
    // Outside the map stands the position itself, which changes nothing.
    const up = row > 0 ? nx : 0;
    const down = row < ny - 1 ? nx : 0;
    for (let column = 0; column < nx; column++, i++) {
      // One by one, not from a list: a resampling passes here thousands of times. NaN replaces no number and is replaced by none: comparisons with it are false.
      let best = sign * map[i]!;
      const above = sign * map[i - up]!;
      if (above < best) best = above;
      const below = sign * map[i + down]!;
      if (below < best) best = below;
      const left = sign * map[column > 0 ? i - 1 : i]!;
      if (left < best) best = left;
      const right = sign * map[column < nx - 1 ? i + 1 : i]!;
      if (right < best) best = right;
      found[i] = sign * best;
    }
  }
  return found;
}

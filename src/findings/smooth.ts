/** A channel of a map without its noise, as far as a width allows. */

/** [ny][nx] row by row; NaN where `valid` is 0. */
export interface Image {
  readonly values: Float64Array;
  readonly valid: Uint8Array;
}

/**
 * Values smoothed by a Gaussian of `width` positions (σ; 0: none) over what is measured: the local linear fit (Cleveland, JASA 74, 829 (1979), without its iterations), which
 * beside edges and holes does not take the value from the side that is there. Valid where the value itself is.
 */
export function smoothed(values: ArrayLike<number>, [ny, nx]: readonly [ny: number, nx: number], width: number): Image {
  const own = Float64Array.from(values as ArrayLike<number>);
  const valid = Uint8Array.from(own, (value) => (Number.isFinite(value) ? 1 : 0));
  if (width === 0) return { values: own, valid };
  const reach = Math.ceil(3 * width);
  const kernel = (power: number) =>
    Float64Array.from(
      { length: 2 * reach + 1 },
      (_, k) => (k - reach) ** power * Math.exp(-((k - reach) ** 2) / (2 * width ** 2)),
    );
  const kernels = [kernel(0), kernel(1), kernel(2)];
  // Neighbour by neighbour, each for a row at once.
  const alongX = (from: Float64Array, weights: Float64Array): Float64Array => {
    const out = new Float64Array(ny * nx);
    for (let row = 0; row < ny * nx; row += nx) {
      for (let k = -reach; k <= reach; k++) {
        const weight = weights[k + reach]!;
        const end = row + Math.min(nx, nx - k);
        for (let i = row + Math.max(0, -k); i < end; i++) out[i] = out[i]! + weight * from[i + k]!;
      }
    }
    return out;
  };
  const alongY = (from: Float64Array, weights: Float64Array): Float64Array => {
    const out = new Float64Array(ny * nx);
    for (let y = 0; y < ny; y++) {
      for (let k = -Math.min(reach, y); k <= Math.min(reach, ny - 1 - y); k++) {
        const weight = weights[k + reach]!;
        for (let i = y * nx; i < (y + 1) * nx; i++) out[i] = out[i]! + weight * from[i + k * nx]!;
      }
    }
    return out;
  };
  /** Σ w dx^a dy^b of what is given. */
  const moment = (from: Float64Array, a: number, b: number) => alongY(alongX(from, kernels[a]!), kernels[b]!);
  const present = Float64Array.from(valid);
  const known = own.map((value, i) => (valid[i] ? value : 0));
  const [w, wx, wy, wxx, wxy, wyy] = [
    [0, 0],
    [1, 0],
    [0, 1],
    [2, 0],
    [1, 1],
    [0, 2],
  ].map(([a, b]) => moment(present, a!, b!));
  const [v, vx, vy] = [
    [0, 0],
    [1, 0],
    [0, 1],
  ].map(([a, b]) => moment(known, a!, b!));
  const fitted = own.map((value, i) => {
    if (!valid[i]) return Number.NaN;
    const mean = v![i]! / w![i]!;
    const [mx, my] = [wx![i]! / w![i]!, wy![i]! / w![i]!];
    const [xx, xy, yy] = [wxx![i]! / w![i]! - mx * mx, wxy![i]! / w![i]! - mx * my, wyy![i]! / w![i]! - my * my];
    const [cx, cy] = [vx![i]! / w![i]! - mx * mean, vy![i]! / w![i]! - my * mean];
    const det = xx * yy - xy * xy;
    // A lone position or a lone line of them has no slope across.
    if (!(det > 1e-9)) return value;
    return mean - (mx * (cx * yy - cy * xy) + my * (cy * xx - cx * xy)) / det;
  });
  return { values: fitted, valid };
}

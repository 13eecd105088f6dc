/**
 * A number at each point of a field's grid that follows from the vectors there: divergence, curl, topological density. Not here: any of them.
 */

export interface ScalarMap {
  readonly shape: readonly [ny: number, nx: number];
  readonly step_nm: number;
  /** As files spell it: 'uC/cm2/nm', '1/nm2'. */
  readonly unit: string;
  /** [ny][nx]; NaN where it is not defined. */
  readonly values: Float64Array;
  /** Standard uncertainty, NaN where `values` is; absent where the field states none or it is not propagated. */
  readonly sigma?: Float64Array | undefined;
  /** Positions that have a value. */
  readonly n: number;
  /** Positions that have none: masked, beside a masked one, or at the edge. */
  readonly leftOut: number;
}

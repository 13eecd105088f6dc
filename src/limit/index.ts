/** What users of the package need of this room (`import … from 'ferroscope/limit'`): what a pattern can tell at best. Rooms import files, not this. */

export {
  type Derivative,
  type Derivatives,
  type LimitState,
  PARAMETERS,
  type Parameter,
  patternDerivatives,
} from './derivatives.ts';
export { type Bound, cramerRao, fisherPerElectron, type Limit, limitsPerElectron, MEAN_ABSOLUTE } from './fisher.ts';

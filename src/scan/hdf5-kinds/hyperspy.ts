/**
 * HyperSpy's axes, as .hspy (HDF5) and .zspy (Zarr) have them: /Experiments/<title>/data with groups axis-0 …, in the order of the array, whose attributes are name,
 * units, scale, size and navigate (HyperSpy's user guide, signal file format).
 */

import type { Axis } from '../axis-order.ts';
import { attribute, childDataset, childGroup, type Hdf5File } from '../hdf5.ts';
import { scalars } from './emd.ts';
import { type Found, usable } from './found.ts';

/** Where an axis tells nothing HyperSpy writes this. */
const told = (text: unknown): string =>
  typeof text === 'string' && !/^(<undefined>|undefined|_None_|t)$/i.test(text) ? text : '';

/** @param attributes of an axis's group */
export function hyperspyAxis(attributes: (name: string) => unknown): Axis {
  const navigate = attributes('navigate');
  return {
    name: told(attributes('name')),
    unit: told(attributes('units')),
    step: usable(attributes('scale')),
    role: navigate === undefined ? undefined : navigate === true || navigate === 1 ? 'scan' : 'pattern',
  };
}

export function hyperspyArrays(file: Hdf5File): Found[] {
  const experiments = childGroup(file, 'Experiments');
  return (experiments?.keys() ?? []).flatMap((title): Found[] => {
    const group = childGroup(experiments!, title);
    const dataset = group && childDataset(group, 'data');
    if (!dataset) return [];
    return [
      {
        kind: 'hyperspy',
        layout: 'HyperSpy',
        parts: [dataset],
        group,
        title,
        axes: (dataset.shape ?? []).map((_, i) => {
          const axis = childGroup(group, `axis-${i}`);
          return axis && hyperspyAxis((name) => attribute(axis, name));
        }),
        metadata: () => {
          const acquisition = childGroup(group, 'metadata/Acquisition_instrument/TEM');
          const all = new Map(scalars(acquisition));
          const semiangle = all.get('convergence_angle');
          if (semiangle !== undefined) all.set('convergence_semiangle_mrad', semiangle);
          return all;
        },
      },
    ];
  });
}

/** All arrays of an HDF5 file that may be a scan or belong to one, by whatever layout names them, and which of them is the scan. */

import { FerroscopeError, fail } from '../../core/errors.ts';
import { type Hdf5File, isDataset, lostLinks, walk } from '../hdf5.ts';
import { isComplex, numberType } from '../hdf5-array.ts';
import { product } from '../stored-array.ts';
import { dectrisArrays, veloxArrays } from './cameras.ts';
import { emdArrays } from './emd.ts';
import { type Found, leaf, parentPath, shapeOf } from './found.ts';
import { hyperspyArrays } from './hyperspy.ts';
import { nexusArrays, plainArray } from './nexus.ts';
import { nionArrays } from './nion.ts';

const LAYOUTS = [emdArrays, hyperspyArrays, nionArrays, dectrisArrays, nexusArrays, veloxArrays];

/** Names of images and cubes that accompany a scan, of the array or the group around it. */
const BESIDE =
  /preview|thumb|virtual_?(image|detector|dark|bright)|reference|vacuum|^probe$|dark|(^|_)gain|flat_?field|mask|bragg/i;

/** Every array once, under the first layout that knows it; then all others of three or four axes and more. */
export function findArrays(file: Hdf5File): Found[] {
  const found: Found[] = [];
  const known = new Set<string>();
  const keep = (one: Found): void => {
    if (one.parts.some((part) => known.has(part.path) || !(numberType(part) || isComplex(part)))) return;
    for (const part of one.parts) known.add(part.path);
    found.push(one);
  };
  for (const layout of LAYOUTS) for (const one of layout(file)) keep(one);
  for (const node of walk(file)) {
    if (isDataset(node) && (node.shape?.length ?? 0) >= 3 && !known.has(node.path))
      keep(plainArray(file, node, parentPath(node.path)));
  }
  return found;
}

const isBeside = (found: Found): boolean =>
  BESIDE.test(found.title) ||
  found.parts.some(({ path }) => BESIDE.test(leaf(path)) || BESIDE.test(leaf(parentPath(path))));

/** Axes longer than 1, or all where there are four at most. */
const rankOf = (found: Found): number => {
  const shape = shapeOf(found);
  return shape.length <= 4 ? shape.length : shape.filter((n) => n !== 1).length;
};

/** The arrays that may be the scan: with as many axes as it has, largest first, what accompanies a scan last. */
export function scansOf(all: readonly Found[], rank: 3 | 4): readonly Found[] {
  const size = (found: Found): number => product(shapeOf(found));
  return all.filter((found) => rankOf(found) === rank && !isBeside(found)).toSorted((a, b) => size(b) - size(a));
}

/** The array to open: the named one, or the largest. @throws 'shape', 'unsupported', 'format', 'file-missing' */
export function chooseArray(file: Hdf5File, all: readonly Found[], path: string, name: string | undefined): Found {
  if (name !== undefined) {
    const wanted = all.find(
      (found) => found.parts[0].path === name || found.title === name || found.group?.path === name,
    );
    const known = all.map((found) => found.parts[0].path).join(', ');
    return (
      wanted ??
      fail('format', `${path} has no array '${name}'.`, known ? `It has: ${known}.` : 'It has no arrays.', { path })
    );
  }
  const [scan] = [...scansOf(all, 4), ...scansOf(all, 3)];
  if (scan) return scan;
  const lost = lostLinks(file);
  if (lost.length > 0) {
    const [first] = lost as [(typeof lost)[0]];
    throw new FerroscopeError(
      'file-missing',
      `${path} holds no scan itself: its ${first.path} links to ${first.target}, which is not there.`,
      'Put the files that belong together into one folder, under the names that they had.',
      { path, missing: [...new Set(lost.map(({ target }) => target))] },
    );
  }
  const [other] = all;
  if (other) {
    const shape = shapeOf(other);
    const beside = isBeside(other) ? 'by its name what accompanies a scan, and ' : '';
    fail(
      'shape',
      `${path} holds no scan: ${other.parts[0].path} has ${beside}${shape.length} axes (${shape.join(' × ')}); a 4D-STEM scan has four: [scan y][scan x][pattern y][pattern x].`,
      'Choose another dataset with --dataset, or save the scan with four axes.',
      { shape },
    );
  }
  fail('unsupported', `${path} holds no 4D numeric dataset.`, `See what it holds: ferroscope info ${path}`, { path });
}

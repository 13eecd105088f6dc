/** Files whose frames a virtual dataset of HDF5 shows, and that are not there: HDF5 reads zeros in their place, and says nothing. */

import { childDataset, type Hdf5Dataset, type Hdf5File, type LostLink } from './hdf5.ts';
import type { ScanFile } from './scan-file.ts';

/** Links from file to file are followed so far. */
const DEPTH = 4;

/** A source's file as HDF5 looks for it: by its name, then by its last part beside the file that names it. */
async function sourceFile(file: ScanFile, name: string): Promise<ScanFile | undefined> {
  return (
    (await file.sibling(name)) ?? file.sibling(name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1))
  );
}

/** How many sources a dataset shows, and those that are lost. */
export async function lostSources(
  file: ScanFile,
  hdf5: Hdf5File,
  dataset: Hdf5Dataset,
  depth = DEPTH,
): Promise<{ readonly count: number; readonly lost: readonly LostLink[] }> {
  const sources = dataset.metadata.virtual_sources ?? [];
  const lost: LostLink[] = [];
  const seen = new Set<string>();
  for (const { file_name, dset_name } of sources) {
    // In names of a series '%b' counts: its first is looked for.
    const [name, path] = [file_name, dset_name].map((text) => text.replace('%b', '0')) as [string, string];
    if (seen.has(`${name}:${path}`)) continue;
    seen.add(`${name}:${path}`);
    if (name === '.') {
      const target = hdf5.get(path) as { type?: string; filename?: string } | null;
      if (target?.type === 'ExternalLink') lost.push({ path, target: target.filename! });
      else if (!target || target.type === 'BrokenSoftLink') lost.push({ path, target: path });
      continue;
    }
    const source = await sourceFile(file, name);
    if (!source) {
      lost.push({ path, target: name });
      continue;
    }
    if (depth === 0) continue;
    const other = await source.openHdf5();
    try {
      const below = childDataset(other, path);
      if (!below) lost.push({ path, target: `${name}:${path}` });
      else lost.push(...(await lostSources(source, other, below, depth - 1)).lost);
    } finally {
      other.close();
    }
  }
  return { count: seen.size, lost };
}

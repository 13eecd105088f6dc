/** Zarr in a ZIP archive, such as HyperSpy's .zspy saved in one file. Not here: what Zarr holds (zarr-scan.ts). */

import { fail } from '../../core/errors.ts';
import type { FileTree, ScanFile } from '../scan-file.ts';
import { isZarr, openZarrScan } from '../zarr-scan.ts';
import type { ScanReader } from './reader.ts';
import { isZip, type ZipEntry, zipEntries, zipMember } from './zip.ts';

async function treeOf(file: ScanFile): Promise<FileTree> {
  const entries = (await zipEntries(file)).filter(({ name }) => !name.endsWith('/'));
  // Some archives hold the folder, others what is in it.
  const root = entries.find(({ name }) => /^[^/]+\/(zarr\.json|\.zgroup|\.zarray)$/.test(name));
  const base = !isZarr(entries.map(({ name }) => name)) && root ? root.name.slice(0, root.name.indexOf('/') + 1) : '';
  const members: ReadonlyMap<string, ZipEntry> = new Map(
    entries
      .filter(({ name }) => name.startsWith(base))
      .map((entry) => [`/${entry.name.slice(base.length)}`, entry] as const),
  );
  const folders = new Map<string, Set<string>>();
  for (const path of members.keys()) {
    const parts = path.slice(1).split('/');
    for (let i = 0; i < parts.length; i++) {
      const above = `/${parts.slice(0, i).join('/')}`;
      if (!folders.has(above)) folders.set(above, new Set());
      folders.get(above)!.add(parts[i]!);
    }
  }
  const part = async (path: string, offset: (size: number) => number, length?: number) => {
    const entry = members.get(path);
    if (!entry) return undefined;
    const member = await zipMember(file, entry);
    return member.read(offset(entry.size_bytes), length ?? entry.size_bytes);
  };
  return {
    get: (path) => part(path, () => 0),
    getRange: (path, range) =>
      'suffixLength' in range
        ? part(path, (size) => Math.max(0, size - range.suffixLength), range.suffixLength)
        : part(path, () => range.offset, range.length),
    list: async (folder) => [...(folders.get(folder) ?? [])],
  };
}

export const ZARR_ZIP: ScanReader = {
  kind: 'zarr-zip',
  name: 'Zarr in a ZIP archive',
  // After NPZ: any other archive.
  matches: isZip,
  async open(file, options) {
    const tree = await treeOf(file);
    if (!isZarr(await tree.list('/'))) {
      fail(
        'unsupported',
        `${file.name} is a ZIP archive that holds neither NumPy arrays nor Zarr.`,
        'Unpack it, and open the scan itself.',
        {
          path: file.name,
        },
      );
    }
    return openZarrScan(file, tree, options);
  },
};

/** What users of the package need of this room (`import … from 'ferroscope/core'`): errors, tasks, stores, threads, identities, random streams, NPY and TIFF. Rooms import files, not this. */

export { type ErrorTag, FerroscopeError, fail } from './errors.ts';
export { hashOf, hashOfArrays } from './hash.ts';
export { type Difference, difference, type FileIdentity, type Identity, identify, isFile } from './identity.ts';
export { type NdArray, type NumericArray, readNpy, readNpz, writeNpy, writeNpz } from './npy.ts';
export { RandomStream } from './random.ts';
export type { Options } from './schema.ts';
export { type Files, memoryStore, type Store } from './store.ts';
export { checkAborted, quietTask, type Task } from './task.ts';
export type { WorkerHost, WorkerName, WorkerPort, WorkerThread } from './threads.ts';
export { type TiffStack, tiffBytes } from './tiff.ts';

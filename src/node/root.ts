/**
 * `import … from 'ferroscope'`: what every program with this package needs beside the rooms. In Node; pages take 'ferroscope/core' in its place.
 *
 * Rooms: 'ferroscope/crystal', 'ferroscope/ferroelectric', … (docs/library.md).
 */

export { PROGRAM, VERSION } from '../cli/version.ts';
export { type ErrorTag, FerroscopeError } from '../core/errors.ts';
export { quietTask, type Task } from '../core/task.ts';

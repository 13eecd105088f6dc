/** What every kernel of kernels/ imports: its memory, and what AssemblyScript calls where it cannot go on. */

import { fail } from './errors.ts';

/** @param name of the kernel, for people; its abort throws 'range' */
export function kernelImports(memory: WebAssembly.Memory, name: string): WebAssembly.Imports {
  return { env: { memory, abort: () => fail('range', `The ${name} aborted.`, 'Please report this.') } };
}

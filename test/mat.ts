/**
 * Reads the numeric arrays of a MAT-file, level 5 (MathWorks, "MAT-File Format"), for tests. Not here: complex, sparse, character, cell and struct arrays, big-endian
 * files, and HDF5 (7.3).
 */

import { unzlibSync } from 'fflate';

/** Column-major, as the file has it: element (i, j) of [m][n] is at i + m·j. */
export interface MatArray {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

const [INT32, UINT32, MATRIX, COMPRESSED] = [5, 6, 14, 15];
const NUMBERS: Readonly<Record<number, (bytes: ArrayBuffer) => ArrayLike<number>>> = {
  1: (bytes) => new Int8Array(bytes),
  2: (bytes) => new Uint8Array(bytes),
  3: (bytes) => new Int16Array(bytes),
  4: (bytes) => new Uint16Array(bytes),
  [INT32]: (bytes) => new Int32Array(bytes),
  [UINT32]: (bytes) => new Uint32Array(bytes),
  7: (bytes) => new Float32Array(bytes),
  9: (bytes) => new Float64Array(bytes),
};

interface Element {
  readonly type: number;
  readonly bytes: Uint8Array;
}

/** The data elements that follow one another in `bytes`. */
function elements(bytes: Uint8Array): Element[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: Element[] = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const tag = view.getUint32(at, true);
    // A small element has its length in the tag's upper half and up to four bytes right behind.
    const small = tag > 0xffff;
    const [type, length] = small ? [tag & 0xffff, tag >>> 16] : [tag, view.getUint32(at + 4, true)];
    const from = at + (small ? 4 : 8);
    found.push({ type, bytes: bytes.subarray(from, from + length) });
    // Compressed elements alone are not padded.
    at = small ? at + 8 : from + (type === COMPRESSED ? length : Math.ceil(length / 8) * 8);
  }
  return found;
}

function numbers({ type, bytes }: Element): Float64Array {
  const read = NUMBERS[type];
  if (!read) throw new Error(`MAT: data of type ${type} are not numbers.`);
  return Float64Array.from(read(bytes.slice().buffer));
}

/** The numeric arrays of the file by name. @throws where it is no MAT-file of level 5 or holds anything else */
export function readMat(file: Uint8Array): Record<string, MatArray> {
  if (file[124] !== 0 || file[125] !== 1 || file[126] !== 0x49)
    throw new Error('No little-endian MAT-file of level 5.');
  const arrays: Record<string, MatArray> = {};
  for (const element of elements(file.subarray(128))) {
    const [matrix] = element.type === COMPRESSED ? elements(unzlibSync(element.bytes)) : [element];
    if (matrix!.type !== MATRIX) throw new Error(`MAT: an element of type ${matrix!.type} is no array.`);
    const [flags, dimensions, name, real] = elements(matrix!.bytes);
    const kind = flags!.bytes[0]!;
    if (kind < 6 || kind > 15 || (flags!.bytes[1]! & 8) !== 0) throw new Error(`MAT: class ${kind} is no real array.`);
    arrays[new TextDecoder().decode(name!.bytes)] = { shape: [...numbers(dimensions!)], data: numbers(real!) };
  }
  return arrays;
}

/**
 * Reads OOMMF vector fields, OVF 2.0 of three components on a rectangular mesh (data as text, or as little-endian floats of 4 or 8 bytes), for tests.
 * https://math.nist.gov/oommf/doc/userguide20a3/userguide/OVF_2.0_format.html: x runs fastest, then y, then z.
 */

import type { VectorField } from './vector-field.ts';

/** One layer of the mesh; lengths in metres as the file has them become nm. Cells without a vector (0, 0, 0) are not valid. */
export function readOvf(bytes: Uint8Array, layer = 0): VectorField {
  const text = new TextDecoder('latin1').decode(bytes);
  const header = (name: string) => Number(new RegExp(`^# ${name}:\\s*(\\S+)`, 'm').exec(text)?.[1]);
  const begin = /^# Begin: Data (Text|Binary 4|Binary 8)[^\n]*\n/m.exec(text);
  const [nx, ny, nz] = [header('xnodes'), header('ynodes'), header('znodes')];
  if (!begin || !(nx * ny * nz > 0) || header('valuedim') !== 3) throw new Error('not an OVF 2.0 of vectors');
  const start = begin.index + begin[0].length;
  const count = 3 * nx * ny * nz;
  const read = (): ArrayLike<number> => {
    if (begin[1] === 'Text') return text.slice(start, text.indexOf('# End: Data')).trim().split(/\s+/).map(Number);
    const view = new DataView(bytes.buffer, bytes.byteOffset + start);
    const size = begin[1] === 'Binary 4' ? 4 : 8;
    const at = (k: number) => (size === 4 ? view.getFloat32(k * size, true) : view.getFloat64(k * size, true));
    // The first number is a mark of the byte order.
    if (at(0) !== (size === 4 ? 1234567 : 123456789012345)) throw new Error('an OVF of another byte order');
    return Array.from({ length: count }, (_, k) => at(k + 1));
  };
  const data = read();
  if (data.length !== count) throw new Error(`${data.length} numbers, ${count} expected`);
  const from = 3 * layer * nx * ny;
  const component = (c: number) => Float64Array.from({ length: nx * ny }, (_, i) => data[from + 3 * i + c]!);
  const values = { x: component(0), y: component(1), z: component(2) };
  return {
    shape: [ny, nx],
    step_nm: header('xstepsize') * 1e9,
    unit: 'A/m',
    values,
    valid: Uint8Array.from(values.x, (x, i) => (x !== 0 || values.y[i] !== 0 || values.z[i] !== 0 ? 1 : 0)),
  };
}

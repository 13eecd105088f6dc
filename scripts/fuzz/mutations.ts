// Damage to files, drawn by fast-check from a seed: cuts, flipped bits, absurd sizes; of text also absurd numbers and lines that are gone or twice.
import fc from 'fast-check';

export interface Damage {
  readonly how: string;
  readonly bytes: Uint8Array;
}

/** What sizes and offsets are set to, in 1, 2, 4 or 8 bytes of either order. */
const ABSURD = [
  0n,
  1n,
  0xffn,
  0x7fffn,
  0xffffn,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
  2n ** 40n,
  2n ** 53n,
  2n ** 63n,
  2n ** 64n - 1n,
];
const NUMBERS = ['0', '-1', '1e308', '99999999999', '4294967296', 'nan', '1e-300', '', '0.0', '-0.5', '1000000'];

/** A place in the file: at its beginning, where headers are, at its end, where directories are, or anywhere. */
const place = (size: number) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.nat({ max: Math.max(0, Math.min(size, 1024) - 1) }) },
    { weight: 1, arbitrary: fc.nat({ max: Math.max(0, Math.min(size, 256) - 1) }).map((back) => size - 1 - back) },
    { weight: 2, arbitrary: fc.nat({ max: Math.max(0, size - 1) }) },
  );

const cut = (file: Uint8Array) =>
  place(file.length).map((n): Damage => ({ how: `cut to ${n} bytes`, bytes: file.slice(0, n) }));

const flipped = (file: Uint8Array) =>
  fc.array(fc.tuple(place(file.length), fc.nat({ max: 7 })), { minLength: 1, maxLength: 6 }).map((flips): Damage => {
    const bytes = file.slice();
    for (const [at, bit] of flips) bytes[at] = bytes[at]! ^ (1 << bit);
    return { how: `bits flipped at ${flips.map(([at]) => at).join(', ')}`, bytes };
  });

const absurd = (file: Uint8Array) =>
  fc
    .tuple(place(file.length), fc.constantFrom(1, 2, 4, 8), fc.constantFrom(...ABSURD), fc.boolean())
    .map(([near, width, value, little]): Damage => {
      const bytes = file.slice();
      const at = near - (near % Math.min(width, 4));
      for (let i = 0; i < width && at + i < bytes.length; i++) {
        bytes[at + i] = Number((value >> BigInt(8 * (little ? i : width - 1 - i))) & 0xffn);
      }
      return { how: `${width} bytes at ${at} set to ${value}, ${little ? 'little' : 'big'}-endian`, bytes };
    });

function ofText(file: Uint8Array): fc.Arbitrary<Damage> {
  const text = new TextDecoder('latin1').decode(file.subarray(0, 200_000));
  const encode = (changed: string) => Uint8Array.from(changed, (c) => c.charCodeAt(0));
  const numbers = [...text.matchAll(/-?\d+(\.\d+)?([eE][+-]?\d+)?/g)];
  const lines = text.split('\n');
  const number = fc
    .tuple(fc.nat({ max: Math.max(0, numbers.length - 1) }), fc.constantFrom(...NUMBERS))
    .map(([i, value]): Damage => {
      const found = numbers[i];
      if (!found) return { how: 'nothing', bytes: file };
      const changed = text.slice(0, found.index) + value + text.slice(found.index + found[0].length);
      return { how: `number ${i} (${found[0]}) set to '${value}'`, bytes: encode(changed) };
    });
  const line = fc.tuple(fc.nat({ max: lines.length - 1 }), fc.boolean()).map(
    ([i, twice]): Damage => ({
      how: `line ${i + 1} ${twice ? 'twice' : 'gone'}`,
      bytes: encode(lines.toSpliced(i, twice ? 0 : 1, ...(twice ? [lines[i]!] : [])).join('\n')),
    }),
  );
  return fc.oneof({ weight: 2, arbitrary: number }, line);
}

/** `count` damaged versions of a file, always the same ones. */
export function damaged(file: Uint8Array, text: boolean, count: number, seed: number): Damage[] {
  const kinds = [cut(file), flipped(file), absurd(file), ...(text ? [ofText(file), ofText(file)] : [])];
  // Cuts at each boundary of a header first.
  const boundaries = [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096, file.length - 1].filter(
    (n) => n < file.length,
  );
  const cuts = boundaries.map((n): Damage => ({ how: `cut to ${n} bytes`, bytes: file.slice(0, n) }));
  return [...cuts, ...fc.sample(fc.oneof(...kinds), { seed, numRuns: Math.max(0, count - cuts.length) })];
}

/**
 * Writes the butterflies of the slice kernel: AssemblyScript text that scripts/build-kernels.ts compiles together with `slice.ts`, which
 * imports it as './butterflies.generated'. Straight-line code for each radix, so that everything between a load and a store stays in registers.
 *
 * A transform of length n = radix·m, decimation in frequency (DIF): for j < m, take x_p = data[j + m·p], make y_q = Σ_p x_p exp(−2πi pq/radix),
 * store y_q·w_jq at j + m·q with w_jq = exp(−2πi jq/n); then each of the radix blocks of m is transformed in the same way. Frequencies come out in
 * mixed-radix digit-reversed order (`fft-plan.ts`). Decimation in time (DIT) is the mirror: multiply by the same w_jq first, butterfly after,
 * blocks growing; it takes that order and gives back the natural one. So a slice needs no reordering. Source: Van Loan, Computational
 * Frameworks for the Fast Fourier Transform (1992).
 *
 * The inverse transform is the forward one with real and imaginary parts exchanged before and after: the exchange costs nothing, since a butterfly is told
 * where to find either part (byte offsets `re`, `im`: 0, 16 or 16, 0). Hence one set of twiddles, and no conjugates.
 *
 * Per radix R:
 *   firstR  the outermost DIF stage, reading a panel times the transmission function; firstR_plain without the factor
 *   difR    a further DIF stage, in place
 *   midR    the innermost stage (m = 1, no twiddles), the propagator's factor, and the innermost stage back with the parts exchanged
 *   ditR    a DIT stage with the parts exchanged, in place
 * Radix 8 was tried and is 5–20% slower: 16 vector registers do not hold it.
 * One element is 4 columns: 32 bytes, real parts first. `w` twiddles, `f` factors: pairs (re, im) of f32.
 */

export const RADICES: readonly number[] = [2, 3, 4, 5, 7];

const add = (a: string, b: string) => `f32x4.add(${a}, ${b})`;
const sub = (a: string, b: string) => `f32x4.sub(${a}, ${b})`;
const mul = (a: string, b: string) => `f32x4.mul(${a}, ${b})`;
const let_ = (name: string, value: string) => `const ${name} = ${value};`;
const range = (n: number, first = 0): number[] => Array.from({ length: n - first }, (_, i) => first + i);

/** (a ± b), both parts. */
function sumAndDifference(sum: string, difference: string, a: string, b: string): string[] {
  return [...'ri'].flatMap((part) => [
    let_(sum + part, add(a + part, b + part)),
    let_(difference + part, sub(a + part, b + part)),
  ]);
}

/** out = a ∓ i·b: `minus` and `plus` get a − ib and a + ib. */
function rotated(minus: string, plus: string, a: string, b: string): string[] {
  return [
    let_(`${minus}r`, add(`${a}r`, `${b}i`)),
    let_(`${minus}i`, sub(`${a}i`, `${b}r`)),
    let_(`${plus}r`, sub(`${a}r`, `${b}i`)),
    let_(`${plus}i`, add(`${a}i`, `${b}r`)),
  ];
}

/** product = value·factor. */
function product(name: string, value: string, factor: string): string[] {
  return [
    let_(`${name}r`, `fnma(${value}i, ${factor}i, ${mul(`${value}r`, `${factor}r`)})`),
    let_(`${name}i`, `fma(${value}i, ${factor}r, ${mul(`${value}r`, `${factor}i`)})`),
  ];
}

/** The DFT of the four named values: names of y0 … y3 as given; `t` prefixes temporaries. */
function butterfly4(x: readonly string[], y: readonly string[], t: string): string[] {
  return [
    ...sumAndDifference(`${t}a`, `${t}b`, x[0]!, x[2]!),
    ...sumAndDifference(`${t}c`, `${t}d`, x[1]!, x[3]!),
    ...sumAndDifference(y[0]!, y[2]!, `${t}a`, `${t}c`),
    ...rotated(y[1]!, y[3]!, `${t}b`, `${t}d`),
  ];
}

/** Odd primes: pairs x_j ± x_(R−j) halve the multiplications; y_k = m_k − i·n_k, y_(R−k) = m_k + i·n_k. */
function butterflyOdd(radix: number, x: readonly string[], y: readonly string[], t: string): string[] {
  const pairs = range((radix + 1) / 2, 1);
  const lines = pairs.flatMap((j) => sumAndDifference(`${t}s${j}`, `${t}d${j}`, x[j]!, x[radix - j]!));
  for (const part of 'ri') {
    lines.push(let_(y[0]! + part, pairs.reduce((sum, j) => add(sum, `${t}s${j}${part}`), x[0]! + part)));
  }
  for (const k of pairs) {
    for (const part of 'ri') {
      let cosines = x[0]! + part;
      let sines = '';
      for (const j of pairs) {
        const turn = (j * k) % radix;
        const folded = Math.min(turn, radix - turn);
        cosines = `fma(${t}s${j}${part}, C${folded}, ${cosines})`;
        if (sines === '') sines = mul(`${t}d${j}${part}`, `S${folded}`); // j = 1: turn = k, never folded
        else sines = `${turn === folded ? 'fma' : 'fnma'}(${t}d${j}${part}, S${folded}, ${sines})`;
      }
      lines.push(let_(`${t}m${k}${part}`, cosines), let_(`${t}n${k}${part}`, sines));
    }
    lines.push(...rotated(y[k]!, y[radix - k]!, `${t}m${k}`, `${t}n${k}`));
  }
  return lines;
}

/** y = DFT of x; `x` and `y` prefix the names, `t` temporaries. */
function butterfly(radix: number, x: string, y: string, t = ''): string[] {
  const [xs, ys] = [range(radix).map((p) => x + p), range(radix).map((q) => y + q)];
  if (radix === 2) return sumAndDifference(ys[0]!, ys[1]!, xs[0]!, xs[1]!);
  if (radix === 4) return butterfly4(xs, ys, t);
  return butterflyOdd(radix, xs, ys, t);
}

/** C_j, S_j = cos, sin 2πj/radix, rounded to float32 (fft-plan.ts reckons with the rounding). */
function constants(radix: number): string[] {
  if (radix % 2 === 0) return [];
  return range((radix + 1) / 2, 1).flatMap((j) => [
    let_(`C${j}`, `f32x4.splat(${Math.fround(Math.cos((2 * Math.PI * j) / radix))})`),
    let_(`S${j}`, `f32x4.splat(${Math.fround(Math.sin((2 * Math.PI * j) / radix))})`),
  ]);
}

const at = (base: string, q: number) => (q === 0 ? base : `${base} + ${q} * stride`);
const load = (name: string, address: string) => [
  let_(`${name}r`, `v128.load(${address} + re)`),
  let_(`${name}i`, `v128.load(${address} + im)`),
];
const store = (name: string, address: string) => [
  `v128.store(${address} + re, ${name}r);`,
  `v128.store(${address} + im, ${name}i);`,
];
const splat = (name: string, pointer: string, q: number) => [
  let_(`${name}r`, `v128.load32_splat(${pointer}, ${8 * q})`),
  let_(`${name}i`, `v128.load32_splat(${pointer}, ${8 * q + 4})`),
];
const twiddle = (q: number) => splat(`w${q}`, 'tw', q - 1);

/** One stage over every block of radix·m elements, in place. */
function stage(radix: number, kind: 'dif' | 'dit'): string[] {
  const others = range(radix, 1);
  const body =
    kind === 'dif'
      ? [
          ...range(radix).flatMap((p) => load(`x${p}`, at('p', p))),
          ...butterfly(radix, 'x', 'y'),
          ...store('y0', 'p'),
          ...others.flatMap((q) => [...twiddle(q), ...product(`z${q}`, `y${q}`, `w${q}`), ...store(`z${q}`, at('p', q))]),
        ]
      : [
          ...load('x0', 'p'),
          ...others.flatMap((q) => [...load(`v${q}`, at('p', q)), ...twiddle(q), ...product(`x${q}`, `v${q}`, `w${q}`)]),
          ...butterfly(radix, 'x', 'y'),
          ...range(radix).flatMap((q) => store(`y${q}`, at('p', q))),
        ];
  return [
    `export function ${kind}${radix}(base: usize, n: i32, m: i32, tw0: usize): void {`,
    // The way back runs with the parts exchanged.
    kind === 'dif' ? 'const re: usize = 0, im: usize = 16;' : 'const re: usize = 16, im: usize = 0;',
    'const stride: usize = (<usize>m) << 5;',
    ...constants(radix),
    `for (let block: usize = base, end: usize = base + ((<usize>n) << 5); block < end; block += ${radix} * stride) {`,
    'let tw = tw0;',
    'for (let p: usize = block, stop: usize = block + stride; p < stop; p += 32) {',
    ...body,
    `tw += ${8 * (radix - 1)};`,
    '}',
    '}',
    '}',
  ];
}

/** The outermost DIF stage from a field's panel at `src`, times the transmission function at `t` unless plain, to `base`. */
function first(radix: number, plain: boolean): string[] {
  return [
    `export function first${radix}${plain ? '_plain' : ''}(src: usize, t: usize, base: usize, m: i32, tw: usize): void {`,
    'const re: usize = 0, im: usize = 16;',
    'const stride: usize = (<usize>m) << 5;',
    ...constants(radix),
    'for (let o: usize = 0; o < stride; o += 32) {',
    ...range(radix).flatMap((p) =>
      plain
        ? load(`x${p}`, at('src + o', p))
        : [...load(`v${p}`, at('src + o', p)), ...load(`t${p}`, at('t + o', p)), ...product(`x${p}`, `v${p}`, `t${p}`)],
    ),
    ...butterfly(radix, 'x', 'y'),
    ...store('y0', 'base + o'),
    ...range(radix, 1).flatMap((q) => [
      ...twiddle(q),
      ...product(`z${q}`, `y${q}`, `w${q}`),
      ...store(`z${q}`, at('base + o', q)),
    ]),
    `tw += ${8 * (radix - 1)};`,
    '}',
    '}',
  ];
}

function mid(radix: number): string[] {
  return [
    `export function mid${radix}(base: usize, n: i32, factor: usize): void {`,
    ...constants(radix),
    `for (let p: usize = base, end: usize = base + ((<usize>n) << 5); p < end; p += ${32 * radix}) {`,
    ...range(radix).flatMap((q) => [
      let_(`x${q}r`, `v128.load(p, ${32 * q})`),
      let_(`x${q}i`, `v128.load(p, ${32 * q + 16})`),
    ]),
    ...butterfly(radix, 'x', 'y'),
    ...range(radix).flatMap((q) => [
      ...splat(`f${q}`, 'factor', q),
      ...product(`b${q}`, `y${q}`, `f${q}`),
      let_(`u${q}r`, `b${q}i`),
      let_(`u${q}i`, `b${q}r`),
    ]),
    ...butterfly(radix, 'u', 'v', '_'),
    ...range(radix).flatMap((q) => [
      `v128.store(p, v${q}i, ${32 * q});`,
      `v128.store(p, v${q}r, ${32 * q + 16});`,
    ]),
    `factor += ${8 * radix};`,
    '}',
    '}',
  ];
}

/** `if (radix == 2) name2(args); else if …` as one function. */
function dispatch(name: string, parameters: string, args: string, suffix = ''): string[] {
  return [
    `export function ${name}${suffix}(radix: i32, ${parameters}): void {`,
    RADICES.map((radix) => `if (radix == ${radix}) ${name}${radix}${suffix}(${args});`).join('\nelse '),
    '}',
  ];
}

/** The module's text. */
export function butterflySource(): string {
  const functions = RADICES.flatMap((radix) => [
    first(radix, false),
    first(radix, true),
    stage(radix, 'dif'),
    mid(radix),
    stage(radix, 'dit'),
  ]);
  return [
    "import { fma, fnma } from './simd';",
    ...functions.flat(),
    ...dispatch('first', 'src: usize, t: usize, base: usize, m: i32, tw: usize', 'src, t, base, m, tw'),
    ...dispatch('first', 'src: usize, t: usize, base: usize, m: i32, tw: usize', 'src, t, base, m, tw', '_plain'),
    ...dispatch('dif', 'base: usize, n: i32, m: i32, tw: usize', 'base, n, m, tw'),
    ...dispatch('mid', 'base: usize, n: i32, factor: usize', 'base, n, factor'),
    ...dispatch('dit', 'base: usize, n: i32, m: i32, tw: usize', 'base, n, m, tw'),
    '',
  ].join('\n');
}

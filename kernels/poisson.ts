/**
 * Poisson deviates for whole patterns, by counter: src/network/noise.ts says of what stream. Sequential inversion of one uniform number below a mean of 12,
 * transformed rejection PTRS above (Hörmann 1993). AssemblyScript.
 */

// @ts-nocheck: AssemblyScript, compiled by scripts/build-kernels.ts

// ln n! for n < 128, filled when first needed.
const LOG_FACTORIAL: usize = memory.data(1024, 8);
let ready: bool = false;

let c0: u32 = 0, c1: u32 = 0, c2: u32 = 0, c3: u32 = 0, k0: u32 = 0, k1: u32 = 0;
let w0: u32 = 0, w1: u32 = 0, w2: u32 = 0, w3: u32 = 0, used: i32 = 4;

/** The next block of Philox4x32-10 (core/random.ts). */
function block(): void {
  let a = c0, b = c1, c = c2, d = c3, x = k0, y = k1;
  for (let round = 0; round < 10; round++) {
    const p = <u64>0xd2511f53 * <u64>a, q = <u64>0xcd9e8d57 * <u64>c;
    a = <u32>(q >> 32) ^ b ^ x;
    c = <u32>(p >> 32) ^ d ^ y;
    b = <u32>q;
    d = <u32>p;
    x += 0x9e3779b9;
    y += 0xbb67ae85;
  }
  w0 = a;
  w1 = b;
  w2 = c;
  w3 = d;
  c0++;
  if (c0 == 0) c1++;
  used = 0;
}

// @ts-ignore: decorator
@inline function uniform(): f64 {
  if (used == 4) block();
  const word = used == 0 ? w0 : used == 1 ? w1 : used == 2 ? w2 : w3;
  used++;
  return (<f64>word + 0.5) * 2.3283064365386963e-10;
}

function logFactorial(n: f64): f64 {
  if (n < 128) return load<f64>(LOG_FACTORIAL + (<usize>n << 3));
  const x = n + 1;
  return (x - 0.5) * Math.log(x) - x + 0.9189385332046727 + 1 / (12 * x) - 1 / (360 * x * x * x);
}

function low(mean: f64): f64 {
  const u = uniform();
  let p = Math.exp(-mean), sum = p, n: f64 = 0;
  // What a sum of rounded terms may lack of 1 ends the search.
  while (u > sum && n < 120) {
    n += 1;
    p *= mean / n;
    sum += p;
  }
  return n;
}

function high(mean: f64): f64 {
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const vr = 0.9277 - 3.6224 / (b - 2);
  let logMean: f64 = 0, logAlpha: f64 = 0, known = false;
  while (true) {
    const u = uniform() - 0.5;
    const v = uniform();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= vr) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    if (!known) {
      logMean = Math.log(mean);
      logAlpha = Math.log(1.1239 + 1.1328 / (b - 3.4));
      known = true;
    }
    if (Math.log(v) + logAlpha - Math.log(a / (us * us) + b) <= k * logMean - mean - logFactorial(k)) return k;
  }
}

/** Replaces `count` float32 intensities x at `at` by N/dose, N a deviate of mean dose·x; 0 where x is not above 0. Key (key0, key1), counter (0, 0, path2, path3) and on. */
export function counted(at: usize, count: i32, dose: f64, path2: u32, path3: u32, key0: u32, key1: u32): void {
  if (!ready) {
    let sum: f64 = 0;
    for (let n = 1; n < 128; n++) {
      sum += Math.log(<f64>n);
      store<f64>(LOG_FACTORIAL + (<usize>n << 3), sum);
    }
    ready = true;
  }
  c0 = 0;
  c1 = 0;
  c2 = path2;
  c3 = path3;
  k0 = key0;
  k1 = key1;
  used = 4;
  for (let i = 0; i < count; i++) {
    const mean = dose * <f64>load<f32>(at);
    const n = mean > 0 ? (mean < 12 ? low(mean) : high(mean)) : 0;
    store<f32>(at, <f32>(n / dose));
    at += 4;
  }
}

/**
 * WGSL of the slice and of what comes before and after it, as text for one grid and one set of radices.
 *
 * Fields are [wave][line][n] of complex f32. A workgroup takes `lines` neighbouring lines of one wave: element i of line l lies at i·lines + l of its
 * memory, so that neighbouring threads work on neighbouring lines of the same butterfly. Global memory is read by the first stage and written, transposed,
 * by the last; the stages between go through workgroup memory once each, in place, one barrier a stage.
 */

import { butterfly, wgslAlgebra } from './butterflies.ts';
import type { GpuLinePlan } from './line-plan.ts';

/** How a workgroup is laid out: `lines` × `rows` threads, each row takes every rows-th butterfly. */
export interface Layout {
  readonly lines: number;
  readonly rows: number;
}

export interface LayoutLimits {
  readonly maxComputeWorkgroupStorageSize: number;
  readonly maxComputeInvocationsPerWorkgroup: number;
}

/** Lines that divide `count` and fit in memory, at most 8 (64 bytes side by side where they are stored transposed), and the threads that need the fewest steps. */
export function layout(plan: GpuLinePlan, count: number, limits: LayoutLimits, mostThreads = 256): Layout {
  let lines = 1;
  for (let l = 2; l <= 8; l++) {
    if (count % l === 0 && l * plan.n * 8 <= limits.maxComputeWorkgroupStorageSize) lines = l;
  }
  const threads = Math.min(mostThreads, limits.maxComputeInvocationsPerWorkgroup);
  const most = Math.max(1, Math.floor(threads / lines));
  let rows = 1;
  let least = Number.POSITIVE_INFINITY;
  for (let r = 1; r <= most; r++) {
    // Elements that a thread handles, and a little for threads that idle.
    const cost = plan.radices.reduce((sum, radix) => sum + radix * Math.ceil(plan.n / radix / r), 0) + r * 1e-3;
    if (cost < least) [rows, least] = [r, cost];
  }
  return { lines, rows };
}

const HELPERS = /* wgsl */ `
fn times(a: vec2f, b: vec2f) -> vec2f { return vec2f(a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x); }
fn timesConjugate(a: vec2f, b: vec2f) -> vec2f { return vec2f(a.x * b.x + a.y * b.y, a.y * b.x - a.x * b.y); }
`;

const subLength = (plan: GpuLinePlan, s: number): number =>
  plan.n / plan.radices.slice(0, s + 1).reduce((a, b) => a * b);

/**
 * One stage's loop over butterflies, twiddles after it (sign −1, the way there) or before it (the way back). `load` and `store` are about input p and
 * output q, at elements `at + p·m` and `at + q·m` of the line.
 */
function stage(
  plan: GpuLinePlan,
  { rows }: Layout,
  s: number,
  sign: 1 | -1,
  load: (p: number) => string,
  store: (q: number, value: string) => string,
): string {
  const radix = plan.radices[s]!;
  const m = subLength(plan, s);
  const lines: string[] = [];
  const twiddle = (q: number) => `twiddles[${plan.first[s]! + (q - 1) * m}u + j]`;
  const inputs = Array.from({ length: radix }, (_, p) => {
    const value = sign > 0 && p > 0 && m > 1 ? `timesConjugate(${load(p)}, ${twiddle(p)})` : load(p);
    lines.push(`let x${p} = ${value};`);
    return `x${p}`;
  });
  const outputs = butterfly(wgslAlgebra(lines, 'v'), inputs, sign);
  for (const [q, value] of outputs.entries()) {
    lines.push(store(q, sign < 0 && q > 0 && m > 1 ? `times(${value}, ${twiddle(q)})` : value));
  }
  const count = plan.n / radix;
  return `for (var b = row; b < ${count}u; b += ${rows}u) {
    let j = b % ${m}u;
    let at = (b / ${m}u) * ${m * radix}u + j;
    ${lines.join('\n    ')}
  }`;
}

/** Forward stages but the last, from `load`, which reads element `i` (an expression) of this thread's line. */
function forward(plan: GpuLinePlan, shape: Layout, load: (i: string) => string): string[] {
  const { lines } = shape;
  const parts: string[] = [];
  for (let s = 0; s < plan.radices.length - 1; s++) {
    const m = subLength(plan, s);
    const here = (p: number) => `work[(at + ${p * m}u) * ${lines}u + line]`;
    parts.push(
      stage(plan, shape, s, -1, s === 0 ? (p) => load(`at + ${p * m}u`) : here, (q, v) => `${here(q)} = ${v};`),
      'workgroupBarrier();',
    );
  }
  return parts;
}

function threads(plan: GpuLinePlan, { lines, rows }: Layout): string {
  return `
var<workgroup> work: array<vec2f, ${plan.n * lines}>;

@compute @workgroup_size(${lines * rows})
fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3u) {
  let line = thread % ${lines}u;
  let row = thread / ${lines}u;`;
}

/**
 * One pass of a slice along lines of n, `count` lines a wave: times the transmission function (if any), transform, times the propagator's factor,
 * transform back, stored transposed. Workgroups: [count / lines, waves].
 */
export function passShader(plan: GpuLinePlan, count: number, shape: Layout, transmission: boolean): string {
  const { n, radices } = plan;
  const { lines, rows } = shape;
  const inner = radices.length - 1;
  const radix = radices[inner]!;
  const mid: string[] = [];
  const here = (p: number) => `work[(b * ${radix}u + ${p}u) * ${lines}u + line]`;
  const inputs = Array.from({ length: radix }, (_, p) => {
    mid.push(`let x${p} = ${here(p)};`);
    return `x${p}`;
  });
  const spectrum = butterfly(wgslAlgebra(mid, 'v'), inputs, -1).map((value, q) => {
    mid.push(`let y${q} = times(${value}, factors[factor + b * ${radix}u + ${q}u]);`);
    return `y${q}`;
  });
  for (const [q, value] of butterfly(wgslAlgebra(mid, 'w'), spectrum, 1).entries()) mid.push(`${here(q)} = ${value};`);

  const back: string[] = [];
  for (let s = inner - 1; s >= 0; s--) {
    const m = subLength(plan, s);
    const at = (p: number) => `work[(at + ${p * m}u) * ${lines}u + line]`;
    const store =
      s > 0
        ? (q: number, v: string) => `${at(q)} = ${v};`
        : (q: number, v: string) => `result[to + (at + ${q * m}u) * ${count}u] = ${v};`;
    back.push(stage(plan, shape, s, 1, at, store));
    if (s > 0) back.push('workgroupBarrier();');
  }
  const value = (i: string) =>
    transmission ? `times(source[origin + ${i}], transmission[t + ${i}])` : `source[origin + ${i}]`;
  return `${HELPERS}
struct Turn { transmission: u32, factorX: u32, factorY: u32 }
@group(0) @binding(0) var<storage, read> source: array<vec2f>;
@group(0) @binding(1) var<storage, read_write> result: array<vec2f>;
@group(0) @binding(2) var<storage, read> twiddles: array<vec2f>;
@group(0) @binding(3) var<storage, read> factors: array<vec2f>;
${transmission ? '@group(0) @binding(4) var<storage, read> transmission: array<vec2f>;' : ''}
@group(1) @binding(0) var<uniform> turn: Turn;
${threads(plan, shape)}
  let y = group.x * ${lines}u + line;
  let origin = group.y * ${n * count}u + y * ${n}u;
  let to = group.y * ${n * count}u + y;
  let factor = turn.${transmission ? 'factorX' : 'factorY'};
  ${transmission ? `let t = turn.transmission + y * ${n}u;` : ''}
  ${forward(plan, shape, value).join('\n  ')}
  for (var b = row; b < ${n / radix}u; b += ${rows}u) {
    ${mid.join('\n    ')}
  }
  workgroupBarrier();
  ${back.join('\n  ')}
}
`;
}

/**
 * Forward transform along lines of n, times a factor first (if any): keeps `width` frequencies from `low` on, scaled, transposed, [wave][frequency][line].
 * The lines of a wave need be no multiple of the workgroup's. Workgroups: [⌈lines of a wave / lines⌉, waves].
 */
export function exitShader(plan: GpuLinePlan, shape: Layout, factor: boolean): string {
  const { n, radices } = plan;
  const { lines, rows } = shape;
  const inner = radices.length - 1;
  const radix = radices[inner]!;
  const last: string[] = [];
  const inputs = Array.from({ length: radix }, (_, p) => {
    last.push(`let x${p} = work[(b * ${radix}u + ${p}u) * ${lines}u + line];`);
    return `x${p}`;
  });
  for (const [q, value] of butterfly(wgslAlgebra(last, 'v'), inputs, -1).entries()) {
    last.push(`keep(base, y, b * ${radix}u + ${q}u, ${value});`);
  }
  const value = (i: string) => (factor ? `times(source[origin + ${i}], face[t + ${i}])` : `source[origin + ${i}]`);
  return `${HELPERS}
struct Window { low: u32, width: u32, lines: u32, scale: f32 }
@group(0) @binding(0) var<storage, read> source: array<vec2f>;
@group(0) @binding(1) var<storage, read_write> result: array<vec2f>;
@group(0) @binding(2) var<storage, read> twiddles: array<vec2f>;
@group(0) @binding(3) var<storage, read> frequencies: array<u32>;
${factor ? '@group(0) @binding(4) var<storage, read> face: array<vec2f>;' : ''}
@group(1) @binding(0) var<uniform> window: Window;

fn keep(base: u32, y: u32, position: u32, value: vec2f) {
  let column = (frequencies[position] + ${n}u - window.low) % ${n}u;
  if (column < window.width && y < window.lines) { result[base + column * window.lines + y] = window.scale * value; }
}
${threads(plan, shape)}
  let y = group.x * ${lines}u + line;
  let base = group.y * window.width * window.lines;
  let inside = min(y, window.lines - 1u);
  let origin = (group.y * window.lines + inside) * ${n}u;
  ${factor ? `let t = inside * ${n}u;` : ''}
  ${forward(plan, shape, value).join('\n  ')}
  for (var b = row; b < ${n / radix}u; b += ${rows}u) {
    ${last.join('\n    ')}
  }
}
`;
}

/** Threads of a workgroup of the three shaders below. */
export const FILL = 256;

/** Plane waves exp(2πi(gx·x/nx + gy·y/ny)) times the entrance face's factor; gx in [0, nx), gy in [0, ny). Workgroups: [⌈nx·ny / FILL⌉, waves]. */
export function planeWaveShader(nx: number, ny: number): string {
  return `${HELPERS}
@group(0) @binding(0) var<storage, read_write> result: array<vec2f>;
@group(0) @binding(1) var<storage, read> waves: array<vec2u>;
@group(0) @binding(2) var<storage, read> roots: array<vec2f>;
@group(0) @binding(3) var<storage, read> face: array<vec2f>;
@compute @workgroup_size(${FILL})
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= ${nx * ny}u) { return; }
  let g = waves[id.y];
  // exp(2πik/n) from a table: sines of a GPU are good to 1e-3 only.
  let x = roots[(g.x * (id.x % ${nx}u)) % ${nx}u];
  let y = roots[${nx}u + (g.y * (id.x / ${nx}u)) % ${ny}u];
  result[id.y * ${nx * ny}u + id.x] = times(times(x, y), face[id.x]);
}
`;
}

/** first … end − 1: a row's plane waves in the list of `points`; gy in [0, ny). */
const ROW = /* wgsl */ `
struct Row { first: u32, end: u32, gy: u32, points: u32 }
@group(0) @binding(1) var<storage, read> rows: array<Row>;`;

/** Σ amplitude·exp(2πi·gx·x/nx) over each row of plane waves, [wave][row][nx]. Workgroups: [⌈rows·nx / FILL⌉, waves]. */
export function linesShader(nx: number): string {
  return `${HELPERS}${ROW}
@group(0) @binding(0) var<storage, read_write> lines: array<vec2f>;
@group(0) @binding(2) var<storage, read> gx: array<u32>;
@group(0) @binding(3) var<storage, read> amplitudes: array<vec2f>;
@group(0) @binding(4) var<storage, read> roots: array<vec2f>;
@compute @workgroup_size(${FILL})
fn main(@builtin(global_invocation_id) id: vec3u) {
  let r = id.x / ${nx}u;
  if (r >= arrayLength(&rows)) { return; }
  let row = rows[r];
  let x = id.x % ${nx}u;
  var sum = vec2f(0.0);
  for (var p = row.first; p < row.end; p++) {
    sum += times(amplitudes[id.y * row.points + p], roots[(gx[p] * x) % ${nx}u]);
  }
  lines[id.y * arrayLength(&rows) * ${nx}u + id.x] = sum;
}
`;
}

/** Σ line·exp(2πi·gy·y/ny) over the rows of `linesShader`, times the entrance face's factor. Workgroups: [⌈nx·ny / FILL⌉, waves]. */
export function sumShader(nx: number, ny: number): string {
  return `${HELPERS}${ROW}
@group(0) @binding(0) var<storage, read_write> result: array<vec2f>;
@group(0) @binding(2) var<storage, read> lines: array<vec2f>;
@group(0) @binding(3) var<storage, read> roots: array<vec2f>;
@group(0) @binding(4) var<storage, read> face: array<vec2f>;
@compute @workgroup_size(${FILL})
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= ${nx * ny}u) { return; }
  let x = id.x % ${nx}u;
  let y = id.x / ${nx}u;
  let count = arrayLength(&rows);
  var sum = vec2f(0.0);
  for (var r = 0u; r < count; r++) {
    sum += times(lines[(id.y * count + r) * ${nx}u + x], roots[${nx}u + (rows[r].gy * y) % ${ny}u]);
  }
  result[id.y * ${nx * ny}u + id.x] = times(sum, face[id.x]);
}
`;
}

/**
 * Patterns from spectra: for each request Σ A·S over the aperture points whose waves are in this batch, added to what earlier batches left, squared after
 * the last one. Workgroups: [⌈nx·ny / 64⌉ (points of the class per pattern), requests].
 */
export const GATHER_SHADER: string = `${HELPERS}
struct Batch {
  request: u32, pointsX: u32, pointsY: u32, width: u32,
  size: u32, pixels: u32, modulusX: u32, modulusY: u32,
  first: u32, last: u32, scale: f32,
}
/** entries: its first and how many; amplitudes: its row; pattern: its place; pixel and spectrum: its first pixel, and that one's index in a spectrum. */
struct Request { entry: u32, entries: u32, amplitudes: u32, pattern: u32, pixelX: u32, pixelY: u32, spectrumX: u32, spectrumY: u32 }
@group(0) @binding(0) var<storage, read> spectra: array<vec2f>;
@group(0) @binding(1) var<storage, read> requests: array<Request>;
/** Index of an aperture point's amplitude, index of its wave. */
@group(0) @binding(2) var<storage, read> entries: array<vec2u>;
@group(0) @binding(3) var<storage, read> amplitudes: array<vec2f>;
@group(0) @binding(4) var<storage, read_write> sums: array<vec2f>;
@group(0) @binding(5) var<storage, read_write> patterns: array<f32>;
@group(1) @binding(0) var<uniform> batch: Batch;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let request = requests[batch.request + id.y];
  let x = id.x % batch.pointsX;
  let y = id.x / batch.pointsX;
  let px = request.pixelX + x * batch.modulusX;
  let py = request.pixelY + y * batch.modulusY;
  if (y >= batch.pointsY || px >= batch.pixels || py >= batch.pixels) { return; }
  let at = (request.spectrumY + y) * batch.width + request.spectrumX + x;
  let place = request.pattern * batch.pointsX * batch.pointsY + id.x;
  var sum = vec2f(0.0);
  if (batch.first == 0u) { sum = sums[place]; }
  for (var e = request.entry; e < request.entry + request.entries; e++) {
    let entry = entries[e];
    sum += times(amplitudes[request.amplitudes + entry.x], spectra[entry.y * batch.size + at]);
  }
  if (batch.last == 0u) { sums[place] = sum; }
  else { patterns[(request.pattern * batch.pixels + py) * batch.pixels + px] = batch.scale * dot(sum, sum); }
}
`;

/** Threads of a workgroup of the two shaders below. */
export const GATHER = 64;

const POSITIONS = /* wgsl */ `
@group(0) @binding(1) var<storage, read> weights: array<f32>;
/** [position][exit][size] */
@group(0) @binding(2) var<storage, read_write> intensities: array<f32>;`;

/**
 * Intensities of positions from spectra of their probes: Σ weight·|S|² over `probes` each, of which this batch has first … end − 1, counted through all
 * positions. Workgroups: [⌈size / GATHER⌉, positions that the batch touches].
 */
export const SQUARES_SHADER: string = `${POSITIONS}
struct Batch { size: u32, exits: u32, exit: u32, probes: u32, first: u32, end: u32 }
@group(0) @binding(0) var<storage, read> spectra: array<vec2f>;
@group(1) @binding(0) var<uniform> batch: Batch;

@compute @workgroup_size(${GATHER})
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= batch.size) { return; }
  let position = batch.first / batch.probes + id.y;
  let own = position * batch.probes;
  let at = (position * batch.exits + batch.exit) * batch.size + id.x;
  var sum = 0.0;
  // What earlier batches left.
  if (own < batch.first) { sum = intensities[at]; }
  for (var probe = max(own, batch.first); probe < min(own + batch.probes, batch.end); probe++) {
    let s = spectra[(probe - batch.first) * batch.size + id.x];
    sum += weights[probe - own] * dot(s, s);
  }
  intensities[at] = sum;
}
`;

/**
 * Intensities of positions from the spectra S of plane waves, [exit][wave][size]: Σ weight·|Σ A·S|² over the probes of each, with A [position][probe][wave].
 * Workgroups: [⌈size / GATHER⌉, positions].
 */
export const MATRIX_SHADER: string = `${HELPERS}${POSITIONS}
struct Batch { size: u32, exits: u32, exit: u32, probes: u32, waves: u32 }
@group(0) @binding(0) var<storage, read> matrix: array<vec2f>;
@group(0) @binding(3) var<storage, read> amplitudes: array<vec2f>;
@group(1) @binding(0) var<uniform> batch: Batch;

@compute @workgroup_size(${GATHER})
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= batch.size) { return; }
  let base = batch.exit * batch.waves;
  var intensity = 0.0;
  for (var probe = 0u; probe < batch.probes; probe++) {
    let row = (id.y * batch.probes + probe) * batch.waves;
    var sum = vec2f(0.0);
    for (var w = 0u; w < batch.waves; w++) {
      sum += times(amplitudes[row + w], matrix[(base + w) * batch.size + id.x]);
    }
    intensity += weights[probe] * dot(sum, sum);
  }
  intensities[(id.y * batch.exits + batch.exit) * batch.size + id.x] = intensity;
}
`;

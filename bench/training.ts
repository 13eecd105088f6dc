/**
 * Speed of one training step (12 labels) in ONNX Runtime: the paper's architecture on 128×128 pixels in batches of 32, and the default, dense layers, on 64×64 in
 * batches of 64; and of the same steps in PyTorch where a Python with torch is named in FERROSCOPE_TORCH_PYTHON. GFLOP/s count the multiply-adds of convolutions and
 * fully connected layers, forward and twice backward. `npm run bench -- training`
 */

import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { RandomStream } from '../src/core/random.ts';
import { architecture } from '../src/network/architecture.ts';
import { initialValues, multiplyAdds, parameters, statistics } from '../src/network/parameters.ts';
import { Trainer } from '../src/network/step.ts';
import { nodeOnnx } from '../src/node/onnx.ts';
import { parseRecipe } from '../src/recipe/recipe.ts';

interface Case {
  readonly kind: 'convolution' | 'dense';
  readonly name: string;
  readonly recipe: string;
  readonly pixels: number;
  readonly batch: number;
}

const CASES: readonly Case[] = [
  {
    kind: 'convolution',
    name: 'paper’s architecture, 128×128, batch 32',
    recipe: '[network]\nvariance = false\nchannels = [16, 32, 64, 128, 256, 512]',
    pixels: 128,
    batch: 32,
  },
  {
    kind: 'dense',
    name: 'dense layers, nothing shared, 64×64, batch 64',
    recipe: '[network]\nvariance = false\nshare = false',
    pixels: 64,
    batch: 64,
  },
  {
    kind: 'dense',
    name: 'dense layers that share weights (PyTorch’s share nothing)',
    recipe: '[network]\nvariance = false',
    pixels: 64,
    batch: 64,
  },
];
const STEPS = 30;
const LABELS = 12;

async function ours({ recipe, pixels, batch }: Case): Promise<{ median: number; cpu: number; gflop: number }> {
  const { network, training } = parseRecipe(recipe);
  const labels = Array.from({ length: LABELS }, (_, i) => ({ name: `label ${i}` }));
  const a = architecture(network, { detector: { pixels, pixelsPerOrder: 4 }, labels }, false);
  const p = initialValues(parameters(a), 1);
  const empty = () => new Float32Array(p.length);
  const state = { p, m: empty(), v: empty(), s: initialValues(statistics(a), 1) };
  const stream = new RandomStream(1, 'bench');
  const draw = (size: number) => Float32Array.from({ length: size }, () => stream.uniform());
  const scaling = {
    transform: 'sqrt',
    mean: new Float32Array(pixels ** 2),
    deviation: new Float32Array(pixels ** 2).fill(1),
  } as const;
  const trainer = await Trainer.open(nodeOnnx, a, batch, scaling, training, state);
  const data = {
    patterns: draw(batch * pixels ** 2),
    labels: draw(batch * LABELS),
    prior: draw(batch * network.latent),
  };
  const times: number[] = [];
  const before = process.cpuUsage();
  for (let t = 1; t <= STEPS; t++) {
    const start = performance.now();
    await trainer.step(data, training.learning_rate, t);
    times.push(performance.now() - start);
  }
  const cpu = process.cpuUsage(before);
  await trainer.close();
  times.sort((x, y) => x - y);
  return {
    median: times[STEPS >> 1] ?? Number.NaN,
    cpu: (cpu.user + cpu.system) / 1e3 / STEPS,
    gflop: (6 * multiplyAdds(a) * batch) / 1e9,
  };
}

/** Median step of PyTorch [ms]; undefined without one. */
function torchs({ kind, pixels, batch }: Case): number | undefined {
  const python = process.env.FERROSCOPE_TORCH_PYTHON;
  if (!python) return undefined;
  const script = new URL('./peers/torch_training.py', import.meta.url).pathname;
  // Sleeping threads, as ours: on busy cores OpenMP's spinning makes PyTorch ten times slower, which is no comparison.
  const env = { ...process.env, OMP_WAIT_POLICY: 'PASSIVE' };
  const words = [script, kind, ...[pixels, batch, STEPS, availableParallelism()].map(String)];
  const { stdout, stderr, status } = spawnSync(python, words, { env });
  if (status !== 0) throw new Error(stderr.toString());
  return Number(stdout.toString());
}

export async function run(): Promise<string> {
  const lines = [
    `| median of ${STEPS} training steps | ours | processor time | PyTorch, same cores | PyTorch ÷ ours |`,
    '|---|---|---|---|---|',
  ];
  for (const one of CASES) {
    const { median, cpu, gflop } = await ours(one);
    const torch = torchs(one);
    lines.push(
      `| ${one.name} | ${median.toFixed(0)} ms, ${(gflop / (median / 1e3)).toFixed(0)} GFLOP/s | ${cpu.toFixed(0)} ms | ${torch === undefined ? '–' : `${torch.toFixed(0)} ms`} | ${torch === undefined ? '–' : (torch / median).toFixed(2)} |`,
    );
  }
  if (!process.env.FERROSCOPE_TORCH_PYTHON)
    lines.push('', 'PyTorch is not compared: FERROSCOPE_TORCH_PYTHON names no Python with torch.');
  return lines.join('\n');
}

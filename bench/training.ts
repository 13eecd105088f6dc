/**
 * Speed of one training step of the paper's architecture (128×128 pixels, batch 32, 12 labels) in ONNX Runtime, and of
 * the same step in PyTorch where a Python with torch is named in FERROSCOPE_TORCH_PYTHON. GFLOP/s count the
 * multiply-adds of convolutions and fully connected layers, forward and twice backward.
 * `npm run bench -- training`
 */

import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { RandomStream } from '../src/core/random.ts';
import { architecture, initialValues, multiplyAdds, parameters, statistics } from '../src/network/architecture.ts';
import { Trainer } from '../src/network/step.ts';
import { nodeOnnx } from '../src/node/onnx.ts';
import { parseRecipe } from '../src/recipe/recipe.ts';

const pixels = 128;
const batch = 32;
const steps = 30;
const labels = 12;

export async function run(): Promise<string> {
  const { network, training } = parseRecipe('[network]\nvariance = false\nchannels = [16, 32, 64, 128, 256, 512]');
  const a = architecture(network, pixels, labels, false);
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
    labels: draw(batch * labels),
    prior: draw(batch * network.latent),
  };
  const times: number[] = [];
  const before = process.cpuUsage();
  for (let t = 1; t <= steps; t++) {
    const start = performance.now();
    await trainer.step(data, training.learning_rate, t);
    times.push(performance.now() - start);
  }
  const cpu = process.cpuUsage(before);
  times.sort((x, y) => x - y);
  const median = times[steps >> 1] ?? Number.NaN;
  const gflop = (6 * multiplyAdds(a) * batch) / 1e9;
  await trainer.close();

  const lines = [
    '| training step, paper’s architecture, 128×128, batch 32 | median of 30 |',
    '|---|---|',
    `| ours, ONNX Runtime on CPU | ${median.toFixed(0)} ms, ${(1e3 / median).toFixed(1)} steps/s, ${(gflop / (median / 1e3)).toFixed(0)} GFLOP/s |`,
    `| processor time per step | ${((cpu.user + cpu.system) / 1e3 / steps).toFixed(0)} ms |`,
  ];
  const python = process.env.FERROSCOPE_TORCH_PYTHON;
  if (python) {
    const script = new URL('./peers/torch_training.py', import.meta.url).pathname;
    // Sleeping threads, as ours: on busy cores OpenMP's spinning makes PyTorch ten times slower, which is no comparison.
    const env = { ...process.env, OMP_WAIT_POLICY: 'PASSIVE' };
    const run = spawnSync(python, [script, String(pixels), String(steps), String(availableParallelism())], { env });
    const torch = Number(run.stdout.toString());
    lines.push(`| PyTorch on the same cores | ${torch.toFixed(0)} ms; PyTorch ÷ ours ${(torch / median).toFixed(2)} |`);
  } else lines.push('| PyTorch | not compared: FERROSCOPE_TORCH_PYTHON names no Python with torch |');
  return lines.join('\n');
}

import * as ort from 'onnxruntime-node';
import { architecture, initialValues, parameters, statistics } from '/work/main/src/network/architecture.ts';
import { trainingGraph } from '/work/main/src/network/step.ts';
import { parseRecipe } from '/work/main/src/core/recipe-schema.ts';
const small = process.argv[2] === 'small';
const px = small ? 32 : Number(process.argv[2] ?? 64);
const r = parseRecipe(`[network]\n${small ? 'channels = [8,16,16,32,32,64]' : ''}`);
const a = architecture(r.network, px, 12, false);
const g = trainingGraph(a, 32, { transform: 'linear', mean: new Float32Array(px * px), deviation: new Float32Array(px * px).fill(1) }, r.training.weights);
const reps = Number(process.argv[4] ?? 20);
for (const [name, o] of [['1 thread', { intraOpNumThreads: 1 }], ['2 threads', { intraOpNumThreads: 2 }], ['2 threads no spin', { intraOpNumThreads: 2, extra: { session: { intra_op: { allow_spinning: '0' } } } }]] as const) {
  const s = await ort.InferenceSession.create(g, { logSeverityLevel: 3, ...o });
  const feeds = Object.fromEntries(s.inputMetadata.map((m: any) => [m.name, new ort.Tensor('float32', Float32Array.from({ length: m.shape.reduce((x: number, y: number) => x * y, 1) }, () => 0.1 * Math.random() + (m.shape.length === 0 ? 1 : 0)), m.shape)]));
  const ts: number[] = [];
  const c = process.cpuUsage();
  for (let i = 0; i < reps; i++) { const t = performance.now(); await s.run(feeds); ts.push(performance.now() - t); }
  const d = process.cpuUsage(c);
  ts.sort((x, y) => x - y);
  console.log(name, 'min', ts[0]!.toFixed(1), 'median', ts[reps >> 1]!.toFixed(1), 'cpu/step', ((d.user + d.system) / 1e3 / reps).toFixed(1));
}

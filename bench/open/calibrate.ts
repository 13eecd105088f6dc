// Opens a scan of twin-a's patterns and calibrates it, in a process of its own: `calibrate.ts PATH [ROWS,COLUMNS or -] [INDICES]`; with a file of indices it only
// reads those patterns, in the runs that calibrating asked for. The sum of every 16th number shows that both read the same. Prints JSON for bench/open.ts.
import { readFileSync, writeSync } from 'node:fs';
import { ready } from 'h5wasm/node';
import { scanFile } from '../../src/node/scan-file.ts';
import { calibrate } from '../../src/scan/calibrate.ts';
import { openScan } from '../../src/scan/open.ts';

const [path, shape = '-', indices] = process.argv.slice(2) as [string, string?, string?];
const scan_shape = shape === '-' ? undefined : (shape.split(',').map(Number) as [number, number]);
function sumOf(values: Float32Array): number {
  let total = 0;
  for (let i = 0; i < values.length; i += 16) total += values[i]!;
  return total;
}
const cpu_s = (): number => {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  return (userCPUTime + systemCPUTime) / 1e6;
};
// Its peer's import of h5py is not counted either.
await ready;
const since = { wall: performance.now(), cpu: cpu_s() };
const source = await openScan(await scanFile(path), { scan_shape });
const read: [first: number, count: number][] = [];
let sum = 0;
const counted = {
  ...source,
  read: async (first: number, count: number) => {
    const patterns = await source.read(first, count);
    read.push([first, count]);
    sum += sumOf(patterns);
    return patterns;
  },
};
if (indices === undefined) await calibrate(counted, { a_A: 3.95, voltage_kV: 300, convergence_mrad: 2.2 });
else
  for (const [first, count] of JSON.parse(readFileSync(indices, 'utf8')) as [number, number][])
    await counted.read(first, count);
const result = {
  wall_s: (performance.now() - since.wall) / 1e3,
  cpu_s: cpu_s() - since.cpu,
  memory_MB: process.resourceUsage().maxRSS / 1e3,
  sum,
  read,
};
writeSync(1, `${JSON.stringify(result)}\n`);

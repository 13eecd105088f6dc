// Opens a scan of twin-a's patterns and calibrates it, in a process of its own: `calibrate.ts PATH [ROWS,COLUMNS]`. Prints JSON for bench/open.ts.
import { writeSync } from 'node:fs';
import { ready } from 'h5wasm/node';
import { scanFile } from '../../src/node/scan-file.ts';
import { calibrate } from '../../src/scan/calibrate.ts';
import { openScan } from '../../src/scan/open.ts';

const [path, shape] = process.argv.slice(2) as [string, string?];
const scan_shape = shape?.split(',').map(Number) as [number, number] | undefined;
const cpu_s = (): number => {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  return (userCPUTime + systemCPUTime) / 1e6;
};
// Its peer's import of h5py is not counted either.
await ready;
const since = { wall: performance.now(), cpu: cpu_s() };
const source = await openScan(await scanFile(path), { scan_shape });
const opened_s = (performance.now() - since.wall) / 1e3;
const opened_cpu_s = cpu_s() - since.cpu;
const read: number[] = [];
let reading_s = 0;
let reading_cpu_s = 0;
let sum = 0;
const calibration = await calibrate(
  {
    ...source,
    read: async (first, count) => {
      const [start, used] = [performance.now(), cpu_s()];
      const patterns = await source.read(first, count);
      reading_s += (performance.now() - start) / 1e3;
      reading_cpu_s += cpu_s() - used;
      for (let i = 0; i < count; i++) read.push(first + i);
      for (const value of patterns) sum += value;
      return patterns;
    },
  },
  { a_A: 3.95, voltage_kV: 300, convergence_mrad: 2.2 },
);
const wall_s = (performance.now() - since.wall) / 1e3;
const memory_MB = process.resourceUsage().maxRSS / 1e3;
const result = {
  opened_s,
  opened_cpu_s,
  reading_s,
  reading_cpu_s,
  wall_s,
  cpu_s: cpu_s() - since.cpu,
  memory_MB,
  read,
  sum,
  px_mrad: calibration.px_mrad,
};
writeSync(1, `${JSON.stringify(result)}\n`);

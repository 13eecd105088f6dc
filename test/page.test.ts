/** The program in a page, bundled by Vite: simulates a library, trains, opens a py4DSTEM file from a Blob, calibrates it and maps it, as Node does. */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { memoryStore } from '../src/core/store.ts';
import { writeEmd } from '../src/node/emd.ts';
import { fileIdentity } from '../src/node/files.ts';
import { folderStore } from '../src/node/folder-store.ts';
import { nodeOnnx } from '../src/node/onnx.ts';
import { scanFile } from '../src/node/scan-file.ts';
import { nodeWorkers } from '../src/node/worker-host.ts';
import { OUT_OF_DOMAIN, POSITION } from '../src/polarization/polarization-map.ts';
import { synthetic } from '../src/scan/test-scan.ts';
import { askPage, pageTest, type Served } from './browser.ts';
import type { PageAnswer } from './page/page.ts';
import { EXPECTED, observed } from './page/stores.ts';
import { type Mapped, mapped, refused, simulated, trained } from './page/study.ts';

const TYPES: Record<string, string> = { '.js': 'text/javascript', '.wasm': 'application/wasm' };
const HTML = '<!doctype html><script type="module" src="/page.js"></script>';
const NODE = { host: nodeWorkers, runtime: nodeOnnx };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferroscope-page-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Every file of the bundle by its path. */
async function bundle(): Promise<Map<string, Uint8Array | string>> {
  const missing: string[] = [];
  const made = await build({
    root: fileURLToPath(new URL('..', import.meta.url)),
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    worker: { format: 'es' },
    build: {
      write: false,
      minify: false,
      target: 'esnext',
      rolldownOptions: {
        input: fileURLToPath(new URL('page/page.ts', import.meta.url)),
        output: { entryFileNames: 'page.js' },
        onLog: (_, { code, message }) => {
          if (code === 'UNRESOLVED_IMPORT' || /node:|externalized/.test(message)) missing.push(message);
        },
      },
    },
  });
  expect(missing).toEqual([]);
  const { output } = made as { output: { fileName: string; code?: string; source?: string | Uint8Array }[] };
  return new Map(output.map(({ fileName, code, source }) => [`/${fileName}`, code ?? source!]));
}

/** Largest difference of two lists, as a share of the spread of the second; of one value everywhere, both have to have it. */
function apart(values: readonly number[], of: readonly number[]): number {
  expect(values.length).toBe(of.length);
  const mean = of.reduce((a, b) => a + b, 0) / of.length;
  const spread = Math.sqrt(of.reduce((sum, v) => sum + (v - mean) ** 2, 0) / of.length);
  if (spread === 0) expect(values).toEqual(of);
  return spread === 0 ? 0 : Math.max(...of.map((v, i) => Math.abs(v - values[i]!))) / spread;
}

function expectSame(name: string, got: Mapped, node: Mapped): void {
  expect(got.identity, name).toEqual(node.identity);
  // As a share of each, for a dose of 10⁶ electrons has fewer digits behind the point than an angle.
  for (const [i, value] of node.calibration.entries()) {
    expect(Math.abs(got.calibration[i]! - value), name).toBeLessThan(1e-9 * Math.max(1, Math.abs(value)));
  }
  // What such a small model does not tell is answered with its mean.
  expect(new Set(node.channels.find(({ name: label }) => label === 'thickness')!.values).size, name).toBeGreaterThan(1);
  for (const [i, { name: label, values, sigma }] of node.channels.entries()) {
    if (label === OUT_OF_DOMAIN || label === POSITION) {
      expect(got.channels[i]!.values, name).toEqual(values);
      continue;
    }
    expect(apart(got.channels[i]!.values, values), `${name}: ${label}`).toBeLessThan(1e-5);
    // An exponential of what the network says, and hardly different from place to place.
    expect(apart(got.channels[i]!.sigma, sigma), `${name}: σ of ${label}`).toBeLessThan(1e-4);
  }
  for (const key of ['meanPattern', 'meanReconstruction'] as const) {
    expect(apart(got[key], node[key]), `${name}: ${key}`).toBeLessThan(1e-5);
  }
}

test('stores in memory and on disk do the same', async () => {
  expect(await observed(memoryStore())).toEqual(EXPECTED);
  expect(await observed(folderStore(join(folder, 'store')))).toEqual(EXPECTED);
});

pageTest('a page simulates, trains and maps as Node does', async (browser) => {
  const library = memoryStore();
  const reference = await simulated(NODE, library);
  const { model, history } = await trained(NODE, library, memoryStore());
  const path = join(folder, 'scan.h5');
  const { source } = synthetic({ rotation: 7, px: 0.45 });
  await writeEmd(path, {
    shape: source.shape,
    patterns: async (index) => Uint16Array.from(await source.read(index, 1)),
    step_nm: 0.395,
    metadata: { microscope: { voltage_kV: 300, convergence_semiangle_mrad: 2.2 } },
  });
  const node = await mapped(NODE, await scanFile(path), await fileIdentity(path), model);

  const files = new Map([...(await bundle()), ['/scan.h5', await readFile(path)], ['/model.onnx', model]]);
  const answer = await askPage<PageAnswer>(browser, {
    timeout_s: 100,
    serve: (at): Served | undefined => {
      if (at === '/') return { type: 'text/html', body: HTML };
      const body = files.get(at);
      return body === undefined ? undefined : { type: TYPES[extname(at)] ?? 'application/octet-stream', body };
    },
  });
  expectSame('the page', answer.page.map, node);
  expectSame('a worker', answer.worker.map, node);
  const bytes = await readFile(path);
  const damaged = [bytes.subarray(0, bytes.length >> 1), new TextEncoder().encode('not a scan'), new Uint8Array()];
  const refusals = await refused(
    await Promise.all(
      damaged.map(async (content, i) => {
        const at = join(folder, `damaged-${i}.h5`);
        await writeFile(at, content);
        return scanFile(at);
      }),
    ),
  );
  expect(refusals[0]).toContain('cut short');
  expect(answer.page.refused).toEqual(refusals);
  expect(answer.worker.refused).toEqual(refusals);
  expect(answer.tooLarge).toEqual(['unsupported: big.h5 has 5.0 GB, too many for the memory of a page.']);
  expect(apart(answer.library.patterns, reference.patterns)).toBeLessThan(1e-6);
  expect(answer.library.labels).toEqual(reference.labels);
  for (const [epoch, { training, validation }] of history.entries()) {
    // Rounding differs, and grows from step to step.
    expect(answer.history[epoch]!.total / training.total).toBeCloseTo(1, 4);
    expect(answer.history[epoch]!.validation / validation.total).toBeCloseTo(1, 4);
  }
  expect(answer.store).toEqual(EXPECTED);
  expect(answer.recovered).toEqual(['early old', 'late new nothing', 'early early.part late listed', 'listed new']);
});

/**
 * The same modules in a page: headless Chromium loads them as they are (types stripped by a small server) and compares the GPU with float64.
 * Without a browser it is skipped aloud; FERROSCOPE_REQUIRE_BROWSER=1 (set by .ci/run) makes that a failure.
 */

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { skipAloud } from '../../../test/skip-aloud.ts';

const BROWSERS = [process.env.FERROSCOPE_CHROMIUM ?? '/usr/bin/chromium', '/usr/bin/google-chrome'];
const browser = BROWSERS.find((path) => existsSync(path));

const SOURCE = fileURLToPath(new URL('../..', import.meta.url));
const PAGE = `<!doctype html><script type="module">
  const report = (body) => fetch('/result', { method: 'POST', body: JSON.stringify(body) });
  try {
    const { openGpu } = await import('/diffraction/gpu/device.ts');
    const { GpuMultislice } = await import('/diffraction/gpu/multislice.ts');
    await import('/diffraction/gpu/patterns.ts');
    const { multisliceReference, planeWave } = await import('/diffraction/reference.ts');
    const [nx, ny] = [20, 16];
    const slice = (s) => Float64Array.from({ length: nx * ny }, (_, i) => 100 * Math.sin(i + s) ** 2);
    const stack = { nx, ny, nSlices: 3, cell_A: [4, 4, 4], dz_A: 0.5, slice };
    const gpu = await openGpu();
    const [got] = await new GpuMultislice(gpu, stack, 300).run({ plane: [[1, -2]] }, [40]);
    let worst = 0;
    multisliceReference(stack, planeWave(nx, ny, 1, -2), [40], { voltage_kV: 300 }, (_, { re, im }) => {
      re.forEach((r, i) => { worst = Math.max(worst, Math.hypot(r - got[2 * i], im[i] - got[2 * i + 1])); });
    });
    await report({ name: gpu.name, worst });
  } catch (error) {
    await report({ error: String(error?.stack ?? error), hint: error?.hint });
  }
</script>`;

test('runs in a page, without a build', async (context) => {
  if (!browser) {
    if (process.env.FERROSCOPE_REQUIRE_BROWSER === '1')
      throw new Error(`There is no browser at ${BROWSERS.join(', ')}.`);
    skipAloud(context, `a browser (${BROWSERS.join(', ')})`);
  }
  const profile = await mkdtemp(join(tmpdir(), 'ferroscope-page-'));
  let finish: (body: string) => void = () => {};
  const result = new Promise<string>((resolve) => {
    finish = resolve;
  });
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    if (path === '/result') {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      finish(Buffer.concat(parts).toString());
      response.end();
    } else if (path.endsWith('.ts')) {
      response.setHeader('content-type', 'text/javascript');
      response.end(stripTypeScriptTypes(await readFile(join(SOURCE, path), 'utf8')));
    } else {
      response.setHeader('content-type', 'text/html');
      response.end(PAGE);
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as { port: number };
  const flags = ['--headless', '--no-sandbox', '--disable-gpu-sandbox', '--no-first-run', `--user-data-dir=${profile}`];
  const webgpu = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--enable-features=Vulkan'];
  const child = spawn(browser, [...flags, ...webgpu, `http://127.0.0.1:${port}/`], {
    stdio: 'ignore',
    detached: true,
  });
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code) => resolve(JSON.stringify({ error: `the browser ended with ${code}` })));
    child.once('error', (error) => resolve(JSON.stringify({ error: String(error) })));
  });
  const late = new Promise<string>((resolve) => {
    setTimeout(() => resolve(JSON.stringify({ error: 'no answer in 60 s' })), 60_000).unref();
  });
  try {
    const body = JSON.parse(await Promise.race([result, exited, late])) as { name?: string; worst?: number };
    console.log(`in a page, ${JSON.stringify(body)}`);
    expect(body).not.toHaveProperty('error');
    expect(body.worst).toBeLessThan(3e-6);
  } finally {
    // The browser and its helpers are a process group of their own.
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    await exited;
    server.close();
    server.closeAllConnections();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
});

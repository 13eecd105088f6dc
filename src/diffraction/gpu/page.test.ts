/** The same modules in a page: headless Chromium loads them as they are (types stripped by a small server) and compares the GPU with float64. */

import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { askPage, pageTest } from '../../../test/browser.ts';

const SOURCE = fileURLToPath(new URL('../..', import.meta.url));
const PAGE = `<!doctype html><script type="module">
  const report = (body) => fetch('/answer', { method: 'POST', body: JSON.stringify(body) });
  try {
    const { openPageGpu } = await import('/web/gpu.ts');
    const { GpuMultislice } = await import('/diffraction/gpu/multislice.ts');
    await import('/diffraction/gpu/patterns.ts');
    const { multisliceReference, planeWave } = await import('/diffraction/reference.ts');
    const [nx, ny] = [20, 16];
    const slice = (s) => Float64Array.from({ length: nx * ny }, (_, i) => 100 * Math.sin(i + s) ** 2);
    const stack = { nx, ny, nSlices: 3, cell_A: [4, 4, 4], dz_A: 0.5, slice };
    const gpu = await openPageGpu();
    const [got] = await new GpuMultislice(gpu, stack, 300).run({ plane: [[1, -2]] }, [40]);
    let worst = 0;
    multisliceReference(stack, planeWave(nx, ny, 1, -2), [40], { voltage_kV: 300 }, (_, { re, im }) => {
      re.forEach((r, i) => { worst = Math.max(worst, Math.hypot(r - got[2 * i], im[i] - got[2 * i + 1])); });
    });
    await report({ name: gpu.name, worst });
  } catch (error) {
    await report({ error: String(error?.stack ?? error) + (error?.hint ?? '') });
  }
</script>`;

pageTest('runs in a page, without a build', async (browser) => {
  const answer = await askPage<{ name: string; worst: number }>(browser, {
    flags: ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--enable-features=Vulkan'],
    serve: async (path) =>
      path.endsWith('.ts')
        ? { type: 'text/javascript', body: stripTypeScriptTypes(await readFile(join(SOURCE, path), 'utf8')) }
        : { type: 'text/html', body: PAGE },
  });
  console.log(`in a page, ${JSON.stringify(answer)}`);
  expect(answer.worst).toBeLessThan(3e-6);
});

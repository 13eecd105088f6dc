// Compiles kernels/*.ts (AssemblyScript) to src/diffraction/cpu/*.wasm: one binary with relaxed SIMD, one with plain SIMD.
import { mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const out = join(root, 'src/diffraction/cpu');
mkdirSync(out, { recursive: true });

for (const file of readdirSync(join(root, 'kernels')).filter((f) => f.endsWith('.ts'))) {
  const name = file.replace(/\.ts$/, '');
  for (const relaxed of [false, true]) {
    const { error, stderr } = await asc.main([
      join(root, 'kernels', file),
      '--outFile',
      join(out, `${name}${relaxed ? '.relaxed' : ''}.wasm`),
      '--optimizeLevel',
      '3',
      '--shrinkLevel',
      '0',
      '--converge',
      '--noAssert',
      '--runtime',
      'stub',
      '--importMemory',
      '--maximumMemory',
      '65536',
      '--enable',
      relaxed ? 'simd,relaxed-simd' : 'simd',
    ]);
    if (error) {
      console.error(stderr.toString());
      throw error;
    }
  }
}

// Compiles kernels/slice.ts (AssemblyScript), with the butterflies that kernels/butterflies.ts writes, to src/diffraction/cpu/*.wasm:
// one binary with relaxed SIMD, one with plain SIMD. `--out DIR` puts them elsewhere.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { butterflySource } from '../kernels/butterflies.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const out = process.argv[2] === '--out' ? (process.argv[3] ?? '') : join(root, 'src/diffraction/cpu');
mkdirSync(out, { recursive: true });

const generated: Record<string, string> = { 'kernels/butterflies.generated.ts': butterflySource() };

function readSource(name: string): string | null {
  if (name in generated) return generated[name] ?? null;
  try {
    return readFileSync(join(root, name), 'utf8');
  } catch {
    return null; // the compiler looks in several places
  }
}

for (const relaxed of [false, true]) {
  const { error, stderr } = await asc.main(
    [
      'kernels/slice.ts',
      '--outFile',
      relaxed ? 'slice.relaxed.wasm' : 'slice.wasm',
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
    ],
    {
      readFile: readSource,
      writeFile: (name, contents) => writeFileSync(join(out, name), contents),
    },
  );
  if (error) {
    console.error(stderr.toString());
    throw error;
  }
}

// Compiles the AssemblyScript of kernels/ to WebAssembly beside the rooms that run it:
//   kernels/slice.ts, with the butterflies that kernels/butterflies.ts writes → src/diffraction/cpu/slice.wasm, and slice.relaxed.wasm with relaxed SIMD;
//   kernels/ferroelectric.ts → src/ferroelectric/kernel.wasm, plain SIMD only: trajectories are the same bits on every machine.
// `--out DIR` puts them all elsewhere.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { butterflySource } from '../kernels/butterflies.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const elsewhere = process.argv[2] === '--out' ? (process.argv[3] ?? '') : undefined;

const generated: Record<string, string> = { 'kernels/butterflies.generated.ts': butterflySource() };

function readSource(name: string): string | null {
  if (name in generated) return generated[name] ?? null;
  try {
    return readFileSync(join(root, name), 'utf8');
  } catch {
    return null; // the compiler looks in several places
  }
}

const builds = [
  { source: 'kernels/slice.ts', folder: 'src/diffraction/cpu', file: 'slice.wasm', features: 'simd' },
  {
    source: 'kernels/slice.ts',
    folder: 'src/diffraction/cpu',
    file: 'slice.relaxed.wasm',
    features: 'simd,relaxed-simd',
  },
  { source: 'kernels/ferroelectric.ts', folder: 'src/ferroelectric', file: 'kernel.wasm', features: 'simd' },
];

for (const { source, folder, file, features } of builds) {
  const out = elsewhere ?? join(root, folder);
  mkdirSync(out, { recursive: true });
  const { error, stderr } = await asc.main(
    [
      source,
      '--outFile',
      file,
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
      features,
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

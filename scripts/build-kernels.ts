// Compiles the AssemblyScript of kernels/ to WebAssembly, as modules that carry it (base64), so that no room has to find a file:
//   kernels/slice.ts, with the butterflies that kernels/butterflies.ts writes → src/diffraction/cpu/slice.generated.ts, plain and with relaxed SIMD;
//   kernels/ferroelectric.ts → src/ferroelectric/kernel.generated.ts, plain SIMD only: trajectories are the same bits on every machine;
//   kernels/adam.ts → src/network/adam.generated.ts, kernels/poisson.ts → src/network/poisson.generated.ts, plain SIMD only.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { butterflySource } from '../kernels/butterflies.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const generated: Record<string, string> = { 'kernels/butterflies.generated.ts': butterflySource() };

function readSource(name: string): string | null {
  if (name in generated) return generated[name]!;
  try {
    return readFileSync(join(root, name), 'utf8');
  } catch {
    return null; // the compiler looks in several places
  }
}

async function compile(source: string, features: string): Promise<string> {
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [
      source,
      '--outFile',
      'kernel.wasm',
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
      writeFile: (_, contents) => {
        binary = contents as Uint8Array;
      },
    },
  );
  if (error || !binary) {
    console.error(stderr.toString());
    throw error ?? new Error(`No binary of ${source}.`);
  }
  return Buffer.from(binary).toString('base64');
}

/** A module of kernels by name. */
function write(path: string, kernels: Readonly<Record<string, string>>): void {
  const lines = Object.entries(kernels).map(([name, base64]) => `export const ${name} = '${base64}';`);
  writeFileSync(join(root, path), `// Made by scripts/build-kernels.ts.\n${lines.join('\n')}\n`);
}

write('src/diffraction/cpu/slice.generated.ts', {
  PLAIN: await compile('kernels/slice.ts', 'simd'),
  RELAXED: await compile('kernels/slice.ts', 'simd,relaxed-simd'),
});
write('src/ferroelectric/kernel.generated.ts', { PLAIN: await compile('kernels/ferroelectric.ts', 'simd') });
write('src/network/adam.generated.ts', { PLAIN: await compile('kernels/adam.ts', 'simd') });
write('src/network/poisson.generated.ts', { PLAIN: await compile('kernels/poisson.ts', 'simd') });

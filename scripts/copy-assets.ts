// Puts what tsc leaves behind (WebAssembly binaries) beside the compiled JavaScript in dist/.
import { cpSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
cpSync(join(root, 'src'), join(root, 'dist'), {
  recursive: true,
  filter: (path) => !/\.[a-z]+$/.test(path) || path.endsWith('.wasm'),
});

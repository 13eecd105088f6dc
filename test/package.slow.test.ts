/** The package as its users get it: packed, installed in an empty folder without what its dependencies' scripts would fetch, run, and compiled against. */

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { skipAloud } from './skip-aloud.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
/** This Node first: npm's own may be another. */
const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` };
let folder: string;
/** Why the package could not be installed here, where that is the registry's doing. */
let without: string | undefined;
let packed: string[];

const npm = (...args: string[]) => run('npm', args, { cwd: folder, env, maxBuffer: 2 ** 26 });
const ferroscope = async (...args: string[]) => (await npm('exec', '--offline', '--', 'ferroscope', ...args)).stdout;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferroscope-package-'));
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: root, env });
  const reply: unknown = JSON.parse(stdout.slice(stdout.search(/^[[{]/m)));
  const [made] = Object.values(reply as object) as { filename: string; files: { path: string }[]; size: number }[];
  packed = made!.files.map(({ path }) => path);
  console.log(`${made!.filename}: ${(made!.size / 1e6).toFixed(2)} MB, ${packed.length} files`);
  try {
    const installed = await npm('install', '--prefer-offline', '--no-audit', '--no-fund', `./${made!.filename}`);
    console.log(installed.stdout + installed.stderr);
  } catch (error) {
    const { stderr = String(error) } = error as { stderr?: string };
    // The registry alone is excused: an install script that reaches elsewhere is not.
    if (
      !/network request to https?:\/\/registry\.|ENOTCACHED|ENOTFOUND registry\.|request to \S*registry\S* failed/.test(
        stderr,
      )
    )
      throw error;
    without = 'a package registry';
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('the package holds what runs and what the README links to, no sources and no tests', async () => {
  expect(
    packed.filter((path) => !/^(bin|dist|docs|examples|models)\/|^(LICENSE|README\.md|package\.json)$/.test(path)),
  ).toEqual([]);
  expect(packed.filter((path) => /\.test\.|\/test-|(?<!\.d)\.ts$|\.map$/.test(path))).toEqual([]);
  for (const page of packed.filter((path) => path.endsWith('.md'))) {
    const text = await readFile(join(root, page), 'utf8');
    for (const [, link] of text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
      expect(packed, `${page} links to ${link}`).toContain(join(dirname(page), link!));
    }
  }
});

test('installed, the command says its version, describes a recipe and simulates', async (context) => {
  if (without) skipAloud(context, without);
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  expect((await ferroscope('--version')).trim()).toBe(version);
  expect(await ferroscope('info', 'node_modules/ferroscope/examples/si-110.toml')).toContain('a recipe');
  await writeFile(
    join(folder, 'tiny.toml'),
    `[microscope]
voltage_kV = 200
convergence_mrad = 8
[specimen]
crystal = "SrTiO3"
thickness_nm = 2
thermal = "none"
[simulation]
detectors = [{ name = "all", inner_mrad = 0, outer_mrad = 100 }, { name = "BF", inner_mrad = 0, outer_mrad = 8 }]
`,
  );
  await ferroscope('simulate', 'tiny.toml', '--out', 'tiny');
  expect(await ferroscope('info', 'tiny/simulation.zarr')).toContain('images of all, BF');
});

test('without onnxruntime-node, which npm leaves out where its script fails, a map is refused with what to do', async (context) => {
  if (without) skipAloud(context, without);
  await rm(join(folder, 'node_modules/onnxruntime-node'), { recursive: true, force: true });
  const error = await ferroscope('map', 'scan.h5', '--model', 'model.onnx').catch((e: { stderr: string }) => e);
  expect(error).toMatchObject({
    stderr: expect.stringContaining('npm install --ignore-scripts onnxruntime-node@1.30'),
  });
  expect(error).toMatchObject({ stderr: expect.not.stringMatching(/\n\s+at .*:\d+:\d+/) });
});

test.for(['nodenext', 'bundler'])(
  'its types serve a program, moduleResolution %s; nothing else can be reached',
  async (resolution, context) => {
    if (without) skipAloud(context, without);
    const rooms = (JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { exports: object }).exports;
    const names = Object.keys(rooms)
      .filter((name) => name !== './package.json')
      .map((name) => name.replace('.', 'ferroscope'));
    const lines = [
      ...names.map((name, i) => `import * as room${i} from '${name}';`),
      `import { FerroscopeError } from 'ferroscope';`,
      `import { type Structure, readExtxyz } from 'ferroscope/crystal';`,
      `export const all: object[] = [${names.map((_, i) => `room${i}`).join(', ')}];`,
      `export const read: (text: string) => { structure: Structure } = readExtxyz;`,
      `export const tag = new FerroscopeError('shape', '', '').tag satisfies string;`,
      `// @ts-expect-error no number`,
      `readExtxyz(3);`,
      `// @ts-expect-error not exported`,
      `import 'ferroscope/dist/core/errors.js';`,
    ];
    await writeFile(join(folder, 'consumer.ts'), lines.join('\n'));
    await writeFile(
      join(folder, 'package.json'),
      JSON.stringify({ ...JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')), type: 'module' }),
    );
    const options = {
      strict: true,
      noEmit: true,
      target: 'es2024',
      module: resolution === 'bundler' ? 'esnext' : 'nodenext',
      moduleResolution: resolution,
      lib: ['es2024', 'dom'],
      types: ['node'],
      typeRoots: [join(root, 'node_modules/@types')],
      skipLibCheck: false,
    };
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: options, files: ['consumer.ts'] }),
    );
    const said = await run(join(root, 'node_modules/.bin/tsc'), ['-p', folder], { env }).then(
      () => '',
      ({ stdout }: { stdout: string }) => stdout,
    );
    // Some dependencies' own declarations do not pass under every resolution; ours do.
    expect(
      said.split('\n').filter((line) => /error TS/.test(line) && /ferroscope\/dist|consumer\.ts/.test(line)),
    ).toEqual([]);
  },
);

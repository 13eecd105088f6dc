import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FerroscopeError } from '../core/errors.ts';
import { quietTask } from '../core/task.ts';
import { ahead, runJobs, Threads, type WorkerHost } from '../core/threads.ts';
import { workersOf } from './worker-host.ts';

let folder = '';
let host: WorkerHost;
const here = new URL('.', import.meta.url).href;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferroscope-pool-'));
  host = workersOf(pathToFileURL(`${folder}/`));
  await writeFile(
    join(folder, 'library.ts'),
    `import { fail } from '${here}../core/errors.ts';
import { serve } from '${here}../core/threads.ts';
import { nodePort } from '${here}worker-host.ts';
serve(nodePort(), async (factor: number | undefined) => ({
  run: async (job: number, progress: (share: number) => void) => {
    progress(0.5);
    if (job === 13) fail('not-finite', 'Thirteen.', 'Take another.', { job });
    if (job === 14) throw new TypeError('a bug');
    if (job === 15) process.exit(1);
    return job * (factor ?? 2);
  },
}));
`,
  );
});
afterAll(() => rm(folder, { recursive: true }));

test('results come in the order of the jobs, and shares add up to their number', async () => {
  const shares: number[] = [];
  const jobs = [1, 2, 3, 4, 5];
  const options = { workers: 2, onProgress: (done: number) => shares.push(done) };
  expect(await runJobs<number, number>(host, 'library', jobs, quietTask, options)).toEqual([2, 4, 6, 8, 10]);
  expect(shares.at(-1)).toBe(5);
  expect(shares).toContain(0.5);
});

test('a tagged error comes back whole, and the thread lives on', async () => {
  const threads = new Threads<number, number>(host, 'library', { count: 1, data: 3 });
  try {
    const error = await threads.run(13).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(FerroscopeError);
    expect(error).toMatchObject({
      tag: 'not-finite',
      message: 'Thirteen.',
      hint: 'Take another.',
      fields: { job: 13 },
    });
    await expect(threads.run(14)).rejects.toThrow('a bug');
    expect(await threads.run(7)).toBe(21);
  } finally {
    await threads.close();
  }
});

test('a thread that dies fails its job and is replaced', async () => {
  const threads = new Threads<number, number>(host, 'library', { count: 1 });
  try {
    await expect(threads.run(15)).rejects.toThrow();
    expect(await threads.run(4)).toBe(8);
  } finally {
    await threads.close();
  }
});

test('closing ends threads at once; native ones after the job in hand, and what they hold is let go', async () => {
  const release = join(folder, 'released');
  await writeFile(
    join(folder, 'map.ts'),
    `import { writeFileSync } from 'node:fs';
import { serve } from '${here}../core/threads.ts';
import { nodePort } from '${here}worker-host.ts';
serve(nodePort(), async () => ({
  run: async (path: string, progress: (share: number) => void) => {
    progress(0.5);
    await new Promise((resolve) => setTimeout(resolve, 300));
    writeFileSync(path, 'done');
  },
  release: async () => writeFileSync('${release}', 'let go'),
}));
`,
  );
  for (const native of [false, true]) {
    const path = join(folder, `done-${native}`);
    const threads = new Threads<string, void>(host, 'map', { count: 1, native });
    await new Promise<void>((begun) => {
      void threads.run(path, [], () => begun());
    });
    await threads.close();
    expect(existsSync(path)).toBe(native);
    expect(existsSync(release)).toBe(native);
    await expect(threads.run(path)).rejects.toMatchObject({ tag: 'aborted' });
  }
});

test('a stopped task ends the jobs', async () => {
  const stop = new AbortController();
  stop.abort();
  const jobs = runJobs<number, number>(host, 'library', [1, 2], { ...quietTask, signal: stop.signal });
  await expect(jobs).rejects.toMatchObject({ tag: 'aborted' });
});

test('work is done ahead of its consumer, no further than asked, and errors wait for their turn', async () => {
  let begun = 0;
  const seen: number[] = [];
  const items = ahead(2, 8, 3, async (i) => {
    begun++;
    if (i === 6) throw new Error('six');
    return i;
  });
  const all = (async () => {
    for await (const i of items) {
      seen.push(i);
      expect(begun).toBeLessThanOrEqual(seen.length + 3);
    }
  })();
  await expect(all).rejects.toThrow('six');
  expect(seen).toEqual([2, 3, 4, 5]);
});

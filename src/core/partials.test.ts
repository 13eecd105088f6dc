import { expect, test } from 'vitest';
import { FerroscopeError } from './errors.ts';
import { quietTask } from './task.ts';
import { testHost } from './test-host.ts';
import { runJobs, type Worker } from './threads.ts';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
/** Says job, job + 1 and job + 2 at once, job + 3 right before its result. */
const counting = async (): Promise<Worker<number, number[], { readonly said: number }>> => ({
  async run(job, progress) {
    for (const i of [0, 1, 2]) progress((i + 1) / 5, { said: job + i });
    await pause(30);
    progress(0.9, { said: job + 3 });
    return [job, job + 1, job + 2, job + 3];
  },
});

test('what there is of a job is taken one after the other, the newest, and before its result', async () => {
  const log: string[] = [];
  const results = await runJobs<number, number[], number[], { said: number }>(
    testHost(counting),
    'dynamics',
    [10, 20, 30],
    quietTask,
    {
      workers: 2,
      onPartial: async ({ said }, job) => {
        log.push(`${job}: ${said} begun`);
        await pause(20);
        log.push(`${job}: ${said} taken`);
      },
      keep: async (result, job) => {
        log.push(`${job}: kept`);
        return result;
      },
    },
  );
  expect(results).toEqual([10, 20, 30].map((job) => [job, job + 1, job + 2, job + 3]));
  for (const job of [10, 20, 30]) {
    const own = log.filter((entry) => entry.startsWith(`${job}:`)).map((entry) => entry.slice(4));
    const taken = (said: number) => `${said} begun, ${said} taken, `;
    // While the first was being taken two more came. With the last comes the result, which does without it unless it is late.
    expect(own.join(', ')).toMatch(new RegExp(`^${taken(job)}${taken(job + 2)}(${taken(job + 3)})?kept$`));
  }
});

test('who cannot take it ends the run with his error, not after the job', async () => {
  const never = async (): Promise<Worker<number, number, string>> => ({
    run(_, progress) {
      progress(0.5, 'half');
      return new Promise(() => {});
    },
  });
  const jobs = runJobs<number, number, number, string>(testHost(never), 'dynamics', [1], quietTask, {
    onPartial: async () => {
      throw new FerroscopeError('disk-full', 'The disk is full.', 'Free some space.');
    },
  });
  await expect(jobs).rejects.toMatchObject({ tag: 'disk-full' });
});

test('a stopped run has nothing left to write when it returns', async () => {
  const stop = new AbortController();
  const endless = async (): Promise<Worker<number, number, string>> => ({
    run(_, progress) {
      progress(0.5, 'half');
      return new Promise(() => {});
    },
  });
  let written = false;
  const jobs = runJobs<number, number, number, string>(
    testHost(endless),
    'dynamics',
    [1],
    { ...quietTask, signal: stop.signal },
    {
      onPartial: async () => {
        stop.abort();
        await pause(20);
        written = true;
      },
    },
  );
  await expect(jobs).rejects.toMatchObject({ tag: 'aborted' });
  expect(written).toBe(true);
});

test.each(['stopped', 'failed'])('nor has one that was %s while it kept a result', async (how) => {
  const stop = new AbortController();
  const some = async (): Promise<Worker<number, number>> => ({
    // The second is never done, the third fails once the first is being kept.
    run: async (job) => {
      if (job === 1) return job;
      if (job === 2) return new Promise(() => {});
      await pause(10);
      throw new FerroscopeError('range', 'Three.', 'Take another.');
    },
  });
  let kept = 0;
  const jobs = runJobs<number, number>(
    testHost(some),
    'dynamics',
    how === 'failed' ? [1, 2, 3] : [1, 2],
    { ...quietTask, signal: stop.signal },
    {
      workers: 3,
      keep: async (result) => {
        if (how === 'stopped') stop.abort();
        await pause(40);
        kept += result;
        return result;
      },
    },
  );
  await expect(jobs).rejects.toMatchObject({ tag: how === 'stopped' ? 'aborted' : 'range' });
  expect(kept).toBe(1);
});

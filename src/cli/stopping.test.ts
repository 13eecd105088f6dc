/** Against the kernel: what ends a process, and with which signal. */

import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';

/** A process that hears the first signal and never ends by itself; with `ends`, it ends when told to. */
function listener(ends: boolean) {
  const code = `
    const { listenForStop } = await import(${JSON.stringify(new URL('./stopping.ts', import.meta.url).href)});
    const work = setInterval(() => {}, 1000);
    const stopping = listenForStop((text) => console.log(text));
    stopping.signal.addEventListener('abort', () => {
      console.log('heard');
      if (!${ends}) return;
      clearInterval(work);
      process.exitCode = stopping.exitCode();
      stopping.off();
    });
    console.log('ready');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.on('data', (data) => {
    out += data;
  });
  const said = async (word: string) => {
    while (!out.includes(word)) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  const end = new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
    child.once('close', (code, signal) => resolve([code, signal])),
  );
  return { child, said, end, out: () => out };
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s asks for the end, and the exit code says so', async (name, code) => {
  const { child, said, end } = listener(true);
  await said('ready');
  child.kill(name);
  expect(await end).toEqual([code, null]);
});

test('two signals close together are one: npx sends Ctrl-C on', async () => {
  const { child, said, end, out } = listener(false);
  await said('ready');
  child.kill('SIGINT');
  await said('heard');
  child.kill('SIGINT');
  await said('Ctrl-C again');
  child.kill('SIGINT');
  expect(await end).toEqual([null, 'SIGINT']);
  expect(out()).not.toContain('Ended by');
});

test('what does not end in time is ended by the signal', async () => {
  const { child, said, end, out } = listener(false);
  await said('ready');
  child.kill('SIGTERM');
  expect(await end).toEqual([null, 'SIGTERM']);
  expect(out()).toContain('Ended by SIGTERM');
});

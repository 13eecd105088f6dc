/** A page in headless Chromium that answers once. Not a test. */

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'vitest';
import { skipAloud } from './skip-aloud.ts';

const BROWSERS = [process.env.FERROSCOPE_CHROMIUM ?? '/usr/bin/chromium', '/usr/bin/google-chrome'];

/** A test in a page: where there is no browser it is skipped aloud, or fails if FERROSCOPE_REQUIRE_BROWSER=1, as in CI. */
export function pageTest(name: string, run: (browser: string, context: TestContext) => Promise<void>): void {
  test(name, async (context) => {
    const browser = BROWSERS.find((path) => existsSync(path));
    const want = `a browser (${BROWSERS.join(', ')})`;
    if (!browser && process.env.FERROSCOPE_REQUIRE_BROWSER === '1') throw new Error(`The test wants ${want}.`);
    await run(browser ?? skipAloud(context, want), context);
  });
}

export interface Served {
  /** Such as 'text/javascript'. */
  readonly type: string;
  readonly body: string | Uint8Array;
}

export interface PageOptions {
  /** What lies at a path below the page, which itself lies at '/'; undefined where there is nothing. */
  readonly serve: (path: string) => Served | undefined | Promise<Served | undefined>;
  readonly flags?: readonly string[];
  readonly timeout_s?: number;
}

/**
 * Opens the page and waits until it posts its answer, as JSON, to '/answer'.
 * @throws what the page says under `error`, and where it never answers
 */
export async function askPage<Answer>(
  browser: string,
  { serve, flags = [], timeout_s = 60 }: PageOptions,
): Promise<Answer> {
  const profile = await mkdtemp(join(tmpdir(), 'ferroscope-page-'));
  let answered: (body: string) => void = () => {};
  const answer = new Promise<string>((resolve) => {
    answered = resolve;
  });
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    if (path === '/answer') {
      const parts: Uint8Array[] = [];
      for await (const part of request) parts.push(part as Uint8Array);
      answered(Buffer.concat(parts).toString());
      response.end();
      return;
    }
    const found = await serve(path);
    response.writeHead(found ? 200 : 404, { 'content-type': found?.type ?? 'text/plain' });
    response.end(found?.body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as { port: number };
  const usual = ['--headless', '--no-sandbox', '--disable-gpu-sandbox', '--no-first-run', `--user-data-dir=${profile}`];
  const child = spawn(browser, [...usual, ...flags, `http://127.0.0.1:${port}/`], { stdio: 'ignore', detached: true });
  const problem = (error: string) => JSON.stringify({ error });
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code) => resolve(problem(`the browser ended with ${code}`)));
    child.once('error', (error) => resolve(problem(String(error))));
  });
  const late = new Promise<string>((resolve) => {
    setTimeout(() => resolve(problem(`no answer in ${timeout_s} s`)), 1e3 * timeout_s).unref();
  });
  try {
    const body = JSON.parse(await Promise.race([answer, exited, late])) as Answer & { error?: string };
    if (body.error !== undefined) throw new Error(`In the page: ${body.error}`);
    return body;
  } finally {
    // The browser and its helpers are a process group of their own.
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    await exited;
    server.close();
    server.closeAllConnections();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** What the page of page.test.ts does. */

import { directoryStore } from '../../src/web/directory-store.ts';
import { webOnnx } from '../../src/web/onnx.ts';
import { scanFile } from '../../src/web/scan-file.ts';
import { webWorkers } from '../../src/web/worker-host.ts';
import { answerScan, type ScanAnswer, type ScanInput } from './scan.ts';
import { observed } from './stores.ts';
import { refused, simulated, trained } from './study.ts';

export interface PageAnswer {
  /** The scan held in the page's memory, and read where it lies in a worker. */
  readonly page: ScanAnswer;
  readonly worker: ScanAnswer;
  readonly tooLarge: readonly string[];
  readonly library: { patterns: number[]; labels: number[] };
  readonly history: readonly { readonly total: number; readonly validation: number }[];
  readonly store: Record<string, unknown>;
  readonly recovered: readonly string[];
}

async function inWorker(input: ScanInput): Promise<ScanAnswer> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  return new Promise<ScanAnswer>((resolve, reject) => {
    worker.onmessage = ({ data }) => (data.error === undefined ? resolve(data) : reject(new Error(data.error)));
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(input);
  });
}

/** What a store finds where a commit was stopped before its files were whole, and after. */
async function recovered(root: FileSystemDirectoryHandle): Promise<string[]> {
  const write = async (path: readonly string[], value: string) => {
    let folder = root;
    for (const name of path.slice(0, -1)) folder = await folder.getDirectoryHandle(name, { create: true });
    const stream = await (await folder.getFileHandle(path.at(-1)!, { create: true })).createWritable();
    await stream.write(value);
    await stream.close();
  };
  for (const unit of ['early', 'late', 'listed', 'removed']) {
    await write([unit, 'a'], 'old');
    await write([`${unit}.part`, 'a'], 'new');
    if (unit !== 'early') await write([`${unit}.part`, '.whole'], '');
  }
  const store = directoryStore(root);
  const text = (value: Uint8Array | undefined) => (value ? new TextDecoder().decode(value) : 'nothing');
  await store.remove('removed');
  const within = store.within('late');
  return [
    `early ${text(await store.get('/early/a'))}`,
    `late ${text(await within.get('/a'))} ${text(await store.get('/late/.whole'))}`,
    (await store.list()).toSorted().join(' '),
    `listed ${text(await store.get('/listed/a'))}`,
  ];
}

/** A blob of 5 GB, as far as anyone looks. */
function large(scan: Blob): Blob {
  return new Proxy(scan, {
    get: (blob, key) => {
      const value: unknown = Reflect.get(blob, key, blob);
      if (key === 'size') return 5e9;
      return typeof value === 'function' ? value.bind(blob) : value;
    },
  });
}

const answer = (body: PageAnswer | { error: string }) =>
  fetch('/answer', { method: 'POST', body: JSON.stringify(body) });
try {
  const blob = async (path: string) => (await fetch(path)).blob();
  const scan = await blob('/scan.h5');
  const model = new Uint8Array(await (await blob('/model.onnx')).arrayBuffer());
  const place = { host: webWorkers(), runtime: webOnnx() };
  const root = await navigator.storage.getDirectory();
  const folder = (name: string) => root.getDirectoryHandle(name, { create: true });
  const study = directoryStore(await folder('study'));
  const library = await simulated(place, study.within('library'));
  const { history } = await trained(place, study.within('library'), study.within('checkpoint'));
  await answer({
    page: await answerScan({ scan, model }),
    worker: await inWorker({ scan, model }),
    tooLarge: await refused([scanFile(large(scan), 'big.h5')]),
    library,
    history: history.map(({ training, validation }) => ({ total: training.total, validation: validation.total })),
    store: await observed(directoryStore(await folder('store'))),
    recovered: await recovered(await folder('recovered')),
  });
} catch (error) {
  const { stack, hint = '' } = error as { stack?: string; hint?: string };
  await answer({ error: `${error} ${hint} ${stack}` });
}

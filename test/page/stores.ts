/** What a store does, seen from outside: the same on disk, in memory and in a page. Not a test. */

import type { AbsolutePath } from 'zarrita';
import type { Files, Store } from '../../src/core/store.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (value: Uint8Array | undefined): string => (value ? new TextDecoder().decode(value) : 'nothing');

async function* stopping(): Files & AsyncGenerator<[string, Uint8Array]> {
  yield ['a', bytes('half')];
  throw new Error('stopped');
}

/** @param store holds nothing yet */
export async function observed(store: Store): Promise<Record<string, unknown>> {
  const get = async (key: AbsolutePath) => text(await store.get(key));
  const seen: Record<string, unknown> = { empty: [await store.list(), await get('/none'), await get('/no/where')] };
  await store.set('/root', bytes('root'));
  await store.set('/deep/down', bytes('down'));
  await store.commit('unit', [
    ['a', bytes('one')],
    ['c/0/1', bytes('0123456789')],
  ]);
  seen.written = [(await store.list()).toSorted(), await get('/root'), await get('/deep/down'), await get('/unit/a')];
  seen.parts = [
    text(await store.getRange('/unit/c/0/1', { offset: 2, length: 3 })),
    text(await store.getRange('/unit/c/0/1', { offset: 8, length: 9 })),
    text(await store.getRange('/unit/c/0/1', { suffixLength: 4 })),
    text(await store.getRange('/unit/none', { suffixLength: 4 })),
  ];
  const unit = store.within('unit');
  seen.within = [(await unit.list()).toSorted(), text(await unit.get('/c/0/1')), await store.within('none').list()];
  // A folder is no value.
  seen.folder = await get('/unit');
  seen.stopped = await store.commit('unit', stopping()).then(
    () => 'done',
    (error: Error) => error.message.includes('stopped'),
  );
  seen.kept = [await get('/unit/a'), (await store.list()).toSorted()];
  await store.commit('unit', [['b', bytes('two')]]);
  seen.replaced = [await get('/unit/a'), await get('/unit/b'), await get('/unit/c/0/1'), await unit.list()];
  await store.within('new').commit('inner', [['a', bytes('new')]]);
  seen.made = await get('/new/inner/a');
  await store.remove('unit');
  await store.remove('root');
  await store.remove('none');
  seen.removed = [(await store.list()).toSorted(), await get('/unit/b'), await get('/root')];
  return seen;
}

export const EXPECTED: Record<string, unknown> = {
  empty: [[], 'nothing', 'nothing'],
  written: [['deep', 'root', 'unit'], 'root', 'down', 'one'],
  parts: ['234', '89', '6789', 'nothing'],
  within: [['a', 'c'], '0123456789', []],
  folder: 'nothing',
  stopped: true,
  kept: ['one', ['deep', 'root', 'unit']],
  replaced: ['nothing', 'two', 'nothing', ['b']],
  made: 'new',
  removed: [['deep', 'new'], 'nothing', 'nothing'],
};

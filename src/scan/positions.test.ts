import { expect, test } from 'vitest';
import { calibrate } from './calibrate.ts';
import { mapFrom } from './calibration.ts';
import { memorySource } from './pattern-source.ts';
import { NO_FACTS, POSITION_KINDS, type PositionKind, PositionLook, positionKinds } from './positions.ts';
import { BEAM, synthetic } from './test-scan.ts';

const SCAN = [5, 4] as const;
const SIZE = [112, 120] as const;
const PIXELS = SIZE[0] * SIZE[1];

/** A scan of the crystal whose positions are replaced: another crystal is the same one turned by 23° and moved by half a disk distance. */
async function mixed(dose: number, replaced: Readonly<Record<number, PositionKind>>) {
  const camera = { rotation: 7, px: 0.4, scan: SCAN, size: SIZE };
  const { source, centre } = synthetic(camera, dose);
  const turned = synthetic({ ...camera, rotation: 30 }, dose).source;
  const data = await source.read(0, SCAN[0] * SCAN[1]);
  for (const [key, kind] of Object.entries(replaced)) {
    const at = Number(key);
    const own = data.subarray(at * PIXELS, (at + 1) * PIXELS);
    const [cy, cx] = centre(Math.floor(at / SCAN[1]), at % SCAN[1]);
    const from = (y: number, x: number) => Math.hypot(y - cy, x - cx) * camera.px;
    const every = (value: (y: number, x: number) => number) =>
      own.set(Float32Array.from({ length: PIXELS }, (_, k) => value(Math.floor(k / SIZE[1]), k % SIZE[1])));
    if (kind === 'empty') own.fill(at % 2 ? 0 : Number.NaN);
    if (kind === 'vacuum') every((y, x) => (from(y, x) < 2.2 ? dose / 95 : 0));
    if (kind === 'other')
      every((y, x) => (dose / 1800) * Math.exp(-from(y, x) / 8) + (from(y, x) < 2.2 ? dose / 600 : 0));
    if (kind === 'turned') own.set(await turned.read(at, 1));
    if (kind === 'displaced') {
      const whole = own.slice();
      every((y, x) => whole[Math.max(0, y - 6) * SIZE[1] + Math.max(0, x - 6)]!);
    }
  }
  return { source: memorySource([...SCAN, ...SIZE], data), data };
}

const REPLACED = { 1: 'empty', 2: 'empty', 6: 'vacuum', 8: 'turned', 13: 'other', 18: 'displaced' } as const;

test.each([3e5, 5e3])(
  'what is no crystal is told at %d electrons a pattern, and calibration leaves it out',
  async (dose) => {
    const { source, data } = await mixed(dose, REPLACED);
    const found = await calibrate(source, BEAM);
    expect(found.used.left_out).toEqual({ empty: 2, vacuum: 1, turned: 1, other: 1, displaced: 1 });
    expect(Math.abs(found.rotation_deg - 7)).toBeLessThan(0.4);
    const look = new PositionLook(found);
    const facts = Array.from({ length: 20 }, (_, i) =>
      look.facts(data.subarray(i * PIXELS, (i + 1) * PIXELS), ...SIZE, Math.floor(i / 4), i % 4),
    );
    expect(facts[2]).toEqual(NO_FACTS);
    const kinds = [...positionKinds(facts)].map((code) => POSITION_KINDS[code]!);
    expect(kinds).toEqual(Array.from({ length: 20 }, (_, i) => REPLACED[i as keyof typeof REPLACED] ?? 'crystal'));
  },
  60_000,
);

test('a scan that shows no lattice anywhere is not judged', () => {
  const look = new PositionLook({
    crystal: BEAM,
    map_px_per_mrad: mapFrom(0.4, 0),
    descan: { centre_px: [55, 60], per_ry_px: [0, 0], per_rx_px: [0, 0], middle: [0, 0], bend: [], jumps: [] },
    counts_per_electron: 1,
  });
  const flat = Float32Array.from({ length: PIXELS }, (_, k) => 5 + (k % 3));
  expect([...positionKinds([look.facts(flat, ...SIZE, 0, 0)])]).toEqual([0]);
});

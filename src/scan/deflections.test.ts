import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { type Fields, seenTurn } from './deflections.ts';
import { orientationText } from './orientation.ts';
import { seenRow, seenVerdict } from './seen-turn-text.ts';

const [H, W] = [18, 20];

/** Columns of random weight seen by a probe wider than them; deflected as D·∇S, as strong as the noise on it; a bend of tilt on top. `wall`: weight changes along x alone. */
function fields(turn_deg: number, mirror: boolean, follows = 1, wall = false): Fields {
  const random = new RandomStream(4, 'columns');
  const columns = Array.from({ length: (H + 6) * (W + 6) }, () => random.normal());
  const weight = wall ? columns.map((_, k) => columns[k % (W + 6)]!) : columns;
  const at = (y: number, x: number) => {
    let sum = 0;
    for (let i = -2; i <= 2; i++)
      for (let j = -2; j <= 2; j++)
        sum += weight[(y + 3 + i) * (W + 6) + x + 3 + j]! * Math.exp(-(i * i + j * j) / 1.5);
    return sum;
  };
  const t = (turn_deg * Math.PI) / 180;
  const noise = new RandomStream(5, 'counting');
  const [y, x, high] = [0, 1, 2].map(() => new Float64Array(H * W)) as [Float64Array, Float64Array, Float64Array];
  for (let i = 0; i < H; i++) {
    for (let j = 0; j < W; j++) {
      const k = i * W + j;
      const [gy, gx] = [(at(i + 1, j) - at(i - 1, j)) / 2, (at(i, j + 1) - at(i, j - 1)) / 2];
      const [dy, dx] = [Math.cos(t) * gy - Math.sin(t) * gx, Math.sin(t) * gy + Math.cos(t) * gx];
      [y[k], x[k]] = mirror ? [dx, dy] : [dy, dx];
      y[k] = follows * y[k]! + 0.6 * noise.normal() + 5 * (i / H) ** 2;
      x[k] = follows * x[k]! + 0.6 * noise.normal() - 3 * (j / W);
      high[k] = 50 + at(i, j) + 0.3 * noise.normal();
    }
  }
  return { shape: [H, W], y, x, high };
}

const TURNS = [0, 90, 180, -90, 37].flatMap((turn) => [false, true].map((mirror) => [turn, mirror] as const));

test.each(TURNS)('patterns turned by %d°, mirrored: %s, are seen so', (turn, mirror) => {
  const seen = seenTurn(fields(turn, mirror))!;
  expect(seen.mirror).toBe(mirror);
  const off = seen.angle_deg - turn - 360 * Math.round((seen.angle_deg - turn) / 360);
  expect(Math.abs(off)).toBeLessThan(3 * seen.angle_se_deg);
  expect(seen.sigmas).toBeGreaterThan(8);
  expect(seen.other_sigmas).toBeLessThan(4);
});

const assumed = (turn: number, mirror: boolean, follows?: number) => ({
  ...{ turn_deg: 0, mirror: false, from: 'assumed' as const, rotation_deg: 4, period_deg: 90 },
  seen: seenTurn(fields(turn, mirror, follows))!,
});

test('what they say is held against what is taken', () => {
  expect(seenVerdict(assumed(0, false))).toBe('agrees');
  expect(orientationText(assumed(0, false))).toMatch(/ASSUMED.*themselves agree/s);
  for (const [turn, mirror] of [
    [90, false],
    [180, false],
    [0, true],
  ] as const) {
    expect(seenVerdict(assumed(turn, mirror))).toBe('contradicts');
    expect(orientationText(assumed(turn, mirror))).toContain('CONTRADICT');
  }
  expect(seenRow(assumed(0, false))).toMatch(/^not mirrored: 0° \d.*180° [−-]\d/);
});

test.each([0, 90])(
  'what changes along one direction alone fits both handednesses, and does not tell: turned by %d°',
  (turn) => {
    const seen = seenTurn(fields(turn, false, 1, true))!;
    expect(seen.correlation).toBeGreaterThan(0.5);
    expect(seen.other_sigmas / seen.sigmas).toBeGreaterThan(0.8);
    expect(seenVerdict({ ...assumed(0, false), seen })).toBe('nothing');
  },
);

test('a crystal without disorder tells nothing, and that is said; lost frames are bridged, many are not', () => {
  expect(seenVerdict(assumed(0, false, 0))).toBe('nothing');
  expect(orientationText(assumed(0, false, 0))).toContain('do not tell');
  const some = fields(0, false);
  some.y[40] = some.x[40] = some.high[40] = Number.NaN;
  expect(seenTurn(some)!.sigmas).toBeGreaterThan(8);
  some.y.fill(Number.NaN, 0, 60);
  expect(seenTurn(some)).toBeUndefined();
});

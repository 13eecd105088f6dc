import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { duration } from '../core/numbers.ts';
import { Console } from './console.ts';

let shown: string[] = [];
beforeEach(() => {
  shown = [];
  vi.useFakeTimers({ toFake: ['performance'] });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => shown.push(String(text)) > 0);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test('at a steady pace the time left is what will pass, also where a run goes on and where one unit is all there is', () => {
  for (const [first, total] of [
    [0, 100],
    [50, 100],
    [0, 1],
  ] as const) {
    shown = [];
    const { task } = new Console(false, new AbortController().signal);
    const steps = 80;
    for (let i = 0; i <= steps; i++) {
      task.progress(first + ((total - first) * i) / steps, total, 'things');
      vi.advanceTimersByTime(1000);
    }
    const lines = shown.filter((line) => line.includes('left'));
    expect(lines.length).toBeGreaterThan(5);
    for (const [i, line] of lines.entries()) expect(line).toContain(`about ${duration(steps - 10 * (i + 1))} left`);
    expect(lines[0]).toContain(`${Math.floor((100 * (first + (total - first) / 8)) / total)}%`);
    expect(shown.at(-1)).toBe(`  things: ${total} of ${total}\n`);
  }
});

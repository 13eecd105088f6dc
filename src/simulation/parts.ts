/** The files of finished units, Node only: float64 signals, then float32 patterns. A part appears whole, by rename, and is there or not. */

import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '../core/errors.ts';
import { fileError, writeWhole } from '../core/files.ts';
import type { SimulationPlan } from './plan.ts';
import type { UnitResult } from './unit.ts';

export interface UnitName {
  readonly configuration: number;
  readonly from: number;
  readonly to: number;
}

/** Every unit of the plan, configuration by configuration. */
export function unitNames(plan: SimulationPlan): UnitName[] {
  const count = plan.positions_A.length;
  return Array.from({ length: plan.configurations }, (_, configuration) =>
    Array.from({ length: Math.ceil(count / plan.unit) }, (__, u) => ({
      configuration,
      from: u * plan.unit,
      to: Math.min(count, (u + 1) * plan.unit),
    })),
  ).flat();
}

const fileOf = (folder: string, { configuration, from, to }: UnitName) =>
  join(folder, `${configuration}-${from}-${to}.part-of`);

export function hasPart(folder: string, unit: UnitName): boolean {
  return existsSync(fileOf(folder, unit));
}

export async function writePart(folder: string, unit: UnitName, { signals, patterns }: UnitResult): Promise<void> {
  const bytes = new Uint8Array(signals.byteLength + patterns.byteLength);
  bytes.set(new Uint8Array(signals.buffer));
  bytes.set(new Uint8Array(patterns.buffer), signals.byteLength);
  await writeWhole(fileOf(folder, unit), bytes);
}

/** `length` bytes of a part from `at`. */
async function readAt(path: string, at: number, into: Uint8Array): Promise<void> {
  try {
    await using handle = await open(path);
    const { bytesRead } = await handle.read(into, 0, into.length, at);
    if (bytesRead !== into.length) fail('format', `${path} is truncated.`, 'Remove it and run the same command again.');
  } catch (error) {
    throw fileError(error, path);
  }
}

/** Signals of a unit, [thickness][detector][position]. */
export async function readSignals(folder: string, plan: SimulationPlan, unit: UnitName): Promise<Float64Array> {
  const out = new Float64Array(plan.exits.length * plan.detectors.length * (unit.to - unit.from));
  await readAt(fileOf(folder, unit), 0, new Uint8Array(out.buffer));
  return out;
}

/** Patterns [position][pixel] at thickness `t` of positions [from, to) of a unit. */
export async function readPatterns(
  folder: string,
  plan: SimulationPlan,
  unit: UnitName,
  t: number,
  [from, to]: readonly [number, number],
  pixels: number,
): Promise<Float32Array> {
  const count = unit.to - unit.from;
  const out = new Float32Array((to - from) * pixels);
  const signals = 8 * plan.exits.length * plan.detectors.length * count;
  const at = signals + 4 * (t * count + from - unit.from) * pixels;
  await readAt(fileOf(folder, unit), at, new Uint8Array(out.buffer));
  return out;
}

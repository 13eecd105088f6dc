/**
 * Finished units, each a Zarr group in the store of parts: `signals` [thickness][detector][position], float64, and `patterns`
 * [thickness][position][qy][qx], float32, one chunk a thickness; either absent where nothing measures it. A group's attribute `engine` says what computed it.
 */

import { fail } from '../core/errors.ts';
import type { Store } from '../core/store.ts';
import { GroupFiles, rawAttributes, readArray, readRows } from '../core/zarr.ts';
import type { EngineName } from '../diffraction/engine.ts';
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

export function partFolder({ configuration, from, to }: UnitName): string {
  return `${configuration}-${from}-${to}`;
}

export async function writePart(
  store: Store,
  plan: SimulationPlan,
  unit: UnitName,
  { signals, patterns }: UnitResult,
  engine: EngineName,
): Promise<void> {
  const exits = plan.exits.length;
  const count = unit.to - unit.from;
  const group = new GroupFiles();
  if (signals.length > 0) {
    await group.put('signals', {
      data: signals,
      shape: [exits, plan.detectors.length, count],
      dimensions: ['thickness', 'detector', 'position'],
    });
  }
  if (patterns.length > 0) {
    const side = Math.sqrt(patterns.length / (exits * count));
    await group.put('patterns', {
      data: patterns,
      shape: [exits, count, side, side],
      chunk: [1, count, side, side],
      dimensions: ['thickness', 'position', 'qy', 'qx'],
    });
  }
  await store.commit(partFolder(unit), group.finish({ engine }));
}

/** What computed a unit. @throws 'format' */
export async function readEngine(store: Store, unit: UnitName): Promise<EngineName> {
  const part = store.within(partFolder(unit));
  const engine = (await rawAttributes(part))?.engine;
  if (engine === 'cpu' || engine === 'gpu') return engine;
  return fail('format', `${part.name} is damaged.`, 'Remove it and run the same command again.', { engine });
}

/** Signals of a unit, [thickness][detector][position]. @throws 'format' */
export async function readSignals(store: Store, unit: UnitName): Promise<Float64Array> {
  return (await readArray(store.within(partFolder(unit)), 'signals', Float64Array)).data;
}

/** Patterns [position][pixel] at thickness `t` of positions [from, to) of a unit. @throws 'format' */
export async function readPatterns(
  store: Store,
  unit: UnitName,
  t: number,
  [from, to]: readonly [number, number],
  pixels: number,
): Promise<Float32Array> {
  const out = new Float32Array((to - from) * pixels);
  // Positions of one thickness after those of another.
  const chunk = unit.to - unit.from;
  const rows = Array.from({ length: to - from }, (_, p) => [t * chunk + from - unit.from + p, p] as const);
  await readRows(store.within(partFolder(unit)), { name: 'patterns', chunk, rank: 4, size: pixels }, rows, out);
  return out;
}

/** The shards of a library: one structure each, named by the set that it belongs to. */

import type { StructuresOptions } from '../crystal/options.ts';

export interface ShardName {
  readonly index: number;
  readonly heldOut: boolean;
}

export function shardFolder({ index, heldOut }: ShardName): string {
  return `${heldOut ? 'held-out' : 'training'}-${String(index).padStart(4, '0')}`;
}

/** Every shard of a library, training first. */
export function shardNames({ count, held_out }: Pick<StructuresOptions, 'count' | 'held_out'>): ShardName[] {
  return [
    ...Array.from({ length: count }, (_, index) => ({ index, heldOut: false })),
    ...Array.from({ length: held_out }, (_, index) => ({ index, heldOut: true })),
  ];
}

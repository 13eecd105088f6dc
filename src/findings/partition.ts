/**
 * A map cut into domains: each valid position belongs to one, and walls lie between neighbours of different ones. What finds domains gives this (walls.ts as the paper,
 * segmentation.ts by χ²), and whatever is measured of walls, domains and sizes takes it.
 *
 * A wall so is a line without width that separates two domains, whatever the width of what σ_P shows of it; areas of domains add up to the valid area. Domains are
 * connected by edges (four neighbours).
 */

export interface Partition {
  readonly shape: readonly [ny: number, nx: number];
  /** [ny][nx] 0 … count − 1, numbered in the order of their first positions; −1 where the field is not valid. */
  readonly labels: Int32Array;
  readonly count: number;
}

/** Numbers labels in the order of their first positions. @param labels [ny][nx], any numbers ≥ 0; below 0 stays out */
export function partitionOf(shape: Partition['shape'], labels: Int32Array): Partition {
  let most = -1;
  for (const label of labels) if (label > most) most = label;
  const number = new Int32Array(most + 1).fill(-1);
  let count = 0;
  const found = new Int32Array(labels.length);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (label >= 0 && number[label]! < 0) number[label] = count++;
    found[i] = label < 0 ? -1 : number[label]!;
  }
  return { shape, labels: found, count };
}

/** 1 on the positions on both sides of a wall: [ny][nx]. */
export function wallPositions({ shape: [ny, nx], labels }: Partition): Uint8Array {
  const found = new Uint8Array(labels.length);
  for (let row = 0, i = 0; row < ny; row++) {
    for (let column = 0; column < nx; column++, i++) {
      if (column + 1 < nx && isWall(labels[i]!, labels[i + 1]!)) found[i] = found[i + 1] = 1;
      if (row + 1 < ny && isWall(labels[i]!, labels[i + nx]!)) found[i] = found[i + nx] = 1;
    }
  }
  return found;
}

/** The same as a line one position wide: only the position before each wall, along x and along y: [ny][nx]. */
export function wallLine({ shape: [ny, nx], labels }: Partition): Uint8Array {
  return Uint8Array.from(labels, (label, i) => {
    const right = (i + 1) % nx !== 0 && isWall(label, labels[i + 1]!);
    return right || (i + nx < ny * nx && isWall(label, labels[i + nx]!)) ? 1 : 0;
  });
}

/** Whether a wall lies between neighbours of these labels: both belong to a domain, not to the same one. */
export function isWall(one: number, two: number): boolean {
  return one !== two && one >= 0 && two >= 0;
}

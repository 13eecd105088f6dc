/** A crystal structure or a trajectory for `ferroscope info`: cell, formula, density, space group, sites, u², frames, and the notes that a simulation would show. */

import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { FerroscopeError } from '../core/errors.ts';
import { uncompressed } from '../core/uncompressed.ts';
import { determinant, dot, norm } from '../crystal/lattice.ts';
import { groupOfOperators } from '../crystal/named-group.ts';
import { meanU2, orthogonalCell } from '../crystal/orthogonal.ts';
import { readCrystal, type StructureOptions } from '../crystal/read-structure.ts';
import { readTrajectory } from '../crystal/read-trajectory.ts';
import type { Structure } from '../crystal/structure.ts';
import { FORMAT_NAMES, structureFormat } from '../crystal/structure-format.ts';
import { type Crystal, densityOf } from '../crystal/unit-cell.ts';
import type { PicturedCrystal } from '../figures/structure-figure.ts';
import { readBytes } from '../node/files.ts';
import { describeMode } from './describe-mode.ts';

interface Description {
  readonly lines: readonly string[];
  readonly json: object;
  /** The cell, of a trajectory that of its first frame, to be drawn. */
  readonly crystal: PicturedCrystal;
}

/** Undefined for a file that is no structure. @throws as the readers for one that is, and cannot be read */
export async function describeStructure(
  path: string,
  options: StructureOptions = {},
): Promise<Description | undefined> {
  if (!(await stat(path)).isFile()) return undefined;
  const handle = await open(path);
  const start = (await handle.read(Buffer.alloc(20_000), 0, 20_000, 0)).buffer;
  await handle.close();
  const zipped = start[0] === 0x1f && start[1] === 0x8b;
  const name = basename(path);
  const bytes = zipped ? uncompressed(await readBytes(path), name) : start;
  const head = new TextDecoder().decode(bytes.subarray(0, 20_000)).replace(/\0+$/, '');
  if (head === '' || head.includes('\0')) return undefined;
  const format = formatOf(head, path);
  if (!format) return undefined;
  const data = zipped ? bytes : await readBytes(path);
  const oneFrame = format === 'extxyz' && framesIn(data) === 1;
  if (format === 'cif' || format === 'poscar' || oneFrame) {
    return describeCrystal(readCrystal(data, name, options), FORMAT_NAMES[format]);
  }
  const { frames, notes } = readTrajectory(data, name);
  const { cell_A, symbols } = frames[0]!;
  const many = frames.length === 1 ? 'one frame' : `${frames.length} frames`;
  const elements = counts(symbols, () => 1);
  const box = boxOf(frames);
  const first: PicturedCrystal = {
    symbols,
    fractional: frames[0]!.positions_A.map((x, i) => x / cell_A[i % 3]!),
    occupancy: new Float64Array(symbols.length).fill(1),
    lattice_A: [
      [cell_A[0], 0, 0],
      [0, cell_A[1], 0],
      [0, 0, cell_A[2]],
    ],
  };
  const density = densityOf(first);
  return {
    lines: [
      `${name}: ${FORMAT_NAMES[format]}, ${many} of ${symbols.length} atoms in ${box}`,
      `  ${formulaOf(elements)}, ${density.toFixed(3)} g/cm³ in the first frame`,
      `  ${[...elements].map(([symbol, n]) => `${symbol} ${n}`).join(', ')}`,
      ...notes.map((note) => `  ${note}`),
    ],
    json: {
      kind: 'structure',
      format,
      frames: frames.length,
      cell_A,
      atoms: symbols.length,
      elements: Object.fromEntries(elements),
      formula: formulaOf(elements),
      density_g_cm3: density,
      notes,
    },
    crystal: first,
  };
}

function formatOf(head: string, path: string) {
  try {
    return structureFormat(head, path);
  } catch (error) {
    if (error instanceof FerroscopeError) return undefined;
    throw error;
  }
}

function boxOf(frames: readonly Structure[]): string {
  const edges = [0, 1, 2].map((axis) => {
    const list = frames.map(({ cell_A }) => cell_A[axis]!);
    const [low, high] = [Math.min(...list), Math.max(...list)];
    return high - low < 5e-4 ? low.toFixed(3) : `${low.toFixed(3)}…${high.toFixed(3)}`;
  });
  return `a box of ${edges.join(' × ')} Å`;
}

/** Sum of `share` over the atoms of each symbol, in alphabetical order. */
function counts(symbols: readonly string[], share: (atom: number) => number): Map<string, number> {
  const sums = new Map([...new Set(symbols)].sort().map((symbol) => [symbol, 0]));
  for (const [atom, symbol] of symbols.entries()) sums.set(symbol, sums.get(symbol)! + share(atom));
  return sums;
}

function describeCrystal(crystal: Crystal, format: string): Description {
  const { name, lattice_A, symbols, occupancy } = crystal;
  const [a, b, c] = lattice_A;
  const degrees = ([p, q]: (typeof a)[]) => (Math.acos(dot(p!, q!) / norm(p!) / norm(q!)) * 180) / Math.PI;
  const lengths_A = lattice_A.map(norm);
  const angles_deg = [
    [b, c],
    [a, c],
    [a, b],
  ].map(degrees);
  const volume_A3 = Math.abs(determinant(lattice_A));
  const elements = counts(symbols, (atom) => occupancy[atom]!);
  const u2_A2 = meanU2(crystal);
  const block = blockOf(crystal);
  const mode = describeMode(crystal);
  const density = densityOf(crystal);
  const group = symmetryOf(crystal);
  const formula = formulaOf(elements);
  const notes = [...new Set([...(crystal.notes ?? []), ...(crystal.u2Notes ?? []), ...block.notes])];
  return {
    lines: [
      `${name}: a crystal structure (${format}), ${symbols.length} places in ${lengths_A.map((x) => x.toFixed(4)).join(' × ')} Å, ${angles_deg.map((x) => x.toFixed(2)).join(', ')}°, ${volume_A3.toFixed(1)} Å³`,
      `  ${formula}, ${density.toFixed(3)} g/cm³; ${group.text}`,
      ...[...elements].map(
        ([symbol, n]) =>
          `  ${symbol.padEnd(2)} ${Number(n.toFixed(4))} per cell, ${((1000 * n) / volume_A3).toFixed(2)} per 1000 Å³, ${u2_A2[symbol] === undefined ? 'no u² given' : `u² ${u2_A2[symbol].toFixed(4)} Å² per axis`}`,
      ),
      ...block.lines.map((line) => `  ${line}`),
      ...(mode?.lines.map((line) => `  ${line}`) ?? []),
      ...notes.map((note) => `  ${note}`),
    ],
    json: {
      kind: 'structure',
      format,
      lengths_A,
      angles_deg,
      volume_A3,
      formula,
      density_g_cm3: density,
      group: group.group,
      places: symbols.length,
      elements: Object.fromEntries(elements),
      u2_A2,
      notes,
      ...(mode && { mode: mode.json }),
    },
    crystal,
  };
}

/** Frames of an extxyz file, by its counts of atoms. */
function framesIn(data: Uint8Array): number {
  const lines = new TextDecoder().decode(data).trimEnd().split(/\r?\n/);
  return lines.length <= Number(lines[0]) + 2 ? 1 : 2;
}

/** 'Ba4 O12 Ti4' to 'Ba O3 Ti': counts over their common divisor, in alphabetical order, shares to three digits. */
function formulaOf(elements: ReadonlyMap<string, number>): string {
  const counted = [...elements.values()];
  const whole = counted.every((n) => Math.abs(n - Math.round(n)) < 1e-3);
  const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
  const unit = whole ? counted.map(Math.round).reduce(gcd, 0) : 1;
  return [...elements]
    .map(([symbol, n]) => {
      const text = Number((n / unit).toFixed(3));
      return text === 1 ? symbol : `${symbol}${text}`;
    })
    .join(' ');
}

/** The space group as the file states it, else the one that its operators are of. */
function symmetryOf({ symmetry }: Crystal): { text: string; group: object | undefined } {
  if (!symmetry) return { text: 'the format states no space group', group: undefined };
  const group = symmetry.group ?? groupOfOperators(symmetry.operators);
  const operators = `${symmetry.operators.length} symmetry ${symmetry.operators.length === 1 ? 'operator' : 'operators'}`;
  const from = symmetry.group ? '' : ', found by its operators';
  return {
    text: group
      ? `space group ${group.name.trim()} (No. ${group.number}${from}), ${operators}`
      : `${operators}, of no usual setting of a space group`,
    group: group && { ...group, operators: symmetry.operators.length },
  };
}

/** The block that a simulation takes along [001], or why there is none: another zone axis may have one. */
function blockOf(crystal: Crystal): { lines: string[]; notes: readonly string[] } {
  try {
    const { cell_A, symbols, notes = [] } = orthogonalCell(crystal);
    return {
      lines: [`along [0 0 1]: a block of ${cell_A.map((x) => x.toFixed(3)).join(' × ')} Å, ${symbols.length} places`],
      notes,
    };
  } catch (error) {
    if (!(error instanceof FerroscopeError)) throw error;
    return { lines: [error.message], notes: [] };
  }
}

/**
 * The projected potential of each slice of a crystal block that repeats along the beam, built in reciprocal space with exact
 * phases exp(−2πik·r), so that no atom is split over pixels. Positions along z decide how an atom is shared among slices:
 *
 * - 'smooth': its potential along z, Debye–Waller factor included, smoothed over a few slices before it is cut into them (box-integral.ts), so that slices
 *   sample it without folding. With 10 slices a cell the derivative of a pattern with respect to P_z is right to 5% wherever the atoms are, with 12 to 2% (docs/verification.md).
 * - 'spline': its whole projection, shared by the same weights. No z-integral, cheapest to make; right across the beam, 10–30% off in P_z.
 * - 'box': the exact integral of its potential over each slice. Converged at 32 slices a cell.
 * - 'whole-atom': everything into the slice that holds the nucleus. Cannot represent displacements along the beam;
 *   only for comparison with programs that do this.
 *
 * Slice s covers z = [s·dz, (s + 1)·dz); the block's period is nSlices·dz. Units: Å, V·Å.
 */

import { SCATTERING_TO_POTENTIAL } from '../core/constants.ts';
import { fail } from '../core/errors.ts';
import { Fft2 } from '../core/fft.ts';
import { BoxIntegral } from './box-integral.ts';
import { HalfPlane } from './half-plane.ts';
import { atEachHeight, type Heap } from './heights.ts';
import { debyeWaller, type FactorModel, scatteringFactor } from './scattering-factor.ts';

/** Atoms in an orthogonal box; positions [n][3] in Å, periodic in all directions. */
export interface Atoms {
  readonly cell_A: readonly [number, number, number];
  readonly symbols: readonly string[];
  readonly positions_A: Float64Array;
  /** Share of each atom that is there, 1 where absent: a virtual crystal has two half atoms in one place. */
  readonly occupancy?: Float64Array;
}

export interface SliceOptions {
  /** Real-space grid of the box. */
  readonly nx: number;
  readonly ny: number;
  /** Slices through the box along z. */
  readonly nSlices: number;
  readonly slicing: 'smooth' | 'spline' | 'box' | 'whole-atom';
  readonly factors?: FactorModel;
  /** Mean-square displacement per axis, per symbol [Å²]; 0 where a symbol is absent. */
  readonly u2_A2?: Readonly<Record<string, number>>;
  /** The same along z, where it differs ('smooth' and 'box' depend on it). */
  readonly u2z_A2?: Readonly<Record<string, number>>;
  /** In place of the tabulated factors: a function of k² [1/Å²], in Å where the slices are to be in V·Å. */
  readonly form?: (symbol: string) => (k2: number) => number;
  /** Frequencies at or beyond this fraction of Nyquist are left out of the potential, on each axis. */
  readonly bandLimit?: number;
}

/** Slices of a block that repeats along the beam, or of blocks on top of each other (block-stack.ts), made one at a time. */
export interface SliceStack {
  readonly nx: number;
  readonly ny: number;
  /** Different slices. */
  readonly nSlices: number;
  /** Which of them stands at each place, from the entrance face on: the whole depth. Where absent all do, in turn, again and again. */
  readonly order?: Int32Array;
  /** Whatever the depth at which a crystal ends, its last slices, this many, are those of another order. Only beside `order`. */
  readonly ending?: { readonly slices: number; readonly order: Int32Array };
  readonly cell_A: readonly [number, number, number];
  readonly dz_A: number;
  /** Projected potential of slice s, [ny][nx], V·Å. */
  slice(s: number): Float64Array;
  /**
   * What a cut before place s does wrong, as a projected potential [ny][nx], V·Å: the part beyond the cut of atoms whose nuclei lie before it, minus the
   * part before the cut of atoms whose nuclei lie beyond. A crystal that ends there has whole atoms if this is added behind its last slice; one that
   * begins there, if it is taken off before its first. Absent where no cut meets an atom.
   */
  cut?(s: number): Float64Array;
  /** Absorption by thermal diffuse scattering, W of absorption.ts [V²·Å²], on the same slices: a slice transmits exp(iσV − σ²W). */
  readonly diffuse?: SliceStack;
}

/** Half a period in which an atom counts as alone [Å]: at least 3.5 and no more than half the block where that is long enough. */
const reachFor = (lz: number): number => (lz >= 7 ? lz / 2 : 4);

/** What the slices of an element are made of. */
interface Kind {
  /** Projected potential of each shell [V·Å³]: over the cell's area, V·Å. */
  readonly projected: Float64Array;
  /** How it lies along the beam, its images included; absent where whole projections are shared by weights. */
  readonly along: BoxIntegral | undefined;
  /** The same for one atom alone: a period so long that its images do not reach it. */
  readonly tail: BoxIntegral | undefined;
}

/** How an atom's potential falls on slices: pairs of slice index and weight, summing to 1. */
export function weights(z: number, dz: number, slicing: 'spline' | 'whole-atom'): [slice: number, weight: number][] {
  if (slicing === 'whole-atom') return [[Math.floor(z / dz), 1]];
  // Knots at slice centres; t in [0, 1) between the two central knots.
  const u = z / dz - 0.5;
  const s = Math.floor(u);
  const t = u - s;
  const r = 1 - t;
  return [
    [s - 1, (r * r * r) / 6],
    [s, (4 - 6 * t * t + 3 * t * t * t) / 6],
    [s + 1, (4 - 6 * r * r + 3 * r * r * r) / 6],
    [s + 2, (t * t * t) / 6],
  ];
}

/** Where a crystal ends after `exit` slices, as `cut` takes it. @throws RangeError beyond the depth of a stack that does not repeat */
export function placeOf({ order, nSlices }: Pick<SliceStack, 'order' | 'nSlices'>, exit: number): number {
  if (!order) return exit % nSlices;
  if (exit > order.length) throw new RangeError(`${exit} slices of ${order.length}`);
  return exit;
}

/** Slices [ny][nx] [V·Å] of a block whose corner is the origin. @throws as `slicer` */
export function sliceStack(atoms: Atoms, options: SliceOptions): SliceStack {
  return slicer(atoms.cell_A, options)(atoms);
}

/**
 * Cuts blocks of one size into slices as `sliceStack` does; what an element's potential looks like is tabulated once for all of them.
 * @throws (from the function that it returns) 'not-finite' for a position that is not a number; 'shape' without atoms or for another size; 'unsupported' for an
 * element without a scattering factor
 */
export function slicer(cell_A: Atoms['cell_A'], options: SliceOptions): (atoms: Atoms) => SliceStack {
  const { nx, ny, nSlices, slicing } = options;
  const [lx, ly, lz] = cell_A;
  const dz = lz / nSlices;
  const plane = new HalfPlane(nx, ny, lx, ly, options.bandLimit ?? 1);
  const shells = plane.k.length;
  const reach = reachFor(lz);
  const made = new Map<string, Kind>();
  const kindOf = (symbol: string): Kind => {
    const known = made.get(symbol);
    if (known) return known;
    const f = options.form?.(symbol) ?? scatteringFactor(symbol, options.factors);
    const u2 = options.u2_A2?.[symbol] ?? 0;
    const integral = (period: number): BoxIntegral | undefined =>
      slicing === 'box' || slicing === 'smooth'
        ? new BoxIntegral(
            f,
            options.u2z_A2?.[symbol] ?? u2,
            period,
            plane.k[shells - 1]!,
            slicing === 'smooth' ? dz : 0,
          )
        : undefined;
    const along = integral(lz);
    const kind = {
      projected: plane.k.map((k) => SCATTERING_TO_POTENTIAL * f(k * k) * debyeWaller(u2, k * k)),
      along,
      tail: lz === 2 * reach ? along : integral(2 * reach),
    };
    made.set(symbol, kind);
    return kind;
  };
  const fft = new Fft2(nx, ny);
  const fraction = new Float64Array(shells);

  return (atoms) => {
    if (atoms.symbols.length === 0) fail('shape', 'The structure has no atoms.', 'Give at least one atom.');
    if (atoms.cell_A.some((edge, axis) => edge !== cell_A[axis])) {
      fail(
        'shape',
        `A block of ${atoms.cell_A.join(' × ')} Å among those of ${cell_A.join(' × ')} Å.`,
        'Give blocks of one size.',
      );
    }
    for (const value of atoms.positions_A) {
      if (!Number.isFinite(value))
        fail('not-finite', 'An atom has a position that is not a number.', 'Mend the structure.');
    }
    const species = [...new Set(atoms.symbols)].sort().map((symbol) => {
      const heaps: readonly Heap[] = atoms.symbols.flatMap((s, i): Heap[] => {
        if (s !== symbol) return [];
        const [x, y, z] = atoms.positions_A.subarray(3 * i) as unknown as [number, number, number];
        return [{ x, y, z, there: atoms.occupancy ? atoms.occupancy[i]! : 1 }];
      });
      return { ...kindOf(symbol), heaps };
    });
    // Only what is smooth along the beam can be interpolated there.
    const byHeight =
      slicing === 'smooth' ? species.map((kind) => ({ ...kind, heaps: atEachHeight(kind.heaps, dz, plane) })) : species;

    type Share = (z: number, kind: Kind, add: (weight: number, reached?: number) => void) => void;

    /** Spectrum of a projected potential: `share` adds what it takes of an atom at z, by `add`. */
    function spectrum(share: Share, of: typeof species): readonly [re: Float64Array, im: Float64Array] {
      const re = new Float64Array(nx * ny);
      const im = new Float64Array(nx * ny);
      const sumRe = new Float64Array(plane.size);
      const sumIm = new Float64Array(plane.size);
      for (const kind of of) {
        sumRe.fill(0);
        sumIm.fill(0);
        for (const heap of kind.heaps) {
          share(heap.z, kind, (weight, reached) => {
            // Shares that depend on k come in `fraction`, up to the shell `reached`.
            if ('re' in heap) plane.addPlane(heap.re, heap.im, fraction, reached!, sumRe, sumIm);
            else {
              const amplitude = reached === undefined ? undefined : fraction;
              plane.addAtom(heap.x, heap.y, heap.there * weight, amplitude, reached ?? shells, sumRe, sumIm);
            }
          });
        }
        plane.unfold(sumRe, sumIm, kind.projected, nx, re, im);
      }
      return [re, im];
    }

    /** Two projected potentials by one transform, as its real and its imaginary part. */
    function project(
      of: typeof species,
      first: Share,
      second: Share = () => {},
    ): readonly [Float64Array, Float64Array] {
      const [re, im] = spectrum(first, of);
      const [re2, im2] = spectrum(second, of);
      for (let i = 0; i < re.length; i++) {
        re[i] = re[i]! - im2[i]!;
        im[i] = im[i]! + re2[i]!;
      }
      fft.run(re, im, 1);
      const area = lx * ly;
      return [re.map((v) => v / area), im.map((v) => v / area)];
    }

    const shareOf =
      (index: number): Share =>
      (z, { along }, add) => {
        if (along) add(1, along.fractions(index * dz - z, dz, plane.k, fraction));
        else
          for (const [at, weight] of weights(z, dz, slicing as 'spline' | 'whole-atom')) {
            if ((((at - index) % nSlices) + nSlices) % nSlices === 0 && weight > 0) add(weight);
          }
      };

    /** The pair of the last slice: slices are mostly asked for in turn. */
    let pair: { first: number; slices: readonly [Float64Array, Float64Array] } | undefined;
    const slice = (index: number): Float64Array => {
      const first = index & ~1;
      if (pair?.first !== first)
        pair = {
          first,
          slices: project(byHeight, shareOf(first), first + 1 < nSlices ? shareOf(first + 1) : undefined),
        };
      return pair.slices[index & 1]!.slice();
    };

    const cut = (index: number): Float64Array => {
      const place = index * dz;
      const [potential] = project(species, (z, { tail }, add) => {
        // The atom and its images whose reach the cut is in.
        const first = Math.ceil((place - reach - z) / lz);
        for (let image = first; z + image * lz <= place + reach; image++) {
          const at = z + image * lz;
          const before = at < place;
          if (tail) {
            if (before) add(1, tail.fractions(place - at, reach - (place - at), plane.k, fraction));
            else add(-1, tail.fractions(-reach, reach + (place - at), plane.k, fraction));
          } else {
            for (const [s, weight] of weights(at, dz, slicing as 'spline' | 'whole-atom')) {
              if (before === s >= index && weight > 0) add(before ? weight : -weight);
            }
          }
        }
      });
      return potential;
    };
    return { nx, ny, nSlices, cell_A, dz_A: dz, slice, cut };
  };
}

/** Maps of a film under three biases whose truth is known, as a network would give them: means of a posterior, P along the beam at the level of the prior. Not a test. */

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type FileIdentity, type Identity, identify } from '../src/core/identity.ts';
import { RandomStream } from '../src/core/random.ts';
import { encodeMapZarr } from '../src/polarization/map-files.ts';
import type { MapChannel, PolarizationMap } from '../src/polarization/polarization-map.ts';
import { calibrationIdentity } from '../src/scan/calibration.ts';

export const STEP_nm = 0.4;
export const PRIOR = 8;
const WAVES = 24;

export interface FilmSetting {
  readonly shape: readonly [ny: number, nx: number];
  /** σ of P_x and P_y, and of P_z [µC/cm²]. */
  readonly sigma: readonly [plane: number, along: number];
  /** Hash of the model that made the map. */
  readonly model?: string | undefined;
}

/** The truth at (x, y) [positions], tail to tail across the film but for what the bias adds: 3 µC/cm² for a volt against y. */
export function filmTruth(bias_V: number, [ny]: readonly [number, number]) {
  const draw = new RandomStream(3, 'texture');
  const waves = Array.from({ length: WAVES }, () => ({
    k: [draw.normal() * 0.25, draw.normal() * 0.25] as const,
    phase: 2 * Math.PI * draw.uniform(),
    size: [draw.normal(), draw.normal(), draw.normal()] as const,
  }));
  const texture = (x: number, y: number, axis: 0 | 1 | 2) =>
    waves.reduce((sum, { k, phase, size }) => sum + size[axis] * Math.cos(k[0] * x + k[1] * y + phase), 0) / 3.5;
  return (x: number, y: number): [number, number, number] => {
    const height = (y - ny / 2) / (ny / 2);
    return [7 * texture(x, y, 0), 8 * height - 3 * bias_V + 3 * texture(x, y, 1), 6 * texture(x, y, 2)];
  };
}

/** How the scan of a state is displaced: what lies at (x, y) with no bias lies at (x, y) + shift. [positions] */
export const shiftAt = (bias_V: number): [x: number, y: number] => [1.1 * bias_V, 0.6 * bias_V];

/** Of a map of that model (hash of its file), calibrated with a known rotation, of one dataset of the scan's file, which need not be. */
export const identityOfMap = ({
  model = 'aa',
  rotation_deg = 0,
  dataset,
  files = {},
}: {
  readonly model?: string | undefined;
  readonly rotation_deg?: number | undefined;
  readonly dataset?: string | undefined;
  readonly files?: Readonly<Record<string, FileIdentity>>;
}): Identity =>
  identify({
    kind: 'map',
    schema: 3,
    program: 'ferroscope 0.1.0',
    settings: {},
    inputs: {
      model: { kind: 'file', name: 'model.onnx', size_bytes: 1, content: model },
      calibration: calibrationIdentity(
        files,
        { a_A: 3.95, voltage_kV: 300, convergence_mrad: 2.2, rotation_deg, flip: [], dataset },
        'ferroscope 0.1.0',
      ),
    },
  });

export function filmMap(bias_V: number, { shape, sigma: [plane, along], model }: FilmSetting): PolarizationMap {
  const [ny, nx] = shape;
  const noise = new RandomStream(20 + bias_V, 'map');
  const truth = filmTruth(bias_V, shape);
  const [dx, dy] = shiftAt(bias_V);
  const channel = (
    name: string,
    unit: string,
    sigma: number,
    scatter: number,
    f: (x: number, y: number) => number,
    more = {},
  ): MapChannel => ({
    name,
    unit,
    values: Float32Array.from(
      { length: ny * nx },
      (_, i) => f((i % nx) - dx, Math.floor(i / nx) - dy) + scatter * noise.normal(),
    ),
    sigma: new Float32Array(ny * nx).fill(sigma),
    ...more,
  });
  const component = (axis: 'x' | 'y' | 'z', at: 0 | 1 | 2) => {
    const sigma = axis === 'z' ? along : plane;
    const kept = 1 - (sigma / PRIOR) ** 2;
    return channel(`P_${axis}`, 'uC/cm2', sigma, sigma * Math.sqrt(kept), (x, y) => kept * truth(x, y)[at], {
      prior: PRIOR,
    });
  };
  return {
    shape,
    step_nm: STEP_nm,
    channels: [
      component('x', 0),
      component('y', 1),
      component('z', 2),
      channel('thickness', 'nm', 0.3, 0.3, (x, y) => 40 + 2 * Math.sin(x / 7) * Math.cos(y / 6) + 0.02 * x),
      channel('tilt_x', 'mrad', 0.02, 0.02, (x, y) => 0.2 * Math.cos(x / 9 + y / 11)),
      channel('tilt_y', 'mrad', 0.02, 0.02, (x, y) => 0.2 * Math.sin(x / 8 - y / 10)),
    ],
    meta: {
      identity: identityOfMap({ model }),
      recipe_hash: '',
      version: '0',
      seed: 1,
      source: `film at ${bias_V} V`,
      held_out_mae: {},
    },
  };
}

/** map.zarr in a folder. */
export async function writeMap(folder: string, map: PolarizationMap): Promise<string> {
  for (const [name, bytes] of await encodeMapZarr(map)) {
    const path = join(folder, 'map.zarr', name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  }
  return folder;
}

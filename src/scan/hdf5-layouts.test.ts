/** Every layout of HDF5 gives the same scan: counts that say their place, steps and voltage as stated. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { problemOf } from '../core/test-problem.ts';
import { scanFile } from '../node/scan-file.ts';
import { describeFile } from './describe.ts';
import { counts, makeHdf5, readAllOf, SHAPE, type Writable } from './test-hdf5.ts';

const folder = mkdtempSync(join(tmpdir(), 'ferroscope-hdf5-'));
const place = (name: string) => join(folder, name);
const inOrder = [...counts().data];

/** Arrays along axes, as EMD has them. */
function dims(group: Writable, axes: readonly (readonly [name: string, unit: string, step: number])[], first: 0 | 1) {
  for (const [i, [name, unit, step]] of axes.entries()) {
    const dim = group.create_dataset({ name: `dim${i + first}`, data: new Float64Array([0, step]) });
    dim.create_attribute('name', name);
    dim.create_attribute('units', unit);
  }
}

test("HyperSpy's EMD, whose axes are all reversed: units and names say so", async () => {
  const path = place('hyperspy.emd');
  await makeHdf5(path, (file) => {
    const group = file.create_group('signals').create_group('s');
    group.create_attribute('emd_group_type', 1);
    group.create_dataset({ name: 'data', ...counts(['qx', 'qy', 'rx', 'ry']) });
    const axes = [
      ['kx', '[1_/_n_m]', 0.13],
      ['ky', '[1_/_n_m]', 0.13],
      ['scan_x', '[n_m]', 0.4],
      ['scan_y', '[n_m]', 0.4],
    ];
    dims(group, axes as [string, string, number][], 1);
  });
  const { shape, numbers, info } = await readAllOf(path);
  expect(shape).toEqual(SHAPE);
  expect(numbers).toEqual(inOrder);
  expect(info).toMatchObject({ step_nm: 0.4, q_pixel: 0.13, q_unit: '1/nm' });
  expect(info.notes.join()).toContain('read as qx,qy,rx,ry; --order corrects it');
});

test('HyperSpy’s own file: navigate says which axes are the scan, units say it better', async () => {
  const path = place('scan.hspy');
  const write = (
    name: string,
    order: Parameters<typeof counts>[0],
    units: readonly string[],
    navigate: readonly boolean[],
  ) =>
    makeHdf5(name, (file) => {
      const group = file.create_group('Experiments').create_group('scan');
      group.create_dataset({ name: 'data', ...counts(order) });
      for (const [i, unit] of units.entries()) {
        const axis = group.create_group(`axis-${i}`);
        axis.create_attribute('name', ['a', 'b', 'c', 'd'][i]!);
        axis.create_attribute('units', unit);
        axis.create_attribute('scale', 0.25);
        axis.create_attribute('navigate', navigate[i] ? 1 : 0);
      }
      const tem = group.create_group('metadata').create_group('Acquisition_instrument').create_group('TEM');
      tem.create_attribute('beam_energy', 200);
    });
  await write(path, undefined, ['px', 'px', 'px', 'px'], [true, true, false, false]);
  const marked = await readAllOf(path);
  expect(marked.numbers).toEqual(inOrder);
  expect(marked.info).toMatchObject({ voltage_kV: 200, step_nm: undefined });
  expect(marked.info.notes.join()).not.toContain('does not say which axes');
  // The signal was transposed: patterns navigate.
  const turned = place('turned.hspy');
  await write(turned, ['qy', 'qx', 'ry', 'rx'], ['mrad', 'mrad', 'nm', 'nm'], [true, true, false, false]);
  const { numbers, info } = await readAllOf(turned, { order: ['qy', 'qx', 'ry', 'rx'] });
  expect(numbers).toEqual(inOrder);
  expect(info).toMatchObject({ step_nm: 0.25, q_pixel: 0.25, q_unit: 'mrad' });
});

test("Nion Swift's JSON gives steps, angle and voltage", async () => {
  const path = place('nion.h5');
  await makeHdf5(path, (file) => {
    const calibration = (scale: number, units: string) => ({ offset: -1, scale, units });
    const dataset = file.create_dataset({ name: 'data', ...counts() });
    const properties = {
      data_source: {
        collection_dimension_count: 2,
        datum_dimension_count: 2,
        dimensional_calibrations: [
          calibration(0.4, 'nm'),
          calibration(0.4, 'nm'),
          calibration(0.001, 'rad'),
          calibration(0.001, 'rad'),
        ],
        metadata: { instrument: { high_tension: 200_000 } },
      },
    };
    dataset.create_attribute('properties', JSON.stringify(properties));
  });
  const { numbers, info } = await readAllOf(path);
  expect(numbers).toEqual(inOrder);
  expect(info).toMatchObject({ format: 'Nion Swift', step_nm: 0.4, q_pixel: 1, q_unit: 'mrad', voltage_kV: 200 });
});

test('NeXus: signal and axes', async () => {
  const path = place('scan.nxs');
  await makeHdf5(path, (file) => {
    const group = file.create_group('entry').create_group('merlin');
    group.create_attribute('NX_class', 'NXdata');
    group.create_attribute('signal', 'counts');
    group.create_attribute('axes', ['y', 'x', 'qy', 'qx']);
    group.create_dataset({ name: 'counts', ...counts() });
    for (const [name, unit, step] of [
      ['y', 'um', 0.002],
      ['x', 'um', 0.002],
      ['qy', '1/angstrom', 0.05],
      ['qx', '1/angstrom', 0.05],
    ] as const) {
      group.create_dataset({ name, data: new Float64Array([0, step, 2 * step]) }).create_attribute('units', unit);
    }
  });
  const { numbers, info } = await readAllOf(path);
  expect(numbers).toEqual(inOrder);
  expect(info.step_nm).toBeCloseTo(2, 9);
  expect(info).toMatchObject({ format: 'NeXus', q_pixel: 0.05, q_unit: '1/A' });
});

test('a Dectris master: frames of linked files one behind the other; a file that is gone is named', async () => {
  const { data } = counts();
  for (const [i, frames] of [2, 4].entries()) {
    await makeHdf5(place(`d_data_00000${i + 1}.h5`), (file) => {
      const from = i * 2 * 20;
      file
        .create_group('entry')
        .create_group('data')
        .create_dataset({ name: 'data', data: data.slice(from, from + frames * 20), shape: [frames, 5, 4] });
    });
  }
  const path = place('d_master.h5');
  await makeHdf5(path, (file) => {
    const entry = file.create_group('entry');
    const group = entry.create_group('data');
    for (const n of [1, 2]) group.create_external_link(`d_data_00000${n}.h5`, '/entry/data/data', `data_00000${n}`);
    const special = entry.create_group('instrument').create_group('detector').create_group('detectorSpecific');
    special.create_dataset({ name: 'photon_energy', data: new Float64Array([300_000]) });
  });
  const asked = await problemOf(readAllOf(path));
  expect(asked).toMatchObject({ tag: 'shape', fields: { frames: 6 } });
  expect(asked.hint).toContain('--scan-shape');
  const { shape, numbers, info } = await readAllOf(path, { scan_shape: [2, 3] });
  expect(shape).toEqual(SHAPE);
  expect(numbers).toEqual(inOrder);
  expect(info.voltage_kV).toBe(300);
  rmSync(place('d_data_000002.h5'));
  const lost = await problemOf(readAllOf(path, { scan_shape: [2, 3] }));
  expect(lost.tag).toBe('file-missing');
  expect(lost.message).toContain('d_data_000002.h5');
  rmSync(place('d_data_000001.h5'));
  expect((await problemOf(readAllOf(path))).message).toContain('d_data_000001.h5');
});

test('links that lead to themselves, or round to a group above, are passed over', async () => {
  const path = place('loop.h5');
  await makeHdf5(path, (file) => {
    file.create_soft_link('/loop', 'loop');
    const group = file.create_group('group');
    group.create_soft_link('/group', 'up');
    group.create_dataset({ name: 'scan', ...counts() });
  });
  const { numbers, info } = await readAllOf(path);
  expect(numbers).toEqual(inOrder);
  expect(info.dataset).toMatch(/scan$/);
});

test("Velox's stack has its frames last, and JSON beside it", async () => {
  const path = place('velox.emd');
  await makeHdf5(path, (file) => {
    file.create_dataset({ name: 'Version', data: ['{"format": "Velox"}'] });
    const group = file.create_group('Data').create_group('Image').create_group('0a');
    const { data } = counts(['qy', 'qx', 'ry', 'rx']);
    group.create_dataset({ name: 'Data', data, shape: [5, 4, 6] });
    const json = {
      Optics: { AccelerationVoltage: '200000' },
      BinaryResult: { PixelSize: { width: '1e8' }, PixelUnitX: '1/m' },
    };
    const text = new Uint8Array(400);
    text.set(new TextEncoder().encode(JSON.stringify(json)));
    group.create_dataset({ name: 'Metadata', data: text, shape: [400, 1] });
  });
  expect((await describeFile(await scanFile(path))).lines[0]).toContain('without the shape of a scan');
  const { numbers, info } = await readAllOf(path, { scan_shape: [2, 3] });
  expect(numbers).toEqual(inOrder);
  expect(info).toMatchObject({ voltage_kV: 200, q_pixel: expect.closeTo(0.1, 9), q_unit: '1/nm' });
});

test('what a file does not say is said, and --order corrects it', async () => {
  const path = place('plain.h5');
  await makeHdf5(path, (file) => file.create_dataset({ name: 'a', ...counts(['rx', 'qx', 'ry', 'qy']) }));
  const taken = await readAllOf(path);
  expect(taken.shape).toEqual([3, 4, 2, 5]);
  expect(taken.info.notes.join()).toContain('3 × 4 × 2 × 5 is taken as ry,rx,qy,qx; --order corrects it');
  const { shape, numbers } = await readAllOf(path, { order: ['rx', 'qx', 'ry', 'qy'] });
  expect(shape).toEqual(SHAPE);
  expect(numbers).toEqual(inOrder);
  const wrong = await problemOf(readAllOf(path, { order: ['ry', 'ry', 'qy', 'qx'] }));
  expect(wrong).toMatchObject({ tag: 'shape' });
  expect(wrong.hint).toContain('ry,rx,qy,qx once');
});

test('previews and references are never the scan; the largest of several is, and the others are counted', async () => {
  const path = place('several.h5');
  const big = { data: new Uint16Array(4 * 4 * 10 * 10), shape: [4, 4, 10, 10] };
  await makeHdf5(path, (file) => {
    file.create_dataset({ name: 'preview', ...big });
    file.create_group('dark_reference').create_dataset({ name: 'data', ...big });
    file.create_dataset({ name: 'small', data: new Uint8Array(16), shape: [2, 2, 2, 2] });
    file.create_dataset({ name: 'scan', ...counts() });
  });
  const { info, numbers } = await readAllOf(path);
  expect(info.dataset).toBe('/scan');
  expect(numbers).toEqual(inOrder);
  expect(info.notes.join()).toContain('1 more 4D array');
  const only = place('only.h5');
  await makeHdf5(only, (file) => file.create_dataset({ name: 'preview', ...big }));
  expect((await problemOf(readAllOf(only))).message).toContain('what accompanies a scan');
});

test('images of the scan for each pixel are not taken for patterns', async () => {
  const path = place('images.h5');
  // A disk in the middle of 12 × 12 pixels, the same at all of 6 × 6 positions, but for a few per cent.
  const data = Float32Array.from({ length: 12 * 12 * 36 }, (_, i) => {
    const [y, x] = [Math.floor(i / 36 / 12) - 5.5, (Math.floor(i / 36) % 12) - 5.5];
    return (Math.hypot(y, x) < 3 ? 1000 : 10) * (1 + 0.05 * Math.sin(i % 36));
  });
  await makeHdf5(path, (file) => file.create_dataset({ name: 'a', data, shape: [12, 12, 6, 6] }));
  const { tag, hint } = await problemOf(readAllOf(path));
  expect(tag).toBe('shape');
  expect(hint).toContain('--order qy,qx,ry,rx');
  expect((await readAllOf(path, { order: ['qy', 'qx', 'ry', 'rx'] })).shape).toEqual([6, 6, 12, 12]);
  // Asked for, it is taken as it is.
  expect((await readAllOf(path, { order: ['ry', 'rx', 'qy', 'qx'] })).shape).toEqual([12, 12, 6, 6]);
});

test('a scan-shape takes the place of the file’s, and what is left over is said', async () => {
  const path = place('shape.h5');
  await makeHdf5(path, (file) => file.create_dataset({ name: 'a', ...counts() }));
  const { shape, numbers, info } = await readAllOf(path, { scan_shape: [5, 1] });
  expect(shape).toEqual([5, 1, 5, 4]);
  expect(numbers).toEqual(inOrder.slice(0, 100));
  expect(info.notes.join()).toContain('1 patterns behind');
});

test('EMPAD’s frames of 130 rows lose the two that are no pattern', async () => {
  const path = place('empad.h5');
  const data = Float32Array.from({ length: 2 * 130 * 128 }, (_, i) => (Math.floor(i / 128) % 130 < 128 ? 1 : 1e9));
  await makeHdf5(path, (file) => file.create_dataset({ name: 'a', data, shape: [1, 2, 130, 128] }));
  const { shape, numbers, info } = await readAllOf(path);
  expect(shape).toEqual([1, 2, 128, 128]);
  expect(numbers.every((value) => value === 1)).toBe(true);
  expect(info.notes.join()).toContain('130 × 128');
});

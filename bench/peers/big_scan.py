"""Makes a large scan of one kind of file, or reads given patterns of it as its usual library does: the peer of bench/open.ts.

    big_scan.py make KIND PATH GB TWIN_A     -> {"shape": [ry, rx, qy, qx], "bytes": size of the files}
    big_scan.py read KIND PATH RX INDICES    -> seconds of wall and of CPU, the most memory, sum of the patterns

GB: of numbers, before compression. Patterns are twin-a's, four versions of each with other noise, as often as they fit. Compressed chunks are made once and
written as they are. Written from the descriptions of the formats; nothing here is another program's code.
"""
import json, os, resource, struct, sys, time
import numpy as np


def patterns(twin_a, kind):
    """1024 patterns of twin-a, [n][qy][qx], with the noise of 5% more and 5% fewer counts."""
    import h5py

    with h5py.File(twin_a) as file:
        base = file['datacube_root/datacube/data'][()].reshape(256, 256, 256)
    rng = np.random.default_rng(1)
    all_ = [base]
    for _ in range(3):
        all_.append((rng.binomial(base, 0.95) + rng.poisson(0.05 * base)).astype(np.uint16))
    made = np.concatenate(all_)
    if kind == 'empad':
        made = made.reshape(-1, 128, 2, 128, 2).sum((2, 4)).astype('<f4')
        return np.concatenate([made, np.zeros((len(made), 2, 128), '<f4')], axis=1)
    if kind == 'dectris':
        return np.ascontiguousarray(made[:, 32:224, 32:224]).astype('<u4')
    return made


def paths_of(kind, path):
    """All files of a scan."""
    if kind != 'dectris':
        return [path]
    folder = os.path.dirname(path)
    return [path] + sorted(os.path.join(folder, name) for name in os.listdir(folder) if '_data_' in name)


def emd(kind, path, made, shape, twin_a):
    import h5py

    with h5py.File(twin_a) as old, h5py.File(path, 'w') as file:
        old.copy('datacube_root', file, without_attrs=False)
        group = file['datacube_root/datacube']
        del group['data']
        if kind == 'emd':
            data = group.create_dataset('data', shape, '<u2')
            for y in range(shape[0]):
                data[y] = made[(np.arange(shape[1]) + y * shape[1]) % len(made)]
        else:
            data = group.create_dataset('data', shape, '<u2', chunks=(1, 1, *shape[2:]), compression='gzip', compression_opts=4)
            write_chunks(data, made, shape)


def write_chunks(data, made, shape):
    """Chunks of a pattern each: those of `made` are compressed by HDF5 once and written again and again."""
    import h5py

    with h5py.File('chunks', 'w', driver='core', backing_store=False) as memory:
        kept = memory.create_dataset('data', (len(made), *shape[-2:]), data.dtype, chunks=(1, *shape[-2:]), **filters_of(data))
        kept[:] = made
        chunks = [kept.id.read_direct_chunk((i, 0, 0))[1] for i in range(len(made))]
    for i in range(int(np.prod(shape[:-2]))):
        at = divmod(i, shape[1]) if len(shape) == 4 else (i,)
        data.id.write_direct_chunk((*at, 0, 0), chunks[i % len(chunks)])


def filters_of(data):
    if data.compression == 'gzip':
        return {'compression': 'gzip', 'compression_opts': data.compression_opts}
    import hdf5plugin

    return dict(hdf5plugin.Bitshuffle(cname='lz4'))


def hspy(path, made, shape):
    import h5py

    with h5py.File(path, 'w') as file:
        file.attrs['file_format'] = 'HyperSpy'
        file.attrs['file_format_version'] = '3.3'
        group = file.create_group('Experiments/scan')
        for i, (name, unit, scale) in enumerate([('y', 'nm', 0.395), ('x', 'nm', 0.395), ('ky', '1/nm', 0.132), ('kx', '1/nm', 0.132)]):
            axis = group.create_group(f'axis-{i}')
            axis.attrs.update({'_type': 'UniformDataAxis', 'name': name, 'units': unit, 'scale': scale, 'offset': 0.0, 'size': shape[i], 'navigate': i < 2})
        group.create_group('metadata/Signal').attrs['signal_type'] = ''
        group['metadata'].create_group('General').attrs['title'] = 'scan'
        group.create_group('original_metadata')
        group.create_group('learning_results')
        data = group.create_dataset('data', shape, '<u2', chunks=(1, 1, *shape[2:]), compression='gzip', compression_opts=4)
        write_chunks(data, made, shape)


def dectris(path, made, shape):
    import h5py, hdf5plugin

    folder, frames, part = os.path.dirname(path), shape[0] * shape[1], 10000
    with h5py.File(path, 'w') as master:
        group = master.create_group('entry/data')
        master['entry/instrument/detector/detectorSpecific/ntrigger'] = frames
        for number, start in enumerate(range(0, frames, part), 1):
            name = os.path.basename(path).replace('_master', f'_data_{number:06d}')
            count = min(part, frames - start)
            with h5py.File(os.path.join(folder, name), 'w') as file:
                data = file.create_dataset('entry/data/data', (count, *shape[2:]), '<u4', chunks=(1, *shape[2:]), **hdf5plugin.Bitshuffle(cname='lz4'))
                write_chunks(data, np.roll(made, -(start % len(made)), axis=0), data.shape)
            group[f'data_{number:06d}'] = h5py.ExternalLink(name, '/entry/data/data')


def frames(kind, path, made, shape):
    """Frames one behind the other: MIB, EMPAD, MRC, NPY."""
    count = shape[0] * shape[1]
    with open(path, 'wb') as file:
        if kind == 'npy':
            np.lib.format.write_array_header_1_0(file, {'descr': '<u2', 'fortran_order': False, 'shape': tuple(shape)})
        if kind == 'mrc':
            words = np.zeros(256, '<i4')
            words[:4] = [shape[3], shape[2], count, 6]
            words[7:10] = [shape[3], shape[2], count]
            words[16:19] = [1, 2, 3]
            head = bytearray(words.tobytes())
            head[208:212], head[212:216] = b'MAP ', b'DD\0\0'
            file.write(head)
        if kind == 'mib':
            bodies = [p.astype('>u2').tobytes() for p in made]
            for i in range(count):
                head = f'MQ1,{(i + 1) % 1000000:06d},00384,01,{shape[3]:04d},{shape[2]:04d},U16,   1x1,01,2024-01-01 00:00:00.000000,0.001000,0,0,0,1.2E+2,'
                head += '5.11E+2,0.00E+0' + ',0.00E+0' * 6 + ',3RX' + ',0' * 27 + ',MQ1A,2024-01-01T00:00:00.000000Z,1000000ns,12,'
                file.write(head.encode().ljust(384, b'\0'))
                file.write(bodies[i % len(bodies)])
        else:
            whole = made.tobytes()
            size = len(whole) // len(made)
            for start in range(0, count, len(made)):
                file.write(whole[: min(len(made), count - start) * size])


def make(kind, path, gb, twin_a):
    made = patterns(twin_a, kind)
    _, rows, columns = made.shape
    side = int((gb * 1e9 / made[0].nbytes) ** 0.5)
    shape = [side, side, rows, columns]
    if kind.startswith('emd'):
        emd(kind, path, made, shape, twin_a)
    elif kind == 'hspy':
        hspy(path, made, shape)
    elif kind == 'dectris':
        dectris(path, made, shape)
    else:
        frames(kind, path, made, shape)
    files = paths_of(kind, path)
    for one in files:
        # On the disk, so that the system's memory of it can be let go.
        with open(one, 'rb') as file:
            os.fsync(file.fileno())
    return {'shape': shape, 'bytes': sum(os.path.getsize(one) for one in files)}


def forget(kind, path):
    for one in paths_of(kind, path):
        with open(one, 'rb') as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def read(kind, path, rx, indices):
    """One pattern after the other into memory, the file opened within the time; the sum of every 16th number shows that both read the same."""
    indices = [first + i for first, count in indices for i in range(count)]
    total = 0

    def add(pattern):
        nonlocal total
        total += int(pattern.ravel()[::16].sum())

    if kind.startswith('emd') or kind in ('hspy', 'dectris'):
        import h5py, hdf5plugin
    elif kind == 'mib':
        from rsciio.quantumdetector import file_reader
    elif kind == 'mrc':
        from rsciio.mrc import file_reader
    start, used = time.perf_counter(), time.process_time()
    if kind == 'dectris':
        with h5py.File(path, 'r') as file:
            parts = [file[f'entry/data/{name}'] for name in sorted(file['entry/data'])]
            for i in indices:
                add(parts[i // 10000][i % 10000])
    elif kind.startswith('emd') or kind == 'hspy':
        with h5py.File(path, 'r') as file:
            data = file['Experiments/scan/data' if kind == 'hspy' else 'datacube_root/datacube/data']
            for i in indices:
                add(data[i // rx, i % rx])
    elif kind == 'npy':
        data = np.load(path, mmap_mode='r')
        for i in indices:
            add(np.array(data[i // rx, i % rx]))
    elif kind == 'empad':
        # RosettaSciIO reads EMPAD by its XML and as a memory map: the same without the XML.
        data = np.memmap(path, '<f4', 'r').reshape(-1, 130, 128)
        for i in indices:
            add(np.array(data[i, :128]))
    else:
        more = {'navigation_shape': None} if kind == 'mib' else {}
        data = file_reader(path, lazy=True, **more)[0]['data']
        data = data.reshape(-1, *data.shape[-2:])
        for i in indices:
            add(np.asarray(data[i].compute(scheduler='synchronous')))
    return {
        'wall_s': time.perf_counter() - start,
        'cpu_s': time.process_time() - used,
        'memory_MB': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
        'sum': total,
    }


what, kind, path = sys.argv[1:4]
if what == 'make':
    answer = make(kind, path, float(sys.argv[4]), sys.argv[5])
elif what == 'forget':
    answer = forget(kind, path)
else:
    answer = read(kind, path, int(sys.argv[4]), json.load(open(sys.argv[5])))
print(json.dumps(answer))

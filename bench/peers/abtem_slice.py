"""abTEM's multislice on this machine: ns per pixel*slice. Usage: abtem_slice.py N THREADS; prints one JSON line.

A batch of plane waves, then single probes, through an array of slices, float32 (abTEM's default), FFTs by pyFFTW with THREADS threads; numba and BLAS too.
The potential is made beforehand and not timed; its transmission functions are, as in every run of abTEM, made on the fly.
"""

import json
import os
import sys
import time

size, threads = int(sys.argv[1]), int(sys.argv[2])
for name in ("OMP_NUM_THREADS", "NUMBA_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = str(threads)

import abtem  # noqa: E402
import numpy as np  # noqa: E402

abtem.config.set({"fft": "fftw", "fftw.threads": threads, "fftw.planning_effort": "FFTW_MEASURE", "device": "cpu"})
SLICES, BATCH, ROUNDS = 16, 8, 4
length = 0.141 * size
values = (40 * np.sin(np.arange(size * size)) ** 2).reshape(size, size).astype(np.float32)
potential = abtem.PotentialArray(
    np.repeat(values[None], SLICES, axis=0), slice_thickness=0.247, sampling=(0.141, 0.141)
)


def best(make, waves):
    times = []
    for _ in range(ROUNDS):
        start_waves = make()
        start = time.perf_counter()
        result = start_waves.multislice(potential)
        if hasattr(result, "compute"):
            result = result.compute()
        times.append(time.perf_counter() - start)
    return min(times) / (waves * SLICES * size * size) * 1e9


def batch():
    array = np.ones((BATCH, size, size), dtype=np.complex64)
    return abtem.Waves(
        array, energy=300e3, sampling=(0.141, 0.141), ensemble_axes_metadata=[abtem.core.axes.OrdinalAxis(values=tuple(range(BATCH)))]
    )


def probe():
    return abtem.Probe(energy=300e3, semiangle_cutoff=2.2, extent=length, gpts=size).build(
        (length / 2, length / 2), lazy=False
    )


print(json.dumps({"version": abtem.__version__, "batch": best(batch, BATCH), "probe": best(probe, 1)}))

"""abTEM on patterns of a library: its times on all cores, and its patterns for comparison. Usage: abtem_library.py FOLDER; prints one JSON line.

FOLDER/job.json says what (`Job` in bench/diffraction.ts). Lengths in Å, tilts in mrad, times in ns per pixel*slice (time over the work of all processes) or s.
float32 (abTEM's default), FFTs by pyFFTW. Everything eager: batches are of the size asked for, and every process does one batch after the other.
"""

import json
import multiprocessing
import os
import sys
import time

BATCHES = (4, 8, 16, 32)
# Cells of depth: where batches are chosen, and where PRISM is timed (its scattering matrix at every thickness fills memory).
SHORT, PRISM = 6, 20


def load(threads):
    """abTEM with that many threads; before anything else imports numpy."""
    for name in ("OMP_NUM_THREADS", "NUMBA_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(threads)
    import abtem
    import numpy

    settings = {"fft": "fftw", "fftw.threads": threads, "fftw.planning_effort": "FFTW_MEASURE", "device": "cpu"}
    abtem.config.set({**settings, "dask.lazy": False, "diagnostics.progress_bar": False})
    return abtem, numpy


class Block:
    """The job, and abTEM's own potential of it."""

    def __init__(self, folder, threads):
        self.abtem, self.np = load(threads)
        self.folder = folder
        with open(os.path.join(folder, "job.json")) as file:
            self.job = json.load(file)
        self.extent = self.job["length_A"]
        self.slices = self.job["slices_per_cell"] * self.job["cells_z"]

    def array(self, name):
        return self.np.load(os.path.join(self.folder, name))

    def build(self):
        """Finite projections: each slice holds the integral over its own depth. Lateral Debye-Waller factors, as abTEM has them."""
        import ase.io

        sigmas = {symbol: u2**0.5 for symbol, u2 in self.job["u2_A2"].items()}
        potential = self.abtem.Potential(
            ase.io.read(os.path.join(self.folder, "block.extxyz")),
            gpts=self.job["grid"],
            slice_thickness=self.job["dz_A"],
            parametrization=self.abtem.parametrizations.LobatoParametrization(sigmas=sigmas),
            projection="finite",
        )
        start = time.perf_counter()
        array = potential.build(lazy=False).array
        seconds = time.perf_counter() - start
        if array.shape[0] != self.slices:
            raise RuntimeError(f"{array.shape[0]} slices, not {self.slices}")
        self.np.save(os.path.join(self.folder, "own.npy"), array)
        return seconds

    def potential(self, array, cells, exits=None):
        """`cells` unit cells of depth, rounded up to whole blocks."""
        unit = self.abtem.PotentialArray(array, slice_thickness=self.job["dz_A"], extent=self.extent)
        blocks = -(-cells // self.job["cells_z"])
        planes = None if exits is None else tuple(exit - 1 for exit in exits)
        return self.abtem.CrystalPotential(unit, (1, 1, blocks), exit_planes=planes)

    def probe(self, tilt):
        return self.abtem.Probe(
            energy=self.job["voltage_kV"] * 1e3,
            semiangle_cutoff=self.job["convergence_mrad"],
            extent=self.extent,
            gpts=self.job["grid"],
            tilt=tuple(tilt),
        )

    def scan(self, positions):
        return self.abtem.CustomScan(self.np.array(positions))

    def detector(self):
        return self.abtem.PixelatedDetector(max_angle=self.job["detector_mrad"])

    def direct(self, potential, positions):
        """Patterns at the timed tilt, at every exit plane, in one batch."""
        return self.probe(self.job["tilt_mrad"]).multislice(
            potential,
            scan=self.scan(positions),
            detectors=self.detector(),
            max_batch=len(positions),
            lazy=False,
        )

    def positions(self, count):
        all_positions = self.job["positions_A"]
        return [all_positions[i % len(all_positions)] for i in range(count)]

    def plane_waves(self):
        """The plane waves of PRISM, tilted. `SMatrix` itself has no tilt and takes one exit plane only; its `SMatrixArray` takes both."""
        matrix = self.abtem.SMatrix(
            energy=self.job["voltage_kV"] * 1e3,
            semiangle_cutoff=self.job["convergence_mrad"],
            extent=self.extent,
            gpts=self.job["grid"],
            downsample=False,
        ).build(lazy=False)
        matrix.metadata["base_tilt_x"], matrix.metadata["base_tilt_y"] = self.job["tilt_mrad"]
        return matrix

    def per_pixel(self, seconds, waves, potential):
        return seconds / (waves * potential.num_slices * self.job["grid"] ** 2) * 1e9


def best(barrier, rounds, call):
    """Seconds of the best round; all processes start each round together."""
    times = []
    for _ in range(rounds):
        barrier.wait()
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


def time_batches(block, barrier, _):
    potential = block.potential(block.array("own.npy"), SHORT)
    result = {}
    for batch in BATCHES:
        seconds = best(barrier, 3, lambda: block.direct(potential, block.positions(batch)))
        result[batch] = block.per_pixel(seconds, batch, potential)
    return result


def time_direct(block, barrier, batch):
    """One batch through the whole thickness, with every exit plane of the library."""
    exits = block.job["exits"]
    potential = block.potential(block.array("own.npy"), exits[-1] // block.job["slices_per_cell"], exits)
    block.direct(block.potential(block.array("own.npy"), 2), block.positions(batch))  # plans the transforms
    return {"ns": block.per_pixel(best(barrier, 1, lambda: block.direct(potential, block.positions(batch))), batch, potential)}


def time_prism(block, barrier, _):
    """Propagation per pixel*slice, reduction per pattern, and how far its patterns are from the direct ones (R1)."""
    np = block.np
    exits = [cells * block.job["slices_per_cell"] for cells in range(4, PRISM + 1, 4)]
    potential = block.potential(block.array("own.npy"), PRISM, exits)
    waves = block.plane_waves()
    waves.multislice(block.potential(block.array("own.npy"), 2))
    matrix = None

    def propagate():
        nonlocal matrix
        matrix = waves.multislice(potential)

    seconds = best(barrier, 1, propagate)
    positions = block.positions(4)
    patterns = None

    def reduce():
        nonlocal patterns
        patterns = matrix.reduce(scan=block.scan(positions), detectors=block.detector())

    reduction = best(barrier, 2, reduce)
    direct = block.direct(potential, positions).array
    return {
        "ns": block.per_pixel(seconds, len(waves), potential),
        "waves": len(waves),
        "cells": PRISM,
        "reduce_s": reduction / (len(positions) * len(exits)),
        "r1": float(np.abs(patterns.array - direct).sum() / direct.sum()),
    }


def build(block, barrier, _):
    return {"potential_s": block.build(), "version": block.abtem.__version__}


def compare(block, barrier, _):
    """Patterns for the job's checks, [checks][2][qy][qx]: from the slices and the probe given, and from abTEM's own."""
    abtem, np, job = block.abtem, block.np, block.job
    given, entrance, faces, own = (block.array(f"{name}.npy") for name in ("slices", "waves", "faces", "own"))
    size = job["pixels"]
    patterns = np.zeros((len(job["checks"]), 2, size, size), dtype=np.float32)

    def crop(waves, incident):
        intensity = np.abs(np.fft.fft2(waves)) ** 2 / (np.abs(np.fft.fft2(incident)) ** 2).sum()
        middle = np.fft.fftshift(intensity)
        low = job["grid"] // 2 - size // 2
        return middle[low : low + size, low : low + size].T  # abTEM's first axis is x

    def through(waves, array, exit):
        whole = exit // block.slices
        if whole > 0:
            waves = waves.multislice(block.potential(array, whole * job["cells_z"]))
        rest = array[: exit % block.slices]
        if len(rest) > 0:
            waves = waves.multislice(abtem.PotentialArray(rest, slice_thickness=job["dz_A"], extent=block.extent))
        return waves

    for i, check in enumerate(job["checks"]):
        tilt = check["tilt_mrad"]
        energy = job["voltage_kV"] * 1e3
        wave = entrance[i, ..., 0] + 1j * entrance[i, ..., 1]
        tilted = {"base_tilt_x": tilt[0], "base_tilt_y": tilt[1]}
        waves = abtem.Waves(wave.astype(np.complex64), energy=energy, extent=block.extent, metadata=tilted)
        # What completes the atoms at the exit face is one more thin slice.
        out = through(waves, given, check["exit"]).array * np.exp(1j * abtem.core.energy.energy2sigma(energy) * faces[i])
        patterns[i, 0] = crop(out, wave)
        probe = block.probe(tilt).build(scan=tuple(check["position_A"]), lazy=False)
        patterns[i, 1] = crop(through(probe, own, check["exit"]).array, probe.array)
    np.save(os.path.join(block.folder, "patterns.npy"), patterns)
    # Structure factors of the z-averaged potential, orders 100, 110, 200.
    spectra = [np.fft.fft2(array.sum(axis=0)) for array in (own, given)]
    step = job["pixels_per_order"]
    return {"factors": [float(abs(spectra[0][h, k] / spectra[1][h, k])) for h, k in ((step, 0), (step, step), (2 * step, 0))]}


def work(task, folder, threads, barrier, answers, argument):
    answers.put(task(Block(folder, threads), barrier, argument))


def on(processes, threads, task, folder, argument=None):
    """The answers of that many processes that run the task side by side."""
    context = multiprocessing.get_context("spawn")
    barrier, answers = context.Barrier(processes), context.Queue()
    jobs = [context.Process(target=work, args=(task, folder, threads, barrier, answers, argument)) for _ in range(processes)]
    for job in jobs:
        job.start()
    result = []
    while len(result) < processes:
        try:
            result.append(answers.get(timeout=1))
        except Exception:
            if any(job.exitcode not in (None, 0) for job in jobs):
                for job in jobs:
                    job.kill()
                raise SystemExit(f"{task.__name__} failed") from None
    for job in jobs:
        job.join()
    return result


def main():
    folder = sys.argv[1]
    with open(os.path.join(folder, "job.json")) as file:
        cores = json.load(file)["cores"]
    (built,) = on(1, cores, build, folder)
    tried = []
    for processes, threads in dict.fromkeys([(cores, 1), (1, cores)]):
        answers = on(processes, threads, time_batches, folder)
        for batch in BATCHES:
            ns = max(answer[batch] for answer in answers) / processes
            tried.append({"processes": processes, "threads": threads, "batch": batch, "ns": ns})
    fastest = min(tried, key=lambda t: t["ns"])
    processes, threads = fastest["processes"], fastest["threads"]
    direct = max(answer["ns"] for answer in on(processes, threads, time_direct, folder, fastest["batch"])) / processes
    prism = on(processes, threads, time_prism, folder)
    (compared,) = on(1, 1, compare, folder)
    print(
        json.dumps(
            {
                **built,
                **compared,
                "tried": tried,
                "fastest": fastest,
                "direct_ns": direct,
                "prism": {
                    **prism[0],
                    "ns": max(p["ns"] for p in prism) / processes,
                    "reduce_s": max(p["reduce_s"] for p in prism) / processes,
                },
            }
        )
    )


if __name__ == "__main__":
    main()

"""The effective Hamiltonian's molecular dynamics in NumPy and SciPy: ms per step. Usage: numpy_hamiltonian.py CELLS WORKERS; prints one JSON line.

The same physics as src/ferroelectric (barium titanate, strain free and adiabatic), as one would write it for speed: real transforms of all nine fields at once
by scipy.fft with WORKERS threads, precomputed tensors per wave vector, in-place arithmetic. float64. Also the energy and a force of a fixed u, to compare.
Steps: velocity Verlet, and Langevin's BAOAB with NumPy's generator.
"""

import json
import os
import sys
import time

n, workers = int(sys.argv[1]), int(sys.argv[2])
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = str(workers)

import numpy as np  # noqa: E402
import scipy  # noqa: E402
import scipy.fft  # noqa: E402
from scipy.special import erfc  # noqa: E402

# Phys. Rev. B 82, 134106, table I.
A0, MASS, ZSTAR, EPS = 3.98597, 38.24, 10.33, 6.86915
B11, B12, B44 = 126.731671475652, 41.7582963902598, 49.2408864348646
B1XX, B1YY, B4YZ = -185.347187551195, -3.28092949275457, -14.5501738943852
KAPPA2, ALPHA, GAMMA = 8.53400622096412, 78.9866142426818, -115.484148812672
K1, K2, K3, K4 = -267.98013991724, 197.500718362573, 830.199979293529, 641.968099408642
J = (-2.08403, -1.12904, 0.68946, -0.61134, 0.0, 0.2769, 0.0)
AMU, KB = 103.6426966, 8.617333262e-5
CELLS = n**3
PAIRS = ((0, 0), (1, 1), (2, 2), (1, 2), (2, 0), (0, 1))


def wave_vectors():
    full = np.fft.fftfreq(n)
    half = np.fft.rfftfreq(n)
    half = np.where(half == 0.5, -0.5, half)
    return np.meshgrid(full, full, half, indexing="ij")  # z, y, x


def quadratic():
    """[6][kz][ky][kx]: 2 kappa2 + J(k) + D(k)."""
    qz, qy, qx = wave_vectors()
    q = (qx, qy, qz)
    out = np.zeros((6,) + qx.shape)
    out[:3] = 2 * KAPPA2
    j1, j2, j3, j4, j5, j6, j7 = J
    strength = 14.399644 * ZSTAR**2 / (EPS * A0**3)
    eta = 2.0
    dipole = np.zeros_like(out)
    for x in range(-3, 4):
        for y in range(-3, 4):
            for z in range(-3, 4):
                r2 = x * x + y * y + z * z
                if r2 == 0:
                    continue
                at = (x, y, z)
                phase = np.cos(2 * np.pi * (qx * x + qy * y + qz * z))
                r = r2**0.5
                g = 2 * eta / np.pi**0.5 * np.exp(-eta * eta * r2)
                even = erfc(eta * r) / r**3 + g / r2
                pair = 3 * erfc(eta * r) / r**5 + g / r2 * (2 * eta * eta + 3 / r2)
                for i, (a, b) in enumerate(PAIRS):
                    dipole[i] += ((a == b) * even - pair * at[a] * at[b]) * phase
                if max(abs(x), abs(y), abs(z)) > 1:
                    continue
                order = abs(x) + abs(y) + abs(z)
                along, across, mixed = {1: (j2, j1, 0.0), 2: (j3, j4, j5), 3: (j6, j6, j7)}[order]
                for i, (a, b) in enumerate(PAIRS):
                    out[i] += (((along if at[a] else across) if a == b else mixed * at[a] * at[b])) * phase
    for x in range(-4, 5):
        for y in range(-4, 5):
            for z in range(-4, 5):
                g = [2 * np.pi * (q[a] + (x, y, z)[a]) for a in range(3)]
                g2 = g[0] ** 2 + g[1] ** 2 + g[2] ** 2
                weight = 4 * np.pi * np.exp(-g2 / (4 * eta * eta)) / np.where(g2 == 0, np.inf, g2)
                for i, (a, b) in enumerate(PAIRS):
                    dipole[i] += weight * g[a] * g[b]
    dipole[:3] -= 4 * eta**3 / (3 * np.pi**0.5)
    return out + strength * dipole


def response():
    """-M(k), [6][6][kz][ky][kx]; the mean over both signs on the zone's faces."""
    qz, qy, qx = wave_vectors()
    total = 0
    for mirror in range(8):
        k = [np.where(q == -0.5, q * (1 - 2 * (mirror >> a & 1)), q) for a, q in enumerate((qx, qy, qz))]
        square = k[0] ** 2 + k[1] ** 2 + k[2] ** 2
        dynamical = np.empty(qx.shape + (3, 3))
        strain = np.zeros(qx.shape + (6, 3))
        for a in range(3):
            for b in range(3):
                dynamical[..., a, b] = (B12 + B44) * k[a] * k[b] if a != b else B11 * k[a] ** 2 + B44 * (square - k[a] ** 2)
            strain[..., a, a] = k[a]
        for row, a, b in ((3, 1, 2), (4, 2, 0), (5, 0, 1)):
            strain[..., row, a], strain[..., row, b] = k[b], k[a]
        dynamical[0, 0, 0] = np.eye(3)
        matrix = strain @ np.linalg.solve(dynamical, np.swapaxes(strain, -1, -2))
        matrix[0, 0, 0] = 0
        total = total - matrix / 8
    return np.ascontiguousarray(np.moveaxis(total, (-2, -1), (0, 1)))


PHI, M = quadratic(), response()
# Full matrices, so that one einsum multiplies all: faster here than sums over the distinct elements (measured), and what one would write.
INDEX = np.array([[0, 5, 4], [5, 1, 3], [4, 3, 2]])
PHI = PHI[INDEX]
ELASTIC = np.zeros((6, 6))
ELASTIC[:3, :3] = B12
np.fill_diagonal(ELASTIC, [B11] * 3 + [B44] * 3)

fields = np.empty((9, n, n, n))
spectra_out = np.empty((9, n, n, n // 2 + 1), dtype=complex)


def evaluate(u):
    """u [3][z][y][x] -> energy, force."""
    square = u * u
    total = square.sum(axis=0)
    fields[:3] = u
    np.multiply(square, (B1XX - B1YY) / 2, out=fields[3:6])
    fields[3:6] += (B1YY / 2) * total
    for l, a, b in ((6, 1, 2), (7, 2, 0), (8, 0, 1)):
        np.multiply(u[a], u[b], out=fields[l])
        fields[l] *= B4YZ
    mean = fields[3:].mean(axis=(1, 2, 3))
    strain = -np.linalg.solve(ELASTIC, mean)

    spectra = scipy.fft.rfftn(fields, axes=(1, 2, 3), workers=workers)
    multiply(PHI, spectra[:3], spectra_out[:3])
    multiply(M, spectra[3:], spectra_out[3:])
    back = scipy.fft.irfftn(spectra_out, s=(n, n, n), axes=(1, 2, 3), workers=workers, overwrite_x=True)
    linear, local = back[:3], back[3:]

    energy = 0.5 * np.vdot(u, linear) + 0.5 * np.vdot(fields[3:], local)
    energy += CELLS * (0.5 * strain @ ELASTIC @ strain + mean @ strain)
    local += strain[:, None, None, None]
    a, b, c = square
    ab, bc, ca = a * b, b * c, c * a
    mixed = ab + bc + ca
    abc = ab * c
    t2 = total * total
    energy += np.sum(
        ALPHA * t2 + GAMMA * mixed + K1 * t2 * total + K2 * (mixed * total - 3 * abc) + K3 * abc + K4 * t2 * t2
    )
    common = total * (2 * ALPHA + total * (3 * K1 + 4 * K4 * total))
    common += (B1YY / 2) * (local[0] + local[1] + local[2])
    force = np.empty_like(u)
    for i, (p, q, r, cross) in enumerate(((a, b, c, bc), (b, c, a, ca), (c, a, b, ab))):
        others = q + r
        slope = common + (GAMMA + 2 * K2 * p) * others
        slope += K2 * (others * others - 2 * cross)
        slope += K3 * cross
        slope += ((B1XX - B1YY) / 2) * local[i]
        slope *= -2 * u[i]
        slope -= linear[i]
        force[i] = slope
    force[0] -= B4YZ * (local[5] * u[1] + local[4] * u[2])
    force[1] -= B4YZ * (local[5] * u[0] + local[3] * u[2])
    force[2] -= B4YZ * (local[4] * u[0] + local[3] * u[1])
    return energy, force


def multiply_einsum(matrix, waves, out):
    np.einsum("ab...,b...->a...", matrix, waves, out=out)


def multiply_rows(matrix, waves, out):
    for a in range(len(out)):
        np.multiply(matrix[a, 0], waves[0], out=out[a])
        for b in range(1, len(waves)):
            out[a] += matrix[a, b] * waves[b]


def best(run, rounds):
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


# A fixed field that the other program can make too.
index = np.arange(3 * CELLS)
start = 0.08 * np.sin(0.7 * index + 0.3 * (index % 11) ** 2)
u = np.ascontiguousarray(np.moveaxis(start.reshape(n, n, n, 3), -1, 0))
v = np.zeros_like(u)

# The faster of two ways to multiply, on this machine.
candidates = []
for multiply in (multiply_einsum, multiply_rows):
    evaluate(u)
    candidates.append((best(lambda: evaluate(u), 5), multiply))
multiply = min(candidates, key=lambda c: c[0])[1]
energy, force = evaluate(u)
first = [float(energy), float(force[0, 0, 0, 0]), float(force[2, -1, -1, -1])]

dt = 2.0
kick = dt / 2 / (MASS * AMU)
keep = np.exp(-dt / 100)
width = np.sqrt(KB * 300 / (MASS * AMU) * (1 - keep**2))
generator = np.random.Generator(np.random.SFC64(1))
noise = np.empty_like(u)


def step(thermostat):
    global v, u, force
    v += kick * force
    u += dt / 2 * v
    if thermostat:
        generator.standard_normal(out=noise)
        v *= keep
        v += width * noise
    u += dt / 2 * v
    _, force = evaluate(u)
    v += kick * force


rounds = max(60, 400000 // CELLS)
result = {
    "version": f"NumPy {np.__version__}, SciPy {scipy.__version__}",
    "multiply": multiply.__name__,
    "first": first,
    "verlet": 1e3 * best(lambda: step(False), rounds),
    "langevin": 1e3 * best(lambda: step(True), rounds),
}
print(json.dumps(result))

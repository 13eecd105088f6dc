"""PyTorch (CPU) twin of one Ferroscope training step, for `bench/training.ts`: same layers, loss and Adam.

Usage: python torch_training.py convolution|dense PIXELS BATCH STEPS THREADS; prints the median step in milliseconds. Not part of the program.
"""

import sys
import time

import torch
from torch import nn
import torch.nn.functional as F

kind = sys.argv[1]
pixels, N, steps, threads = (int(word) for word in sys.argv[2:6])
torch.set_num_threads(threads)
torch.manual_seed(0)
CHANNELS, WIDTHS, LATENT, READ, WIDTH, LABELS = [16, 32, 64, 128, 256, 512], [512, 512, 256], 32, 24, 256, 12
halvings = pixels.bit_length() - 2
strides = [1] * (6 - halvings) + [2] * halvings


def predictor():
    return nn.Sequential(
        nn.Linear(READ, WIDTH), nn.LayerNorm(WIDTH), nn.SiLU(),
        nn.Linear(WIDTH, WIDTH), nn.LayerNorm(WIDTH), nn.SiLU(), nn.Linear(WIDTH, LABELS))


class Layer(nn.Module):
    def __init__(self, a, b):
        super().__init__()
        self.linear, self.norm, self.same = nn.Linear(a, b), nn.LayerNorm(b), a == b

    def forward(self, x):
        y = F.silu(self.norm(self.linear(x)))
        return x + y if self.same else y


class Dense(nn.Module):
    def __init__(self):
        super().__init__()
        ins = [pixels**2] + WIDTHS
        self.encoder = nn.Sequential(*[Layer(a, b) for a, b in zip(ins, WIDTHS)])
        self.latent = nn.Linear(WIDTHS[-1], LATENT)
        self.decoder = nn.Sequential(
            nn.Linear(LATENT, WIDTHS[-1]), nn.LayerNorm(WIDTHS[-1]), nn.SiLU(), nn.Linear(WIDTHS[-1], pixels**2))
        self.predictor = predictor()

    def forward(self, x):
        z = self.latent(self.encoder(x.flatten(1)))
        return z, self.decoder(z).reshape(x.shape), self.predictor(z[:, :READ])


class Wae(nn.Module):
    def __init__(self):
        super().__init__()
        ins = [1] + CHANNELS
        self.encoder = nn.Sequential(
            *[m for i, s in enumerate(strides) for m in (
                nn.Conv2d(ins[i], ins[i + 1], 3, s, 1, bias=False), nn.BatchNorm2d(ins[i + 1]), nn.SiLU())]
        )
        self.latent = nn.Linear(2048, LATENT)
        self.features = nn.Linear(LATENT, 2048)
        outs = ins[::-1]
        layers = []
        for i, s in enumerate(strides[::-1]):
            last = i == 5
            layers.append(nn.ConvTranspose2d(outs[i], outs[i + 1], 3, s, 1, output_padding=s - 1, bias=last))
            if not last:
                layers += [nn.BatchNorm2d(outs[i + 1]), nn.SiLU()]
        self.decoder = nn.Sequential(*layers)
        self.predictor = predictor()

    def forward(self, x):
        z = self.latent(self.encoder(x).flatten(1))
        return z, self.decoder(self.features(z).reshape(-1, 512, 2, 2)), self.predictor(z[:, :READ])


def kernel(a, b):
    d = ((a[:, None] - b[None]) ** 2).sum(-1)
    return sum(c / (c + d) for c in (2 * LATENT * s for s in (0.1, 0.2, 0.5, 1, 2, 5, 10))) / 7


def mmd(z, p):
    off = 1 - torch.eye(N)
    return ((kernel(z, z) + kernel(p, p)) * off).sum() / (N * (N - 1)) - 2 * kernel(z, p).mean()


model = Dense() if kind == 'dense' else Wae()
adam = torch.optim.Adam(model.parameters(), 1e-3)
x, labels = torch.rand(N, 1, pixels, pixels), torch.rand(N, LABELS)
times = []
for _ in range(steps):
    start = time.perf_counter()
    z, image, predicted = model(x)
    loss = F.mse_loss(image, x) + 100 * mmd(z, torch.randn(N, LATENT)) + 5 * F.mse_loss(predicted, labels)
    adam.zero_grad(set_to_none=True)
    loss.backward()
    adam.step()
    times.append(time.perf_counter() - start)
times.sort()
print(f"{1e3 * times[len(times) // 2]:.2f}")

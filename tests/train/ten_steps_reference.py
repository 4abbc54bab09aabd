"""Ten training steps in plain Python and double precision, written apart from the C++: prints the losses that trainer_test.cpp holds.

Data: 24 images of 3 x 4 pixels, pixel j of image i = ((i * 37 + j * 59 + i * j * 11) mod 256) / 255, all of them train rows.
Model: 12-8-2 encoder, 2-8-12 decoder, ReLU, Bernoulli; batch 8, Adam 1e-2, beta 1, seed 1.
"""
import math
from statistics import NormalDist

M32 = 0xFFFFFFFF
INITIALISE, POSTERIOR, SHUFFLE = 1, 2, 3


def philox(c, k):
    c, k = list(c), list(k)
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(p1 >> 32) ^ c[1] ^ k[0], p1 & M32, (p0 >> 32) ^ c[3] ^ k[1], p0 & M32]
        k = [(k[0] + 0x9E3779B9) & M32, (k[1] + 0xBB67AE85) & M32]
    return c


class Rng:
    def __init__(self, seed, stream, step=0, row=0):
        self.key = [seed & M32, (seed >> 32) ^ ((stream * 0x9E3779B9) & M32)]
        self.counter, self.block = [0, row, step & M32, step >> 32], []

    def bits(self):
        if not self.block:
            self.block = philox(self.counter, self.key)
            self.counter[0] += 1
        return self.block.pop(0)

    def uniform(self):
        return (self.bits() + 0.5) / 2**32

    def normal(self):
        return NormalDist().inv_cdf(self.uniform())

    def below(self, n):
        m = self.bits() * n
        while (m & M32) < (2**32 - n) % n:
            m = self.bits() * n
        return m >> 32


def permutation(n, rng):
    order = list(range(n))
    for i in range(n, 1, -1):
        j = rng.below(i)
        order[i - 1], order[j] = order[j], order[i - 1]
    return order


ROWS, WIDTH, HIDDEN, LATENT, BATCH, RATE, SEED = 24, 12, 8, 2, 8, 1e-2, 1
DATA = [[((i * 37 + j * 59 + i * j * 11) % 256) / 255 for j in range(WIDTH)] for i in range(ROWS)]
SHAPES = [(HIDDEN, WIDTH), (2 * LATENT, HIDDEN), (HIDDEN, LATENT), (WIDTH, HIDDEN)]  # encoder, both heads, decoder


def initialise():
    layers = []
    for index, (out, inputs) in enumerate(SHAPES):
        scale = 0.3 if index % 2 else 1.0  # heads and outputs begin small
        rng, bound = Rng(SEED, INITIALISE, 0, index), scale * math.sqrt(3 / inputs)
        flat = [-bound + 2 * bound * rng.uniform() for _ in range(out * inputs)]
        layers.append(([flat[r * inputs:(r + 1) * inputs] for r in range(out)], [0.0] * out))
    return layers


def affine(layer, v):
    return [sum(w * x for w, x in zip(row, v)) + b for row, b in zip(*layer)]


def relu(v):
    return [max(x, 0.0) for x in v]


def back(layer, grad, dy, v):
    """Adds this example's weight and bias gradients; returns the gradient of the input."""
    weights, gw, gb = layer[0], grad[0], grad[1]
    for o, d in enumerate(dy):
        gb[o] += d
        for i, x in enumerate(v):
            gw[o][i] += d * x
    return [sum(dy[o] * weights[o][i] for o in range(len(dy))) for i in range(len(v))]


def example(layers, grads, x, noise):
    h = relu(affine(layers[0], x))
    head = affine(layers[1], h)
    mean, lv = head[:LATENT], head[LATENT:]
    z = [m + math.exp(v / 2) * e for m, v, e in zip(mean, lv, noise)]
    g = relu(affine(layers[2], z))
    logits = affine(layers[3], g)
    p = [1 / (1 + math.exp(-a)) for a in logits]
    loss = -sum(t * math.log(q) + (1 - t) * math.log(1 - q) for t, q in zip(x, p))
    kl = -0.5 * sum(1 + v - m * m - math.exp(v) for m, v in zip(mean, lv))
    dg = back(layers[3], grads[3], [(q - t) / BATCH for q, t in zip(p, x)], g)
    dz = back(layers[2], grads[2], [d if a > 0 else 0.0 for d, a in zip(dg, g)], z)
    dmean = [d + m / BATCH for d, m in zip(dz, mean)]
    dlv = [d * e * math.exp(v / 2) / 2 + (math.exp(v) - 1) / 2 / BATCH for d, e, v in zip(dz, noise, lv)]
    dh = back(layers[1], grads[1], dmean + dlv, h)
    back(layers[0], grads[0], [d if a > 0 else 0.0 for d, a in zip(dh, h)], x)
    return loss, kl


def flat(layers):
    return [w for weights, bias in layers for row in weights + [bias] for w in row]


def unflat(values):
    values, layers = list(values), []
    for out, inputs in SHAPES:
        layers.append(([[values.pop(0) for _ in range(inputs)] for _ in range(out)], [values.pop(0) for _ in range(out)]))
    return layers


def main():
    layers = initialise()
    m, v = [0.0] * len(flat(layers)), [0.0] * len(flat(layers))
    for step in range(10):
        epoch, place = divmod(step * BATCH, ROWS)
        rows = permutation(ROWS, Rng(SEED, SHUFFLE, epoch))[place:place + BATCH]
        grads = unflat([0.0] * len(m))
        losses = []
        for i, row in enumerate(rows):
            rng = Rng(SEED, POSTERIOR, step, i)
            losses.append(example(layers, grads, DATA[row], [rng.normal() for _ in range(LATENT)]))
        reconstruction, kl = (sum(part) / BATCH for part in zip(*losses))
        print(f"{{{reconstruction:.9f}, {kl:.9f}}},")
        values, g = flat(layers), flat(grads)
        m = [0.9 * a + 0.1 * b for a, b in zip(m, g)]
        v = [0.999 * a + 0.001 * b * b for a, b in zip(v, g)]
        c1, c2 = 1 - 0.9 ** (step + 1), 1 - 0.999 ** (step + 1)
        layers = unflat([p - RATE * a / c1 / (math.sqrt(b / c2) + 1e-8) for p, a, b in zip(values, m, v)])


main()

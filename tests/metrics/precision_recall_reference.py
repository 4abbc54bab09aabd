"""Improved precision and recall by brute force (NumPy) and by scikit-learn's neighbours, written apart from the C++: prints the numbers that
precision_recall_test.cpp holds.

Points: x(i, j) = ((i * 7919 + j * 104729 + i * j * 31 + s * 1299709) mod 1009) / 1009 for i < n, j < 5; samples have s = 1 and n = 60 and
are multiplied by 0.8, data has s = 2 and n = 80.
"""
import numpy as np
from sklearn.neighbors import NearestNeighbors


def points(n, s):
    i, j = np.arange(n)[:, None], np.arange(5)[None, :]
    return (((i * 7919 + j * 104729 + i * j * 31 + s * 1299709) % 1009) / 1009).astype(np.float32).astype(np.float64)


def radii_brute(x, k):
    d = np.sqrt(((x[:, None] - x[None]) ** 2).sum(-1))
    np.fill_diagonal(d, np.inf)
    return np.sort(d, axis=1)[:, k - 1]


def radii_sklearn(x, k):
    return NearestNeighbors(n_neighbors=k).fit(x).kneighbors()[0][:, -1]  # without an argument: each point without itself


def covered(x, centres, radii):
    d = np.sqrt(((x[:, None] - centres[None]) ** 2).sum(-1))
    return (d <= radii[None]).any(axis=1).sum(), len(x)


samples, data = np.float64(np.float32(0.8) * np.float32(points(60, 1))), points(80, 2)
for k in (1, 3, 5):
    for name, radii in (("brute force", radii_brute), ("scikit-learn", radii_sklearn)):
        print(k, name, "precision %d of %d, recall %d of %d" % (*covered(samples, data, radii(data, k)), *covered(data, samples, radii(samples, k))))

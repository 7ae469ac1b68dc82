"""Alternating least squares for implicit feedback, written with NumPy as the papers write it: the loss that the package `implicit` reports, after some
passes of conjugate gradients from a fixed start. Golden numbers of AlternatingLeastSquaresTests.

    python3 tools/oracles/als_loss.py

Hu, Koren and Volinsky 2008; Takacs, Pilaszy and Tikk 2011. Needs numpy. Last run with numpy 1.24.2.
"""
import numpy as np

ROWS, COLUMNS, FACTORS, PENALTY, STEPS = 30, 20, 8, 0.05, 3


def table():
    """Weights of cells; 0 where nothing was taken."""
    u, i = np.meshgrid(np.arange(ROWS), np.arange(COLUMNS), indexing="ij")
    return np.where((7 * u + 3 * i) % 5 == 0, 2.0 + (u + 2 * i) % 4, 0.0)


def start(n, shift):
    r, c = np.meshgrid(np.arange(n), np.arange(FACTORS), indexing="ij")
    return 0.1 * np.sin(1.0 + shift + 3.0 * r + 5.0 * c + 1.7 * r * c)


def half(weights, x, y):
    for u in range(len(x)):
        own = weights[u] > 0
        c = np.where(own, weights[u], 1.0)
        a = (y.T * c) @ y + PENALTY * np.eye(FACTORS)
        r = y.T @ (c * own) - a @ x[u]
        p = r.copy()
        for _ in range(STEPS):
            image = a @ p
            alpha = r @ r / (p @ image)
            x[u] = x[u] + alpha * p
            following = r - alpha * image
            p = following + following @ following / (r @ r) * p
            r = following


def loss(weights, x, y):
    own = weights > 0
    c = np.where(own, weights, 1.0)
    return ((c * (own - x @ y.T) ** 2).sum() + PENALTY * ((x ** 2).sum() + (y ** 2).sum())) / c.sum()


if __name__ == "__main__":
    weights, x, y = table(), start(ROWS, 0.0), start(COLUMNS, 1.0)
    for done in range(1, 6):
        half(weights, x, y)
        half(weights.T, y, x)
        print(done, f"{loss(weights, x, y):.10f}")

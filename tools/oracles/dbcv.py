"""Golden numbers of DBCV in tests/Coterie.Tests/Clustering/DensityValidationTests.cs, by NumPy from the definitions of
Moulavi, Jaskowiak, Campello, Zimek and Sander (2014); where no edge of a tree is inner every edge counts, as in the authors' program.

The rows are those of clustering_metrics.py: 60 x 3, group g = i mod 3, x = 2 g [j == g] + sin(7 i + 3 j). Rows with i mod 11 == 5 are noise
in the second labelling; the third adds pairs: labels i // 2 of the first ten rows, noise elsewhere."""
import numpy as np
from scipy.spatial.distance import cdist


def spanning_tree(reach, dist):
    """Kruskal (1956); edges of equal reachability by plain distance, which the paper leaves open."""
    a, b = np.triu_indices(len(reach), 1)
    order = np.lexsort((dist[a, b], reach[a, b]))
    root = list(range(len(reach)))

    def find(v):
        while root[v] != v:
            v = root[v]
        return v

    edges = []
    for e in order:
        u, v = find(a[e]), find(b[e])
        if u != v:
            root[u] = v
            edges.append((a[e], b[e], reach[a[e], b[e]]))
    return edges


def dbcv(x, labels):
    n, d = x.shape
    clusters = [np.flatnonzero(labels == c) for c in range(labels.max() + 1)]
    clusters = [c for c in clusters if len(c) > 1]
    core = np.full(n, np.nan)
    inner, sparse = [], []
    for c in clusters:
        dist = cdist(x[c], x[c])
        with np.errstate(divide="ignore"):
            inverse = (1 / dist) ** d
        np.fill_diagonal(inverse, 0)
        core[c] = (inverse.sum(1) / (len(c) - 1)) ** (-1 / d)
        reach = np.maximum(dist, np.maximum.outer(core[c], core[c]))
        np.fill_diagonal(reach, 0)
        tree = spanning_tree(reach, dist)
        degree = np.bincount([v for a, b, _ in tree for v in (a, b)], minlength=len(c))
        edges = [w for a, b, w in tree if degree[a] > 1 and degree[b] > 1]
        sparse.append(max(edges) if edges else max(w for _, _, w in tree))
        inner.append(c[degree > 1] if (degree > 1).any() else c)
    validity = []
    for i in range(len(clusters)):
        apart = min(np.maximum(cdist(x[inner[i]], x[inner[j]]), np.maximum.outer(core[inner[i]], core[inner[j]])).min()
                    for j in range(len(clusters)) if j != i)
        validity.append((apart - sparse[i]) / max(apart, sparse[i]))
    return sum(v * len(c) for v, c in zip(validity, clusters)) / n, validity


i, j = np.arange(60)[:, None], np.arange(3)[None, :]
x = (2.0 * (i % 3) * (j == i % 3) + np.sin(7 * i + 3 * j)).astype(np.float32).astype(float)
a = np.arange(60) % 3
print("groups", dbcv(x, a))
print("with noise", dbcv(x, np.where(np.arange(60) % 11 == 5, -1, a)))
print("pairs", dbcv(x, np.where(np.arange(60) < 10, np.arange(60) // 2, -1)))

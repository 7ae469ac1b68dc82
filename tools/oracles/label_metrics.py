"""Golden numbers for LabelMetrics: scikit-learn's indices and scipy's assignment on random partitions.
Writes tests/golden/label_metrics.csv. Made with scikit-learn 1.2.1, scipy 1.10.1. Usage: python3 label_metrics.py OUT"""
import sys
import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn import metrics as m

rng = np.random.default_rng(7)
cases = [([0, 0, 1, 1], [0, 0, 1, 1]), ([0, 0, 1, 1], [1, 1, 0, 0]), ([0, 0, 0, 0], [0, 1, 2, 3]), ([0, 1, 2, 3], [0, 0, 0, 0]),
         ([0, 0, 0, 1, 1, 2], [0, 0, 0, 0, 0, 0]), ([0, 0, 1, 1], [0, 1, 0, 1]), ([0, 0, 1, 2], [0, 0, 1, 1]), ([0, 0, 0], [5, 5, 5]), ([0], [0])]
for n, classes, clusters, keep in [(10, 2, 3, .5), (30, 4, 4, .8), (60, 3, 7, .6), (100, 8, 8, .7), (100, 8, 3, .9), (200, 5, 5, 0),
                                   (300, 12, 9, .95), (25, 20, 20, .3), (150, 2, 2, .55), (80, 6, 30, .4)]:
    t = rng.choice(classes, n, p=rng.dirichlet(np.full(classes, 2.)))
    p = np.where(rng.random(n) < keep, t % clusters, rng.integers(0, clusters, n))
    cases.append((t.tolist(), p.tolist()))

out = open(sys.argv[1], "w")
print("truth,predicted,accuracy,macro_precision,macro_recall,macro_f1,weighted_f1,purity,ari,ami,nmi,homogeneity,completeness,v,fmi", file=out)
for t, p in cases:
    t, p = np.array(t), np.array(p)
    c = m.cluster.contingency_matrix(t, p)
    rows, columns = linear_sum_assignment(-c)
    classes, clusters = np.unique(t), np.unique(p)
    to = {clusters[k]: classes[r] for r, k in zip(rows, columns) if c[r, k] > 0}
    mapped = np.array([to.get(x, -1) for x in p])
    s = m.precision_recall_fscore_support(t, mapped, labels=classes, average="macro", zero_division=0)
    w = m.precision_recall_fscore_support(t, mapped, labels=classes, average="weighted", zero_division=0)
    # Several matchings can be best; then per-class scores are not unique and are left out.
    best = c[rows, columns].sum()
    unique = True
    for r, k in zip(rows, columns):
        if c[r, k] == 0: continue
        d = c.astype(float).copy(); d[r, k] = -1e6
        a, b = linear_sum_assignment(-d)
        unique &= d[a, b].sum() < best
    h = m.homogeneity_completeness_v_measure(t, p)
    v = [m.accuracy_score(t, mapped)] + (list(s[:3]) + [w[2]] if unique else ["", "", "", ""]) + [
        c.max(axis=0).sum() / len(t), m.adjusted_rand_score(t, p), m.adjusted_mutual_info_score(t, p), m.normalized_mutual_info_score(t, p), *h,
        m.fowlkes_mallows_score(t, p)]
    print(" ".join(map(str, t)), " ".join(map(str, p)), *[x if x == "" else repr(float(x)) for x in v], sep=",", file=out)

"""Golden numbers for ViewAgreement: scikit-learn's ARI and AMI, and Cohen's kappa after scipy's one-to-one assignment.
Writes tests/golden/view_agreement.csv. Made with scikit-learn 1.2.1, scipy 1.10.1. Usage: python3 view_agreement.py OUT"""
import sys
import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn import metrics as m

rng = np.random.default_rng(11)
out = open(sys.argv[1], "w")
print("first,second,ari,ami,kappa", file=out)
for n, a, b, keep in [(12, 2, 2, .9), (40, 3, 3, .7), (60, 4, 3, .8), (80, 3, 5, .6), (150, 6, 6, .5), (200, 5, 7, 0), (300, 8, 8, .9), (50, 1, 3, 0)]:
    x = rng.choice(a, n, p=rng.dirichlet(np.full(a, 3.)))
    y = np.where(rng.random(n) < keep, rng.permutation(max(a, b))[x] % b, rng.integers(0, b, n))
    c = m.cluster.contingency_matrix(x, y)
    # Of equal matchings the one that the sizes make least likely: kappa is then the same in both directions.
    rows, columns = linear_sum_assignment(np.where(c > 0, np.outer(c.sum(1), c.sum(0)) / (n * n + 1) - c, 0))
    first, second = np.unique(x), np.unique(y)
    # A cluster of the second labeling takes the number of its partner; those without one keep a number of their own.
    to = {second[k]: first[r] for r, k in zip(rows, columns) if c[r, k] > 0}
    mapped = np.array([to.get(v, 1000 + v) for v in y])
    print(" ".join(map(str, x)), " ".join(map(str, y)), *[repr(float(v)) for v in (m.adjusted_rand_score(x, y),
          m.adjusted_mutual_info_score(x, y), m.cohen_kappa_score(x, mapped))], sep=",", file=out)

"""Golden numbers of tests/Coterie.Tests/Clustering/MetricsTests.cs, by scikit-learn 1.2.1 and SciPy.

The rows are 60 x 3: group g = i mod 3, x = 2 g [j == g] + sin(7 i + 3 j); labels g, the other labels i // 20."""
import numpy as np
from scipy.stats import multivariate_normal, norm
from sklearn import metrics

i, j = np.arange(60)[:, None], np.arange(3)[None, :]
x = (2.0 * (i % 3) * (j == i % 3) + np.sin(7 * i + 3 * j)).astype(np.float32).astype(float)
a, b = np.arange(60) % 3, np.arange(60) // 20
c = np.where(np.arange(60) % 7 == 0, (a + 1) % 3, a)
print("silhouette", metrics.silhouette_score(x, a))
print("calinski_harabasz", metrics.calinski_harabasz_score(x, a))
print("davies_bouldin", metrics.davies_bouldin_score(x, a))
print("ari(a, b)", metrics.adjusted_rand_score(a, b), "ari(a, c)", metrics.adjusted_rand_score(a, c))
cov = np.array([[2.0, 0.6], [0.6, 0.5]])
print("mixture log density", np.log(0.3 * multivariate_normal([0, 1], cov).pdf([0.5, 0.25])
      + 0.7 * multivariate_normal([1, -1], np.diag([1.0, 4.0])).pdf([0.5, 0.25])))

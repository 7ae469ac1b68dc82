"""Golden numbers for ClassifierMetrics and TemperatureScaling: scikit-learn's scores and scipy's minimiser on random logits.
Writes tests/golden/classifier_metrics.csv, one case a line: the shape, what gave the data, the scores. The data come from a small
generator that the test repeats (a 32-bit linear congruence, Numerical Recipes), so that the file stays small.
Made with scikit-learn 1.2.1, scipy 1.10.1. Usage: python3 classifier_metrics.py OUT"""
import sys
import numpy as np
from scipy.optimize import minimize_scalar
from sklearn import metrics as m
from sklearn.calibration import calibration_curve


def uniform(seed, count):
    out, x = np.empty(count), seed
    for i in range(count):
        x = (1664525 * x + 1013904223) % 2**32
        out[i] = x / 2**32
    return out


out = open(sys.argv[1], "w")
print("n,k,seed,skill,scale,accuracy,macro_precision,macro_recall,macro_f1,weighted_precision,weighted_recall,weighted_f1,log_loss,brier,ece,"
      "temperature,log_loss_after", file=out)
for n, k, seed, skill, scale in [(1000, 2, 1, 1.5, 1), (1000, 4, 2, 2, 3), (500, 8, 3, 1, .4), (2000, 5, 4, 0, 1), (300, 3, 5, 3, 1)]:
    u = uniform(seed, n * (k + 1)).reshape(n, k + 1)
    y = np.minimum((u[:, 0] ** 1.5 * k).astype(int), k - 1)
    z = ((u[:, 1:] * 4 - 2 + skill * np.eye(k)[y]) * scale).astype(np.float32)
    e = np.exp(z.astype(float) - z.max(1, keepdims=True))
    p = (e / e.sum(1, keepdims=True)).astype(np.float32)
    q = p.argmax(1)
    conf, right = p.max(1), (q == y).astype(int)
    truth, mean = calibration_curve(right, conf, n_bins=10, strategy="quantile")
    ece = np.abs(truth - mean).mean()
    loss = lambda b: float(np.mean(np.log(np.exp(b * (z - z.max(1, keepdims=True)).astype(float)).sum(1)) - b * (z[np.arange(n), y] - z.max(1)).astype(float)))
    best = minimize_scalar(lambda t: loss(1 / np.exp(t)), bounds=(np.log(.02), np.log(50)), method="bounded", options={"xatol": 1e-10})
    s = [m.precision_recall_fscore_support(y, q, average=a, zero_division=0)[:3] for a in ("macro", "weighted")]
    v = [m.accuracy_score(y, q), *s[0], *s[1], m.log_loss(y, p, labels=range(k)), np.mean(((p.astype(float) - np.eye(k)[y]) ** 2).sum(1)), ece, np.exp(best.x), best.fun]
    print(n, k, seed, skill, scale, *[repr(float(x)) for x in v], sep=",", file=out)

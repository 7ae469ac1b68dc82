"""Golden numbers for DBSCAN on the reference clusterings: scikit-learn's DBSCAN with the reach at a quantile of the distances to the tenth
neighbour. Prints one line a set and reach: set, eps, min_samples, clusters, core points, noise, sum over clusters of (core points squared).
Rows are read as single precision, as ours are. usage: dbscan_reference.py FOLDER > tests/golden/dbscan_reference.csv"""
import glob
import gzip
import os
import sys

import numpy as np
from sklearn.cluster import DBSCAN
from sklearn.neighbors import NearestNeighbors

print("set,eps,min_samples,clusters,cores,noise,squares")
for path in sorted(glob.glob(os.path.join(sys.argv[1], "*", "*.data.gz"))):
    rows = np.loadtxt(gzip.open(path), ndmin=2).astype(np.float32)
    if len(rows) > 20_000:
        continue
    name = os.path.relpath(path, sys.argv[1])[:-len(".data.gz")]
    tenth = NearestNeighbors(n_neighbors=11).fit(rows).kneighbors(rows)[0][:, -1]
    for quantile in (0.3, 0.9):
        eps = float(f"{np.quantile(tenth, quantile):.4g}")
        found = DBSCAN(eps=eps, min_samples=8).fit(rows)
        cores = found.labels_[found.core_sample_indices_]
        print(f"{name},{eps:.6g},8,{found.labels_.max() + 1},{len(cores)},{(found.labels_ < 0).sum()},{(np.bincount(cores).astype(np.int64) ** 2).sum() if len(cores) else 0}")

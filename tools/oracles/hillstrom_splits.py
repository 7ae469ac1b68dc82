"""The splits that Hillstrom's published Qini were measured on, numpy.random.default_rng(seed).permutation with the first 70 % to learn from, for
`Quality uplift --only hillstrom --splits FILE`; and on standard error the Qini of scikit-learn's logistic regression on x, t, t·x (S-learner with
interactions) on them: 0.0674 for visits after the women's mail, published as 0.0675 (ten splits from seed 0). One line a split: the arm, a tab, the places
of the 30 % among the arm's and control's customers. Made with numpy 1.24.2, pandas 1.5.3, scikit-learn 1.2.1.
Usage: python3 hillstrom_splits.py hillstrom.csv.gz SPLITS FIRST-SEED OUT, SPLITS a multiple of ten"""
import sys
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

def area(score, y, t):
    order = np.argsort(-score, kind="stable")
    score, y, t = score[order], y[order], t[order]
    ends = np.r_[np.where(np.diff(score))[0], len(score) - 1]
    treated, all_ = np.cumsum(t)[ends], ends + 1
    height = np.cumsum(y * t)[ends] - np.cumsum(y * ~t)[ends] * treated / np.maximum(all_ - treated, 1)
    x, h = np.r_[0, all_], np.r_[0, height]
    return np.trapz(h, x) - x[-1] * h[-1] / 2

def wide(x, t): return np.column_stack([x, t, x * t[:, None]])

everybody = pd.read_csv(sys.argv[1])
count, first = int(sys.argv[2]), int(sys.argv[3])
with open(sys.argv[4], "w") as out:
    for arm in ["Mens E-Mail", "Womens E-Mail"]:
        d = everybody[everybody.segment.isin([arm, "No E-Mail"])]
        y, t = d.visit.values.astype(float), (d.segment == arm).values
        words = [(d[c] == level).values.astype(float) for c in ["zip_code", "channel", "history_segment"] for level in sorted(d[c].unique())[1:]]
        x = np.column_stack([d.recency, np.log1p(d.history), d.history, d.mens, d.womens, d.newbie, *words]).astype(float)
        x = (x - x.mean(0)) / x.std(0)
        everything = LogisticRegression(max_iter=1000).fit(wide(x, t), y)
        found, seen = [], []
        for seed in range(first, first + count):
            order = np.random.default_rng(seed).permutation(len(d))
            teach, judge = np.split(order, [int(.7 * len(d))])
            print(arm, " ".join(map(str, judge)), sep="\t", file=out)
            def qini(model):
                with_, without = (model.predict_proba(wide(x[judge], np.full(len(judge), v)))[:, 1] for v in (1., 0.))
                return area(with_ - without, y[judge], t[judge]) / area(y[judge] * np.where(t[judge], 1, -1), y[judge], t[judge])
            found.append(qini(LogisticRegression(max_iter=1000).fit(wide(x[teach], t[teach]), y[teach])))
            seen.append(qini(everything))
        tens = np.reshape(found, (-1, 10)).mean(1)
        print(f"{arm}: S-learner {np.mean(found):.4f} +- {np.std(found, ddof=1):.4f}; means of ten splits {tens.min():.4f} .. {tens.max():.4f};"
              f" fitted to everybody, those who judge among them, {np.mean(seen):.4f}", file=sys.stderr)

"""What plain methods find in a simulated shop. Prints the numbers in docs/guide/06-simulator.md.
Made with scikit-learn 1.2.1, pandas 1.5.3. Usage: python3 simulator_analysis.py DIR (events.csv, truth.csv)"""
import os
import sys
os.environ.setdefault("OMP_NUM_THREADS", "1")  # boosting in several threads is slower on a busy machine
import numpy as np
import pandas as pd
from scipy.stats import ks_2samp
from sklearn.cluster import KMeans
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import adjusted_mutual_info_score as ami, adjusted_rand_score as ari, roc_auc_score
from sklearn.mixture import GaussianMixture
from sklearn.model_selection import cross_val_predict
from sklearn.preprocessing import PowerTransformer, StandardScaler

pd.set_option("display.width", 200, "display.max_columns", 30)
folder = sys.argv[1]
e = pd.read_csv(folder + "/events.csv", dtype={"price": str, "order_id": str, "text": str}, low_memory=False)
truth = pd.read_csv(folder + "/truth.csv").set_index("customer_id").persona
e = e[e.customer_id.isin(truth.index) & e.time.notna()].drop_duplicates()
e["price"] = pd.to_numeric(e.price, errors="coerce")
e["time"] = pd.to_datetime(e.time, errors="coerce").dt.tz_localize(None)
e = e[(e.time < "2090") & ~((e.kind == "purchase") & (~(e.price > 0) | (e.quantity > 1e6)))]
e = e.sort_values(["customer_id", "time"], kind="stable")
e["amount"] = e.price * e.quantity
e["day"] = e.time.dt.normalize()
t0 = e.time.max()
g = e.groupby("customer_id")
buys = e[e.kind == "purchase"]
b = buys.groupby("customer_id")

f = pd.DataFrame(index=truth.index)
days = lambda t: (t0 - t).dt.total_seconds() / 86400
f["recency"] = days(b.time.max()).reindex(f.index).fillna(days(g.time.min()))
f["orders"] = b.order_id.nunique().reindex(f.index).fillna(0)
f["money"] = b.amount.sum().reindex(f.index).fillna(0)
rfm = f.copy()
f["recency_any"] = days(g.time.max()); f["tenure"] = days(g.time.min()); f["events"] = g.size(); f["active_days"] = g.day.nunique()
for k in ["view", "search", "add_to_cart", "remove_from_cart", "wishlist", "checkout", "refund", "review", "email_open"]:
    f["n_" + k] = e[e.kind == k].groupby("customer_id").size().reindex(f.index).fillna(0)
f["sessions"] = g.session_id.nunique(); f["depth"] = f.events / f.sessions.clip(1)
f["products"] = g.product_id.nunique(); f["categories"] = g.category.nunique()
f["category_share"] = e.groupby(["customer_id", "category"]).size().groupby("customer_id").max().reindex(f.index) / f.events
f["bought_products"] = b.product_id.nunique().reindex(f.index).fillna(0)
f["view_to_cart"] = f.n_add_to_cart / f.n_view.clip(1); f["cart_to_buy"] = f.orders / f.n_add_to_cart.clip(1)
f["order_value"] = (f.money / f.orders.clip(1)); f["units"] = b.quantity.sum().reindex(f.index).fillna(0)
f["discount"] = (1 - b.amount.sum() / (buys.list_price * buys.quantity).groupby(buys.customer_id).sum()).reindex(f.index).fillna(0)
o = buys.drop_duplicates("order_id"); gap = o.groupby("customer_id").time.diff().dt.total_seconds() / 86400
f["gap"] = gap.groupby(o.customer_id).mean().reindex(f.index).fillna(400); f["gap_cv"] = (gap.groupby(o.customer_id).std() / gap.groupby(o.customer_id).mean()).reindex(f.index).fillna(-.5)
f["gift_share"] = (buys.category.str.startswith("gifts").groupby(buys.customer_id).mean()).reindex(f.index).fillna(0)
f["hour"] = e.time.dt.hour.groupby(e.customer_id).mean(); f["weekend"] = (e.time.dt.dayofweek >= 5).groupby(e.customer_id).mean()
f["recent"] = (e.time > t0 - pd.Timedelta(days=90)).groupby(e.customer_id).mean()
f["recent_spend"] = buys[buys.time > t0 - pd.Timedelta(days=90)].groupby("customer_id").amount.sum().reindex(f.index).fillna(0) / f.money.clip(1)
f["price_viewed"] = e[e.kind == "view"].groupby("customer_id").price.mean().reindex(f.index).fillna(0)
f = f.fillna(0)
print(len(truth), "customers,", len(f.columns), "aggregates;  events per customer: mean %.1f median %.0f 99%% %.0f max %.0f" % (f.events.mean(), f.events.median(), f.events.quantile(.99), f.events.max()))
print(pd.concat([f.groupby(truth)[["events", "sessions", "orders", "money", "recency", "recency_any", "discount", "gift_share", "recent"]].mean().round(2), truth.value_counts().rename("n")], axis=1))

scaled = lambda x: StandardScaler().fit_transform(PowerTransformer().fit_transform(x))
x3, x = scaled(rfm), scaled(f)
y = truth.to_numpy()
show = lambda name, labels: print("%-34s ARI %.3f AMI %.3f" % (name, ari(y, labels), ami(y, labels)))
show("k-means on RFM, K=8", KMeans(8, n_init=10, random_state=0).fit_predict(x3))
show("k-means on aggregates, K=8", KMeans(8, n_init=10, random_state=0).fit_predict(x))
show("k-means on aggregates, K=6", KMeans(6, n_init=10, random_state=0).fit_predict(x))
gm = GaussianMixture(8, n_init=3, random_state=0, reg_covar=1e-3).fit_predict(x)
show("Gaussian mixture on aggregates, K=8", gm)
boost = HistGradientBoostingClassifier(max_iter=60, random_state=0)
p = cross_val_predict(boost, f, y, cv=5)
show("boosted trees, supervised, 5-fold", p); print("  accuracy %.3f" % (p == y).mean())
print(pd.crosstab(y, p))

# Order: what a simple statistic of order says about each pair.
s = e[e.session_id.notna()]
purchase = s.kind.eq("purchase"); last = s.groupby("session_id").kind.transform("last"); viewed = s.kind.eq("view")
after = viewed & purchase.groupby(s.session_id).cumsum().gt(0)
first_view = s.groupby("session_id").time.transform("min")
n_after = after.groupby(s.customer_id).sum(); n_in = (viewed & purchase.groupby(s.session_id).transform("max")).groupby(s.customer_id).sum()
order_a = (n_after / n_in.clip(1)).where(n_in > 0, .4).reindex(f.index).fillna(.4)
c = o.sort_values(["customer_id", "time"])[["customer_id", "category"]]
back = [c.category.eq(c.groupby("customer_id").category.shift(k)).groupby(c.customer_id).mean() for k in (1, 2, 3, 4)]
order_b = (np.maximum(back[2], back[3]) - back[0] - .5 * back[1]).reindex(f.index).fillna(0)
for (one, two), stat in [(("impulse_buyer", "researcher"), order_a), (("replenisher", "loyal_high_spender"), order_b)]:
    m = truth.isin([one, two]); target = (truth[m] == one).to_numpy()
    q = cross_val_predict(boost, f[m], target, cv=5, method="predict_proba")[:, 1]
    ks = {k: ks_2samp(f.loc[truth == one, k], f.loc[truth == two, k]) for k in f}
    least = min(ks, key=lambda k: ks[k].pvalue)
    print(one, "|", two, ": AUC of boosted trees on aggregates %.3f, of order alone %.3f; smallest KS p of %d: %.4f (%s, %.3f)" % (
        roc_auc_score(target, q), roc_auc_score(target, stat[m]), len(f.columns), ks[least].pvalue, least, ks[least].statistic))

# Does the future follow from the past?
cut = e.time.min() + (t0 - e.time.min()) * .67
past, future = buys[buys.time <= cut], buys[buys.time > cut]
known = e[e.time <= cut].customer_id.unique()
spend = future.groupby("customer_id").amount.sum().reindex(known).fillna(0); r = past.groupby("customer_id")
h = pd.DataFrame({"r": ((cut - r.time.max()).dt.total_seconds() / 86400).reindex(known).fillna(400), "f": r.order_id.nunique().reindex(known).fillna(0), "m": r.amount.sum().reindex(known).fillna(0)})
q = cross_val_predict(HistGradientBoostingClassifier(max_iter=60, random_state=0), h, spend > 0, cv=5, method="predict_proba")[:, 1]
print("next third of the period: buys %.3f; AUC(buys) from RFM %.3f, correlation of past and future spend %.3f; by persona:" % ((spend > 0).mean(), roc_auc_score(spend > 0, q), np.corrcoef(h.m, spend)[0, 1]))
print(pd.DataFrame({"buys": (spend > 0).groupby(truth.reindex(known)).mean(), "spend": spend.groupby(truth.reindex(known)).mean()}).round(2).T)

"""What cleaning must make of UCI Online Retail, computed with pandas.

Usage: online_retail_quality.py PATH/online_retail.csv.gz
Prints the golden numbers of tests/Coterie.Tests/Clean/OnlineRetailTests.cs. Rules in the order in which Coterie tries them.
"""
import sys
import pandas as pd

rows = pd.read_csv(sys.argv[1], dtype=str, keep_default_na=False)
rows["q"] = rows.Quantity.astype(float)
rows["p"] = rows.UnitPrice.astype(float)
rows["amount"] = rows.q * rows.p
print("rows", len(rows), "sum", round(rows.amount.sum(), 3), "duplicates before", int(rows.duplicated().sum()))
print("customers before", rows.CustomerID[rows.CustomerID != ""].nunique(), "cancelled", int(rows.InvoiceNo.str.startswith("C").sum()))

left = rows
refund = left.InvoiceNo.str.startswith("C") | (left.q < 0)


def refuse(name, condition):
    global left
    gone = left[condition.loc[left.index]]
    left = left.drop(gone.index)
    print(f"{name:20} {len(gone):7} {gone.amount.sum():14.3f}")


refuse("no_customer", rows.CustomerID == "")
refuse("negative_price", (rows.p < 0) & ~refund)
refuse("zero_price", rows.p == 0)
refuse("impossible_quantity", (rows.q == 0) | (rows.q.abs() > 1_000_000))
# Merchandise codes are five digits, and then perhaps letters; every other code in rows with a customer is a service. One service has
# five digits: 23444, Next Day Carriage.
refuse("non_product", ~rows.StockCode.str.match(r"^\d{5}") | (rows.StockCode == "23444"))
refuse("duplicate", rows.duplicated())
refund = refund.loc[left.index]
print("kept", len(left), "customers", left.CustomerID.nunique())
print("purchases", int((~refund).sum()), round(left.amount[~refund].sum(), 3), "refunds", int(refund.sum()), round(-left.amount[refund].sum(), 3))
print("codes refused", sorted(rows.StockCode[(rows.CustomerID != "") & ~rows.StockCode.str.match(r"^\d{5}")].unique()))

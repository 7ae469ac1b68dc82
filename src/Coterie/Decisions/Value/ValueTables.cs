using Coterie.Evaluation;

namespace Coterie.Decisions;

/// <summary>The tables of <c>value</c>: customers, segments, cohorts.</summary>
internal static class ValueTables
{
    static readonly string[] CustomerColumns =
    [
        "customer_id", "segment", "orders", "first_order", "last_order", "spent", "expected_orders", "expected_orders_low", "expected_orders_high", "orders_low", "orders_high",
        "ordering", "ordering_low", "ordering_high", "alive", "alive_low", "alive_high", "expected_spend", "expected_spend_low", "expected_spend_high",
        "next_order_date", "next_order_low", "next_order_high",
    ];

    static readonly string[] GroupColumns =
    [
        "customers", "orders", "spent", "expected_buyers", "alive", "expected_orders", "expected_orders_low", "expected_orders_high", "orders_low", "orders_high",
        "expected_spend", "expected_spend_low", "expected_spend_high", "spend_low", "spend_high",
    ];

    internal static IReadOnlyList<DecisionFile> Of(ValueResult result, ValueForecast forecast, Membership? segments)
    {
        string? Segment(string customer) => segments?.Of(customer) is >= 0 and var place ? segments.Segments[place].Id : null;
        List<DecisionFile> files =
        [
            new("value", CustomerColumns, forecast.Customers.Select(c => (IReadOnlyList<object?>)
            [
                c.Customer, Segment(c.Customer), c.Orders, c.FirstOrder, c.LastOrder, Money(c.Spent), .. Cells(c.ExpectedOrders), c.OrdersLow, c.OrdersHigh, .. Cells(c.Ordering), .. Cells(c.Alive),
                .. Cells(c.ExpectedSpend), c.NextOrder, c.NextOrderLow, c.NextOrderHigh,
            ])),
            new("value_cohorts", ["cohort", .. GroupColumns], result.Cohorts.Select(c => (IReadOnlyList<object?>)[c.Cohort, .. Cells(c.Forecast)])),
        ];
        if (segments is not null)
            files.Insert(1, new("value_segments", ["segment", "name", "name_zh", .. GroupColumns], result.Segments.Select(s => (IReadOnlyList<object?>)[s.Segment, s.Name.En, s.Name.Zh, .. Cells(s.Forecast)])));
        return files;
    }

    static object?[] Cells(GroupForecast g) =>
    [
        g.Customers, g.Orders, Money(g.Spent), Round(g.ExpectedBuyers), Round(g.Alive), .. Cells(g.ExpectedOrders), Round(g.OrdersOutcome.Low), Round(g.OrdersOutcome.High),
        .. Cells(g.ExpectedSpend), Round(g.SpendOutcome.Low), Round(g.SpendOutcome.High),
    ];

    static object?[] Cells(Estimate e) => [Round(e.Value), Round(e.Low), Round(e.High)];

    // Six significant digits: more are noise, and files stay half as long.
    static double Round(double value)
    {
        if (value == 0 || !double.IsFinite(value)) return value;
        var digits = 5 - (int)Math.Floor(Math.Log10(Math.Abs(value)));
        return digits is < 0 or > 15 ? (digits < 0 ? Math.Round(value) : value) : Math.Round(value, digits);
    }

    static double Money(double value) => Math.Round(value, 4);
}

using Coterie.Warehouse;

namespace Coterie.Features;

/// <summary>What the steps of one computation share: engine, request, what is known of the shop.</summary>
sealed class FeatureScope(Dialect dialect, FeatureRequest request)
{
    public Dialect Dialect => dialect;

    public FeatureRequest Request => request;

    /// <summary>Numbers of the top categories in <c>features_category</c>, in their order; -1 for one that the data do not have.</summary>
    public IReadOnlyList<int> TopCategoryNumbers { get; set; } = [];

    /// <summary>Whether the history is long enough to speak of seasons.</summary>
    public bool Seasons => request.Facts?.FirstEvent is { } first && (request.AsOf - first).TotalDays >= FeatureCatalogue.HistoryDays;

    /// <summary>Temporary tables that steps of this computation make.</summary>
    public HashSet<string> Tables { get; init; } = [];

    /// <summary>The as-of instant in whole seconds; events are cut at the instant itself.</summary>
    public long Now { get; } = (request.AsOf.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond;

    /// <summary>The relation of events, quoted.</summary>
    public string Events { get; } = dialect.Name(request.Events);

    public bool Has(string column) => request.Present.Contains(column);

    public bool HasKind(string kind) => request.Kinds.Contains(kind);

    /// <summary>Why a feature cannot be computed, or null when it can.</summary>
    public string? Missing(Feature feature)
    {
        var reasons = new List<string>();
        foreach (var need in feature.Needs)
        {
            var reason = need switch
            {
                "time_of_day" => request.HasTimeOfDay ? null : "times are dates without a time of day",
                "browsing" => request.Kinds.Any(k => k is not ("purchase" or "refund")) ? null : "no events besides purchases and refunds",
                "history" => Seasons ? null : $"less than {FeatureCatalogue.HistoryDays} days of history",
                _ when need.StartsWith("kind:", StringComparison.Ordinal) =>
                    HasKind(need["kind:".Length..]) ? null : $"no events of kind {need["kind:".Length..]}",
                _ => Has(need) ? null : $"no column {need}",
            };
            if (reason is not null) reasons.Add(reason);
        }

        return reasons.Count == 0 ? null : string.Join("; ", reasons);
    }

    /// <summary>A sum of small numbers that does not depend on the order of rows: each is rounded to 1e-8, a ten-thousandth of what
    /// <see cref="Dialect.ExactSum"/> keeps of money.</summary>
    public string FineSum(string expression) => $"{dialect.ExactSum($"10000 * ({expression})")} / 10000";

    /// <summary>A step that reads the parameters that its SQL names.</summary>
    public Step Step(string name, string sql)
    {
        var parameters = new Dictionary<string, object?>();
        void Add(string parameter, object value)
        {
            if (sql.Contains('$' + parameter, StringComparison.Ordinal)) parameters[parameter] = value;
        }

        Add("as_of", request.AsOf);
        Add("now", Now);
        Add("main_country", request.Facts?.MainCountry ?? "");
        for (var i = 0; i < TopCategoryNumbers.Count; i++) Add($"top_{i}_", TopCategoryNumbers[i]);
        return new Step(name, sql) { Parameters = parameters };
    }

    /// <summary>A step that makes a temporary table, which is noted in <see cref="Tables"/>.</summary>
    public Step Table(string name, string table, string select)
    {
        Tables.Add(table);
        return Step(name, $"{dialect.CreateTemporary(table)}\n{select}");
    }

    /// <summary>The same, knowing the shop.</summary>
    public FeatureScope With(ShopFacts facts) => new(dialect, request with { Facts = facts }) { Tables = Tables };
}

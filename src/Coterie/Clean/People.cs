namespace Coterie.Clean;

/// <summary>How a stored row finds its customer: the joins and the expression.</summary>
/// <param name="Merged">Some known ids are merged into others (<c>identity_known</c> is not empty).</param>
/// <param name="Anonymous">Rows may have an anonymous id.</param>
sealed record People(bool Merged, bool Anonymous)
{
    /// <summary>What stands before an anonymous id that belongs to nobody: it is a customer of its own.</summary>
    public const string Nobody = "anon:";

    /// <summary>The id that events carry, of a customer.</summary>
    public static string IdOf(string customer) => customer.StartsWith(Nobody, StringComparison.Ordinal) ? customer[Nobody.Length..] : customer;

    public string Known { get; init; } = "identity_known";
    public string Spans { get; init; } = "identity_spans";

    /// <summary>The customer of the row <c>r</c>: itself or what it was merged into; else whoever the anonymous id belongs to at that time;
    /// else the anonymous id as a customer of its own.</summary>
    public string Customer
    {
        get
        {
            var known = Merged ? "k.\"customer\", r.\"customer_id\"" : "r.\"customer_id\"";
            return Anonymous ? $"coalesce({known}, s.\"customer\", '{Nobody}' || r.\"anonymous_id\")" : Merged ? $"coalesce({known})" : known;
        }
    }

    /// <summary>A table of stored rows as <c>r</c>, with what <see cref="Customer"/> needs.</summary>
    public string From(string table)
    {
        var from = $"{table} AS r";
        if (Merged) from += $" LEFT JOIN {Known} AS k ON k.\"id\" = r.\"customer_id\"";
        if (Anonymous)
            from += $" LEFT JOIN {Spans} AS s ON s.\"anonymous_id\" = CASE WHEN r.\"customer_id\" IS NULL THEN r.\"anonymous_id\" END"
                + " AND r.\"time\" >= s.\"since\" AND r.\"time\" < s.\"until\"";
        return from;
    }
}

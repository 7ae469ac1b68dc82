namespace Coterie.Collect;

/// <summary>What a target is filled from: a column, or a constant that the operator gave.</summary>
/// <param name="Why">name, content, layout or map.</param>
sealed record Assignment(SourceColumn? Column, string Why, string? Constant = null);

/// <summary>Targets and what fills them, with remarks for the operator.</summary>
sealed class Assignments
{
    readonly SortedDictionary<string, Assignment> byTarget = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, Assignment> All => byTarget;

    public List<string> Notes { get; } = [];

    /// <summary>Meanings of coded kinds, where the codes of a known data set were recognised.</summary>
    public IReadOnlyDictionary<string, string>? KindCodes { get; set; }

    /// <summary>A second column with the clock, where the time's column has only the day.</summary>
    public SourceColumn? Clock { get; set; }

    /// <summary>Whether the amount is the order's total, repeated on each of its lines.</summary>
    public bool AmountIsOfOrder { get; set; }

    public SourceColumn? this[string target] => byTarget.GetValueOrDefault(target)?.Column;

    public bool Has(string target) => byTarget.ContainsKey(target);

    public bool IsTaken(SourceColumn column) => Clock == column || byTarget.Values.Any(a => a.Column == column);

    public void Set(string target, SourceColumn? column, string why, string? constant = null) =>
        byTarget[target] = new Assignment(column, why, constant);

    /// <summary>Puts what the operator said over what was found; a column that is given a meaning loses the one that was found.</summary>
    public void Override(IReadOnlyDictionary<string, Assignment> given)
    {
        foreach (var (target, assignment) in given)
        {
            foreach (var other in byTarget
                .Where(t => t.Value.Column is not null && t.Value.Column == assignment.Column && !given.ContainsKey(t.Key))
                    .Select(t => t.Key).ToList())
                byTarget.Remove(other);
            byTarget[target] = assignment;
            if (target == "price" && !given.ContainsKey("amount")) byTarget.Remove("amount");
            if (target == "amount" && !given.ContainsKey("price")) byTarget.Remove("price");
        }
    }

    public void Remove(string target) => byTarget.Remove(target);
}

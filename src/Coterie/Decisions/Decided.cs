namespace Coterie.Decisions;

/// <summary>A table that a decision writes: every row has as many values as there are columns.</summary>
/// <param name="Name">Its file name without ending: "value".</param>
/// <param name="Columns">snake_case.</param>
/// <param name="Rows">Text, numbers (NaN and null are empty cells), instants, and truth values; may be lazy.</param>
public sealed record DecisionFile(string Name, IReadOnlyList<string> Columns, IEnumerable<IReadOnlyList<object?>> Rows);

/// <summary>What a decision came to: the result that programs read, the page that people read, and the tables that tools read.</summary>
/// <param name="Result">A record that is written as JSON.</param>
/// <param name="Page">The page.</param>
/// <param name="Files">Tables, such as one row a customer.</param>
public sealed record Decided(object Result, DecisionPage Page, IReadOnlyList<DecisionFile> Files);

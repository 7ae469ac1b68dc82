using System.Globalization;

namespace Coterie.Evaluation;

/// <summary>Labels as a file gives them: one for each row.</summary>
public sealed record LabelFile
{
    public required string Path { get; init; }
    /// <summary>Ids, one for each label and each only once; null where the file has labels only.</summary>
    public IReadOnlyList<string>? Ids { get; init; }
    public required IReadOnlyList<string> Labels { get; init; }
    /// <summary>Names of the columns taken, or null where the file has no header.</summary>
    public string? IdColumn { get; init; }
    public string? LabelColumn { get; init; }
}

/// <summary>Two label files brought together row by row.</summary>
public sealed record LabelPairs
{
    public required IReadOnlyList<string> Truth { get; init; }
    public required IReadOnlyList<string> Predicted { get; init; }
    /// <summary>Whether rows were matched by id, or by their position.</summary>
    public required bool ById { get; init; }
    /// <summary>Ids that only the truth has; they are not compared.</summary>
    public required int OnlyInTruth { get; init; }
    /// <summary>Ids that only the prediction has; they are not compared.</summary>
    public required int OnlyInPredicted { get; init; }
}

/// <summary>Reads files of labels: CSV (comma, semicolon or tab; quotes; with or without a header) of ids and labels, or of labels only.</summary>
public static class LabelFiles
{
    static readonly HashSet<string> IdNames = new(StringComparer.OrdinalIgnoreCase)
    {
        "id", "customer_id", "customerid", "customer", "user_id", "userid", "user", "client_id", "member_id", "row", "index",
        "key",
    };

    static readonly HashSet<string> LabelNames = new(StringComparer.OrdinalIgnoreCase)
    {
        "label", "labels", "segment", "segment_id", "cluster", "cluster_id", "persona", "class", "truth", "group", "target", "y",
        "prediction", "predicted",
    };

    /// <summary>The labels of a file. With more than two columns, those with a known name are taken (<c>customer_id</c>, <c>segment</c>,
    /// <c>cluster</c>, <c>persona</c>, <c>label</c> …) or the one named by <paramref name="labelColumn"/>.</summary>
    /// <exception cref="InputException">The file is missing, empty, not text, ragged, has an id twice, or its columns cannot be told apart.</exception>
    public static LabelFile Read(string path, string? labelColumn = null)
    {
        var rows = LabelCsv.Read(path);
        var width = rows[0].Length;
        for (var i = 1; i < rows.Count; i++)
        {
            if (rows[i].Length == width) continue;
            throw new InputException($"{path}: row {i + 1} has {rows[i].Length} fields where row 1 has {width}. "
                + "Expected the same number in every row; quote fields that hold the delimiter.");
        }

        var header = HasHeader(rows) || labelColumn is not null ? rows[0] : null;
        var (id, label) = Columns(path, rows, header, labelColumn);
        var data = header is null ? rows : rows.GetRange(1, rows.Count - 1);
        if (data.Count == 0) throw new InputException($"{path} has a header and no rows. Expected one label a row.");
        var blank = data.FindIndex(row => row[label].Length == 0);
        if (blank >= 0)
            throw new InputException($"{path}: row {blank + (header is null ? 1 : 2)} has no label. Give it one, or remove the row.");
        if (id is { } column) RefuseRepeats(path, data, column);

        return new LabelFile
        {
            Path = path,
            Ids = id is { } i1 ? data.ConvertAll(row => row[i1]) : null,
            Labels = data.ConvertAll(row => row[label]),
            IdColumn = id is { } i2 ? header?[i2] : null,
            LabelColumn = header?[label],
        };
    }

    /// <summary>Pairs the rows of two files: by id where both have ids, else by position.</summary>
    /// <exception cref="InputException">No id in common, or no ids and different numbers of rows.</exception>
    public static LabelPairs Pair(LabelFile truth, LabelFile predicted)
    {
        if (truth.Ids is null || predicted.Ids is null)
        {
            if (truth.Labels.Count == predicted.Labels.Count)
            {
                return new LabelPairs
                {
                    Truth = truth.Labels, Predicted = predicted.Labels, ById = false, OnlyInTruth = 0, OnlyInPredicted = 0,
                };
            }

            throw new InputException($"{truth.Path} has {truth.Labels.Count} labels and {predicted.Path} has {predicted.Labels.Count}, and "
                + "not both have ids. Expected equally many rows in the same order, or a column of ids in both.");
        }

        var predictedOf = new Dictionary<string, string>(predicted.Ids.Count, StringComparer.Ordinal);
        for (var i = 0; i < predicted.Ids.Count; i++) predictedOf.Add(predicted.Ids[i], predicted.Labels[i]);
        List<string> t = [], p = [];
        for (var i = 0; i < truth.Ids.Count; i++)
        {
            if (!predictedOf.TryGetValue(truth.Ids[i], out var label)) continue;
            t.Add(truth.Labels[i]);
            p.Add(label);
        }

        if (t.Count == 0)
        {
            throw new InputException($"{truth.Path} and {predicted.Path} have no id in common (for example {truth.Ids[0]} and "
                + $"{predicted.Ids[0]}). Expected ids of the same customers, written in the same way.");
        }

        return new LabelPairs
        {
            Truth = t, Predicted = p, ById = true, OnlyInTruth = truth.Ids.Count - t.Count, OnlyInPredicted = predicted.Ids.Count - t.Count,
        };
    }

    // A first row of names: known ones, or words above a column of numbers.
    static bool HasHeader(List<string[]> rows)
    {
        if (rows[0].Any(IsKnownName)) return true;
        if (rows.Count == 1) return false;
        for (var c = 0; c < rows[0].Length; c++)
            if (!IsNumber(rows[0][c]) && rows.Skip(1).All(row => IsNumber(row[c]))) return true;
        return false;
    }

    static bool IsKnownName(string cell) => IdNames.Contains(cell) || LabelNames.Contains(cell);

    static bool IsNumber(string cell) => double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    static LabelColumns Columns(string path, List<string[]> rows, string[]? header, string? wanted)
    {
        var width = rows[0].Length;
        if (wanted is not null)
        {
            var at = Array.FindIndex(header!, name => string.Equals(name, wanted, StringComparison.OrdinalIgnoreCase));
            if (at < 0) throw new InputException($"{path} has no column {wanted}. It has: {string.Join(", ", header!)}.");
            var key = Array.FindIndex(header!, IdNames.Contains);
            return new LabelColumns(key < 0 || key == at ? (width == 2 ? 1 - at : null) : key, at);
        }

        if (width == 1) return new LabelColumns(null, 0);
        var id = header is null ? -1 : Array.FindIndex(header, IdNames.Contains);
        var label = header is null ? -1 : Array.FindIndex(header, LabelNames.Contains);
        if (width == 2)
        {
            if (id < 0 && label < 0) return new LabelColumns(0, 1);
            return label >= 0 ? new LabelColumns(1 - label, label) : new LabelColumns(id, 1 - id);
        }

        if (id >= 0 && label >= 0) return new LabelColumns(id, label);
        throw new InputException($"{path} has {width} columns ({string.Join(", ", rows[0].Take(8))}{(width > 8 ? " …" : "")}) and it is not "
            + "clear which ones hold ids and labels. Expected two columns (id, label), one (label), or a header with names such as "
            + "customer_id and segment.");
    }

    static void RefuseRepeats(string path, List<string[]> data, int id)
    {
        var seen = new HashSet<string>(data.Count, StringComparer.Ordinal);
        foreach (var row in data)
        {
            if (!seen.Add(row[id]))
                throw new InputException($"{path} has the id {row[id]} more than once. Expected one label for each id; remove the repeated rows.");
        }
    }

    readonly record struct LabelColumns(int? Id, int Label);
}

using Coterie.Numerics;

namespace Coterie.Profiles;

/// <summary>The customers a tree is fitted on.</summary>
static class RuleSample
{
    /// <summary>Rows with a label, all or those of the smallest hashes of id and seed, in the order of the table: which customers are
    /// taken does not depend on the order of rows.</summary>
    public static int[] Rows(string[] customers, int[] labels, RuleTreeOptions options)
    {
        var rows = new List<int>();
        for (var i = 0; i < labels.Length; i++)
            if (labels[i] >= 0) rows.Add(i);
        if (rows.Count <= options.SampleRows) return [.. rows];
        var chosen = rows.ToArray();
        var keys = Array.ConvertAll(chosen, i => Hash(customers[i], options.Seed));
        Array.Sort(keys, chosen);
        var sample = chosen[..options.SampleRows];
        Array.Sort(sample);
        return sample;
    }

    // FNV-1a over UTF-16 units (Fowler, Noll, Vo), finished by SplitMix64: ids that count upwards are spread.
    static ulong Hash(string id, Seed seed)
    {
        var hash = 14695981039346656037;
        foreach (var c in id) hash = (hash ^ c) * 1099511628211;
        return Rng.Mix(hash ^ Rng.Mix(seed.Value));
    }
}

using Coterie.Activation;
using Coterie.Activation.Rules;
using Coterie.Clean;
using Coterie.Profiles;
using Coterie.Reports;

namespace Coterie;

/// <summary>Which segments of a run become audiences, and what goes along with the customers.</summary>
public sealed record AudienceSourceOptions
{
    /// <summary>The output directory of a run.</summary>
    public required string Run { get; init; }
    /// <summary>Ids or names of segments; null: all of them.</summary>
    public IReadOnlyList<string>? Segments { get; init; }
    /// <summary>CSV files with a column <c>customer_id</c>.</summary>
    public IReadOnlyList<string> Traits { get; init; } = [];
    /// <summary>Only these columns of them; empty: all.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];
    /// <summary>Before the segment's id in an audience's key.</summary>
    public string Prefix { get; init; } = "coterie";
    /// <summary>Who agreed to marketing; null: what the run wrote down. Columns of the trait files that speak of it count beside it.</summary>
    public Consents? Consents { get; init; }
    /// <summary>Leaves out those who never said, too; without it only those who refused.</summary>
    public bool RequireConsent { get; init; }
}

/// <summary>Audiences of a run.</summary>
/// <param name="Audiences">In the order of the run's report.</param>
/// <param name="AsOf">The instant as of which customers were placed.</param>
/// <param name="Notes">What was left out of the trait files, and why.</param>
public sealed record AudienceSet(IReadOnlyList<Audience> Audiences, DateTime AsOf, IReadOnlyList<Bilingual> Notes);

/// <summary>Makes audiences of what a run wrote.</summary>
public static class AudienceSource
{
    const string Confidence = "confidence";

    /// <exception cref="InputException">It is no run, it is damaged, or a trait file cannot be used.</exception>
    /// <exception cref="ConfigurationException">A segment or column that is not there.</exception>
    public static AudienceSet Open(AudienceSourceOptions options)
    {
        var (report, file) = (Path.Combine(options.Run, "report.json"), Path.Combine(options.Run, "segments.parquet"));
        if (!File.Exists(report) || !File.Exists(file))
            throw new InputException($"'{options.Run}' is not the output of a run: it lacks report.json or segments.parquet. Name the --out of a former run.");
        var read = ReportJson.Read(report);
        var chosen = Chosen(options.Segments, read.Segments);
        string[] reserved = [.. Audience.ReservedTraits, Confidence, "second", "agreement"];
        var files = options.Traits.Select(path => TraitFile.Read(path, reserved)).ToArray();
        var taken = Taken(options.Columns, files);
        var rows = SegmentFile.ReadParquet(file).ToLookup(r => r.Segment, StringComparer.Ordinal);
        var consent = new AudienceConsent(options.Consents ?? ConsentFile.Read(options.Run), files, options.RequireConsent);
        var audiences = chosen.Select(segment => new Audience
        {
            Key = Audience.KeyOf(options.Prefix, segment.Id),
            Segment = segment.Id,
            Name = segment.Name,
            AsOf = read.AsOf,
            Traits = [new AudienceTrait(Confidence, Compared: false), .. taken.Select(t => new AudienceTrait(t.Name))],
            Members = [.. rows[segment.Id].Where(r => consent.Keeps(r.CustomerId)).Select(r => new AudienceMember(r.CustomerId, [Math.Round(r.Confidence, 2), .. Values(files, taken, r.CustomerId)]))],
        }).ToArray();
        return new AudienceSet(audiences, read.AsOf, [consent.Note(), .. files.SelectMany(f => Notes(f, audiences))]);
    }

    /// <summary>Makes an audience of a saved rule.</summary>
    /// <param name="scope">What the rule is asked of.</param>
    /// <param name="saved">The rule.</param>
    /// <param name="options">Traits, consent; the run and its segments are not looked at.</param>
    /// <exception cref="InputException">A trait file cannot be used.</exception>
    /// <exception cref="ConfigurationException">The rule cannot be used, or a column is not there.</exception>
    public static AudienceSet OfSaved(RuleScope scope, SavedAudience saved, AudienceSourceOptions options)
    {
        var files = options.Traits.Select(path => TraitFile.Read(path, Audience.ReservedTraits)).ToArray();
        var taken = Taken(options.Columns, files);
        var consent = new AudienceConsent(options.Consents ?? scope.Consents, files, options.RequireConsent);
        var audience = new Audience
        {
            Key = Audience.KeyOf(options.Prefix, saved.Id),
            Segment = saved.Id,
            Name = new(saved.Name, saved.Name),
            AsOf = scope.AsOf,
            Traits = [.. taken.Select(t => new AudienceTrait(t.Name))],
            Members = [.. RuleMembers.All(scope, saved.Rule, ConsentChoice.Everybody).Where(consent.Keeps).Select(id => new AudienceMember(id, [.. Values(files, taken, id)]))],
        };
        return new AudienceSet([audience], scope.AsOf, [consent.Note(), .. files.SelectMany(f => Notes(f, [audience]))]);
    }

    static IEnumerable<object?> Values(TraitFile[] files, TakenColumn[] taken, string customer)
    {
        var ofFile = files.Select(f => f.Of(customer)).ToArray();
        return taken.Select(t => ofFile[t.File][t.Column]);
    }

    static IReadOnlyList<SegmentProfile> Chosen(IReadOnlyList<string>? asked, IReadOnlyList<SegmentProfile> segments)
    {
        if (asked is null) return segments;
        var chosen = asked.Select(a => segments.FirstOrDefault(s => string.Equals(s.Id, a, StringComparison.OrdinalIgnoreCase) || s.Name.En == a || s.Name.Zh == a)).ToArray();
        var strange = asked.Where((_, i) => chosen[i] is null).ToArray();
        if (strange.Length > 0)
            throw new ConfigurationException($"--segment: the run has no {string.Join(", ", strange.Select(s => $"'{s}'"))}; it has {string.Join(", ", segments.Select(s => $"{s.Id} ({s.Name.En})"))}.");
        return [.. segments.Where(s => chosen.Contains(s))];
    }

    static TakenColumn[] Taken(IReadOnlyList<string> asked, TraitFile[] files)
    {
        var all = files.SelectMany((f, i) => f.Columns.Select((c, j) => new TakenColumn(c, i, j))).ToArray();
        var strange = asked.Where(a => all.All(t => t.Name != a)).ToArray();
        if (strange.Length > 0)
            throw new ConfigurationException($"--columns: {string.Join(", ", strange.Select(s => $"'{s}'"))} {(strange.Length == 1 ? "is" : "are")} not in the trait files; found: {(all.Length == 0 ? "none (name a file with --traits)" : string.Join(", ", all.Select(t => t.Name)))}.");
        var taken = asked.Count == 0 ? all : [.. all.Where(t => asked.Contains(t.Name))];
        if (taken.GroupBy(t => t.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ConfigurationException($"The column '{twice.Key}' is in more than one trait file; rename it in one of them.");
        return taken;
    }

    static IEnumerable<Bilingual> Notes(TraitFile file, Audience[] audiences)
    {
        var name = Path.GetFileName(file.Path);
        if (file.Ignored.Length > 0)
        {
            yield return new($"{name}: {string.Join(", ", file.Ignored)} not taken, the run says it itself", $"{name}：未取 {string.Join("、", file.Ignored)}，以本次运行的结果为准");
        }

        var missing = audiences.Sum(a => a.Members.Count(m => !file.Knows(m.Id)));
        if (missing > 0) yield return new($"{name} does not know {missing:N0} of the customers: their traits are empty", $"{name} 中没有其中 {missing:N0} 位客户：其属性为空");
    }

    sealed record TakenColumn(string Name, int File, int Column);
}

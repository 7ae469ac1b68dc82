using Coterie.Clustering;
using Coterie.Features;
using Coterie.Profiles;
using Coterie.Reports;
using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;
using CollectOptions = Coterie.Collect.CollectOptions;

namespace Coterie;

/// <summary>One feature of a customer, and the share of customers below it.</summary>
public sealed record ProfiledFeature(string Name, Bilingual Label, string Unit, double? Value, double Percentile);

/// <summary>Everything a run knows of one customer.</summary>
public sealed record CustomerProfile(
    string Customer, string Segment, Bilingual SegmentName, double Confidence, string? Second, DateTime AsOf, IReadOnlyList<ProfiledFeature> Features);

/// <summary>A run that was written earlier, opened to answer questions about its customers.</summary>
public sealed class FormerRun
{
    /// <summary>Where customers would be without feedback, as segments.parquet has them; written by runs with feedback.</summary>
    internal const string BeforeFeedback = "before_feedback.parquet";

    readonly string directory;
    readonly SegmentationModel model;
    readonly RunReport report;
    readonly FeatureTable table;
    readonly Assignment assignment;
    readonly Lazy<Explained> explained;

    FormerRun(string directory, SegmentationModel model, RunReport report, FeatureTable table, Assignment assignment)
    {
        this.directory = directory;
        this.model = model;
        this.report = report;
        this.table = table;
        this.assignment = assignment;
        explained = new(Prepare);
    }

    // What every explanation needs and no customer changes.
    sealed record Explained(PreparedTable Prepared, Numerics.Matrix? Loadings, SegmentCentres Centres, SegmentMedians Medians);

    Explained Prepare()
    {
        var prepared = model.Representation.Explained(table, out var loadings);
        var distance = model.Clusters is KMeansModel kmeans ? kmeans.Distance : Distance.Euclidean;
        var centres = SegmentCentres.Of(prepared.Rows, assignment.Labels, model.Segments.Count, distance);
        return new(prepared, loadings, centres, SegmentMedians.Of(table, assignment.Labels, centres.Clusters, Environment.ProcessorCount));
    }

    /// <exception cref="InputException">The directory is not a run's output, or it is damaged.</exception>
    public static FormerRun Open(string directory)
    {
        if (!Directory.Exists(directory)) throw new InputException($"There is no directory '{directory}'. Name the --out of a former run.");
        var file = Path.Combine(directory, "report.json");
        if (!File.Exists(file)) throw new InputException($"'{directory}' is not the output of a run: it has no report.json. Name the --out of a former run.");
        var report = ReportJson.Read(file);
        var model = SegmentationModel.Read(directory);
        var table = FeatureFile.Read(Path.Combine(directory, "features.parquet"), model.AsOf);
        return new FormerRun(directory, model, report, table, PlacedIn(Path.Combine(directory, "segments.parquet"), table, model));
    }

    // As the run placed them: its events are not here to do it again.
    static Assignment PlacedIn(string file, FeatureTable table, SegmentationModel model)
    {
        var rows = SegmentFile.ReadParquet(file);
        if (!rows.Select(r => r.CustomerId).SequenceEqual(table.Customers, StringComparer.Ordinal))
            throw new InputException($"'{file}' and features.parquet beside it are not of the same customers; run segment again.");
        var labels = model.Segments.ToDictionary(s => s.Id, s => s.Label, StringComparer.Ordinal);
        if (rows.FirstOrDefault(r => !labels.ContainsKey(r.Segment) || (r.Second is { } s && !labels.ContainsKey(s))) is { } stranger)
            throw new InputException($"'{file}' has a segment of customer {stranger.CustomerId} that the model does not know; run segment again.");
        return new Assignment([.. rows.Select(r => labels[r.Segment])], [.. rows.Select(r => r.Second is { } s ? labels[s] : -1)], [.. rows.Select(r => (float)r.Confidence)]);
    }

    /// <summary>Why a customer is where it is.</summary>
    public Explanation Explain(string customer)
    {
        var known = explained.Value;
        var explanation = Explainer.Explain(new ExplainRequest
        {
            Table = table,
            Prepared = known.Prepared,
            Loadings = known.Loadings,
            Assignment = assignment,
            Centres = known.Centres,
            Medians = known.Medians,
            Profiles = report.Segments,
            Currency = report.Currency,
        }, customer);
        return explanation with { Feedback = model.Feedback?.Places.FirstOrDefault(p => p.Customer == customer)?.Why };
    }

    /// <summary>Whether the order of events had a part in where customers are, so that <c>MovingEvents</c> can say which.</summary>
    public bool LooksAtOrder => model.Second is not null;

    /// <summary>The events that did most to put a customer where it is.</summary>
    /// <param name="customer">Who.</param>
    /// <param name="warehouse">Holds the run's events.</param>
    /// <param name="most">How many events.</param>
    /// <exception cref="InputException">There is no such customer, or none of its events.</exception>
    public IReadOnlyList<EventReason> MovingEvents(string customer, IWarehouse warehouse, int most = 6)
    {
        if (model.Second is null) return [];
        var at = At(customer);
        return EventReasons.Of(model, warehouse, table.At([at]), assignment.Labels[at], assignment.Second[at], most);
    }

    /// <summary>The same from the run's files, read again.</summary>
    /// <exception cref="InputException">There is no such customer, the files cannot be used, or they have none of its events.</exception>
    public IReadOnlyList<EventReason> MovingEvents(
        string customer, IReadOnlyList<string> files, IReadOnlyDictionary<string, string> map, string timezone, CancellationToken stop = default)
    {
        _ = At(customer);
        using var workspace = Workspace.Temporary(new DuckDbOptions());
        using var interruption = stop.Register(workspace.Warehouse.Interrupt);
        Ingestion.Load(workspace, new CollectOptions { Files = files, Map = map, Timezone = timezone, TemporaryDirectory = workspace.TemporaryDirectory }, null, new Stages(null, stop));
        return MovingEvents(customer, workspace.Warehouse);
    }

    /// <summary>Whether the run has the customer.</summary>
    public bool Knows(string customer) => Array.BinarySearch(table.Customers, customer, StringComparer.Ordinal) >= 0;

    int At(string customer)
    {
        var at = Array.BinarySearch(table.Customers, customer, StringComparer.Ordinal);
        return at >= 0 ? at : throw new InputException($"There is no customer '{customer}' among the {table.Count:N0} of this run; look the id up in segments.csv.");
    }

    /// <summary>Everything known about a customer.</summary>
    public CustomerProfile Profile(string customer)
    {
        var at = At(customer);
        var segment = report.Segments.First(s => s.Label == assignment.Labels[at]);
        var second = report.Segments.FirstOrDefault(s => s.Label == assignment.Second[at]);
        return new CustomerProfile(customer, segment.Id, segment.Name, assignment.Confidence[at], second?.Id, model.AsOf,
            [.. table.Features.Select((f, j) => Of(f, table.Columns[j], at))]);
    }

    internal SegmentationModel Model => model;

    internal FeatureTable Table => table;

    internal Assignment Placed => assignment;

    /// <summary>Customers whom the two views would put into different segments; none where one view made the segments.</summary>
    internal IReadOnlySet<string> Disputed()
    {
        var file = Path.Combine(directory, "opinions.csv");
        return File.Exists(file) ? OpinionFile.Disputed(file, table.Customers) : new HashSet<string>();
    }

    /// <summary>Customer to the segment id that the run would have given without feedback.</summary>
    internal IReadOnlyDictionary<string, string> Before() => !model.WithFeedback ? Membership()
        : SegmentFile.ReadParquet(Path.Combine(directory, BeforeFeedback)).ToDictionary(r => r.CustomerId, r => r.Segment, StringComparer.Ordinal);

    /// <summary>Customer to segment id.</summary>
    internal Dictionary<string, string> Membership()
    {
        var ids = report.Segments.ToDictionary(s => s.Label, s => s.Id);
        return table.Customers.Select((c, i) => (c, id: ids[assignment.Labels[i]])).ToDictionary(p => p.c, p => p.id, StringComparer.Ordinal);
    }

    static ProfiledFeature Of(Feature feature, double[] column, int at)
    {
        var value = column[at];
        int below = 0, known = 0;
        foreach (var v in column)
        {
            if (double.IsNaN(v)) continue;
            known++;
            if (v < value) below++;
        }

        return new ProfiledFeature(feature.Name, new Bilingual(feature.Label, feature.LabelZh), feature.Unit,
            double.IsNaN(value) ? null : value, known == 0 ? 0 : below / (double)known);
    }
}

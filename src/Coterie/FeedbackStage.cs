using Coterie.Clean;
using Coterie.Clustering;
using Coterie.Features;
using Coterie.Feedback;
using Coterie.Numerics;
using Coterie.Profiles;
using Coterie.Sequences;
using Coterie.Warehouse;

namespace Coterie;

/// <summary>What feedback made of a run's segments; hangs on <see cref="FinalSegments"/>, so that everything after the search sees the final membership.</summary>
internal sealed record FeedbackResult
{
    /// <summary>n, in ordinal order.</summary>
    internal required string[] Customers { get; init; }
    /// <summary>Id of each final segment, by label.</summary>
    internal required string[] Ids { get; init; }
    /// <summary>Names that people gave, by id.</summary>
    internal required IReadOnlyDictionary<string, Bilingual> Names { get; init; }
    internal required FeedbackModel Model { get; init; }
    /// <summary>Id of each cluster, and the clusters, as they would be without feedback.</summary>
    internal required string[] ClusterIds { get; init; }
    internal required Assignment Before { get; init; }
    internal required FeedbackReport Report { get; init; }
}

/// <summary>Changes the segments that the search found as people asked, before anything is said of them.</summary>
internal sealed class FeedbackStage
{
    readonly FeedbackLog log;
    readonly FormerRun? former;
    readonly FeatureTable current;
    readonly SegmentChoice choice;
    readonly FinalSegments found;
    readonly SegmentationOptions options;
    readonly Func<SegmentationModel, int[]> place;

    FeedbackStage(FeedbackLog log, FormerRun? former, FeatureTable current, SegmentChoice choice, FinalSegments found, SegmentationOptions options, Func<SegmentationModel, int[]> place)
    {
        (this.log, this.former, this.current, this.choice, this.found, this.options, this.place) = (log, former, current, choice, found, options, place);
    }

    /// <summary>The segments as people want them; the same object where nobody asked for anything.</summary>
    /// <exception cref="InputException">The log of feedback, or the run before, is damaged.</exception>
    internal static FinalSegments Apply(IWarehouse warehouse, QualityReport quality, FeatureTable current, SegmentChoice choice, FinalSegments found, SegmentationOptions options, Stages stages)
    {
        if (Log(options) is not { } log || (log.InForce.Count == 0 && log.Astray.Count == 0)) return found;
        stages.Say($"feedback: {log.InForce.Count} entries");
        var former = options.Workspace is { } workspace && Workspace.LatestRunOf(workspace) is { } run ? FormerRun.Open(run) : null;
        int[] Place(SegmentationModel model) => model.Assign(current,
            codes => SequenceReader.Read(warehouse, Histories.Request(model.Present, model.HasTimeOfDay, current.AsOf), codes), options.Threads).Assignment.Labels;
        return new FeedbackStage(log, former, current, choice, found, options, Place).Run();
    }

    static FeedbackLog? Log(SegmentationOptions options) =>
        options.Feedback is { } file ? FeedbackLog.Read(file)
            : options.Workspace is { } workspace && File.Exists(Path.Combine(workspace, FeedbackLog.FileName)) ? FeedbackLog.Open(workspace) : null;

    // Where centres place customers, they may move; else constraints come after the fit.
    KMeansModel? Centred => found.Kept == "features" ? choice.Search.Model as KMeansModel : null;

    FinalSegments Run()
    {
        var clusterIds = ClusterIds();
        var replayed = FeedbackReplay.Of(new ReplayRequest
        {
            Entries = log.InForce,
            ClusterIds = clusterIds,
            Customers = current.Customers,
            Groups = !choice.NoStructure,
            Divide = (entry, members, parts) => Divide(entry, members, parts, clusterIds),
            Members = Members,
            FormerParts = (former?.Model.Feedback?.Structure.Divisions ?? []).ToDictionary(d => d.Entry, d => d.Ids, StringComparer.Ordinal),
            Definition = Definition,
        });
        var placement = FeedbackConstraints.Place(replayed, new ConstraintRequest
        {
            Found = new BasePlacement(current.Customers, choice.Prepared.Rows, found.Assignment, found.Probabilities),
            Centres = Centred?.Centres,
            Distance = Centred?.Distance ?? Distance.Euclidean,
            Entries = log.InForce,
            Locked = FeedbackModel.Locked(replayed.Locks, current.Count, place),
            Threads = options.Threads,
        });
        return Final(clusterIds, replayed, placement);
    }

    // As a run without feedback would have it: in the lineage of what the run before was without feedback.
    string[] ClusterIds()
    {
        var labels = found.Assignment.Labels;
        if (former is null) return Profiler.FirstIds(labels, found.Groups, current.Column("monetary"), current.Column("events"));
        return [.. Lineage.Match(former.Before(), Used(), current.Customers, labels, found.Groups).Ids];
    }

    IReadOnlyCollection<string> Used()
    {
        var used = new SortedSet<string>(options.Workspace is { } workspace ? Workspace.SettingsOf(workspace).UsedIds : [], StringComparer.Ordinal);
        used.UnionWith(former?.Model.Segments.Select(s => s.Id) ?? []);
        return used;
    }

    LockedDefinition? Definition(LockSegment entry)
    {
        if (former is null) return null;
        if (former.Model.Feedback?.Locks.FirstOrDefault(l => l.Entry == entry.Id) is { } kept) return kept;
        return former.Model.Segments.FirstOrDefault(s => s.Id == entry.Segment) is not { } there ? null
            : new LockedDefinition(entry.Id, entry.Segment, -1, there.Name, there.Label, former.Model with { Second = null, Feedback = null }, former.Model.Second,
                former.Model.Feedback is { } f ? f with { Places = [] } : null);
    }

    int[] Members(SegmentStructure structure)
    {
        var costs = structure.Costs(ClusterCosts(), choice.Prepared.Rows, options.Threads);
        var labels = new int[costs.Rows];
        for (var i = 0; i < labels.Length; i++)
            for (var s = 1; s < costs.Columns; s++)
                if (costs[i, s] < costs[i, labels[i]]) labels[i] = s;
        return labels;
    }

    Matrix ClusterCosts() => FeedbackModel.ClusterCosts(Centred?.Centres, Centred?.Distance ?? Distance.Euclidean, choice.Prepared.Rows, found.Probabilities, options.Threads);

    SegmentDivision Divide(SplitSegment entry, int[] members, IReadOnlyList<string>? parts, string[] clusterIds)
    {
        var rows = choice.Prepared.Rows.Take(members);
        var distance = Centred?.Distance ?? Distance.Euclidean;
        var warm = parts is null ? null : FormerCentres(rows, members, parts, distance);
        var model = KMeans.Fit(rows, new KMeansOptions { Clusters = entry.Into, Starts = 10, Distance = distance, Threads = options.Threads, WarmStart = warm, Seeded = warm is null }, options.Seed.Child(71));
        var labels = model.Assign(rows, options.Threads).Labels;
        var scale = 1.0;
        if (Centred is null)
        {
            // Minus the logarithm of a probability is a squared distance over twice the variance, in the mixture of spheres that k-means is the limit of.
            var variance = model.Objective * (distance == Distance.Cosine ? 2 : 1) / Math.Max(1, rows.Rows * rows.Columns);
            scale = variance > 0 ? 1 / (2 * variance) : 1;
        }

        return new SegmentDivision(entry.Id, warm is null ? PartIds(entry.Segment, labels, model.Clusters, clusterIds) : parts!, model.Centres, distance, scale);
    }

    // The parts go on where they were: at the means of their former members. Null where one of them has none left.
    List<float[]>? FormerCentres(Matrix rows, int[] members, IReadOnlyList<string> parts, Distance distance)
    {
        var earlier = former!.Membership();
        var labels = members.Select(i => earlier.TryGetValue(current.Customers[i], out var id) ? parts.ToList().IndexOf(id) : -1).ToArray();
        var centres = SegmentCentres.Of(rows, labels, parts.Count, distance);
        return Enumerable.Range(0, parts.Count).Any(p => !labels.Contains(p)) ? null : [.. Enumerable.Range(0, parts.Count).Select(p => centres.Centres.Row(p).ToArray())];
    }

    readonly HashSet<string> given = new(StringComparer.Ordinal);

    // The largest keeps the id; the others get ids that were never used.
    string[] PartIds(string segment, int[] labels, int parts, string[] clusterIds)
    {
        var next = Used().Concat(clusterIds).Concat(given).Select(Lineage.Number).DefaultIfEmpty(0).Max() + 1;
        var ids = new string[parts];
        var bySize = Enumerable.Range(0, parts).OrderByDescending(p => labels.Count(l => l == p)).ThenBy(p => p).ToArray();
        for (var place = 0; place < parts; place++) ids[bySize[place]] = place == 0 ? segment : $"S{next++}";
        given.UnionWith(ids);
        return ids;
    }

    FinalSegments Final(string[] clusterIds, Replayed replayed, ConstrainedSegments placed)
    {
        var ids = placed.Kept.Select(s => replayed.Ids[s]).ToArray();
        var names = replayed.Names.Where(p => ids.Contains(p.Key)).ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal);
        var label = new Dictionary<int, int>();
        for (var s = 0; s < ids.Length; s++)
            foreach (var atom in placed.Model.Structure.Segments[s].Atoms.Where(a => a.Parts.Count == 0)) label[atom.Cluster] = s;
        int[]? Opinion(int[]? clusters) => clusters is null ? null
            : [.. clusters.Select((c, i) => c == found.Assignment.Labels[i] || !label.TryGetValue(c, out var s) ? placed.Placement.Assignment.Labels[i] : s)];
        var result = new FeedbackResult
        {
            Customers = current.Customers,
            Ids = ids,
            Names = names,
            Model = placed.Model,
            ClusterIds = clusterIds,
            Before = found.Assignment,
            Report = FeedbackReporting.Of(log, replayed, placed, current.Customers, [.. found.Assignment.Labels.Select(l => clusterIds[l])], ids, names, Centred is not null, found.Kept),
        };
        return found with
        {
            Assignment = placed.Placement.Assignment,
            Groups = ids.Length,
            Probabilities = placed.Placement.Probabilities,
            // A segment that people joined, divided or locked was not refitted on resamples.
            Stability = [.. placed.Model.Structure.Segments.Select((s, l) => s.Atoms is [{ Parts.Count: 0 } only] && placed.Model.Locks.All(k => k.Label != l) && only.Cluster < found.Stability.Count
                ? found.Stability[only.Cluster] : double.NaN)],
            FeaturesOpinion = Opinion(found.FeaturesOpinion),
            SequencesOpinion = Opinion(found.SequencesOpinion),
            Feedback = result,
        };
    }
}

using Coterie.Evaluation;
using Coterie.Features;
using Coterie.Numerics;
using Coterie.Sequences;

namespace Coterie;

/// <summary>What networks learned from the histories and the final segments: an encoder, a classifier, and what both are worth.</summary>
internal sealed record Networks
{
    /// <summary>Customers that networks are trained on; of more, this many by a hash of their id.</summary>
    const int MostCustomers = 20_000;
    /// <summary>Folders within the run's model.</summary>
    internal const string EncoderFolder = "encoder", ClassifierFolder = "classifier";

    internal required IReadOnlyList<LearningRun> Trainings { get; init; }
    internal required LearnedClassifier Classifier { get; init; }
    /// <summary>n x width, of today's customers.</summary>
    internal required Matrix Embeddings { get; init; }
    /// <summary>What the classifier says of the frozen customers, having learned from segments of that time; null without a freeze.</summary>
    internal NamedGrouping? Frozen { get; init; }
    internal int[] Labels { get; init; } = [];
    internal SmallHeadsReport? Heads { get; init; }
    /// <summary>Holds the two folders, to be moved into the run's model.</summary>
    internal required string Directory { get; init; }

    /// <summary>Trains on what was known at the freeze, so that everything may be judged on the horizon; the last classifier learns from today's segments.</summary>
    internal static Networks Learn(
        BehaviourLearner learner, Histories histories, FeatureTable current, Past past, SecondView second, Matrix rows, SegmentationOptions options, string directory, Stages stages)
    {
        var trainings = new List<LearningRun>();
        string encoder = Path.Combine(directory, EncoderFolder), classifier = Path.Combine(directory, ClassifierFolder);
        TimeSpan? Part(double share) => options.NetworkBudget is { } budget ? budget * share : null;
        var learnFrom = histories.Then ?? histories.Now;
        trainings.Add(learner.Pretrain(new EncoderRequest
        {
            Histories = histories.Sample(learnFrom with { Segments = 1 }, past.Frozen?.Customers ?? current.Customers, MostCustomers, options.Seed.Child(61)),
            Folder = encoder,
            Seed = options.Seed.Child(62),
            Threads = options.Threads,
            Budget = Part(0.4),
            Say = stages.Say,
            Stop = stages.Stop,
        }));

        LearnedClassifier Classify(SequenceRequest request, string[] customers, Matrix segments, string folder, double share, ulong stream) => learner.Classify(new ClassifierRequest
        {
            // From nothing: an encoder that was trained for minutes only does not help a classifier that has thousands of labels (docs/methods/adaptation.md).
            // Whole histories: it learns from their beginnings too.
            Histories = histories.Sample(request, customers, MostCustomers, options.Seed.Child(61)),
            Customers = customers,
            Segments = segments,
            Folder = folder,
            Seed = options.Seed.Child(stream),
            Threads = options.Threads,
            Budget = Part(share),
            Say = stages.Say,
            Stop = stages.Stop,
        });

        NamedGrouping? frozen = null;
        SmallHeadsReport? heads = null;
        if (histories.Then is { } then && past is { Frozen: { } table, Outcomes: { } outcomes })
        {
            if (second.FrozenSegments is { } segments)
            {
                var earlier = Path.Combine(directory, "classifier-of-the-freeze");
                trainings.Add(Classify(then, table.Customers, segments, earlier, 0.2, 63).Run with { What = "classifier of the freeze" });
                frozen = new("classifier", Likeliest(learner.Place(earlier, histories.Read(then), options.Threads)), segments.Columns);
            }

            stages.Say("small heads: what embedding and features know of the horizon");
            heads = Judge(learner.Embed(encoder, histories.Newest(then), options.Threads), rows, outcomes, options);
        }

        var learned = Classify(histories.Now, current.Customers, second.Final.Probabilities, classifier, 0.4, 64);
        trainings.Add(learned.Run);
        return new Networks
        {
            Trainings = trainings,
            Classifier = learned,
            Embeddings = learner.Embed(encoder, histories.Newest(histories.Now), options.Threads),
            Frozen = frozen,
            Labels = Likeliest(learner.Place(classifier, histories.Read(histories.Now), options.Threads)),
            Heads = heads,
            Directory = directory,
        };
    }

    static SmallHeadsReport Judge(Matrix embedding, Matrix features, Outcomes outcomes, SegmentationOptions options) => SmallHeads.Judge(new SmallHeadsRequest
    {
        Learn = new HeadPeriod([new HeadInput("features", features), new HeadInput("embedding", embedding)], outcomes),
        Seed = options.Seed.Child(65),
        Threads = options.Threads,
    });

    static int[] Likeliest(Matrix probabilities)
    {
        var labels = new int[probabilities.Rows];
        for (var i = 0; i < labels.Length; i++)
        {
            var row = probabilities.Row(i);
            for (var k = 1; k < row.Length; k++)
                if (row[k] > row[labels[i]]) labels[i] = k;
        }

        return labels;
    }
}

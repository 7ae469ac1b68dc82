using Coterie.Feedback;

namespace Coterie.Server.Pages.Review;

/// <summary>The review queue, kept until there is a newer run or somebody said something: making it reads the run's files.</summary>
sealed class ReviewDesk
{
    readonly Lock gate = new();
    (string Run, int Entries, int Take) of;
    IReadOnlyList<ReviewItem> queue = [];

    public IReadOnlyList<ReviewItem> Queue(RunEntry run, FeedbackLog log, int take)
    {
        lock (gate)
        {
            var now = (run.Directory, log.All.Count, take);
            if (of == now) return queue;
            queue = ReviewQueue.Of(run.Directory, log, take);
            of = now;
            return queue;
        }
    }
}

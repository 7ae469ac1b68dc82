using Coterie.Numerics;
using Coterie.Profiles;

namespace Coterie.Decisions;

/// <summary>A method with settings, ready to learn from any table.</summary>
/// <param name="Id">popularity, als, ease, neighbours, sequence, content, own, network.</param>
/// <param name="Settings">What tells it from the other trials of the same method.</param>
sealed record MemberTrial(string Id, Bilingual Name, string Settings, Func<LearningTable, FittedMember> Fit);

/// <summary>A method that has learned.</summary>
/// <param name="Score">Histories and places of segments: a score of every product for each, n x products.</param>
/// <param name="Model">Gives reasons; null where scores are no sum over the history.</param>
sealed record FittedMember(string Id, Bilingual Name, string Settings, Func<IReadOnlyList<int[]>, IReadOnlyList<int>, Matrix> Score, ItemRecommender? Model)
{
    /// <summary>Scores of each history in units of their own spread over the catalogue, so that members can be added up; where all scores are equal, zeros.</summary>
    internal Matrix Standardised(IReadOnlyList<int[]> histories, IReadOnlyList<int> segments)
    {
        var scores = Score(histories, segments);
        for (var i = 0; i < scores.Rows; i++) Standardise(scores.Row(i));
        return scores;
    }

    /// <summary>What one unit of the raw score is worth after <see cref="Standardised"/>.</summary>
    internal static double Standardise(Span<float> row)
    {
        double sum = 0, squares = 0;
        foreach (var x in row) sum += x;
        var mean = sum / row.Length;
        foreach (var x in row) squares += (x - mean) * (x - mean);
        var spread = Math.Sqrt(squares / row.Length);
        if (!(spread > 1e-12))
        {
            row.Clear();
            return 0;
        }

        for (var p = 0; p < row.Length; p++) row[p] = (float)((row[p] - mean) / spread);
        return 1 / spread;
    }
}

using System.Globalization;
using Coterie.Evaluation;

namespace Coterie.Feedback;

/// <summary>How often reviewers agreed with the model, of some reviews.</summary>
/// <param name="Of">The month (2026-03) or the segment's id.</param>
/// <param name="Reviews">Answers given.</param>
/// <param name="Agreed">Of them, those that agreed.</param>
/// <param name="Share">Agreed, with its 95 % interval (Wilson 1927).</param>
public sealed record AgreementShare(string Of, int Reviews, int Agreed, Estimate Share);

/// <summary>Agreement of reviewers with the model over time. Those who are offered for review are borderline, so this is no estimate of how often the model is right of all
/// customers.</summary>
public sealed record ReviewAgreement
{
    public required int Reviews { get; init; }
    /// <summary>Null before the first review.</summary>
    public required AgreementShare? Overall { get; init; }
    /// <summary>By month of the answer, UTC, oldest first.</summary>
    public required IReadOnlyList<AgreementShare> Months { get; init; }
    /// <summary>By the segment that the model said.</summary>
    public required IReadOnlyList<AgreementShare> Segments { get; init; }

    /// <summary>Of the reviews in force.</summary>
    public static ReviewAgreement Of(FeedbackLog feedback) => Of(feedback.InForce);

    internal static ReviewAgreement Of(IReadOnlyList<FeedbackEntry> inForce)
    {
        var reviews = inForce.OfType<ReviewCustomer>().ToArray();
        AgreementShare[] By(Func<ReviewCustomer, string> key) =>
            [.. reviews.GroupBy(key, StringComparer.Ordinal).OrderBy(g => g.Key.Length).ThenBy(g => g.Key, StringComparer.Ordinal).Select(g => Share(g.Key, [.. g]))];
        return new ReviewAgreement
        {
            Reviews = reviews.Length,
            Overall = reviews.Length == 0 ? null : Share("all", reviews),
            Months = By(r => r.Time.ToString("yyyy-MM", CultureInfo.InvariantCulture)),
            Segments = By(r => r.Segment),
        };
    }

    static AgreementShare Share(string of, ReviewCustomer[] reviews)
    {
        var agreed = reviews.Count(r => r.Agree);
        return new(of, reviews.Length, agreed, Calibration.Wilson(agreed, reviews.Length));
    }
}

using Coterie.Numerics;

namespace Coterie.Decisions;

/// <summary>A network that may join the blend, where one is at hand (Coterie.Learning has it): histories in, a model that scores out.</summary>
/// <param name="Settings">What tells it from others, for the report.</param>
/// <param name="Fit">Learns from histories.</param>
public sealed record NextItemLearner(string Settings, Func<ItemHistories, Seed, ItemRecommender> Fit);

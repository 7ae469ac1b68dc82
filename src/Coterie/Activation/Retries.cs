using Coterie.Numerics;
using Coterie.Profiles;

namespace Coterie.Activation;

/// <summary>When a delivery that may yet succeed is tried again.</summary>
public sealed record RetryOptions
{
    /// <summary>Tries in all.</summary>
    public int Tries { get; init; } = 8;
    /// <summary>Before the second try; doubled before each further one.</summary>
    public TimeSpan First { get; init; } = TimeSpan.FromSeconds(1);
    /// <summary>No wait of ours is longer.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.FromSeconds(60);
    /// <summary>The longest wait that a receiver's Retry-After may ask for; one that asks for more is left for the next run.</summary>
    public TimeSpan LongestAsked { get; init; } = TimeSpan.FromMinutes(5);
    public Seed Seed { get; init; } = new(1);
    /// <summary>What the time is, and how waiting is done.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}

/// <summary>How one try ended.</summary>
/// <param name="Done">The receiver has it.</param>
/// <param name="Again">Not done, and another try may be.</param>
/// <param name="Maybe">Not done as far as is known, but the receiver may have it.</param>
/// <param name="What">What was found, for people: "answered 503".</param>
/// <param name="After">How long the receiver asks to be left alone.</param>
sealed record Try(bool Done, bool Again, bool Maybe, Bilingual What, TimeSpan? After = null, Exception? Cause = null)
{
    internal static readonly Try Success = new(true, false, false, new("", ""));
}

/// <summary>Exponential backoff with jitter.</summary>
static class Retries
{
    /// <summary>Tries until it is done, refused for good, or too often.</summary>
    /// <exception cref="DeliveryException">It is not done.</exception>
    internal static async Task Run(RetryOptions options, string key, Func<CancellationToken, Task<Try>> attempt, Action<string> say, CancellationToken stop)
    {
        // Senders that failed together must not come back together: each batch has its own jitter, the same for the same seed.
        var jitter = options.Seed.Stream(StableHash(key));
        var begin = options.Clock.GetTimestamp();
        var maybe = false;
        for (var number = 1; ; number++)
        {
            var result = await attempt(stop).ConfigureAwait(false);
            if (result.Done) return;
            maybe |= result.Maybe;
            if (!result.Again) throw new DeliveryException(result.What, maybe, result.Cause);
            if (number >= options.Tries) throw new DeliveryException(Tried(result.What, number, Words(options.Clock.GetElapsedTime(begin))), maybe, result.Cause);
            if (result.After > options.LongestAsked)
                throw new DeliveryException(new Bilingual($"{result.What.En} and asks to be left alone for {Words(result.After.Value)}; run the command again after that", $"{result.What.Zh}，并要求 {Words(result.After.Value)} 内不要重试；请届时再试"), maybe, result.Cause);
            var wait = Wait(options, number, jitter.NextDouble());
            if (result.After > wait) wait = result.After.Value;
            say($"{result.What.En}; try {number + 1} of {options.Tries} in {Words(wait)}");
            await Task.Delay(wait, options.Clock, stop).ConfigureAwait(false);
        }
    }

    static Bilingual Tried(Bilingual what, int tries, string time) => new($"{what.En} ({tries} tries in {time})", tries == 1 ? what.Zh : $"{what.Zh}（{time} 内尝试 {tries} 次）");

    /// <summary>First · 2^(n-1), at most Longest; of that, at least the half and at random up to the whole.</summary>
    internal static TimeSpan Wait(RetryOptions options, int number, double uniform)
    {
        var most = Math.Min(options.Longest.TotalSeconds, options.First.TotalSeconds * Math.Pow(2, Math.Min(number - 1, 40)));
        return TimeSpan.FromSeconds(most * (0.5 + 0.5 * uniform));
    }

    internal static string Words(TimeSpan time) => time.TotalSeconds < 90 ? $"{time.TotalSeconds:0.#} s" : time.TotalMinutes < 90 ? $"{time.TotalMinutes:0} min" : $"{time.TotalHours:0.#} h";

    // FNV-1a: string.GetHashCode differs from run to run.
    static ulong StableHash(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in text) hash = (hash ^ c) * 1099511628211UL;
        return hash;
    }
}

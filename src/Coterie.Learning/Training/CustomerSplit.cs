using Coterie.Numerics;

namespace Coterie.Learning.Training;

/// <summary>Rows for training, for early stopping, and for nothing but the final test.</summary>
sealed record CustomerSplit(int[] Training, int[] Validation, int[] Test)
{
    /// <summary>A customer's part hangs on their id and the seed alone: it stays when others come or go.</summary>
    public static CustomerSplit Of(TrainingTask task, double validationShare, double testShare, Seed seed)
    {
        List<int> training = [], validation = [], test = [];
        for (var row = 0; row < task.Rows; row++)
        {
            var place = Place(task.Customer(row), seed);
            (place < testShare ? test : place < testShare + validationShare ? validation : training).Add(row);
        }

        return new([.. training], [.. validation], [.. test]);
    }

    /// <summary>In [0, 1), even over ids: FNV-1a over the characters, spread by the finaliser of SplitMix64.</summary>
    internal static double Place(string customer, Seed seed)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in customer) hash = (hash ^ c) * 1099511628211UL;
        return (Rng.Mix(hash ^ Rng.Mix(seed.Value + 0x9E3779B97F4A7C15)) >> 11) * (1.0 / (1UL << 53));
    }
}

namespace Coterie.Sequences;

/// <summary>Runs of up to three words as 64-bit numbers.</summary>
static class WordGrams
{
    public const int MaxOrder = 3;

    // The mark before a customer's first event; words are numbered from 1 beside it.
    const ulong Start = 0;

    /// <summary>Calls <paramref name="add"/> for each run of <paramref name="order"/> words. A run of two or more may begin with the start.</summary>
    public static void Each(ReadOnlySpan<int> words, int order, Action<ulong> add)
    {
        for (var end = order == 1 ? 0 : order - 2; end < words.Length; end++)
        {
            ulong gram = 0;
            for (var i = end - order + 1; i <= end; i++) gram = (gram << 21) | (i < 0 ? Start : (ulong)words[i] + 1);
            add(gram);
        }
    }
}

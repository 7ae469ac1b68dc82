namespace Coterie.Sequences;

/// <summary>The few things that were touched last, most recent first.</summary>
sealed class RecentList
{
    readonly int[] items = new int[SequenceFields.Ranks];
    int count;

    public void Clear() => count = 0;

    /// <summary>0 for the most recent one; -1 where it is not among the last few.</summary>
    public int Rank(int item) => items.AsSpan(0, count).IndexOf(item);

    /// <summary>Brings a thing to the front; the oldest falls out when there are too many.</summary>
    public void Touch(int item)
    {
        var rank = Rank(item);
        if (rank < 0) rank = count < items.Length ? count++ : count - 1;
        items.AsSpan(0, rank).CopyTo(items.AsSpan(1));
        items[0] = item;
    }
}

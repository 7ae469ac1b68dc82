namespace Coterie.Server.Live;

/// <summary>The newest answers, at most so many: the one that was computed longest ago goes first.</summary>
sealed class AnswerCache(int most)
{
    readonly Dictionary<string, Kept> answers = new(StringComparer.Ordinal);
    readonly Queue<KeyValuePair<string, long>> order = new();
    long version;

    readonly record struct Kept(LiveAnswer Answer, long Version);

    public int Count => answers.Count;

    public LiveAnswer? Of(string customer) => answers.TryGetValue(customer, out var kept) ? kept.Answer : null;

    public void Put(LiveAnswer answer)
    {
        answers[answer.Customer] = new(answer, ++version);
        order.Enqueue(new(answer.Customer, version));
        // An answer that was replaced leaves its former place in the order behind.
        while (answers.Count > most || order.Count > 2 * most)
        {
            var (customer, of) = order.Dequeue();
            if (answers.TryGetValue(customer, out var kept) && kept.Version == of) answers.Remove(customer);
        }
    }

    public void Clear()
    {
        answers.Clear();
        order.Clear();
    }
}

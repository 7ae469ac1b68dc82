namespace Coterie.Sequences;

/// <summary>How the number of components came about, in a sentence of each language.</summary>
static class SequenceViewWords
{
    internal static string English(SequenceViewResult result, SequenceViewOptions options) => Division(result, options)
        + $" Learned from {result.Model.Customers:N0} customers of {result.Model.MinEvents} events or more"
        + (result.Model.MinEvents < options.Mixture.MinEvents ? $", since fewer than {options.Mixture.EnoughCustomers:N0} have {options.Mixture.MinEvents}." : ".");

    static string Division(SequenceViewResult result, SequenceViewOptions options)
    {
        var chosen = result.Candidates.LastOrDefault(c => c.Components == result.Components);
        if (options.Components is not null)
            return chosen is null ? $"{result.Components} components, as asked; too few customers to see whether they come back."
                : $"{result.Components} components, as asked; learned from two halves of the customers, the one that comes back worst overlaps its like by {chosen.MinJaccard:0.00}.";
        if (chosen is null)
            return $"One component: no division of the customers by the order of their events came back in both halves of them ({Tried(result)}).";
        var finer = result.Candidates.Where(c => c.Components > result.Components).ToList();
        return $"{result.Components} components: the finest division of which every part comes back when two halves of the customers are learned from apart "
            + $"(the worst overlaps its like by {chosen.MinJaccard:0.00}, expected {options.MinJaccard:0.00})"
            + (finer.Count == 0 ? "." : $"; of {string.Join(", ", finer.Select(c => c.Components))} some do not.");
    }

    internal static string Chinese(SequenceViewResult result, SequenceViewOptions options) => DivisionZh(result, options)
        + $"学习自 {result.Model.Customers:N0} 位至少有 {result.Model.MinEvents} 个事件的客户"
        + (result.Model.MinEvents < options.Mixture.MinEvents ? $"（有 {options.Mixture.MinEvents} 个事件的不足 {options.Mixture.EnoughCustomers:N0} 位）。" : "。");

    static string DivisionZh(SequenceViewResult result, SequenceViewOptions options)
    {
        var chosen = result.Candidates.LastOrDefault(c => c.Components == result.Components);
        if (options.Components is not null)
            return chosen is null ? $"按要求分为 {result.Components} 个成分；客户太少，无法检验能否重现。"
                : $"按要求分为 {result.Components} 个成分；用两半客户分别学习时，重现最差的成分与其对应者的重叠度为 {chosen.MinJaccard:0.00}。";
        if (chosen is null) return "只有一个成分：按事件次序划分客户的任何方式，都没有在两半客户中同时重现。";
        var finer = result.Candidates.Where(c => c.Components > result.Components).ToList();
        return $"{result.Components} 个成分：用两半客户分别学习时，每一部分都能重现的最细划分（最差重叠度 {chosen.MinJaccard:0.00}，要求 {options.MinJaccard:0.00}）"
            + (finer.Count == 0 ? "。" : $"；分为 {string.Join("、", finer.Select(c => c.Components))} 个时有成分不能重现。");
    }

    static string Tried(SequenceViewResult result) => result.Candidates.Count == 0 ? "there are too few of them to look"
        : string.Join(", ", result.Candidates.Select(c => $"{c.Components}: {c.MinJaccard:0.00}"));
}

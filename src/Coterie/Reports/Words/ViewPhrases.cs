namespace Coterie.Reports.Words;

/// <summary>The sequence view, its agreement with the features view, and the fusion of both.</summary>
static class ViewPhrases
{
    public static readonly Phrase[] All =
    [
        // The sequence view.
        new("comes back", "能够重现"),
        new("a component does not come back: {jaccard:number} is below {least:number}", "有成分不能重现：{jaccard} 低于 {least}"),
        new("a component has {share:number} % of the customers, less than {least:number} %", "有成分只占客户的 {share}%，低于 {least}%"),
        new("{k:number} components, as asked; too few customers to see whether they come back.", "按要求分为 {k} 个成分；客户太少，无法检验能否重现。"),
        new("{k:number} components, as asked; learned from two halves of the customers, the one that comes back worst overlaps its like by {jaccard:number}.",
            "按要求分为 {k} 个成分；用两半客户分别学习时，重现最差的成分与其对应者的重合度为 {jaccard}。"),
        new("One component: no division of the customers by the order of their events came back in both halves of them (there are too few of them to look).",
            "只有一个成分：客户太少，无法按事件次序寻找划分。"),
        new("One component: no division of the customers by the order of their events came back in both halves of them ({tried:list}).",
            "只有一个成分：按事件次序划分客户的任何方式，都没有在两半客户中同时重现（{tried}）。"),
        new("{k:number} components: the finest division of which every part comes back when two halves of the customers are learned from apart (the worst overlaps its like by {jaccard:number}, expected {least:number}).",
            "{k} 个成分：用两半客户分别学习时，每一部分都能重现的最细划分（最差重合度 {jaccard}，要求 {least}）。"),
        new("{k:number} components: the finest division of which every part comes back when two halves of the customers are learned from apart (the worst overlaps its like by {jaccard:number}, expected {least:number}); of {finer:list} some do not.",
            "{k} 个成分：用两半客户分别学习时，每一部分都能重现的最细划分（最差重合度 {jaccard}，要求 {least}）；分为 {finer} 个时，有成分不能重现。"),
        new("Learned from {n:number} customers of {events:number} events or more.", "学习自 {n} 位至少有 {events} 个事件的客户。"),
        new("Learned from {n:number} customers of {events:number} events or more, since fewer than {enough:number} have {more:number}.", "学习自 {n} 位至少有 {events} 个事件的客户，因为有 {more} 个事件的不足 {enough} 位。"),
        // Joining features to it.
        new("The features were not joined to the view: it has one group, or there are too few customers.", "特征未与该视角联合：它只有一个群，或客户太少。"),
        new("The features were joined to the view: they make what it sees of customers held out likelier by {gain:number} nats each (±{error:number}).", "特征已与该视角联合：对留出的客户，该视角所见的对数似然平均每人提高 {gain} nat（±{error}）。"),
        new("The features were not joined to the view: of customers held out they foretell no more than the groups' sizes do ({gain:number} nats each, ±{error:number}).",
            "特征未与该视角联合：对留出的客户，特征的预测不多于各群规模（平均每人 {gain} nat，±{error}）。"),
        // Fusion.
        new("The mixture found no two segments behind the views' labels; views that see different things look like that too, so the segments were made by co-association.",
            "混合模型没有在各视角的标签背后找到两个群；所见不同的视角也会如此，因此改用共现关系合成分群。"),
        new("The mixture takes {share:number} % of the views' labels for noise; views that see different things look like that too, so the segments were made by co-association.",
            "混合模型把各视角 {share}% 的标签视为噪声；所见不同的视角也会如此，因此改用共现关系合成分群。"),
        new("its smallest segment holds {share:number} % of customers; at least {least:number} % is asked for", "最小的群只占客户的 {share}%，要求至少 {least}%"),
        new("stable, but {k:number} segments describe the views' labels in fewer words: {chosen:number} against {own:number} nats", "稳定，但 {k} 个群对各视角标签的描述更短：{chosen} 对 {own} nat"),
        new("The views' labels make {cells:number} combinations. Segments were made from the {most:number} most frequent, which hold {n:number} of {all:number} customers; the others were placed afterwards.",
            "各视角的标签共有 {cells} 种组合。分群由最常见的 {most} 种得出，它们包含 {all} 位客户中的 {n} 位；其余客户随后归类。"),
        new("No number of segments is stable under resampling with segments of the size asked for; the one that refits agree on most is used. Read its segments with care.",
            "在要求的规模下，没有任何群数在重抽样下稳定；采用重新拟合最一致的群数。请谨慎看待其分群。"),
        new("{asked:number} segments were asked for; the views' labels tell only {k:number} apart.", "要求分为 {asked} 群；各视角的标签只能区分 {k} 群。"),
        new("{n:number} customers have no opinion of any view and are in no segment.", "有 {n} 位客户没有任何视角的判断，不属于任何分群。"),
        new("No customer is in a group of both {first:perhaps} and {second:perhaps}; they were not compared.", "没有客户同时属于{first}与{second}的群；两者未作比较。"),
        new("No view has a {measure:words}; it does not enter the weights.", "没有视角有{measure}，它不计入权重。"),
        new("No view has any {measure:words}; it does not enter the weights.", "所有视角的{measure}均为零，它不计入权重。"),
        new("{n:number} of {all:number} views have no {measure:words}; it does not enter the weights.", "{all} 个视角中有 {n} 个没有{measure}，它不计入权重。"),
        new("{view:perhaps} has a {measure:words} of {value:number}, which counts as 0.", "{view}的{measure}为 {value}，按 0 计。"),
        new("stability", "稳定性"),
        new("predictive validity", "预测效度"),
        new("features", "特征"),
        new("sequences", "序列"),
        new("fused", "融合"),
        new("classifier", "分类器"),
        new("left out: it agrees with no other view better than chance", "未采用：它与其他视角的一致性都不高于随机"),
        new("left out: its {measure:words} is 0 beside that of the others", "未采用：与其他视角相比，其{measure}为 0"),
        new("all views count alike, as asked for", "按要求各视角等权"),
        new("stability and predictive validity, relative to the strongest view", "稳定性与预测效度，相对于最强的视角"),
    ];
}

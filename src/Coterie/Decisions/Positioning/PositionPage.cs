using Coterie.Profiles;

namespace Coterie.Decisions.Positioning;

/// <summary>Positioning as people read it.</summary>
static class PositionPage
{
    const int MostRules = 20;

    internal static Bilingual Title { get; } = new("Positioning: who stands near what", "定位：谁靠近什么");

    internal static DecisionPage Of(PositioningResult r, ProductGroups groups, IReadOnlyList<SegmentRef> segments, DecisionInput input, PositioningOptions options)
    {
        var nameOf = segments.ToDictionary(s => s.Id, s => s.Name, StringComparer.Ordinal);
        return new DecisionPage
        {
            Id = "positioning",
            Title = Title,
            Answered = r.Answered,
            Verdict = Verdict(r, input),
            Figures = Figures(r),
            Blocks = [.. Blocks(r, nameOf, options)],
            Notes = [.. Notes(r, groups, input, options)],
        };
    }

    static Bilingual Verdict(PositioningResult r, DecisionInput input)
    {
        var map = r.Map is { } m
            ? m.PValue <= 0.05
                ? new Bilingual($"Segments buy different things: {Pull(m).En}. The map shows {m.Explained:0%} of what there is to see.", $"各分群购买的品类不同：{Pull(m).Zh}。图中展示了 {m.Explained:0%} 的信息。")
                : new Bilingual($"Segments do not differ in what they buy beyond chance (p {m.PValue:0.00}): the map shows noise, do not read it.", $"各分群所购品类的差异未超出偶然（p 值 {m.PValue:0.00}）：图中只是噪声，请勿解读。")
            : r.NoMap == "one_segment" && input.Segments is null
                ? new("There is no map without segments: run segment first and name its --out with --run.", "没有分群就没有定位图：请先运行 segment，并用 --run 指定其输出目录。")
            : r.NoMap == "one_segment" ? new("Only one segment bought anything of these groups: there is nothing to set apart.", "只有一个分群购买过这些品类，无从对比。")
            : new("There are fewer than two groups of products with enough orders: there is nothing to map.", "订单足够的商品组不足两个，无从绘图。");
        var (en, zh) = r.Rules.Count == 0 ? ("", "") : ($" {r.Rules.Count} basket rules stand.", $"有 {r.Rules.Count} 条购物篮规则成立。");
        return new(map.En + en, map.Zh + zh);
    }

    // The clearest pull: the segment and group of most share beyond what masses alone give.
    static Bilingual Pull(PerceptualMap m)
    {
        var segments = m.Points.Where(p => p.Kind == "segment").OrderByDescending(p => p.Contribution).First();
        var group = m.Points.Where(p => p.Kind == "group").OrderByDescending(p => (segments.X.Value * p.X.Value + segments.Y.Value * p.Y.Value) * Math.Sqrt(p.Mass)).First();
        return new($"most set apart is {segments.Name.En}, towards {group.Name.En}", $"差异最大的是「{segments.Name.Zh}」，偏向 {group.Name.Zh}");
    }

    static DecisionFigure[] Figures(PositioningResult r)
    {
        List<DecisionFigure> figures = [];
        if (r.Map is { } m)
            figures.Add(new(new("Association (inertia)", "关联强度（惯量）"), m.Inertia, "number",
                new($"chance alone gives {m.ChanceInertia:0.0000}; p {m.PValue:0.000}, customers dealt anew", $"偶然水平为 {m.ChanceInertia:0.0000}；置换检验 p 值 {m.PValue:0.000}")));
        if (r.Switching is { } s)
        {
            figures.Add(new(new("Next order is mainly of the same group", "下一单主要品类不变的比例"), s.Stays, "share", new($"{s.StaysByChance:0.0%} by chance", $"偶然水平 {s.StaysByChance:0.0%}")));
            if (s.LaterGain is { } gain)
                figures.Add(new(new("What the last order says of the next, later", "上一单对之后下一单的信息量"), gain, "signed", gain.Low > 0
                    ? new($"log-likelihood a pair over {s.LaterPairs:N0} later pairs: it helps", $"后期 {s.LaterPairs:N0} 对订单的对数似然增益：有用")
                    : new($"log-likelihood a pair over {s.LaterPairs:N0} later pairs: no clear help", $"后期 {s.LaterPairs:N0} 对订单的对数似然增益：不明显")));
        }

        if (r.RulesThatLast is { } last)
            figures.Add(new(new("Basket rules that hold later too", "后期仍成立的购物篮规则"), last, "share", new("lift above 1 in the last quarter of baskets", "在最后四分之一的购物篮中提升度大于 1")));
        return [.. figures];
    }

    static IEnumerable<DecisionBlock> Blocks(PositioningResult r, Dictionary<string, Bilingual> nameOf, PositioningOptions options)
    {
        if (r.Map is { } m)
        {
            var named = m.Points.Where(p => p.Kind == "group").OrderByDescending(p => p.Contribution).ThenBy(p => p.Id, StringComparer.Ordinal).Take(options.MostNamed).ToArray();
            var own = m.Points.Where(p => p.Kind == "segment").ToArray();
            yield return new MapChart
            {
                Title = new("Perceptual map", "感知定位图"),
                Lead = new("Points in the same direction from the middle go together; near the middle is like everybody.", "从中心看方向相同的点相互关联；靠近中心者与全体相似。"),
                X = Axis(m, 0),
                Y = Axis(m, 1),
                Series = [new(new("Segments", "分群"), [.. own.Select(p => Dot(p, own.Max(o => o.Mass)))]), new(new("Products", "商品"), [.. named.Select(p => Dot(p, named.Max(o => o.Mass)))])],
            };
            yield return new DecisionTable
            {
                Title = new("Where they stand", "各点位置"),
                Columns = [new(new("Name", "名称")), new(new("Across", "横坐标"), "signed"), new(new("Up", "纵坐标"), "signed"), new(new("Shown by the map", "图中展示程度"), "share"), new(new("Share of orders", "订单占比"), "share")],
                Rows = [.. own.Concat(named.Take(12)).Select(p => (IReadOnlyList<DecisionCell>)[p.Kind == "segment" ? new Bilingual($"{p.Id} {p.Name.En}", $"{p.Id} {p.Name.Zh}") : p.Name, p.X, p.Y, p.Quality, p.Mass])],
            };
        }

        if (r.Wallet.Count > 0)
        {
            string[] rows = [.. r.Wallet.Select(w => w.Segment).Distinct()], columns = [.. r.Wallet.Select(w => w.Group).Distinct()];
            yield return new HeatChart
            {
                Title = new("Share of wallet", "钱包份额"),
                Lead = new("Of all that a segment spends in this shop, the share of each group.", "各分群在本店的花费中，各组所占比例。"),
                Unit = "share",
                Corner = new("Segment", "分群"),
                Rows = [.. rows.Select(s => nameOf[s])],
                Columns = [.. columns.Select(Named)],
                Values = [.. rows.Select(s => (IReadOnlyList<double>)[.. columns.Select(c => r.Wallet.First(w => w.Segment == s && w.Group == c).Share.Value)])],
            };
            var apart = rows.Length < 2 ? [] : r.Wallet.Where(w => w.AgainstEverybody.Low > 0 || w.AgainstEverybody.High < 0)
                .OrderByDescending(w => Math.Abs(w.AgainstEverybody.Value)).Take(10).ToArray();
            if (apart.Length > 0)
                yield return new DecisionTable
                {
                    Title = new("Where wallets differ most", "钱包差异最大处"),
                    Columns = [new(new("Segment", "分群"), "segment"), new(new("Group", "组")), new(new("Share of its spend", "花费占比"), "share"), new(new("Against everybody (points)", "与全体之差（百分点）"), "signed")],
                    Rows = [.. apart.Select(w => (IReadOnlyList<DecisionCell>)[w.Segment, Named(w.Group), w.Share,
                        new Evaluation.Estimate(100 * w.AgainstEverybody.Value, 100 * w.AgainstEverybody.Low, 100 * w.AgainstEverybody.High)])],
                };
        }

        if (r.Switching is { } s)
        {
            yield return new HeatChart
            {
                Title = new("From one order to the next", "从一单到下一单"),
                Lead = new("Of orders mainly of the row's group, the share whose next order is mainly of the column's.", "主要品类为该行的订单中，下一单主要品类为该列的比例。"),
                Unit = "share",
                Corner = new("From", "从"),
                Rows = [.. s.Groups.Select(Named)],
                Columns = [.. s.Groups.Select(Named)],
                Values = s.Shares,
            };
            var moves = s.Groups.SelectMany((_, i) => s.Groups.Select((_, j) => (i, j))).Where(p => p.i != p.j && s.Residuals[p.i][p.j] > 2 && s.Counts[p.i][p.j] >= 10)
                .OrderByDescending(p => s.Residuals[p.i][p.j]).Take(8).ToArray();
            if (moves.Length > 0)
                yield return new DecisionTable
                {
                    Title = new("Moves beyond chance", "超出偶然的转移"),
                    Columns = [new(new("From", "从")), new(new("To", "到")), new(new("Pairs of orders", "订单对数"), "whole"), new(new("By chance", "偶然水平"), "whole"), new(new("Standard errors above", "高出标准误数"), "number")],
                    Rows = [.. moves.Select(p => (IReadOnlyList<DecisionCell>)[Named(s.Groups[p.i]), Named(s.Groups[p.j]), s.Counts[p.i][p.j], s.Expected[p.i][p.j], s.Residuals[p.i][p.j]])],
                };
            if (s.Segments.Count > 1)
                yield return new DotChart
                {
                    Title = new("Who stays with a group", "谁更忠于同一组"),
                    Lead = new("Share of next orders with the same main group.", "下一单主要品类不变的比例。"),
                    Format = "percent",
                    Rows = [.. s.Segments.Select(x => new DotRow(nameOf[x.Segment], x.Stays, Array.IndexOf([.. nameOf.Keys], x.Segment)))],
                };
        }

        if (r.Rules.Count > 0)
            yield return new DecisionTable
            {
                Title = new("What goes into one basket", "同篮购买"),
                Lead = new("Lift: how many times as often as by chance. Later: the same in baskets that the rule was not learned from.", "提升度：为偶然水平的倍数。后期：在未参与学习的购物篮中的提升度。"),
                Columns = [new(new("Segment", "分群"), "segment"), new(new("Who buys", "买了")), new(new("also buys", "也买")), new(new("in", "比例"), "share"), new(new("Lift", "提升度"), "number"), new(new("Later", "后期"), "number"), new(new("Baskets", "购物篮"), "whole")],
                Rows = [.. Turns(r.Rules).Take(MostRules).Select(x => (IReadOnlyList<DecisionCell>)[x.Segment, string.Join(" + ", x.IfNames), x.ThenName, x.Confidence, x.Lift, x.LaterLift ?? double.NaN, x.Baskets])],
            };
    }

    // One rule of each segment in turn, so that a page is not all of one segment.
    static IEnumerable<SegmentRule> Turns(IReadOnlyList<SegmentRule> rules) =>
        rules.GroupBy(r => r.Segment).SelectMany(g => g.Select((r, i) => (r, i))).OrderBy(x => x.i).Select(x => x.r);

    static Bilingual Axis(PerceptualMap m, int axis) => axis >= m.PrincipalInertias.Count
        ? new("nothing left to show", "无更多信息")
        : new($"{m.PrincipalInertias[axis] / m.Inertia:0.0%} of the association", $"占关联的 {m.PrincipalInertias[axis] / m.Inertia:0.0%}");

    static MapPoint Dot(PositionedPoint p, double most) => new(p.Name, p.X.Value, p.Y.Value, Math.Sqrt(p.Mass / most));

    static Bilingual Named(string group) => group == "other" ? new("other", "其他") : new(group, group);

    static IEnumerable<Bilingual> Notes(PositioningResult r, ProductGroups groups, DecisionInput input, PositioningOptions options)
    {
        yield return groups.Note;
        if (r.Map is not null)
            yield return new("The map is a correspondence analysis of orders that hold a group, by segment. A segment and a group are near in direction, not in distance. The test deals customers anew over the segments, since lines of one customer are not independent; the files have intervals of every point.",
                "定位图是对“含该组商品的订单 × 分群”的对应分析。分群与商品组看方向，不看距离。由于同一客户的订单不独立，检验采用对客户重新分配分群的置换法；文件中有每个点的区间。");
        if (r.Map is not null && input.Segments is not null && groups.Grouping is ProductGrouping.Category)
            yield return new("If the segments were made from what customers buy, that they differ in it is no news; how they differ is.", "若分群本身就依据所购品类划分，则“存在差异”不是发现，“如何不同”才是。");
        if (r.NoSwitching is { } no)
            yield return no == "few_pairs" ? new("Fewer than 30 pairs of consecutive orders: no switching matrix.", "连续订单不足 30 对：不给出转移矩阵。") : new("One group of products only: no switching matrix.", "只有一个商品组：不给出转移矩阵。");
        if (r.NoRules is { } none)
            yield return none switch
            {
                "single_lines" => new("Every basket holds one product: nothing goes together.", "每个购物篮只有一件商品：没有同篮购买。"),
                "few_baskets" => new($"No segment has two products in {options.FewestBaskets} baskets or more each: too few baskets for rules.", $"没有分群存在两件各出现在 {options.FewestBaskets} 个以上购物篮中的商品：购物篮太少，无法得出规则。"),
                _ => new($"Of {r.RulesTested:N0} rules looked at none stands beyond chance.", $"检查了 {r.RulesTested:N0} 条规则，没有一条超出偶然。"),
            };
        if (r.Rules.Count > 0)
            yield return new($"Rules were learned on the first three quarters of time; of {r.RulesTested:N0} looked at, those kept have a lift above 1 with customers as clusters, and an expected share of false ones of at most {options.FalseShare:0%} (Fisher's test, Benjamini and Hochberg). What goes together need not cause: sets and ranges are bought together by design.",
                $"规则由前四分之三时间的数据得出；共检查 {r.RulesTested:N0} 条，保留者按客户聚类后提升度仍大于 1，且预期错误比例不超过 {options.FalseShare:0%}（Fisher 检验，Benjamini–Hochberg 校正）。同买不等于因果：套装与系列本来就一起买。");
    }
}

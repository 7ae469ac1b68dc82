using System.Globalization;
using Coterie.Profiles;

namespace Coterie.Feedback;

/// <summary>Feedback in both languages.</summary>
static class FeedbackWords
{
    const int MostNamed = 6;

    static Bilingual T(FormattableString en, FormattableString zh) => new(en.ToString(CultureInfo.InvariantCulture), zh.ToString(CultureInfo.InvariantCulture));

    internal static Bilingual Asked(FeedbackEntry entry) => entry switch
    {
        RenameSegment r => T($"call {r.Segment} \"{r.Name.En}\"", $"将 {r.Segment} 命名为“{r.Name.Zh}”"),
        LockSegment l => T($"keep {l.Segment} as it was", $"锁定 {l.Segment}"),
        MergeSegments m => T($"make one segment of {string.Join(" and ", m.Segments)}", $"将 {string.Join("、", m.Segments)} 合并"),
        SplitSegment s => T($"divide {s.Segment} into {s.Into}", $"将 {s.Segment} 分成 {s.Into} 份"),
        PinCustomer p => T($"hold {p.Customer} in {p.Segment}", $"将客户 {p.Customer} 固定在 {p.Segment}"),
        MoveCustomer m => T($"move {m.Customer} to {m.Segment}", $"将客户 {m.Customer} 移到 {m.Segment}"),
        MarkTogether t => T($"{List(t.Customers)} belong together", $"{ListZh(t.Customers)} 属于同一分群"),
        MarkApart a => T($"{List(a.Customers)} belong apart", $"{ListZh(a.Customers)} 不属于同一分群"),
        ReviewCustomer { Agree: true } r => T($"{r.Customer} is rightly in {r.Segment}", $"客户 {r.Customer} 确属 {r.Segment}"),
        ReviewCustomer { Chosen: { } chosen } r => T($"{r.Customer} is not of {r.Segment} but of {chosen}", $"客户 {r.Customer} 不属 {r.Segment}，而属 {chosen}"),
        ReviewCustomer r => T($"{r.Customer} is not of {r.Segment}", $"客户 {r.Customer} 不属 {r.Segment}"),
        WithdrawEntry w => T($"take {w.Entry} back", $"撤回 {w.Entry}"),
        _ => throw new InvalidOperationException($"There are no words for {entry.GetType().Name}."),
    };

    /// <summary>A field of an entry, in Chinese.</summary>
    internal static string Field(string field) => field switch
    {
        "segment" or "segments" => "分群",
        "customer" or "customers" => "客户",
        "entry" => "意见编号",
        "name.en" => "英文名",
        "name.zh" => "中文名",
        _ => field,
    };

    static string List(IReadOnlyList<string> customers) => string.Join(", ", customers.Take(MostNamed)) + (customers.Count > MostNamed ? $" and {customers.Count - MostNamed} more" : "");

    static string ListZh(IReadOnlyList<string> customers) => "客户 " + string.Join("、", customers.Take(MostNamed)) + (customers.Count > MostNamed ? $" 等 {customers.Count} 位" : "");

    /// <summary>Why a customer is where a person put them.</summary>
    internal static Bilingual Placed(FeedbackEntry entry) =>
        T($"{entry.Who} said so on {entry.Time:yyyy-MM-dd} ({entry.Kind}, {entry.Id})", $"{entry.Who} 于 {entry.Time:yyyy-MM-dd} 指定（{entry.Id}）");

    internal static Bilingual ByMark(FeedbackEntry entry) => entry is MarkTogether
        ? T($"{entry.Who} marked this customer as belonging together with others on {entry.Time:yyyy-MM-dd} ({entry.Id})", $"{entry.Who} 于 {entry.Time:yyyy-MM-dd} 标记该客户与他人同群（{entry.Id}）")
        : T($"{entry.Who} marked this customer as belonging apart from others on {entry.Time:yyyy-MM-dd} ({entry.Id})", $"{entry.Who} 于 {entry.Time:yyyy-MM-dd} 标记该客户与他人不同群（{entry.Id}）");

    internal static readonly Bilingual Done = new("as asked", "按要求");
    internal static readonly Bilingual Counted = new("it says where the customer does not belong and not where: it counts for the agreement and places nobody", "仅说明不属于何处，未说明属于何处：计入一致率，不归类");
    internal static readonly Bilingual NoGroups = new("these data show no groups, and dividing them would invent some", "数据中没有群体，强行划分等于虚构");
    internal static readonly Bilingual LockFromNow = new("from this run on, its definition here holds", "自本次运行起，以此处的定义为准");

    internal static Bilingual Gone(string segment) =>
        T($"no segment of this run has the id {segment}: it never had, or its customers went to others", $"本次运行中没有编号 {segment} 的分群：编号有误，或其客户已归入其他分群");
    internal static Bilingual Joined(string segment, string into) => T($"{segment} is a part of {into} by now; ask it of {into}", $"{segment} 已并入 {into}；请对 {into} 提出");
    internal static Bilingual Locked(string segment) => T($"{segment} is locked; withdraw the lock first", $"{segment} 已锁定；请先撤回锁定");
    internal static Bilingual AlreadyLocked(string segment) => T($"{segment} is locked already", $"{segment} 此前已锁定");
    internal static Bilingual LockKept(int customers) => T($"{customers:N0} customers: those whom its own definition says, and those put there by name", $"共 {customers:N0} 位客户：按其自身定义者，以及被明确放入者");
    internal static Bilingual Divided(IEnumerable<string> ids) => T($"into {string.Join(", ", ids)}", $"分为 {string.Join("、", ids)}");
    internal static Bilingual MergedInto(string id, IReadOnlyCollection<string> missing) => missing.Count == 0
        ? T($"as {id}", $"合并为 {id}")
        : T($"the others, as {id}; {string.Join(", ", missing)} is not in this run", $"其余已合并为 {id}；本次运行中没有 {string.Join("、", missing)}");
    internal static Bilingual TooFewToMerge(IEnumerable<string> missing) => T($"fewer than two of them are in this run; missing: {string.Join(", ", missing)}", $"本次运行中不足两个；缺少：{string.Join("、", missing)}");
    internal static Bilingual SameSegment(string id) => T($"they are one segment already: {id}", $"已是同一分群：{id}");
    internal static Bilingual TooAlike(string segment, int parts) => T($"the customers of {segment} have only {parts} distinct patterns of behaviour", $"{segment} 的客户仅有 {parts} 种不同的行为模式");
    internal static Bilingual InPart(string place, string segment) => T($"in {segment}, of which {place} is a part by now", $"在 {segment} 中，{place} 已并入其中");
    internal static Bilingual Unknown(string customer) => T($"{customer} is not among the customers of this run; it waits until they are", $"本次运行中没有客户 {customer}；待其出现时生效");
    internal static Bilingual SomeUnknown(int unknown) => T($"the others are; {unknown:N0} of them are not among the customers of this run", $"其余已保留；其中 {unknown:N0} 位不在本次运行的客户中");
    internal static Bilingual Later(string entry) => T($"{entry} says something else of this customer later", $"{entry} 之后对该客户另有说明");
    internal static Bilingual PlacedApart(string a, string b) => T($"{a} and {b} were put into different segments by name", $"{a} 与 {b} 已被明确放入不同分群");
    internal static Bilingual PlacedTogether(string a, string b) => T($"{a} and {b} were put into the same segment by name", $"{a} 与 {b} 已被明确放入同一分群");
    internal static Bilingual MarkedApart(string a, string b) => T($"{a} and {b} were marked as apart later, or those with them were", $"{a} 与 {b}（或与其同群者）之后被标记为不同群");
    internal static Bilingual MarkedTogether(string a, string b) => T($"{a} and {b} were marked as together later, or through others", $"{a} 与 {b} 之后被（直接或经由他人）标记为同群");
    internal static Bilingual NoRoom(string a, string b, int segments) => T($"{a} and {b} share a segment: with {segments} segments the marks cannot all be kept", $"{a} 与 {b} 仍在同一分群：只有 {segments} 个分群，无法满足全部标记");
    internal static Bilingual Unproved() => T($"The search for a placement that keeps all marks apart was ended at its limit; a better one may exist.", $"寻找满足全部标记的安排时达到上限；可能存在更好的安排。");
    internal static Bilingual Emptied(string segment) => T($"{segment} has no customers left and is not a segment of this run.", $"{segment} 已没有客户，不再是本次运行的分群。");
    internal static Bilingual SameName(string name, IEnumerable<string> ids) => T($"{string.Join(" and ", ids)} bear the same name: {name}.", $"{string.Join("、", ids)} 同名：{name}。");
    internal static Bilingual Astray(WithdrawEntry w) => T($"{w.Id} takes back {w.Entry}, which is not an entry that can be taken back.", $"{w.Id} 撤回的 {w.Entry} 不是可撤回的记录。");

    internal static Bilingual Method(bool centres, bool bound, string kept) => !bound
        ? new("No entry binds single customers, so the clusters are those found without feedback.", "没有针对单个客户的要求，因此聚类结果与无反馈时相同。")
        : centres
        ? new("Customers were clustered again under the constraints: k-means with hard constraints (COP-KMeans), started from the centres found without them; marked customers were placed at least cost by an integer programme, and the centres followed.",
            "在约束下重新聚类：带硬约束的 K-means（COP-KMeans），以无反馈时的中心为起点；被标记的客户由整数规划以最小代价归类，中心随之移动。")
        : new($"The segments rest on {(kept switch { "features" => "a method that has no centres to move", "fused" => "both views fused", _ => "the order of events" })}, so constraints did not change the fit: marked customers were placed afterwards, by the likelihood of each segment and an integer programme.",
            $"分群基于{(kept switch { "features" => "没有中心可移动的方法", "fused" => "两种视角的融合", _ => "事件次序" })}，约束未改变拟合本身：被标记的客户在拟合之后按各分群的可能性由整数规划归类。");

    internal static Bilingual Proof(bool structure) => structure
        ? new("The proof judges merged and divided segments as they would have been at the freeze. Single customers' places and locks are left out of it, because people gave them knowing what came later.",
            "检验所用的是冻结时刻的合并与拆分后的分群。单个客户的指定与锁定不计入，因为人在给出时已知晓其后发生的事。")
        : new("The proof judges the segments without people's places for single customers and without locks, because people gave them knowing what came later.",
            "检验不计入人对单个客户的指定与锁定，因为人在给出时已知晓其后发生的事。");
}

using Coterie.Activation.Rules;
using CsCheck;

namespace Coterie.Tests.Rules;

/// <summary>The SQL of rules against its plain twin, and the laws of sets.</summary>
public class RuleModelTests
{
    static string Shown(AudienceRule rule) => RuleJson.Write(rule);

    static string[] Sorted(IEnumerable<string> ids) => [.. ids.Order(StringComparer.Ordinal)];

    [Fact]
    public void TheSql_IsThePlainTwin_ForRandomShopsAndRules() =>
        Gen.Select(SmallShop.Gen, SomeRules.Rule(3).Array[10]).Sample((shop, rules) =>
        {
            using var warehouse = shop.Warehouse();
            var scope = shop.Open(warehouse);
            var twin = new PlainRules(shop);
            Assert.Equal(Sorted(twin.Everybody), Sorted(RuleMembers.All(scope, new AllOf())));
            foreach (var rule in rules)
            {
                var (expected, found) = (Sorted(twin.Members(rule)), Sorted(RuleMembers.All(scope, rule)));
                Assert.True(expected.SequenceEqual(found), $"{Shown(rule)}\nexpected {string.Join(' ', expected)}\nfound    {string.Join(' ', found)}");
            }
        }, iter: 60, threads: 1);

    [Fact]
    public void TheLawsOfSets_Hold_AndEveryClauseIsCounted() =>
        Gen.Select(SmallShop.Gen, SomeRules.Rule(2), SomeRules.Rule(1)).Sample((shop, a, b) =>
        {
            using var warehouse = shop.Warehouse();
            var scope = shop.Open(warehouse);
            long Count(AudienceRule rule) => RuleCount.Of(scope, rule, 0).Customers;
            string[] Members(AudienceRule rule) => Sorted(RuleMembers.All(scope, rule));
            Assert.Equal(Members(a), Members(new NotRule(new NotRule(a))));
            Assert.Equal(Members(new NotRule(new AllOf(a, b))), Members(new AnyOf(new NotRule(a), new NotRule(b))));
            Assert.Equal(Members(new NotRule(new AnyOf(a, b))), Members(new AllOf(new NotRule(a), new NotRule(b))));
            Assert.Equal(scope.Customers, Count(new AllOf()));
            Assert.Equal(0, Count(new AnyOf()));
            Assert.Equal(scope.Customers, Count(a) + Count(new NotRule(a)));
            // One object at two places.
            Assert.Equal(Members(a), Members(new AllOf(a, a)));
            var both = RuleCount.Of(scope, new AllOf(new AnyOf(a, b), a));
            var counts = both.Clauses.ToDictionary(c => c.Path, c => c.Customers);
            Assert.Equal("$", both.Clauses[0].Path);
            Assert.Equal(Count(a), counts["$.rules[1]"]);
            Assert.Equal(Count(b), counts["$.rules[0].rules[1]"]);
            Assert.True(counts["$.rules[0]"] >= Math.Max(Count(a), Count(b)));
            Assert.Equal(Count(a) + Count(b), counts["$.rules[0]"] + Count(new AllOf(a, b)));
            Assert.Equal(both.Customers, counts["$"]);
            Assert.Equal(Math.Min(10, both.Customers), both.Sample.Count);
            Assert.Empty(both.Sample.Except(Members(a)));
        }, iter: 12, threads: 1);

    [Fact]
    public void AWiderWindow_LosesNobody_AndMoreTimesAreRarer() =>
        Gen.Select(SmallShop.Gen, SomeRules.Did, Gen.Int[1, 20], Gen.Int[1, 20]).Sample((shop, did, days, more) =>
        {
            using var warehouse = shop.Warehouse();
            var scope = shop.Open(warehouse);
            string[] Members(DidEvent rule) => [.. RuleMembers.All(scope, rule)];
            var least = did with { Times = new(did.Times.AtLeast ?? 1, null), Money = null };
            var narrow = Members(least with { Window = new LastDays(days) });
            Assert.Empty(narrow.Except(Members(least with { Window = new LastDays(days + more) })));
            Assert.Empty(Members(least with { Times = new(least.Times.AtLeast + 1, null) }).Except(Members(least)));
            var never = Members(least with { Times = CountBound.Never });
            Assert.Empty(never.Intersect(Members(least with { Times = new(1, null) })));
            Assert.Equal(scope.Customers, never.Length + Members(least with { Times = new(1, null) }).Length);
        }, iter: 12, threads: 1);

    [Fact]
    public void PagesTogether_AreTheWhole_InOneOrder() =>
        Gen.Select(SmallShop.Gen, SomeRules.Rule(1), Gen.Int[1, 4]).Sample((shop, rule, size) =>
        {
            using var warehouse = shop.Warehouse();
            var scope = shop.Open(warehouse);
            var all = new List<string>();
            for (string? after = null; RuleMembers.Page(scope, rule, size, after) is { Count: > 0 } page; after = page[^1])
            {
                Assert.True(page.Count <= size);
                all.AddRange(page);
            }

            Assert.Equal(RuleMembers.All(scope, rule), all);
        }, iter: 10, threads: 1);

    [Fact]
    public void ARule_ReadAndWritten_IsTheSame() =>
        SomeRules.Rule(4).Sample(rule =>
        {
            var json = Shown(rule);
            Assert.Equal(json, Shown(RuleJson.Read(json)));
            Assert.Equal(json, Shown(RuleJson.Read(RuleJson.Write(rule, indented: true))));
        }, iter: 1000);
}

namespace Coterie.Activation.Rules;

/// <summary>Looks up what a rule names in what there is.</summary>
static class RuleNames
{
    const int MostTold = 12;

    /// <summary>Segments and features that the run does not have, each with its place.</summary>
    internal static ProblemList Unknown(RuleScope scope, AudienceRule rule)
    {
        var problems = new ProblemList();
        Walk(rule, "$", (clause, path) =>
        {
            switch (clause)
            {
                case InSegment segment when !scope.HasRun:
                    problems.At(path, "there is no run to take segments from; make one with './coterie segment', or leave the clause out.", "尚无运行，没有可用的分群；请先运行，或去掉此条件。");
                    break;
                case InSegment segment:
                    var strange = segment.Ids.Where(id => scope.Segments.All(s => s.Id != id)).ToArray();
                    if (strange.Length > 0)
                    {
                        problems.At(path, $"the run has no {string.Join(", ", strange.Take(5).Select(s => $"'{ShortText.Of(s)}'"))}; it has {string.Join(", ", scope.Segments.Select(s => $"{s.Id} ({s.Name.En})"))}.",
                            $"运行中没有分群{string.Join("、", strange.Take(5).Select(s => $"“{ShortText.Of(s)}”"))}；现有 {string.Join("、", scope.Segments.Select(s => $"{s.Id}（{s.Name.Zh}）"))}。");
                    }

                    break;
                case AttributeRule { Source: AttributeSource.Feature } when scope.Features.Count == 0:
                    problems.At(path, "there is no run to take features from; make one with './coterie segment', or leave the clause out.", "尚无运行，没有可用的特征；请先运行，或去掉此条件。");
                    break;
                case AttributeRule { Source: AttributeSource.Feature } feature when !scope.Features.Contains(feature.Name, StringComparer.Ordinal):
                    problems.At($"{path}.name", $"the run has no feature '{ShortText.Of(feature.Name)}'; it has {string.Join(", ", scope.Features)}.", $"运行中没有特征“{ShortText.Of(feature.Name)}”；现有 {string.Join("、", scope.Features)}。");
                    break;
            }
        });
        return problems;
    }

    /// <summary>Kinds of events and traits that the data do not have: a clause over them is lawful, and likely a slip.</summary>
    internal static List<MissingName> Missing(RuleScope scope, AudienceRule rule)
    {
        var (kinds, traits) = (new SortedSet<string>(StringComparer.Ordinal), new SortedSet<string>(StringComparer.Ordinal));
        Walk(rule, "$", (clause, _) =>
        {
            switch (clause)
            {
                case DidEvent { Event: { } kind }:
                    kinds.Add(kind);
                    break;
                case DidSequence sequence:
                    kinds.UnionWith(sequence.Steps.Select(s => s.Event).OfType<string>());
                    break;
                case AttributeRule { Source: AttributeSource.Trait } trait:
                    traits.Add(trait.Name);
                    break;
            }
        });
        var missing = new List<MissingName>();
        void Look(SortedSet<string> named, Func<IReadOnlyList<RuleName>> there, bool trait)
        {
            if (named.Count == 0) return;
            string[] names = [.. there().Select(n => n.Name)];
            missing.AddRange(named.Except(names, StringComparer.Ordinal).Select(n => new MissingName(n, trait, [.. names.Take(MostTold).Select(name => ShortText.Of(name))])));
        }

        Look(kinds, scope.Kinds, trait: false);
        Look(traits, scope.Traits, trait: true);
        return missing;
    }

    internal static void Walk(AudienceRule rule, string path, Action<AudienceRule, string> visit)
    {
        visit(rule, path);
        var children = RuleCheck.Children(rule);
        for (var i = 0; i < children.Count; i++) Walk(children[i], RuleCheck.ChildPath(rule, path, i), visit);
    }
}

/// <summary>A kind of event or a trait that nobody has.</summary>
/// <param name="There">The commonest names that there are.</param>
sealed record MissingName(string Name, bool Trait, IReadOnlyList<string> There);

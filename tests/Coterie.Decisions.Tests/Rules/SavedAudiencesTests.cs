using Coterie.Activation.Rules;
using CsCheck;

namespace Coterie.Tests.Rules;

/// <summary>Audiences that are kept.</summary>
public sealed class SavedAudiencesTests : IDisposable
{
    static readonly DateTime Now = new(2024, 3, 1, 12, 0, 0, DateTimeKind.Utc);
    readonly string folder = Directory.CreateTempSubdirectory("coterie-audiences-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void WhatWasSaved_IsThere_InOrder_AndIdsAreNeverUsedAgain() =>
        Gen.Select(Gen.Int[0, 4], Gen.Bool, SomeRules.Rule(2)).Array[1, 10].Sample(acts =>
        {
            File.Delete(Path.Combine(folder, "audiences.json"));
            var (plain, given) = (new List<(string Id, string Name, string Rule)>(), 0);
            foreach (var (number, remove, rule) in acts)
            {
                var (name, saved) = ($"名 {number}", SavedAudiences.Open(folder));
                var at = plain.FindIndex(a => a.Name == name);
                if (remove && at >= 0)
                {
                    saved.Remove(name.ToUpperInvariant());
                    plain.RemoveAt(at);
                }
                else if (!remove)
                {
                    saved.Save($" {name} ", rule, Now);
                    if (at >= 0) plain[at] = plain[at] with { Rule = RuleJson.Write(rule) };
                    else plain.Add(($"A{++given}", name, RuleJson.Write(rule)));
                }

                Assert.Equal(plain, SavedAudiences.Open(folder).All.Select(a => (a.Id, a.Name, RuleJson.Write(a.Rule))));
            }
        }, iter: 20, threads: 1);

    [Fact]
    public void WhatCannotBeSaved_IsRefused_AndADamagedFileIsTold()
    {
        var saved = SavedAudiences.Open(folder);
        foreach (var name in (string[])["", "  ", new string('x', 101), "a\nb", "A12", "\ud800"])
            Assert.Throws<ConfigurationException>(() => saved.Save(name, new AllOf(), Now));
        Assert.Throws<ConfigurationException>(() => saved.Save("x", new DidEvent { Window = new LastDays(0) }, Now));
        Assert.Throws<ConfigurationException>(() => saved.Remove("x"));
        Assert.False(File.Exists(Path.Combine(folder, "audiences.json")));
        foreach (var text in (string[])["", "[]", "{}", """{"schema":"coterie.audiences/1","last":1}""", """{"schema":"coterie.audiences/1","last":1,"audiences":[{"id":"A1","name":"x","created":"2024-01-01T00:00:00Z","rule":{"kind":"eval"}}]}""", """{"schema":"other","last":1,"audiences":[]}"""])
        {
            File.WriteAllText(Path.Combine(folder, "audiences.json"), text);
            Assert.Throws<InputException>(() => SavedAudiences.Open(folder));
        }
    }
}

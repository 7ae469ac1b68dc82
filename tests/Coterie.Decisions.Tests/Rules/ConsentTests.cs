using System.Globalization;
using Coterie.Clean;
using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;
using CsCheck;

namespace Coterie.Tests.Rules;

/// <summary>What customers said about consent, in the forms in which shops and consent managers send it.</summary>
public class ConsentTests
{
    static Consents Read(params (string Customer, int Day, string Json)[] rows)
    {
        using var warehouse = new DuckDbWarehouse(new DuckDbOptions { Threads = 1 });
        warehouse.Execute(new Step("events", $"CREATE TABLE events ({string.Join(", ", Events.Columns.Select(c => $"\"{c.Name}\" {c.Type}"))})"));
        foreach (var (customer, day, json) in rows)
        {
            warehouse.Execute(new Step("fill", "INSERT INTO events (customer_id, time, kind, properties) VALUES ($c, $t, 'view', $p)")
            {
                Parameters = new Dictionary<string, object?> { ["c"] = customer, ["t"] = new DateTime(2024, 1, 1).AddDays(day), ["p"] = json },
            });
        }

        return ConsentReading.Of(warehouse);
    }

    /// <summary>Three letters: marketing, analytics, personalisation; + given, - refused, . unknown.</summary>
    static string Shown(Consent c) => string.Concat(new[] { c.Marketing, c.Analytics, c.Personalisation }.Select(a => a switch { ConsentAnswer.Given => '+', ConsentAnswer.Refused => '-', _ => '.' }));

    [Theory]
    [InlineData("""{"traits":{"marketing_consent":true}}""", "+..")]
    [InlineData("""{"traits":{"marketingConsent":"No"}}""", "-..")]
    [InlineData("""{"traits":{"email_opt_in":"yes"}}""", "+..")]
    [InlineData("""{"context":{"traits":{"emailOptIn":0}}}""", "-..")]
    [InlineData("""{"traits":{"do_not_contact":true}}""", "-..")]
    [InlineData("""{"traits":{"do_not_contact":false}}""", "...")]
    [InlineData("""{"traits":{"unsubscribed":"1"}}""", "-..")]
    [InlineData("""{"traits":{"do-not-track":true}}""", ".--")]
    [InlineData("""{"traits":{"consent":false}}""", "---")]
    [InlineData("""{"traits":{"consent":"granted"}}""", "+++")]
    [InlineData("""{"traits":{"consent":{"marketing":true,"analytics":false,"personalization":"denied","telepathy":true}}}""", "+--")]
    [InlineData("""{"traits":{"email_marketing_consent":{"state":"not_subscribed","opt_in_level":"single_opt_in"}}}""", "-..")]
    [InlineData("""{"Accepts Marketing":"yes","Phone":"1"}""", "+..")]
    [InlineData("""{"properties":{"newsletter_opt_in":"否"}}""", "-..")]
    [InlineData("""{"context":{"consent":{"categoryPreferences":{"Advertising":false,"Analytics":true,"Functional":true,"DataSharing":false}}}}""", "-++")]
    [InlineData("""{"context":{"consent":{"categoryPreferences":{"C0001":true,"C0002":false,"C0003":true,"C0004":true}}}}""", "+-+")]
    [InlineData("""{"traits":{"marketing_consent":null,"email_opt_in":""}}""", "...")]
    [InlineData("""{"traits":{"adoption":"true","optional":false,"consented_toys":true}}""", "...")]
    [InlineData("""{"traits":"marketing_consent"}""", "...")]
    [InlineData("""not json, but about consent""", "...")]
    public void EveryForm_IsUnderstood(string json, string expected) => Assert.Equal(expected, Shown(Read(("c", 0, json)).Of("c")));

    [Theory]
    [InlineData("""{"traits":{"marketing_consent":"maybe"}}""", 1)]
    [InlineData("""{"traits":{"marketing_consent":"maybe","do_not_contact":[]}}""", 2)]
    [InlineData("""{"traits":{"consent":{"marketing":"perhaps"}}}""", 1)]
    [InlineData("""no json, consent""", 1)]
    [InlineData("""{"traits":{"marketing_consent":true}}""", 0)]
    [InlineData("""{"traits":{"marketing_consent":""}}""", 0)]
    public void WhatCannotBeRead_IsCounted_AndIsNoAnswer(string json, int unreadable)
    {
        var consents = Read(("c", 0, json));
        Assert.Equal(unreadable, consents.Unreadable);
        Assert.NotEqual(ConsentAnswer.Refused, consents.Of("c").Marketing);
    }

    [Fact]
    public void TheNewestAnswerToAWord_Counts_AndOtherWordsDoNotUndoARefusal()
    {
        var consents = Read(
            ("back", 0, """{"traits":{"marketing_consent":false}}"""), ("back", 5, """{"traits":{"marketing_consent":true}}"""),
            ("gone", 9, """{"traits":{"marketing_consent":false}}"""), ("gone", 5, """{"traits":{"marketing_consent":true}}"""),
            ("both", 5, """{"traits":{"marketing_consent":true}}"""), ("both", 5, """{"traits":{"marketing_consent":false}}"""),
            ("letter", 0, """{"traits":{"do_not_contact":true}}"""), ("letter", 5, """{"context":{"consent":{"categoryPreferences":{"Advertising":true}}}}"""),
            ("lifted", 0, """{"traits":{"do_not_contact":true}}"""), ("lifted", 1, """{"traits":{"email_opt_in":true}}"""), ("lifted", 2, """{"traits":{"do_not_contact":false}}"""),
            ("silent", 0, """{"traits":{"age":5}}"""));
        Assert.Equal(["+", "-", "-", "-", "+", "."], new[] { "back", "gone", "both", "letter", "lifted", "silent" }.Select(c => Shown(consents.Of(c))[..1]));
        Assert.True(consents.LeavesOut("gone", ConsentPurpose.Marketing));
        Assert.False(consents.LeavesOut("silent", ConsentPurpose.Marketing));
        Assert.True(consents.LeavesOut("silent", ConsentPurpose.Marketing, required: true));
        Assert.False(consents.LeavesOut("back", ConsentPurpose.Marketing, required: true));
    }

    [Fact]
    public void EveryHint_IsFoundByItsPart() => Assert.All(ConsentWords.Hints, h => Assert.Contains(ConsentWords.Parts, p => h.Contains(p, StringComparison.Ordinal)));

    [Fact]
    public void TheOrderOfRows_DoesNotMatter() =>
        Gen.Select(Gen.Int[0, 3], Gen.Bool, Gen.Bool).Array[1, 8].Sample(said =>
        {
            var rows = said.Select(s => ("c", s.Item1, string.Create(CultureInfo.InvariantCulture, $"{{\"traits\":{{\"{(s.Item2 ? "email_opt_in" : "do_not_contact")}\":{(s.Item3 ? "true" : "false")}}}}}"))).ToArray();
            Assert.Equal(Read(rows).Of("c"), Read([.. rows.Reverse()]).Of("c"));
        }, iter: 40, threads: 1);
}

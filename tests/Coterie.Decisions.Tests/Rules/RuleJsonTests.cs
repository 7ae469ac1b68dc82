using System.Text;
using System.Text.Json;
using Coterie.Activation.Rules;

namespace Coterie.Tests.Rules;

/// <summary>What is no rule is refused with the place of every problem.</summary>
public class RuleJsonTests
{
    static string Problems(string json) => Assert.Throws<ConfigurationException>(() => RuleJson.Read(json)).Message;

    const string Whole = """
        {"kind":"all","rules":[
          {"kind":"any","rules":[{"kind":"segment","in":["S1","S2"]},{"kind":"segment","not_in":["S3"]}]},
          {"kind":"not","rule":{"kind":"attribute","of":"trait","name":"年龄","operator":"between","from":18,"to":30.5}},
          {"kind":"attribute","of":"feature","name":"recency_days","operator":"<=","value":60},
          {"kind":"attribute","of":"customer","name":"first_seen","operator":"after","value":"2024-01-31"},
          {"kind":"attribute","of":"trait","name":"signed","operator":"before","value":"2024-01-31T12:00:00.5Z"},
          {"kind":"attribute","of":"trait","name":"vip","operator":"is","value":true},
          {"kind":"attribute","of":"trait","name":"tier","operator":"in","values":["gold",1,false]},
          {"kind":"did","event":"purchase","where":[{"field":"category","operator":"under","value":"a/b"},{"field":"price","operator":"is_set"}],"times":{"at_least":2,"at_most":5},"money":{"at_least":10.5},"within_days":90},
          {"kind":"did","event":"refund","times":{"exactly":0},"between":{"from":"2024-01-01","to":"2024-02-29"}},
          {"kind":"did"},
          {"kind":"sequence","steps":[{"event":"view"},{"where":[{"field":"brand","operator":"is_not","value":"x"}],"within_days":7}],"within_days":30}]}
        """;

    [Fact]
    public void EveryForm_IsRead_AndWrittenAsItWas() =>
        Assert.Equal(JsonSerializer.Serialize(JsonDocument.Parse(Whole).RootElement), JsonSerializer.Serialize(JsonDocument.Parse(RuleJson.Write(RuleJson.Read(Whole))).RootElement));

    [Theory]
    [InlineData("", "$: it is no JSON")]
    [InlineData("[]", "$: a list is no rule")]
    [InlineData("{}", "$.kind: missing")]
    [InlineData("""{"kind":7}""", "$.kind: 7; expected a text")]
    [InlineData("""{"kind":"eval","code":"1"}""", "$.kind: \"eval\" is unknown")]
    [InlineData("""{"kind":"all","rules":[],"x":1}""", "$: the member 'x' is unknown here; expected kind, rules")]
    [InlineData("""{"kind":"all","kind":"any","rules":[]}""", "says a member twice")]
    [InlineData("""{"kind":"all","rules":{}}""", "$.rules: an object; expected a list")]
    [InlineData("""{"kind":"all","rules":[{"kind":"not","rule":5}]}""", "$.rules[0].rule: 5 is no rule")]
    [InlineData("""{"kind":"segment","in":[]}""", "$.in: 0 segments; expected 1 to 1,000")]
    [InlineData("""{"kind":"segment","in":["S1"],"not_in":["S2"]}""", "$: expected one of \"in\" and \"not_in\"")]
    [InlineData("""{"kind":"attribute","of":"trait","name":"","operator":"is_set"}""", "$.name: the text is empty")]
    [InlineData("""{"kind":"attribute","of":"trait","name":"a","operator":"matches","value":".*"}""", "$.operator: \"matches\" is unknown")]
    [InlineData("""{"kind":"attribute","of":"feature","name":"a","operator":"is","value":"x"}""", "$.value: expected a number")]
    [InlineData("""{"kind":"attribute","of":"feature","name":"a","operator":"contains","value":"x"}""", "\"contains\" cannot be asked here")]
    [InlineData("""{"kind":"attribute","of":"customer","name":"secret","operator":"is_set"}""", "$.name: 'secret' is not known of every customer")]
    [InlineData("""{"kind":"attribute","of":"trait","name":"a","operator":"is_set","value":1}""", "the member 'value' is unknown here")]
    [InlineData("""{"kind":"attribute","of":"trait","name":"a","operator":"before","value":"yesterday"}""", "$.value: the text is no day or instant")]
    [InlineData("""{"kind":"attribute","of":"trait","name":"a","operator":"before","value":5}""", "$.value: expected a day or an instant")]
    [InlineData("""{"kind":"attribute","of":"trait","name":"a","operator":"between","from":5,"to":1}""", "from 5 is above to 1")]
    [InlineData("""{"kind":"attribute","of":"trait","name":"a","operator":"within_days","value":1.5}""", "expected a whole number of days")]
    [InlineData("""{"kind":"attribute","of":"trait","name":"a","operator":"is","value":null}""", "$.value: null is no value")]
    [InlineData("""{"kind":"attribute","of":"trait","name":"a","operator":">","value":1e999}""", "too large a number")]
    [InlineData("""{"kind":"attribute","of":"trait","name":"a","operator":">","value":1e300}""", "expected a number from -1e15 to 1e15")]
    [InlineData("""{"kind":"attribute","of":"trait","name":"a","operator":">","value":NaN}""", "it is no JSON")]
    [InlineData("""{"kind":"did","where":[{"field":"event_id","operator":"is","value":"x"}]}""", "$.where[0].field: \"event_id\" is unknown; expected product_id")]
    [InlineData("""{"kind":"did","where":[{"field":"price","operator":"is","value":"x"}]}""", "$.where[0].value: expected a number")]
    [InlineData("""{"kind":"did","where":[{"field":"brand","operator":"is","value":1}]}""", "$.where[0].value: expected a text")]
    [InlineData("""{"kind":"did","where":[{"field":"brand","operator":"under","value":"x"}]}""", "\"under\" cannot be asked here")]
    [InlineData("""{"kind":"did","times":{}}""", "$.times: no bound")]
    [InlineData("""{"kind":"did","times":{"at_least":-1}}""", "$.times: expected whole numbers from 0")]
    [InlineData("""{"kind":"did","times":{"at_least":1.5}}""", "$.times: expected whole numbers")]
    [InlineData("""{"kind":"did","times":{"at_least":3,"at_most":2}}""", "at_least 3 is above at_most 2")]
    [InlineData("""{"kind":"did","times":{"exactly":3,"at_most":4}}""", "\"exactly\" stands alone")]
    [InlineData("""{"kind":"did","times":{"at_least":9223372036854775808}}""", "$.times: expected whole numbers")]
    [InlineData("""{"kind":"did","money":{"at_least":-1}}""", "$.money: expected numbers from 0")]
    [InlineData("""{"kind":"did","within_days":0}""", "$.within_days: expected a whole number from 1")]
    [InlineData("""{"kind":"did","within_days":"90"}""", "$.within_days: \"90\"; expected a whole number")]
    [InlineData("""{"kind":"did","within_days":1,"between":{"from":"2024-01-01","to":"2024-01-02"}}""", "or neither")]
    [InlineData("""{"kind":"did","between":{"from":"2024-02-01","to":"2024-01-02"}}""", "is after to")]
    [InlineData("""{"kind":"did","between":{"from":"2024-02-30","to":"2024-03-02"}}""", "$.between.from: the text is no day")]
    [InlineData("""{"kind":"did","between":{"from":"2024-02-01","to":"9999-12-31"}}""", "$.between.to: the text is no day")]
    [InlineData("""{"kind":"sequence","steps":[{"event":"view"}]}""", "$.steps: 1 steps; expected 2 to 10")]
    [InlineData("""{"kind":"sequence","steps":[{"event":"view","within_days":3},{"event":"view"}]}""", "$.steps[0].within_days: the first step has none before it")]
    [InlineData("""{"kind":"did","event":"a\u0000b"}""", "NUL")]
    [InlineData("""{"kind":"did","event":"\ud800"}""", "not valid Unicode")]
    public void WhatIsNoRule_IsRefused_WithItsPlace(string json, string expected) => Assert.Contains(expected, Problems(json), StringComparison.Ordinal);

    [Fact]
    public void EveryProblem_IsTold_AtOnce()
    {
        var told = Problems("""{"kind":"all","rules":[{"kind":"did","times":{"exactly":-1},"within_days":99999},{"kind":"nothing"},{"kind":"segment","in":[1]}]}""");
        Assert.Contains("$.rules[0].times", told, StringComparison.Ordinal);
        Assert.Contains("$.rules[0].within_days", told, StringComparison.Ordinal);
        Assert.Contains("$.rules[1].kind", told, StringComparison.Ordinal);
        Assert.Contains("$.rules[2].in[0]", told, StringComparison.Ordinal);
    }

    [Fact]
    public void SizeAndDepth_AreBounded()
    {
        static string Nested(int levels) => string.Concat(Enumerable.Repeat("""{"kind":"not","rule":""", levels - 1)) + """{"kind":"did"}""" + new string('}', levels - 1);
        static string Wide(int leaves) => $$"""{"kind":"all","rules":[{{string.Join(',', Enumerable.Repeat("""{"kind":"did"}""", leaves))}}]}""";
        Assert.IsType<NotRule>(RuleJson.Read(Nested(16)));
        Assert.Contains("deeper than 16", Problems(Nested(17)), StringComparison.Ordinal);
        Assert.Contains("$: it is no JSON, or nested too deep", Problems(Nested(5_000)), StringComparison.Ordinal);
        Assert.Contains("nested too deep", Problems(new string('[', 100_000)), StringComparison.Ordinal);
        Assert.IsType<AllOf>(RuleJson.Read(Wide(255)));
        Assert.Contains("257 clauses", Problems(Wide(256)), StringComparison.Ordinal);
        Assert.Contains("expected at most 1,048,576", Problems(Wide(100_000)), StringComparison.Ordinal);
        Assert.Contains("the text has 1,001 characters", Problems($$"""{"kind":"did","event":"{{new string('a', 1_001)}}"}"""), StringComparison.Ordinal);
        Assert.Contains("1,001 values", Problems($$"""{"kind":"attribute","of":"trait","name":"a","operator":"in","values":[{{string.Join(',', Enumerable.Range(0, 1_500))}}]}"""), StringComparison.Ordinal);
        // Made in code, no JSON bounds it.
        AudienceRule deep = new DidEvent();
        for (var i = 0; i < 100_000; i++) deep = new NotRule(deep);
        Assert.Contains("deeper than 16", Assert.Throws<ConfigurationException>(() => RuleJson.Write(deep)).Message, StringComparison.Ordinal);
        Assert.Contains("clauses", Assert.Throws<ConfigurationException>(() => RuleText.Of(new AllOf([.. Enumerable.Repeat(new DidEvent(), 1_000_000)]), "en")).Message, StringComparison.Ordinal);
        Assert.Contains("expected a number", Assert.Throws<ConfigurationException>(() => RuleJson.Write(new AttributeRule(AttributeSource.Feature, "a", new Condition(RuleOperator.Is, double.NaN)))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_AreNeverABug()
    {
        // Every byte of a good rule, cut and changed, is a rule or is refused; nothing else is thrown.
        var good = Encoding.UTF8.GetBytes(Whole);
        var rng = new Coterie.Numerics.Seed(7).Stream(0);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = good[..(i % 2 == 0 ? good.Length : rng.NextInt(good.Length))].ToArray();
            for (var k = 0; k <= rng.NextInt(3); k++)
                if (bytes.Length > 0) bytes[rng.NextInt(bytes.Length)] = (byte)rng.NextInt(256);
            try
            {
                RuleJson.Write(RuleJson.Read(bytes));
            }
            catch (ConfigurationException)
            {
                // As it should.
            }
        }
    }

    [Fact]
    public void TheSchema_IsJson_AndNamesEveryWord()
    {
        using var schema = JsonDocument.Parse(RuleJson.Schema);
        var definitions = schema.RootElement.GetProperty("$defs");
        foreach (var member in JsonDocument.Parse(Whole).RootElement.GetProperty("rules").EnumerateArray())
        {
            var known = definitions.GetProperty(member.GetProperty("kind").GetString()!).GetProperty("properties");
            Assert.All(member.EnumerateObject(), m => Assert.True(known.TryGetProperty(m.Name, out _), m.Name));
        }

        string[] Words(string definition, string member) => [.. definitions.GetProperty(definition).GetProperty("properties").GetProperty(member).GetProperty("enum").EnumerateArray().Select(w => w.GetString()!)];
        Assert.Equal(["product_id", "category", "brand", "price", "quantity", "channel", "device", "country"], Words("filter", "field"));
        // The reader names what it takes; the schema says the same.
        foreach (var (definition, member, json) in new[]
        {
            ("filter", "field", """{"kind":"did","where":[{"field":"?","operator":"is_set"}]}"""), ("attribute", "of", """{"kind":"attribute","of":"?","name":"a","operator":"is_set"}"""),
        })
            Assert.Contains("expected " + string.Join(", ", Words(definition, member)), Problems(json), StringComparison.Ordinal);
        var operators = Problems("""{"kind":"attribute","of":"trait","name":"a","operator":"?"}""").Split("expected ")[1].Split('.')[0].Split(", ").Select(o => o.Trim()).ToHashSet();
        Assert.Equal(operators.Order(StringComparer.Ordinal), Words("filter", "operator").Union(Words("attribute", "operator")).Order(StringComparer.Ordinal));
    }
}

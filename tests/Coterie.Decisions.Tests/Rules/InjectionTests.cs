using System.Text.Json;
using Coterie.Activation.Rules;
using Coterie.Warehouse;

namespace Coterie.Tests.Rules;

/// <summary>Texts that would be code elsewhere are texts here: kept as they are, compared as they are, never run.</summary>
public class InjectionTests
{
    // Heads that close a literal, a list, a cast, an identifier or a parameter, and tails that would then run.
    static readonly string[] Heads = ["'", "''", "\"", "\"\"", "')", "'))", "\")", "`", "\\'", "\\", "$v1", "$as_of", "?", ":p", "%", "_", "/*", "*/", "--", "’", "ʼ", "＇", "”", "]", "{", "0x27", "%27"];
    static readonly string[] Tails =
    [
        " OR 1=1 --", " OR true", "; DROP TABLE events; --", " UNION SELECT customer_id FROM events --", " AND (SELECT count(*) FROM events) > 0 --", " AS VARCHAR)) OR true) --",
        "; COPY events TO '/tmp/coterie-stolen.csv'; --", "; ATTACH '/tmp/coterie-stolen.db' AS x; --", " || (SELECT string_agg(customer_id, ',') FROM events) || '", "; INSTALL httpfs; --", ") FILTER (WHERE true) --", "; PRAGMA database_list; --",
    ];

    internal static readonly string[] Sql = [.. from h in Heads from t in Tails select h + t];

    static readonly string[] Commands = ["calc", "id", "touch /tmp/coterie-canary", "whoami"];

    static readonly Func<string, string>[] Engines =
    [
        c => $"%{{(#rt=@java.lang.Runtime@getRuntime(),#rt.exec('{c}'))}}", c => $"(#r=@java.lang.Runtime@getRuntime()).exec(\"{c}\")", c => $"${{@java.lang.Runtime@getRuntime().exec('{c}')}}",
        c => $"script::Runtime r=Runtime.getRuntime();r.exec(\"{c}\");", c => $"java.lang.Runtime.getRuntime().exec(\"{c}\")", c => $"#{{T(java.lang.Runtime).getRuntime().exec('{c}')}}", c => $"${{T(java.lang.Runtime).getRuntime().exec('{c}')}}",
        c => $"__${{new java.util.Scanner(T(java.lang.Runtime).getRuntime().exec(\"{c}\").getInputStream()).next()}}__::.x", c => $"new ProcessBuilder('{c}').start()", c => $"'{c}'.execute().text", c => $"this.class.classLoader.loadClass('java.lang.Runtime').getMethod('exec').invoke('{c}')",
        c => $"{{{{ ''.__class__.__mro__[1].__subclasses__()[40]('{c}').read() }}}}", c => $"{{{{ config.__class__.__init__.__globals__['os'].popen('{c}').read() }}}}", c => $"{{% for x in ().__class__.__base__.__subclasses__() %}}{{{{x('{c}')}}}}{{% endfor %}}",
        c => $"{{{{ self._TemplateReference__context.cycler.__init__.__globals__.os.popen('{c}').read() }}}}", c => $"{{php}}system('{c}');{{/php}}", c => $"<#assign ex=\"freemarker.template.utility.Execute\"?new()>${{ex(\"{c}\")}}",
        c => $"#set($x='')#set($rt=$x.class.forName('java.lang.Runtime'))$rt.getRuntime().exec('{c}')", c => $"{{{{constructor.constructor('return process.mainModule.require(\"child_process\").execSync(\"{c}\")')()}}}}", c => $"require('child_process').exec('{c}')",
        c => $"eval('{c}')", c => $"__import__('os').system('{c}')", c => $"exec(\"import os; os.system('{c}')\")", c => $"lambda: __import__('subprocess').call('{c}')", c => $"System.Diagnostics.Process.Start(\"{c}\")", c => $"@System.Diagnostics.Process.Start(\"{c}\")",
        c => $"@{{ System.Diagnostics.Process.Start(\"{c}\"); }}", c => $"typeof(System.Diagnostics.Process).GetMethod(\"Start\", new[]{{typeof(string)}}).Invoke(null, new object[]{{\"{c}\"}})", c => $"Activator.CreateInstance(Type.GetType(\"Coterie.Tests.Rules.Canary\")) // {c}",
        c => $"#r \"{c}.dll\"", c => $"await System.IO.File.WriteAllTextAsync(\"/tmp/{c}\", \"x\")", c => $"it => Process.Start(\"{c}\")", c => $"{{\"$type\":\"System.Windows.Data.ObjectDataProvider, PresentationFramework\",\"MethodName\":\"{c}\"}}",
        c => $"{{\"__type\":\"{c}\"}}", c => $"$({c})", c => $"`{c}`", c => $"| {c}", c => $"; {c} #", c => $"&& {c}", c => $"<%= `{c}` %>", c => $"<%= system('{c}') %>", c => $"#{{`{c}`}}", c => $"${{jndi:ldap://127.0.0.1/{c}}}", c => $"${{env:{c}}}", c => $"${{7*7}}{c}",
        c => $"{{{{7*7}}}}{c}", c => $"<script>{c}</script>", c => $"<!--#exec cmd=\"{c}\" -->", c => $"<?php system('{c}'); ?>", c => $"=cmd|'/C {c}'!A0", c => $"!!javax.script.ScriptEngineManager [!!java.net.URL [\"{c}\"]]",
    ];

    internal static readonly string[] Code = [.. from e in Engines from c in Commands select e(c)];

    /// <summary>A payload in every place of a rule that takes a text.</summary>
    static AudienceRule[] Everywhere(string text) =>
    [
        new DidEvent { Event = text },
        .. ((EventField[])[EventField.ProductId, EventField.Category, EventField.Brand, EventField.Channel, EventField.Device, EventField.Country]).SelectMany(f =>
            ((RuleOperator[])[RuleOperator.Is, RuleOperator.In, RuleOperator.Contains, RuleOperator.StartsWith]).Append(f == EventField.Category ? RuleOperator.Under : RuleOperator.Is)
                .Select(o => (AudienceRule)new DidEvent { Where = [new EventFilter(f, new Condition(o, text))] })),
        new DidSequence { Steps = [new SequenceStep(text, []), new SequenceStep(null, [new EventFilter(EventField.Brand, new Condition(RuleOperator.Is, text))], 3)] },
        new AttributeRule(AttributeSource.Trait, text, new Condition(RuleOperator.IsSet)),
        .. ((RuleOperator[])[RuleOperator.Is, RuleOperator.In, RuleOperator.Contains, RuleOperator.StartsWith]).Select(o => (AudienceRule)new AttributeRule(AttributeSource.Trait, "tier", new Condition(o, text))),
    ];

    static SmallShop Shop(string text) => new(
    [
        new("plain", SmallShop.Begin, "view", "p1", "garden", "acme", 1, 1, null, "web", "mobile", "CN", """{"tier":"gold"}"""),
        new("same", SmallShop.Begin, text, text, text, text, 1, 1, null, text, text, text, $"{{\"tier\":{JsonSerializer.Serialize(text)}}}"),
        new("same", SmallShop.Begin.AddDays(1), text, text, text, text, 1, 1, null, text, text, text, $"{{{JsonSerializer.Serialize(text)}:1}}"),
    ], new Dictionary<string, string>());

    [Fact]
    public void ThereAreAsManyPayloadsAsWereAskedFor()
    {
        Assert.True(Sql.Distinct().Count() >= 300, $"{Sql.Distinct().Count()}");
        Assert.True(Code.Distinct().Count() >= 200, $"{Code.Distinct().Count()}");
    }

    [Fact]
    public void APayload_FindsWhoHasIt_AndNobodyElse()
    {
        // One shop with everybody: customer c007 has payload 7 in every place.
        string[] payloads = [.. Sql.Distinct(), .. Code];
        var events = payloads.SelectMany((text, i) => Shop(text).Events.Where(e => e.Customer == "same").Select(e => e with { Customer = $"c{i:000}" })).Append(Shop("x").Events[0]).ToArray();
        using var warehouse = new SmallShop(events, new Dictionary<string, string>()).Warehouse();
        var scope = RuleScope.Open(warehouse, SmallShop.AsOf);
        for (var i = 0; i < payloads.Length; i++)
        {
            var rules = Everywhere(payloads[i]);
            var count = RuleCount.Of(scope, new AllOf(rules), 5);
            Assert.Equal([$"c{i:000}"], count.Sample);
            // Containing and beginning with may hold for others too, whose text is longer.
            Assert.All(rules.Zip(count.Clauses.Skip(1)), c => Assert.True(Loose(c.First) ? c.Second.Customers >= 1 : c.Second.Customers == 1, $"{payloads[i]}: {c.Second}"));
            Assert.Empty(count.Notes);
        }

        Assert.Equal(payloads.Length * 2 + 1, warehouse.Single(new Step("count", "SELECT count(*) FROM events"), r => r.GetInt64(0)));
        Assert.False(File.Exists("/tmp/coterie-stolen.csv") || File.Exists("/tmp/coterie-stolen.db") || File.Exists("/tmp/coterie-canary"));
        Assert.Equal(0, Canary.Loaded);
    }

    static bool Loose(AudienceRule rule)
    {
        static bool Any(Condition c) => c.Operator is RuleOperator.Contains or RuleOperator.StartsWith or RuleOperator.Under;
        return rule switch { DidEvent did => did.Where.Any(f => Any(f.Condition)), AttributeRule a => Any(a.Condition), _ => false };
    }

    [Fact]
    public void NoTextOfARule_IsPartOfTheSql()
    {
        using var warehouse = Shop("x").Warehouse();
        var scope = RuleScope.Open(warehouse, SmallShop.AsOf);
        var plain = RuleSql.Compile(scope, new AllOf(Everywhere("x"))).Head;
        foreach (var text in (string[])[.. Sql, .. Code])
        {
            var compiled = RuleSql.Compile(scope, new AllOf(Everywhere(text)));
            Assert.Equal(plain, compiled.Head);
            Assert.Contains(compiled.Parameters.Values, v => v is string s && s == text);
        }
    }

    [Fact]
    public void APayload_IsStoredAsItIs()
    {
        foreach (var text in (string[])[.. Sql, .. Code])
        {
            var rule = new AllOf(Everywhere(text));
            var written = RuleJson.Write(rule);
            Assert.Equal(written, RuleJson.Write(RuleJson.Read(written)));
            Assert.Equal(text, ((DidEvent)((AllOf)RuleJson.Read(written)).Rules[0]).Event);
            Assert.Contains(text, RuleText.Of(rule.Rules[0], "en"), StringComparison.Ordinal);
        }

        Assert.Equal(0, Canary.Loaded);
    }

    [Fact]
    public void ASegmentOrFeature_CannotBeAnExpression()
    {
        using var warehouse = Shop("x").Warehouse();
        var scope = Shop("x").Open(warehouse);
        foreach (var text in Sql.Take(60))
        {
            Assert.Contains("the run has no", Assert.Throws<ConfigurationException>(() => RuleCount.Of(scope, new InSegment([text]))).Message, StringComparison.Ordinal);
            Assert.Contains("no run to take features from", Assert.Throws<ConfigurationException>(() => RuleCount.Of(scope, new AttributeRule(AttributeSource.Feature, text, new Condition(RuleOperator.IsSet)))).Message, StringComparison.Ordinal);
        }
    }
}

/// <summary>Loaded only by a payload that was run.</summary>
public sealed class Canary
{
    internal static int Loaded;

    public Canary() => Loaded++;
}

using System.CommandLine;
using System.Text.Json;
using Coterie.Activation.Rules;
using Coterie.Profiles;
using Coterie.Reports;
using Coterie.Warehouse.DuckDb;

namespace Coterie.Cli;

/// <summary>Counts, lists and saves audiences that are given by a rule.</summary>
internal static class AudienceCommand
{
    internal static Command Create() => new("audience", "Audiences by rule: what customers did, in which windows and order, what is known of them, and their segments. 'activate --audience' sends them.")
    {
        Count(), Members(), Save(), List(), Remove(), Schema(),
    };

    /// <summary>Options that name a rule and what it is asked of.</summary>
    sealed class Asked(bool named)
    {
        internal readonly Option<string> Workspace = new("--workspace") { Description = "The workspace whose customers are asked.", Required = true, HelpName = "DIR" };
        internal readonly Option<string?> Rule = new("--rule") { Description = "File with the rule as JSON ('audience schema' prints its form); - reads standard input.", HelpName = "FILE" };
        internal readonly Option<string?> Audience = new("--audience") { Description = "Name or id of a saved audience, instead.", HelpName = "NAME" };
        internal readonly Option<string?> Run = new("--run") { Description = "The run whose segments and features are used. Default: the workspace's newest that is not later than --as-of.", HelpName = "DIR" };
        internal readonly Option<DateTime?> AsOf = CommonOptions.AsOf();
        internal readonly Option<string> Lang = CommonOptions.Printed();
        internal readonly Option<bool> Json = CommonOptions.Json();

        internal Command Command(string name, string description, params Option[] own)
        {
            var command = new Command(name, description) { Workspace, Rule };
            if (named) command.Add(Audience);
            foreach (var option in (Option[])[.. own, Run, AsOf, Lang, Json]) command.Add(option);
            return command;
        }

        internal RuleSource Open(ParseResult parsed, CancellationToken stop) =>
            RuleSource.Open(new RuleSourceOptions { Workspace = parsed.GetValue(Workspace)!, Run = parsed.GetValue(Run), AsOf = parsed.GetValue(AsOf) }, stop);

        /// <summary>The rule, and its name where it is saved.</summary>
        internal SavedAudience Read(ParseResult parsed)
        {
            var (file, name) = (parsed.GetValue(Rule), named ? parsed.GetValue(Audience) : null);
            if (file is null == name is null) throw new ConfigurationException(named ? "Name the rule: --rule FILE, or --audience NAME (one of the two)." : "Name the rule with --rule FILE.");
            return name is null ? new SavedAudience("", "", RuleJson.Read(Bytes(file!)), default) : SavedAudiences.Open(parsed.GetValue(Workspace)!).Named(name);
        }
    }

    static byte[] Bytes(string file)
    {
        if (file != "-" && !File.Exists(file)) throw new ConfigurationException($"--rule: there is no file '{file}'.");
        using var stream = file == "-" ? Console.OpenStandardInput() : File.OpenRead(file);
        using var kept = new MemoryStream();
        var part = new byte[1 << 16];
        // A byte more than may be: then the reader refuses it.
        while (kept.Length <= RuleJson.MostBytes && stream.Read(part) is var read and > 0) kept.Write(part, 0, read);
        return kept.ToArray();
    }

    static Command Count()
    {
        var asked = new Asked(named: true);
        var sample = new Option<int>("--sample") { Description = "Customers to show.", DefaultValueFactory = _ => 5 };
        sample.Validators.Add(CommonOptions.Between(sample, 0, 1_000));
        var command = asked.Command("count", "How many customers a rule keeps, and how many each of its clauses keeps by itself.", sample);
        command.SetAction((parsed, stop) =>
        {
            var audience = asked.Read(parsed);
            using var source = asked.Open(parsed, stop);
            Show(parsed, source, audience, RuleCount.Of(source.Scope, audience.Rule, parsed.GetValue(sample)), asked);
            return Task.FromResult(CommandLine.Done);
        });
        return command;
    }

    static void Show(ParseResult parsed, RuleSource source, SavedAudience audience, RuleCount count, Asked asked)
    {
        var segments = source.Scope.Segments.ToDictionary(s => s.Id, s => s.Name, StringComparer.Ordinal);
        var answer = new AudienceAnswer(audience.Name.Length == 0 ? null : audience.Name, RuleText.Of(audience.Rule, segments), source.Scope.RunAsOf, count);
        var output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(asked.Json)) output.WriteLine(JsonSerializer.Serialize(answer, DecisionOutput.Json));
        else DecisionSummary.Show(output, AudiencePage.Of(answer, audience.Rule, segments), null, parsed.GetValue(asked.Lang)!, []);
    }

    sealed record MemberPage(IReadOnlyList<string> Members, string? Next, DateTime AsOf);

    static Command Members()
    {
        var asked = new Asked(named: true);
        var limit = new Option<int>("--limit") { Description = "Most customers to list.", DefaultValueFactory = _ => 1_000 };
        limit.Validators.Add(CommonOptions.Between(limit, 1, 100_000));
        var after = new Option<string?>("--after") { Description = "Lists those after this customer: the last one of the page before.", HelpName = "ID" };
        var required = new Option<bool>("--require-consent") { Description = "Leaves out also those who never said whether marketing is welcome. Without it: only those who refused." };
        var command = asked.Command("members", "Lists the customers whom a rule keeps, one a line, by id; those who refused marketing are left out.", limit, after, required);
        command.SetAction((parsed, stop) =>
        {
            var audience = asked.Read(parsed);
            using var source = asked.Open(parsed, stop);
            var size = parsed.GetValue(limit);
            var page = RuleMembers.Page(source.Scope, audience.Rule, size, parsed.GetValue(after), parsed.GetValue(required) ? ConsentChoice.Given : ConsentChoice.NotRefused);
            var next = page.Count == size ? page[^1] : null;
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(asked.Json)) output.WriteLine(JsonSerializer.Serialize(new MemberPage(page, next, source.Scope.AsOf), DecisionOutput.Json));
            else
            {
                foreach (var id in page) output.WriteLine(id);
                if (next is not null) parsed.InvocationConfiguration.Error.WriteLine(parsed.GetValue(asked.Lang) == "zh" ? $"可能还有更多：--after {next}" : $"There may be more: --after {next}");
            }

            return Task.FromResult(CommandLine.Done);
        });
        return command;
    }

    static Command Save()
    {
        var asked = new Asked(named: false);
        var name = new Argument<string>("name") { Description = "What to call it. An audience of this name gets the new rule and stays the same audience for receivers." };
        var command = asked.Command("save", "Saves a rule under a name in the workspace, and counts it.");
        command.Arguments.Add(name);
        command.SetAction((parsed, stop) =>
        {
            var rule = asked.Read(parsed).Rule;
            // Counted first: a rule that cannot be asked is not saved. The workspace is held meanwhile, so nobody else saves at once.
            using var source = asked.Open(parsed, stop);
            var count = RuleCount.Of(source.Scope, rule, sample: 5);
            var saved = SavedAudiences.Open(parsed.GetValue(asked.Workspace)!).Save(parsed.GetValue(name)!, rule, DateTime.UtcNow);
            Show(parsed, source, saved, count, asked);
            if (!parsed.GetValue(asked.Json))
                parsed.InvocationConfiguration.Output.WriteLine(parsed.GetValue(asked.Lang) == "zh" ? $"已保存为 {saved.Id}。发送：activate --audience \"{saved.Name}\"" : $"Saved as {saved.Id}. To send it: activate --audience \"{saved.Name}\"");
            return Task.FromResult(CommandLine.Done);
        });
        return command;
    }

    sealed record Listed(string Id, string Name, DateTime Created, Bilingual Words, JsonElement Rule);

    static Command List()
    {
        var workspace = CommonOptions.Workspace();
        workspace.Required = true;
        var (lang, json) = (CommonOptions.Printed(), CommonOptions.Json());
        var command = new Command("list", "Lists the audiences saved in a workspace.") { workspace, lang, json };
        command.SetAction(parsed =>
        {
            Workspace.SettingsOf(parsed.GetValue(workspace)!);
            var all = SavedAudiences.Open(parsed.GetValue(workspace)!).All;
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
                output.WriteLine(JsonSerializer.Serialize(all.Select(a => new Listed(a.Id, a.Name, a.Created, RuleText.Of(a.Rule), JsonElement.Parse(RuleJson.Write(a.Rule)))), DecisionOutput.Json));
            else if (all.Count == 0) output.WriteLine(parsed.GetValue(lang) == "zh" ? "还没有保存的人群。" : "No audience is saved.");
            else
                foreach (var a in all) output.WriteLine($"{a.Id}  {a.Created:yyyy-MM-dd}  {a.Name}: {RuleText.Of(a.Rule, parsed.GetValue(lang)!)}");
            return CommandLine.Done;
        });
        return command;
    }

    static Command Remove()
    {
        var name = new Argument<string>("name") { Description = "Name or id of the audience." };
        var workspace = CommonOptions.Workspace();
        workspace.Required = true;
        var lang = CommonOptions.Printed();
        var command = new Command("remove", "Removes a saved audience. Receivers keep whom they know of it: to take everybody out, save the rule {\"kind\":\"any\",\"rules\":[]} under its name and activate it first.") { name, workspace, lang };
        command.SetAction(parsed =>
        {
            // Held meanwhile, so that nobody saves at once.
            using var held = Workspace.Open(parsed.GetValue(workspace)!, new DuckDbOptions(), create: false);
            var removed = SavedAudiences.Open(parsed.GetValue(workspace)!).Remove(parsed.GetValue(name)!);
            parsed.InvocationConfiguration.Output.WriteLine(parsed.GetValue(lang) == "zh" ? $"已移除 {removed.Id}（{removed.Name}）。" : $"Removed {removed.Id} ({removed.Name}).");
            return CommandLine.Done;
        });
        return command;
    }

    static Command Schema()
    {
        var command = new Command("schema", "Prints the JSON schema of rules.");
        command.SetAction(parsed =>
        {
            parsed.InvocationConfiguration.Output.WriteLine(RuleJson.Schema);
            return CommandLine.Done;
        });
        return command;
    }
}

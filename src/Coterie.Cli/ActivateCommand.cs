using System.CommandLine;
using System.Text.Json;
using Coterie.Activation;
using Coterie.Activation.Rules;
using Coterie.Numerics;
using Coterie.Profiles;
using Coterie.Reports;

namespace Coterie.Cli;

/// <summary>Sends segments to where they are used.</summary>
internal sealed class ActivateCommand
{
    readonly Option<string?> run = new("--run") { Description = "The --out of a former run.", HelpName = "DIR" };
    readonly Option<string?> workspace = CommonOptions.Workspace();
    readonly Option<string[]> segment = new("--segment") { Description = "Id or name of a segment. May be repeated.", HelpName = "SEGMENT", DefaultValueFactory = _ => [] };
    readonly Option<string[]> audience = new("--audience") { Description = "Name or id of an audience saved with 'audience save', of a workspace. May be repeated.", HelpName = "NAME", DefaultValueFactory = _ => [] };
    readonly Option<bool> requireConsent = new("--require-consent") { Description = "Leaves out also those who never said whether marketing is welcome. Without it: only those who refused." };
    readonly Option<bool> all = new("--all") { Description = "Every segment; audiences whose segment is gone are emptied." };
    readonly Option<string> to = new("--to") { Description = "file, webhook, postgres, ads or segment (Segment's tracking API).", Required = true, HelpName = "KIND" };
    readonly Option<string?> output = new("--out") { Description = "file, ads: directory for the files.", HelpName = "DIR" };
    readonly Option<string> format = new("--format") { Description = "file: csv, parquet or jsonl.", DefaultValueFactory = _ => "csv" };
    readonly Option<string?> url = new("--url") { Description = "webhook, segment: where to post. https on a public host, unless --allow-private.", HelpName = "URL" };
    readonly Option<bool> allowPrivate = new("--allow-private") { Description = "Lets --url be a private or local address, of any port, and plain http." };
    readonly Option<string?> connection = new("--connection") { Description = "postgres: Host=…;Database=…;Username=…, or postgresql://user@host/database. Never a password.", HelpName = "TEXT" };
    readonly Option<string> table = new("--table") { Description = "postgres: table, made if it is not there; its ledger is beside it.", DefaultValueFactory = _ => "coterie_audiences", HelpName = "NAME" };
    readonly Option<string?> secretEnv = new("--secret-env") { Description = "Environment variable that holds the secret. Default: COTERIE_WEBHOOK_SECRET, COTERIE_SEGMENT_KEY or COTERIE_POSTGRES_PASSWORD. Secrets are never taken as arguments.", HelpName = "NAME" };
    readonly Option<string?> secretFile = new("--secret-file") { Description = "File that holds the secret, instead.", HelpName = "FILE" };
    readonly Option<string> platform = new("--platform") { Description = "ads: google, meta, tiktok or linkedin: how identifiers are written, and the least size (100, 100, 1000, 300).", DefaultValueFactory = _ => "google" };
    readonly Option<string?> callingCode = new("--calling-code") { Description = "ads: country code, such as 44, of phone numbers that lack one. Default: such numbers are not used.", HelpName = "CODE" };
    readonly Option<string> emailColumn = new("--email-column") { Description = "ads: column of --traits with e-mail addresses.", DefaultValueFactory = _ => "email", HelpName = "NAME" };
    readonly Option<string> phoneColumn = new("--phone-column") { Description = "ads: column of --traits with phone numbers.", DefaultValueFactory = _ => "phone", HelpName = "NAME" };
    readonly Option<string[]> traits = new("--traits") { Description = "CSV with customer_id whose columns go along: a decision's value.csv or churn.csv, or your own. May be repeated.", HelpName = "FILE", DefaultValueFactory = _ => [] };
    readonly Option<string[]> columns = new("--columns") { Description = "Only these columns of --traits. May be repeated. Send no more than the receiver needs.", HelpName = "NAME", DefaultValueFactory = _ => [], AllowMultipleArgumentsPerToken = true };
    readonly Option<int?> minimum = new("--minimum") { Description = "Smaller audiences are refused. Default: 50, and for ads what the platform asks for.", HelpName = "N" };
    readonly Option<int?> batch = new("--batch") { Description = "Most customers in a batch. Default: 500 by web, 10,000 to a database.", HelpName = "N" };
    readonly Option<int> tries = new("--tries") { Description = "How often a batch is tried before the command gives up; it goes on there when run again.", DefaultValueFactory = _ => 8, HelpName = "N" };
    readonly Option<double> timeout = new("--timeout") { Description = "webhook, segment: seconds for one try.", DefaultValueFactory = _ => 30, HelpName = "S" };
    readonly Option<bool> dryRun = new("--dry-run") { Description = "Says what would be sent, and sends nothing." };
    readonly Option<int> preview = new("--preview") { Description = "A dry run that shows the first N changes of each audience, with their traits.", HelpName = "N" };
    readonly Option<bool> resend = new("--resend") { Description = "Sends everybody again under new keys: when the receiver lost what it knew." };
    readonly Option<string?> state = new("--state") { Description = "Directory that remembers what each receiver knows. Default: activation/ of the workspace, or activation-state/ beside the run's directory.", HelpName = "DIR" };
    readonly Option<ulong> seed = CommonOptions.Seed();
    readonly Option<string> lang = CommonOptions.Lang();
    readonly Option<bool> json = CommonOptions.Json();

    internal static Command Create() => new ActivateCommand().Command();

    Command Command()
    {
        var command = new Command("activate", "Sends segments where they are used: files, a signed webhook, PostgreSQL, lists for ad platforms, or Segment's tracking API. Everybody at first, then only changes.")
        {
            run, workspace, segment, all, audience, requireConsent, to, output, format, url, allowPrivate, connection, table, secretEnv, secretFile, platform, callingCode, emailColumn, phoneColumn,
            traits, columns, minimum, batch, tries, timeout, dryRun, preview, resend, state, seed, lang, json,
        };
        command.SetAction((parsed, stop) =>
        {
            Check(parsed);
            var saved = parsed.GetValue(audience)!;
            var directory = saved.Length > 0 ? parsed.GetValue(workspace)! : RunDirectory.Resolve(parsed.GetValue(run), parsed.GetValue(workspace));
            var decided = Progress.Show(parsed.InvocationConfiguration.Error, parsed.GetValue(json), report =>
            {
                report.Report(new StageProgress("read", directory));
                var chosen = parsed.GetValue(segment)!;
                var source = new AudienceSourceOptions
                {
                    Run = directory,
                    Segments = parsed.GetValue(all) ? null : chosen,
                    Traits = parsed.GetValue(traits)!,
                    Columns = parsed.GetValue(columns)!,
                    RequireConsent = parsed.GetValue(requireConsent),
                };
                // A workspace knows who refused since the run.
                var set = saved.Length > 0 ? Saved(saved, source, stop)
                    : AudienceSource.Open(parsed.GetValue(workspace) is { } kept ? source with { Consents = RuleSource.ConsentsOf(kept) } : source);
                void Say(string text) => report.Report(new StageProgress("send", text));
                var destination = Destination(parsed, Say);
                var ads = parsed.GetValue(to) == "ads" ? AdPlatform.Of(parsed.GetValue(platform)!) : null;
                return ActivationJob.Run(new ActivationOptions
                {
                    Set = set,
                    Destination = destination,
                    All = parsed.GetValue(all),
                    DryRun = parsed.GetValue(dryRun) || parsed.GetValue(preview) > 0,
                    Preview = parsed.GetValue(preview),
                    List = ads is null ? null : audience => AdList.Of(audience, ads, parsed.GetValue(callingCode), parsed.GetValue(emailColumn)!, parsed.GetValue(phoneColumn)!),
                    Sync = new SyncOptions
                    {
                        State = Path.GetFullPath(parsed.GetValue(state) ?? DefaultState(directory, parsed.GetValue(workspace))),
                        Minimum = parsed.GetValue(minimum) ?? ads?.Minimum ?? 50,
                        Batch = parsed.GetValue(batch),
                        Resend = parsed.GetValue(resend),
                        Say = Say,
                    },
                }, stop).GetAwaiter().GetResult();
            });
            var writer = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json)) writer.WriteLine(JsonSerializer.Serialize(decided.Result, decided.Result.GetType(), DecisionOutput.Json));
            else DecisionSummary.Show(writer, decided.Page, null, parsed.GetValue(lang)!, []);
            return Task.FromResult(CommandLine.Done);
        });
        return command;
    }

    static AudienceSet Saved(string[] names, AudienceSourceOptions options, CancellationToken stop)
    {
        var saved = SavedAudiences.Open(options.Run);
        var chosen = names.Select(saved.Named).DistinctBy(a => a.Id).ToArray();
        using var source = RuleSource.Open(new RuleSourceOptions { Workspace = options.Run }, stop);
        var sets = chosen.Select(a => AudienceSource.OfSaved(source.Scope, a, options)).ToArray();
        return new AudienceSet([.. sets.SelectMany(s => s.Audiences)], source.Scope.AsOf, [.. sets.SelectMany((s, i) => s.Notes.Select(n => sets.Length == 1 ? n : new Bilingual($"{chosen[i].Name}: {n.En}", $"{chosen[i].Name}：{n.Zh}")))]);
    }

    /// <summary>Every problem with the options at once.</summary>
    void Check(ParseResult parsed)
    {
        var problems = new List<string>();
        var kind = parsed.GetValue(to);
        if (kind is not ("file" or "webhook" or "postgres" or "ads" or "segment")) problems.Add($"--to '{kind}': must be one of file, webhook, postgres, ads, segment.");
        var saved = parsed.GetValue(audience)!.Length > 0;
        if (new[] { parsed.GetValue(all), parsed.GetValue(segment)!.Length > 0, saved }.Count(given => given) != 1)
            problems.Add("Name segments with --segment, or all of them with --all, or saved audiences with --audience (one of the three).");
        if (saved && (parsed.GetValue(workspace) is null || parsed.GetValue(run) is not null)) problems.Add("--audience needs --workspace DIR, in which it is saved, and takes no --run.");
        if (kind is "file" or "ads" && parsed.GetValue(output) is null) problems.Add($"--to {kind} needs --out DIR.");
        if (kind is "webhook" or "segment" && parsed.GetValue(url) is null) problems.Add($"--to {kind} needs --url URL.");
        if (kind is "postgres" && parsed.GetValue(connection) is null) problems.Add("--to postgres needs --connection TEXT.");
        if (parsed.GetValue(format) is not ("csv" or "parquet" or "jsonl")) problems.Add($"--format '{parsed.GetValue(format)}': must be one of csv, parquet, jsonl.");
        if (kind is "ads" && AdPlatform.All.All(p => p.Id != parsed.GetValue(platform))) problems.Add($"--platform '{parsed.GetValue(platform)}': must be one of {string.Join(", ", AdPlatform.All.Select(p => p.Id))}.");
        if (parsed.GetValue(callingCode) is { } code && !(code.Length is 1 or 2 or 3 && code.All(char.IsAsciiDigit) && code[0] != '0')) problems.Add($"--calling-code '{code}': one to three digits are expected, such as 44.");
        if (parsed.GetValue(minimum) is < 1) problems.Add("--minimum must be at least 1.");
        if (parsed.GetValue(batch) is < 1) problems.Add("--batch must be at least 1.");
        if (parsed.GetValue(tries) < 1) problems.Add("--tries must be at least 1.");
        if (parsed.GetValue(preview) < 0) problems.Add("--preview must be at least 0.");
        if (!(parsed.GetValue(timeout) is > 0 and <= 600)) problems.Add("--timeout must be above 0 and at most 600 seconds.");
        if (parsed.GetValue(secretEnv) is not null && parsed.GetValue(secretFile) is not null) problems.Add("Give the secret by --secret-env or by --secret-file, not both.");
        if (problems.Count > 0) throw new ConfigurationException(string.Join('\n', problems));
    }

    IDestination Destination(ParseResult parsed, Action<string> say)
    {
        var retry = new RetryOptions { Tries = parsed.GetValue(tries), Seed = new Seed(parsed.GetValue(seed)) };
        var web = new WebOptions
        {
            Address = parsed.GetValue(url) ?? "",
            AllowPrivate = parsed.GetValue(allowPrivate),
            Total = TimeSpan.FromSeconds(parsed.GetValue(timeout)),
            Retry = retry,
            Say = say,
        };
        return parsed.GetValue(to) switch
        {
            "file" => new FileDestination(parsed.GetValue(output)!, parsed.GetValue(format) switch { "csv" => ChangeFormat.Csv, "jsonl" => ChangeFormat.JsonLines, _ => ChangeFormat.Parquet }),
            "ads" => new AdListDestination(parsed.GetValue(output)!, AdPlatform.Of(parsed.GetValue(platform)!)),
            "webhook" => Webhook(parsed, web),
            "segment" => new SegmentDestination(web, Secret(parsed, "COTERIE_SEGMENT_KEY", out var from) ?? throw new ConfigurationException($"The Segment write key is missing: {from}.")),
            _ => new PostgresDestination(new PostgresOptions
            {
                Connection = parsed.GetValue(connection)!,
                Password = Secret(parsed, "COTERIE_POSTGRES_PASSWORD", out _),
                Table = parsed.GetValue(table)!,
                Retry = retry,
                Say = say,
            }),
        };
    }

    WebhookDestination Webhook(ParseResult parsed, WebOptions web)
    {
        var secret = Secret(parsed, "COTERIE_WEBHOOK_SECRET", out var from);
        if (secret is null) throw new ConfigurationException($"The webhook secret is missing: {from}. Make one with: echo whsec_$(openssl rand -base64 32)");
        return new WebhookDestination(web, WebhookSecrets.Parse(secret, from));
    }

    /// <summary>The secret, or null where it was not asked for by name and its usual variable is not set.</summary>
    /// <param name="from">Where it is, or should be.</param>
    string? Secret(ParseResult parsed, string usual, out string from)
    {
        if (parsed.GetValue(secretFile) is { } file)
        {
            from = $"the file '{file}'";
            if (!File.Exists(file)) throw new ConfigurationException($"--secret-file: '{file}' is missing.");
            return File.ReadAllText(file).Trim() is { Length: > 0 } text ? text : throw new ConfigurationException($"--secret-file: '{file}' is empty.");
        }

        var name = parsed.GetValue(secretEnv) ?? usual;
        from = $"the environment variable {name}";
        var value = Environment.GetEnvironmentVariable(name);
        if (!string.IsNullOrWhiteSpace(value)) return value;
        if (parsed.GetValue(secretEnv) is not null) throw new ConfigurationException($"--secret-env: the environment variable {name} is not set.");
        from = $"set the environment variable {name}, or name another with --secret-env, or a file with --secret-file";
        return null;
    }

    // Runs follow one another in one place, under one name or beside each other: what receivers know belongs there, and not into a run.
    static string DefaultState(string run, string? workspace)
    {
        if (workspace is not null) return Path.Combine(workspace, "activation");
        var parent = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(run))) ?? ".";
        return Path.GetDirectoryName(parent) is { } above && File.Exists(Path.Combine(above, "coterie.json")) ? Path.Combine(above, "activation") : Path.Combine(parent, "activation-state");
    }
}

using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Coterie.Cli;

/// <summary>Options that several commands share, each described once.</summary>
internal static class CommonOptions
{
    internal static readonly Option<bool> Verbose = new("--verbose") { Description = "Show stack traces, the steps of SQL with their times, and every note.", Recursive = true };

    internal static Option<bool> Json() => new("--json") { Description = "Print one JSON document on standard output and nothing else there." };

    internal static Option<ulong> Seed() => new("--seed")
    {
        Description = "Seed of every random choice; the same seed gives the same bytes.",
        DefaultValueFactory = _ => 1,
    };

    internal static Option<int> Threads()
    {
        var option = new Option<int>("--threads")
        {
            Description = "Threads to use; the results do not depend on it. Default: all processors.",
            DefaultValueFactory = _ => Environment.ProcessorCount,
        };
        option.Validators.Add(AtLeast(option, 1));
        return option;
    }

    internal static Option<long> MemoryLimit() => new("--memory-limit")
    {
        Description = "Memory of the embedded database, such as 800MB or 2GB; larger work spills to disk. Default: 1500MB.",
        CustomParser = Bytes,
        DefaultValueFactory = _ => 1_500_000_000,
        HelpName = "SIZE",
    };

    internal static Option<string[]> Map() => new("--map")
    {
        Description = "Overrides detection: EVENT_COLUMN=YOUR_COLUMN, such as customer_id=CustomerID. May be repeated.",
        HelpName = "COLUMN=NAME",
        DefaultValueFactory = _ => [],
    };

    internal static Option<string> Timezone() => new("--timezone")
    {
        Description = "Zone of times that carry no offset (IANA name, such as Europe/London).",
        DefaultValueFactory = _ => "UTC",
        HelpName = "ZONE",
    };

    internal static Option<string?> Currency() => new("--currency") { Description = "Currency shown in the report (ISO 4217). Default: what the data say.", HelpName = "CODE" };

    internal static Option<DateTime?> AsOf() => new("--as-of")
    {
        Description = "Instant up to which events are seen (2011-12-09 or 2011-12-09T12:00:00Z). Default: the last event.",
        CustomParser = Instant,
        HelpName = "TIME",
    };

    internal static Option<string> Lang() => Language("Language that the report opens in: en or zh (both are inside).");

    /// <summary>For commands that write nothing for people but what they print.</summary>
    internal static Option<string> Printed() => Language("Language of what is printed: en or zh.");

    static Option<string> Language(string description)
    {
        var option = new Option<string>("--lang") { Description = description, DefaultValueFactory = _ => "en" };
        option.Validators.Add(OneOf(option, "en", "zh"));
        return option;
    }

    internal static Option<bool> Force() => new("--force") { Description = "Write into --out although it holds something else; only our own files are replaced." };

    internal static Option<string?> Workspace() => new("--workspace") { Description = "Directory that keeps events, runs and models between commands.", HelpName = "DIR" };

    internal static Argument<string[]> Files()
    {
        var files = new Argument<string[]>("files")
        {
            Description = "CSV, TSV, white-space tables, JSON Lines, Parquet, each also as .gz; or a folder of them.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        // A mistyped option would otherwise be taken for a file that does not exist.
        files.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(t => t.Value.StartsWith("--", StringComparison.Ordinal)))
                result.AddError($"There is no option {token.Value} here (a file of that name: ./{token.Value}).");
        });
        return files;
    }

    // Validators look at the words: a value that is no number is the parser's to refuse.
    internal static Action<OptionResult> AtLeast(Option<int> option, int least) => result =>
    {
        if (result.Tokens is [var token] && int.TryParse(token.Value, out var number) && number < least)
            result.AddError($"{option.Name} must be at least {least}.");
    };

    internal static Action<OptionResult> Between(Option option, double least, double most) => result =>
    {
        if (result.Tokens is [var token] && double.TryParse(token.Value, out var number) && !(number >= least && number <= most))
            result.AddError($"{option.Name} must be {least} to {most}.");
    };

    internal static Action<OptionResult> OneOf(Option option, params string[] words) => result =>
    {
        if (result.Tokens is [var token] && !words.Contains(token.Value))
            result.AddError($"{option.Name} '{token.Value}': must be one of {string.Join(", ", words)}.");
    };

    /// <summary>EVENT_COLUMN=NAME pairs to a dictionary; every wrong pair is listed.</summary>
    internal static Dictionary<string, string> Pairs(string[] pairs)
    {
        var wrong = pairs.Where(p => p.IndexOf('=', StringComparison.Ordinal) is < 1 || p.EndsWith('=')).ToArray();
        if (wrong.Length > 0)
            throw new ConfigurationException(string.Join('\n', wrong.Select(w => $"--map '{w}' is not EVENT_COLUMN=YOUR_COLUMN, such as customer_id=CustomerID.")));
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in pairs)
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            if (!map.TryAdd(pair[..at], pair[(at + 1)..])) throw new ConfigurationException($"--map gives {pair[..at]} twice.");
        }

        return map;
    }

    static DateTime? Instant(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant)
            && text.Length >= 8 && char.IsAsciiDigit(text[0]) && char.IsAsciiDigit(text[3]))
        {
            // A bare date means its whole day: events of that day are seen.
            return text.Length == 10 ? DateTime.SpecifyKind(instant.UtcDateTime.AddDays(1).AddTicks(-10), DateTimeKind.Utc) : instant.UtcDateTime;
        }

        result.AddError($"--as-of '{text}' is not a time; write 2011-12-09 or 2011-12-09T12:00:00Z.");
        return null;
    }

    static long Bytes(ArgumentResult result)
    {
        var text = result.Tokens[0].Value.Trim().ToUpperInvariant();
        foreach (var (unit, factor) in new[] { ("GIB", 1L << 30), ("MIB", 1L << 20), ("GB", 1_000_000_000L), ("MB", 1_000_000L), ("KB", 1_000L), ("B", 1L) })
        {
            if (!text.EndsWith(unit, StringComparison.Ordinal)) continue;
            if (double.TryParse(text[..^unit.Length], NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number * factor >= 100_000_000)
                return (long)(number * factor);
            break;
        }

        result.AddError($"--memory-limit '{result.Tokens[0].Value}' is not a size of at least 100MB; write 800MB or 2GB.");
        return 0;
    }
}

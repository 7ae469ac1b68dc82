using System.Text;
using Coterie.Cli;
using Coterie.Tests.Support;

namespace Coterie.Tests.House;

/// <summary>The docs are held against the code. COTERIE_UPDATE_DOCS=1 writes the generated page instead.</summary>
public class DocumentationTests
{
    [Fact]
    public void TheCommandLinePage_IsWhatTheCommandLineSays()
    {
        var page = Repository.At("docs", "guide", "05-command-line.md");
        var text = CommandLinePage();
        if (Environment.GetEnvironmentVariable("COTERIE_UPDATE_DOCS") == "1") File.WriteAllText(page, text);
        Assert.Equal(text, File.ReadAllText(page));
    }

    [Fact]
    public void EveryCommand_StandsInTheReadme()
    {
        var readme = File.ReadAllText(Repository.At("README.md"));
        Assert.All(CommandLine.Root().Subcommands, c => Assert.Contains(c.Name, readme, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("README.zh-CN.md")]
    [InlineData("src/README.md")]
    [InlineData("docs")]
    public void LinksBetweenPages_LeadSomewhere(string place)
    {
        var path = Repository.At(place);
        var pages = Directory.Exists(path) ? Directory.EnumerateFiles(path, "*.md", SearchOption.AllDirectories) : [path];
        var broken = new List<string>();
        foreach (var page in pages)
            foreach (System.Text.RegularExpressions.Match link in System.Text.RegularExpressions.Regex.Matches(File.ReadAllText(page), @"\]\(([^)#\s]+)[^)]*\)"))
            {
                var target = link.Groups[1].Value;
                if (target.Contains("://", StringComparison.Ordinal)) continue;
                var file = Path.Combine(Path.GetDirectoryName(page)!, target);
                if (!File.Exists(file) && !Directory.Exists(file)) broken.Add($"{Path.GetRelativePath(Repository.Root, page)}: {target}");
            }

        Assert.Empty(broken);
    }

    static string CommandLinePage()
    {
        var root = CommandLine.Root();
        var text = new StringBuilder()
            .Append("# The command line\n\n")
            .Append("This page is generated from the program; a test holds it.\n\n")
            .Append("`./coterie COMMAND …`. Progress goes to standard error, results to standard output; with `--json` one JSON document and nothing else.\n")
            .Append("`--verbose` works with every command and shows stack traces and every step of SQL with its time.\n\n")
            .Append("Exit codes: 0 done; 1 failed; 2 wrong usage or configuration; 3 the input cannot be used.\n");
        foreach (var command in root.Subcommands)
        {
            var arguments = string.Concat(command.Arguments.Select(a => a.Arity.MaximumNumberOfValues > 1 ? $" {a.Name.ToUpperInvariant()}…" : $" {a.Name.ToUpperInvariant()}"));
            text.Append($"\n## {command.Name}\n\n{command.Description}\n\n`./coterie {command.Name}{arguments}`\n\n| option | meaning |\n|---|---|\n");
            foreach (var argument in command.Arguments) text.Append($"| {argument.Name.ToUpperInvariant()} | {argument.Description} |\n");
            foreach (var option in command.Options.OrderBy(o => o.Name, StringComparer.Ordinal))
            {
                var names = string.Join(", ", new[] { option.Name }.Concat(option.Aliases.Order(StringComparer.Ordinal)).Distinct());
                var value = option.ValueType == typeof(bool) ? "" : $" {option.HelpName ?? "VALUE"}";
                text.Append($"| `{names}{value}`{(option.Required ? " (required)" : "")} | {option.Description} |\n");
            }
        }

        return text.ToString();
    }
}

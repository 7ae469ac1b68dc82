using System.Text.RegularExpressions;
using Coterie.Tests.Support;

namespace Coterie.Tests.House;

/// <summary>Rules of the house that a machine can hold.</summary>
public partial class HouseTests
{
    // The stages in order: a stage may use those before it. Numerics, Warehouse and Privacy may be used by all.
    static readonly string[] Stages = ["Collect", "Clean", "Features", "Clustering", "Sequences", "Evaluation", "Fusion", "Profiles", "Decisions", "Activation", "Feedback", "Reports"];
    static readonly string[] Everywhere = ["Numerics", "Warehouse", "Privacy"];

    static IEnumerable<string> Sources(params string[] under) => under
        .SelectMany(u => Directory.EnumerateFiles(Repository.At(u), "*.cs", SearchOption.AllDirectories))
        .Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
            && !f.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

    [Fact]
    public void Dependencies_PointOneWay_DownTheStages()
    {
        var wrong = new List<string>();
        foreach (var file in Sources("src/Coterie"))
        {
            var stage = Path.GetRelativePath(Repository.At("src", "Coterie"), file).Split(Path.DirectorySeparatorChar)[0];
            foreach (Match match in Using().Matches(File.ReadAllText(file)))
            {
                var used = match.Groups[1].Value;
                var fine = used == stage || Everywhere.Contains(used)
                    || !Directory.Exists(Repository.At("src", "Coterie", stage))
                    || (Array.IndexOf(Stages, used) is var u and >= 0 && Array.IndexOf(Stages, stage) is var s and >= 0 && u < s);
                if (!fine) wrong.Add($"{Path.GetRelativePath(Repository.Root, file)} uses {used}");
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void ThereAreThreeInterfaces_AtMost()
    {
        var interfaces = typeof(Segmentation).Assembly.GetTypes().Where(t => t.IsInterface).Select(t => t.Name).Order().ToArray();
        Assert.All(interfaces, i => Assert.Contains(i, new[] { "ISource", "IDestination", "IWarehouse" }));
    }

    [Fact]
    public void NoFileIsLongerThan500Lines() =>
        Assert.Empty(Sources("src", "tests", "bench").Where(f => File.ReadLines(f).Count() > 500).Select(f => Path.GetRelativePath(Repository.Root, f)));

    [Fact]
    public void NothingIsLeftUndone() =>
        Assert.DoesNotContain(Sources("src", "bench"), f => Unfinished().IsMatch(File.ReadAllText(f)));

    [Fact]
    public void EveryPublicType_HasASentence()
    {
        var xml = File.ReadAllText(Path.ChangeExtension(typeof(Segmentation).Assembly.Location, ".xml"));
        Assert.Empty(typeof(Segmentation).Assembly.GetExportedTypes()
            .Where(t => !t.IsNested && !xml.Contains($"\"T:{t.FullName}\"", StringComparison.Ordinal)).Select(t => t.FullName));
    }

    [Fact]
    public void EveryStageFolder_StandsInTheSourceReadme()
    {
        var readme = File.ReadAllText(Repository.At("src", "README.md"));
        var stages = Directory.EnumerateDirectories(Repository.At("src", "Coterie")).Select(d => Path.GetFileName(d)).Where(d => d is not ("bin" or "obj"));
        Assert.All(stages, stage => Assert.Contains($"`{stage}/`", readme, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"^using Coterie\.(\w+)", RegexOptions.Multiline)]
    private static partial Regex Using();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|NotImplementedException)\b")]
    private static partial Regex Unfinished();
}

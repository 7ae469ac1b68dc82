namespace Coterie.Tests.Support;

/// <summary>The real data sets beside the repository; a test that needs one is skipped where it is absent.</summary>
static class Shared
{
    /// <summary>Path of a file under <c>shared/data</c>.</summary>
    public static string Data(string relative)
    {
        foreach (var root in Roots())
        {
            var path = Path.Combine(root, "data", relative);
            if (File.Exists(path) || Directory.Exists(path)) return path;
        }

        Assert.Skip($"The data set '{relative}' is not here: set COTERIE_SHARED to the folder that holds data/, or put it beside the repository as ../shared.");
        return "";
    }

    static IEnumerable<string> Roots()
    {
        if (Environment.GetEnvironmentVariable("COTERIE_SHARED") is { Length: > 0 } given) yield return given;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            yield return Path.Combine(folder.FullName, "shared");
            if (folder.Parent is { } parent) yield return Path.Combine(parent.FullName, "shared");
        }
    }
}

namespace Coterie.Tests.Support;

/// <summary>The real data sets, which are not part of the repository.</summary>
static class Shared
{
    /// <summary>The path of a data set's file; skips the test where there is none.</summary>
    public static string Data(string relative)
    {
        foreach (var root in Roots())
            if (Path.Combine(root, "data", relative) is var path && File.Exists(path)) return path;
        Assert.Skip($"The data set '{relative}' is not here: it is looked for in ../shared/data above the repository, or in COTERIE_SHARED/data.");
        return "";
    }

    static IEnumerable<string> Roots()
    {
        if (Environment.GetEnvironmentVariable("COTERIE_SHARED") is { } named) yield return named;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            yield return Path.Combine(folder.FullName, "..", "shared");
    }
}

namespace Coterie.Tests;

/// <summary>Real data sets that are not part of the repository. Tests that need one skip where it is absent.</summary>
static class Shared
{
    public static string Data(string relative)
    {
        var roots = new List<string>();
        if (Environment.GetEnvironmentVariable("COTERIE_SHARED") is { Length: > 0 } given) roots.Add(given);
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            roots.Add(Path.Combine(folder.FullName, "..", "shared"));
        foreach (var root in roots)
        {
            var path = Path.GetFullPath(Path.Combine(root, "data", relative));
            if (File.Exists(path) || Directory.Exists(path)) return path;
        }

        Assert.Skip($"{relative} is not here. Set COTERIE_SHARED to a folder that has data/{relative}.");
        return "";
    }
}

using System.Runtime.InteropServices;

namespace Coterie.Speed;

/// <summary>What a measurement was made on; a number without it is worth nothing.</summary>
internal static class Machine
{
    internal static IReadOnlyDictionary<string, string> Describe() => new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["processor"] = Processor(),
        ["threads"] = $"{Environment.ProcessorCount}",
        ["system"] = RuntimeInformation.OSDescription,
        ["runtime"] = RuntimeInformation.FrameworkDescription,
        ["date"] = $"{DateTime.UtcNow:yyyy-MM-dd}",
    };

    internal static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Coterie.slnx"))) directory = directory.Parent;
        return directory?.FullName ?? throw new InvalidOperationException("Run it from inside the repository.");
    }

    static string Processor()
    {
        const string file = "/proc/cpuinfo";
        return File.Exists(file)
            ? File.ReadLines(file).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown"
            : RuntimeInformation.ProcessArchitecture.ToString();
    }
}

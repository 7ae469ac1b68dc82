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

    static string Processor()
    {
        const string file = "/proc/cpuinfo";
        return File.Exists(file)
            ? File.ReadLines(file).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown"
            : RuntimeInformation.ProcessArchitecture.ToString();
    }
}

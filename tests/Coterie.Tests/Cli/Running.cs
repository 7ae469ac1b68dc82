using Coterie.Cli;

namespace Coterie.Tests.Cli;

/// <summary>Runs a command as a person would, in this process, and keeps what it printed.</summary>
sealed record Ran(int Code, string Output, string Error);

/// <summary>A scratch folder for one test class, and the command line in it.</summary>
public abstract class Running : IDisposable
{
    protected string Root { get; } = Directory.CreateTempSubdirectory("coterie-cli-").FullName;

    protected string At(string name) => Path.Combine(Root, name);

    protected string Write(string name, string text)
    {
        File.WriteAllText(At(name), text);
        return At(name);
    }

    protected string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(At(name), bytes);
        return At(name);
    }

    internal static async Task<Ran> Coterie(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CommandLine.Run(args, output, error);
        return new Ran(code, output.ToString(), error.ToString());
    }

    /// <summary>A small shop's orders: customers with different habits, times with minutes, several categories.</summary>
    protected static string Orders(int customers = 200, int seed = 5)
    {
        var rng = new Coterie.Numerics.Seed((ulong)seed).Stream(0);
        var lines = new List<string> { "order_id,customer_id,order_date,product_id,category,quantity,unit_price" };
        var order = 1000;
        for (var c = 0; c < customers; c++)
        {
            var habit = c % 4;
            var orders = habit switch { 0 => 1, 1 => 4, 2 => 12, _ => 2 };
            for (var o = 0; o < orders; o++)
            {
                var day = new DateTime(2024, 1, 1).AddDays(habit == 3 ? rng.NextInt(60) : rng.NextInt(360)).AddMinutes(60 * 9 + rng.NextInt(600));
                order++;
                for (var l = 0; l <= rng.NextInt(3); l++)
                    lines.Add($"{order},C{c:0000},{day:yyyy-MM-dd HH:mm:ss},P{rng.NextInt(50)},{new[] { "garden", "kitchen", "toys" }[rng.NextInt(3)]},{1 + rng.NextInt(4)},{(5 + habit * 10 + rng.NextDouble() * 20):0.00}");
            }
        }

        return string.Join('\n', lines) + "\n";
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) => Directory.Delete(Root, recursive: true);
}

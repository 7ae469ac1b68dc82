using System.Security.Cryptography;
using Coterie.Evaluation;
using Coterie.Numerics;
using Coterie.Simulation;

namespace Coterie.Tests.Simulation;

/// <summary>A simulated shop in a directory of its own, removed afterwards.</summary>
sealed class SimulatedShop : IDisposable
{
    readonly string directory = System.IO.Directory.CreateTempSubdirectory("coterie-shop-").FullName;

    public SimulatedShop(SimulationOptions options, IProgress<long>? progress = null)
        => Summary = Simulator.Write(options, directory, progress, TestContext.Current.CancellationToken);

    public SimulationSummary Summary { get; }

    public List<string[]> Rows() => LabelCsv.Read(Summary.EventsFile);

    public string Hash(string file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(directory, file))));

    public void Dispose() => System.IO.Directory.Delete(directory, recursive: true);

    /// <summary>The life of one customer as one persona, without dirt.</summary>
    public static List<SimulatedEvent> Life(Journey journey, uint source, Persona persona)
    {
        journey.Begin(source);
        Lives.Live(journey, persona);
        journey.Finish();
        return journey.Events;
    }

    public static Journey SomeJourney(int days = 365, ulong seed = 11)
    {
        var options = new SimulationOptions { Days = days, Seed = seed };
        var calendar = new Calendar(options.Start, options.Days);
        return new Journey(new Catalogue(options, calendar), calendar, new Seed(seed));
    }
}

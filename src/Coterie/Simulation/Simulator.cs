using System.Text;
using Coterie.Numerics;

namespace Coterie.Simulation;

/// <summary>Simulates a shop whose customers' personas are known: <c>events.csv</c> in order of time, <c>products.csv</c>, and
/// <c>truth.csv</c> (customer_id, persona).</summary>
/// <remarks>Every customer is drawn from numbered streams of the seed, so that the bytes depend on nothing but the options:
/// not on threads, nor on the machine. Memory does not grow with the number of customers.</remarks>
public static class Simulator
{
    const int CustomersPerChunk = 256;
    const int MaxBlocks = 2_048;
    const long BlockBytes = 16L << 20;
    // Measured: 57 rows of 117 bytes a year, and the blocks' headers.
    const double BytesPerCustomerDay = 21;

    /// <summary>Writes the three files into a directory, which is made where it is missing. Files of the same names are replaced, and
    /// only when everything has been written.</summary>
    /// <param name="progress">Customers whose events are made.</param>
    /// <exception cref="ConfigurationException">Options out of range; the message lists all of them.</exception>
    /// <exception cref="InputException">The directory cannot be written.</exception>
    public static SimulationSummary Write(
        SimulationOptions options, string directory, IProgress<long>? progress = null, CancellationToken stop = default)
    {
        options.Check();
        var temporary = Path.Combine(directory, ".simulating-" + Guid.NewGuid().ToString("N")[..8]);
        try
        {
            Directory.CreateDirectory(temporary);
            return WriteInto(options, directory, temporary, progress, stop);
        }
        catch (Exception e) when (Cause(e) is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"The simulated shop cannot be written to {directory}: {Cause(e).Message} Choose a directory that can be "
                + "written and has room, or fewer customers or days.", e);
        }
        finally
        {
            if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
        }
    }

    // Workers' exceptions come wrapped.
    static Exception Cause(Exception e) => e is AggregateException { InnerException: { } inner } ? inner : e;

    static SimulationSummary WriteInto(
        SimulationOptions options, string directory, string temporary, IProgress<long>? progress, CancellationToken stop)
    {
        var calendar = new Calendar(options.Start, options.Days);
        var catalogue = new Catalogue(options, calendar);
        catalogue.Write(Path.Combine(temporary, "products.csv"));
        var personas = WriteTruth(options, Path.Combine(temporary, "truth.csv"));

        var tally = new Tally();
        long bytes;
        using (var rows = new TimeOrderedFile(temporary, calendar.Seconds, Blocks(options), options.Threads))
        {
            Generate(options, catalogue, calendar, rows, tally, progress, stop);
            using var output = new FileStream(Path.Combine(temporary, "events.csv"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 20);
            output.Write(RowWriter.Header);
            rows.WriteTo(output, stop);
            output.Flush();
            bytes = output.Length;
        }

        string Move(string name)
        {
            var target = Path.Combine(directory, name);
            File.Move(Path.Combine(temporary, name), target, overwrite: true);
            return target;
        }

        return new SimulationSummary
        {
            EventsFile = Move("events.csv"),
            ProductsFile = Move("products.csv"),
            TruthFile = Move("truth.csv"),
            Customers = options.Customers,
            Bots = Bots(options),
            Strangers = Strangers(options),
            Products = catalogue.Count,
            Events = tally.Rows,
            CustomerEvents = tally.Customer,
            BotEvents = tally.Bot,
            NoiseEvents = tally.Noise,
            DuplicateRows = tally.Duplicate,
            AnonymousEvents = tally.Anonymous,
            Bytes = bytes,
            Personas = personas,
        };
    }

    // Sources are numbered: customers first, then robots, then strangers.
    static int Bots(SimulationOptions options) => options.BotShare == 0 ? 0 : Math.Max(1, (int)(options.BotShare * options.Customers));

    static int Strangers(SimulationOptions options) => (int)(options.AnonymousShare * options.Customers);

    static int Blocks(SimulationOptions options)
        => (int)Math.Clamp(BytesPerCustomerDay * options.Customers * options.Days / BlockBytes, 1, Math.Min(MaxBlocks, options.Days * 24));

    static SortedDictionary<string, int> WriteTruth(SimulationOptions options, string path)
    {
        var seed = new Seed(options.Seed);
        var counts = new int[Personas.Names.Count];
        using var writer = new StreamWriter(path, append: false, new UTF8Encoding(false), 1 << 16) { NewLine = "\n" };
        writer.WriteLine("customer_id,persona");
        for (uint source = 0; source < options.Customers; source++)
        {
            var persona = Journey.PersonaOf(seed, source);
            counts[(int)persona]++;
            writer.Write(RowWriter.CustomerName(source));
            writer.Write(',');
            writer.WriteLine(persona.Name());
        }

        var named = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < counts.Length; i++) named[Personas.Names[i]] = counts[i];
        return named;
    }

    static void Generate(SimulationOptions options, Catalogue catalogue, Calendar calendar, TimeOrderedFile rows, Tally total,
        IProgress<long>? progress, CancellationToken stop)
    {
        var sources = (long)options.Customers + Bots(options) + Strangers(options);
        var chunks = (sources + CustomersPerChunk - 1) / CustomersPerChunk;
        long done = 0;
        Parallel.For(0, chunks, new ParallelOptions { MaxDegreeOfParallelism = options.Threads, CancellationToken = stop },
            () => new Worker(options, catalogue, calendar),
            (chunk, _, worker) =>
            {
                var to = Math.Min(sources, (chunk + 1) * CustomersPerChunk);
                for (var source = chunk * CustomersPerChunk; source < to; source++) worker.Run((uint)source, rows);
                progress?.Report(Math.Min(options.Customers, Interlocked.Add(ref done, to - chunk * CustomersPerChunk)));
                return worker;
            },
            worker => total.Add(worker.Tally));
    }

    /// <summary>Rows by what they are; whole numbers, so that the order of adding does not matter.</summary>
    internal sealed class Tally
    {
        public long Rows, Customer, Bot, Noise, Duplicate, Anonymous;

        readonly Lock gate = new();

        public void Add(Tally other)
        {
            lock (gate)
            {
                Rows += other.Rows;
                Customer += other.Customer;
                Bot += other.Bot;
                Noise += other.Noise;
                Duplicate += other.Duplicate;
                Anonymous += other.Anonymous;
            }
        }
    }

    sealed class Worker(SimulationOptions options, Catalogue catalogue, Calendar calendar)
    {
        readonly Seed seed = new(options.Seed);
        readonly Journey journey = new(catalogue, calendar, new Seed(options.Seed));
        readonly RowWriter writer = new(catalogue, calendar, options.Seed);

        public readonly Tally Tally = new();

        public void Run(uint source, TimeOrderedFile rows)
        {
            journey.Begin(source);
            var bot = source >= options.Customers && source < options.Customers + Bots(options);
            Identity? all = null;
            if (source < options.Customers)
            {
                Lives.Live(journey, Journey.PersonaOf(seed, source));
                journey.Finish();
                if (journey.Events.Count == 0) journey.Appear();
                Dirt.Soil(journey, options);
            }
            else
            {
                all = bot ? Dirt.Crawl(journey) : Dirt.Visit(journey);
            }

            foreach (var each in journey.Events)
            {
                var e = all is { } identity ? each with { Identity = identity } : each;
                var row = writer.Write(e, source, journey);
                rows.Append(e.Second, source, row);
                Count(e, bot);
                if (!journey.Dirt.Chance(options.DuplicateShare)) continue;
                rows.Append(e.Second, source, row);
                Tally.Rows++;
                Tally.Duplicate++;
            }
        }

        void Count(in SimulatedEvent e, bool bot)
        {
            Tally.Rows++;
            if (bot) Tally.Bot++;
            else if (e.Noise) Tally.Noise++;
            else if (e.Identity == Identity.Anonymous) Tally.Anonymous++;
            else Tally.Customer++;
        }
    }
}

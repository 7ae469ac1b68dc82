using System.Diagnostics;
using System.Text.Json;
using Coterie.Learning;
using Coterie.Learning.Models;
using Coterie.Learning.Native;
using Coterie.Numerics;
using Coterie.Sequences;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Coterie.Speed;

/// <summary>Training steps and scoring of a small Transformer beside PyTorch's, the same layers on as many threads, and histories scored by the real encoder.</summary>
/// <remarks>Token embedding (1000 x 64) and places, two blocks of 4 heads and 256 inside, norm after each half, no dropout, mean over 64 places, one output.
/// Both sides run while the machine does what it does: the processor time of each is given beside the clock's.</remarks>
internal static class TransformerTask
{
    const int Length = 64, Batch = 256, Tokens = 1000, Dim = 64;
    static readonly JsonSerializerOptions Pretty = new() { WriteIndented = true };

    sealed class Net : nn.Module<Tensor, Tensor>
    {
        readonly Embedding token = nn.Embedding(Tokens, Dim), place = nn.Embedding(Length, Dim);
        readonly ModuleList<EncoderBlock> blocks = new(new EncoderBlock(Dim, 4, 256, 0, NormPlace.After), new EncoderBlock(Dim, 4, 256, 0, NormPlace.After));
        readonly Linear output = nn.Linear(Dim, 1);
        readonly Tensor places = arange(Length);

        public Net() : base(nameof(Net)) => RegisterComponents();

        public override Tensor forward(Tensor ids)
        {
            using var scope = NewDisposeScope();
            var h = token.call(ids) + place.call(places);           // B x L x D
            foreach (var block in blocks) h = block.call(h, null, false);
            return output.call(h.mean([1])).squeeze(1).MoveToOuterDisposeScope();
        }
    }

    internal static int Run(string[] args)
    {
        string Option(string name, string otherwise) => Array.IndexOf(args, name) is var i and >= 0 && i + 1 < args.Length ? args[i + 1] : otherwise;
        int steps = int.Parse(Option("--steps", "10")), runs = int.Parse(Option("--runs", "3")), threads = int.Parse(Option("--threads", "2"));
        var driver = Path.Combine(Path.GetFullPath(Option("--peers", Path.Combine(Machine.Root(), "..", "shared", "peers"))), "transformer_torch.py");
        var alone = args.Contains("--alone");
        if (!alone && !File.Exists(driver))
        {
            Console.Error.WriteLine($"The peer's driver is not at {driver}; name its folder with --peers, or time ours --alone.");
            return 1;
        }

        LibTorch.Ready();
        set_num_threads(threads);
        manual_seed(1);
        using var net = new Net();
        using var ids = randint(0, Tokens, [Batch, Length], dtype: ScalarType.Int64);
        using var labels = rand(Batch).lt(0.5).to(ScalarType.Float32);
        using var optimiser = new Coterie.Learning.Training.AdamW(net, 0);
        Train(net, ids, labels, optimiser, steps);
        List<Timing> train = [], infer = [];
        List<JsonElement> peer = [];
        for (var run = 0; run < runs; run++)
        {
            train.Add(Time(() => Train(net, ids, labels, optimiser, steps)));
            infer.Add(Time(() => Infer(net, ids)));
            if (!alone) peer.AddRange(Python(driver, steps, threads));
        }

        var real = Scored(threads, runs);
        double Peer(string task) => Median([.. peer.Where(p => p.GetProperty("task").GetString() == task).Select(p => p.GetProperty("seconds").GetDouble())]);
        var result = new
        {
            task = "transformer", machine = Machine.Describe(), libtorch = __version__, threads, batch = Batch, length = Length, dim = Dim, steps, runs,
            train_steps_per_second = Math.Round(steps / Median([.. train.Select(t => t.Seconds)]), 2),
            train_steps_per_processor_second = Math.Round(steps / Median([.. train.Select(t => t.Processor)]), 2),
            infer_sequences_per_second = Math.Round(Batch / Median([.. infer.Select(t => t.Seconds)])),
            peer_version = alone ? null : peer[0].GetProperty("version").GetString(),
            peer_train_steps_per_second = alone ? (double?)null : Math.Round(steps / Peer("transformer-train"), 2),
            peer_infer_sequences_per_second = alone ? (double?)null : Math.Round(Batch / Peer("transformer-infer-256")),
            encoder_sequences_per_second = Math.Round(real.Seconds), encoder_sequences_per_processor_second = Math.Round(real.Processor),
        };
        var text = JsonSerializer.Serialize(result, Pretty);
        Console.WriteLine(text);
        File.WriteAllText(Path.Combine(Machine.Root(), "bench", "results", "transformer.json"), text + "\n");
        return 0;
    }

    static void Train(Net net, Tensor ids, Tensor labels, Coterie.Learning.Training.AdamW optimiser, int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            using var scope = NewDisposeScope();
            optimiser.ZeroGradients();
            nn.functional.binary_cross_entropy_with_logits(net.call(ids), labels).backward();
            optimiser.Step(1e-3);
        }
    }

    static void Infer(Net net, Tensor ids)
    {
        using var still = no_grad();
        using var scope = NewDisposeScope();
        net.call(ids);
    }

    /// <summary>Sequences a second by the clock and by the processor, of the encoder as it ships: 64 events of 19 fields.</summary>
    static Timing Scored(int threads, int runs)
    {
        const int customers = 4_000, count = 19;
        var rng = new Rng(1, 1);
        SequenceField[] fields = [.. Enumerable.Range(0, count).Select(f => new SequenceField($"f{f}", "", f == 0 ? 4_098 : 14, []))];
        var sequences = new CustomerSequences
        {
            Fields = fields,
            Customers = [.. Enumerable.Range(0, customers).Select(i => $"c{i}")],
            Offsets = [.. Enumerable.Range(0, customers + 1).Select(i => i * Length)],
            Codes = [.. fields.Select(f => Enumerable.Range(0, customers * Length).Select(_ => (ushort)rng.NextInt(f.Codes)).ToArray())],
            Seconds = [.. Enumerable.Range(0, customers * Length).Select(e => 1_700_000_000L + 600 * e)],
        };
        using var model = SequenceModel.Untrained(fields, new BehaviourTransformerOptions(), new(1));
        model.Embed([sequences], threads);
        var times = Enumerable.Range(0, runs).Select(_ => Time(() => model.Embed([sequences], threads))).ToArray();
        return new(customers / Median([.. times.Select(t => t.Seconds)]), customers / Median([.. times.Select(t => t.Processor)]));
    }

    readonly record struct Timing(double Seconds, double Processor);

    static Timing Time(Action work)
    {
        using var self = Process.GetCurrentProcess();
        var before = self.TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        work();
        var seconds = clock.Elapsed.TotalSeconds;
        self.Refresh();
        return new(seconds, (self.TotalProcessorTime - before).TotalSeconds);
    }

    // One repetition a start: the two sides take turns here.
    static List<JsonElement> Python(string driver, int steps, int threads)
    {
        var start = new ProcessStartInfo("/usr/bin/python3", [driver, $"{steps}"]) { RedirectStandardOutput = true };
        (start.Environment["REPS"], start.Environment["QUIET_WAIT"], start.Environment["THREADS"]) = ("1", "0", $"{threads}");
        using var process = Process.Start(start)!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{driver} ended with {process.ExitCode}.");
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement.Clone())];
    }

    static double Median(double[] values)
    {
        Array.Sort(values);
        return (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
    }
}

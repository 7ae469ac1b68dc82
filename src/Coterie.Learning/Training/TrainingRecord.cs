using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Coterie.Numerics;
using TorchSharp;

namespace Coterie.Learning.Training;

/// <summary>The record of a training: <c>training.json</c> with parameters, curve and versions, and TensorBoard's event files.</summary>
static class TrainingRecord
{
    static readonly JsonSerializerOptions Pretty = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Equal for two runs exactly when they would come to the same: task, options that matter, customers, lengths, shapes and seed.</summary>
    public static string Identity(TrainingTask task, TrainingOptions options, Seed seed)
    {
        var same = options with { Threads = 0, CheckpointSteps = 1, TimeBudget = null };
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Add(string text) => hash.AppendData(Encoding.UTF8.GetBytes($"{text}\n"));
        Add(JsonSerializer.Serialize(new { task = task.Name, of = task.Options, options = same, seed = seed.Value }));
        foreach (var (name, parameter) in task.Module.named_parameters()) Add($"{name} {string.Join(',', parameter.shape)}");
        for (var row = 0; row < task.Rows; row++) Add($"{task.Customer(row)} {task.Length(row)}");
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public static void Scalars(string folder, TrainingEpoch epoch)
    {
        var writer = torch.utils.tensorboard.SummaryWriter(Path.Combine(folder, "tensorboard"), createRunName: false);
        writer.add_scalar("loss/training", (float)epoch.Loss, epoch.Step);
        if (epoch.Validation is { } validation) writer.add_scalar("loss/validation", (float)validation, epoch.Step);
        writer.add_scalar("learning_rate", (float)epoch.LearningRate, epoch.Step);
        foreach (var (name, loss) in epoch.Parts) writer.add_scalar($"part/{name}", (float)loss, epoch.Step);
    }

    public static void Write(string folder, TrainingTask task, TrainingOptions options, Seed seed, TrainingResult result)
    {
        var record = new
        {
            task = task.Name,
            model = task.Options,
            training = options,
            seed = seed.Value,
            result,
            versions = new
            {
                coterie = typeof(TrainingRecord).Assembly.GetName().Version?.ToString(3),
                torchsharp = typeof(torch).Assembly.GetName().Version?.ToString(3),
                libtorch = torch.__version__,
                runtime = RuntimeInformation.FrameworkDescription,
                system = RuntimeInformation.RuntimeIdentifier,
            },
        };
        Checkpoint.WriteWhole(Path.Combine(folder, "training.json"), JsonSerializer.SerializeToUtf8Bytes(record, Pretty));
    }
}

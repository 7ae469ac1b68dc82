using System.Security.Cryptography;
using System.Text.Json;
using Coterie.Learning.Weights;

namespace Coterie.Learning.Training;

/// <summary>Everything that a training needs to go on as if it had never stopped. Random numbers are drawn from streams of the seed numbered by step, so the
/// step is the whole state of the generator.</summary>
sealed class TrainingState
{
    /// <summary>What the run was started with; a checkpoint of another run is refused.</summary>
    public string Run { get; set; } = "";
    public int Epoch { get; set; }
    /// <summary>Batches done in this epoch.</summary>
    public int Batch { get; set; }
    public int Step { get; set; }
    /// <summary>Rows of a batch that are computed at once; smaller than the batch after memory ran out.</summary>
    public int AtOnce { get; set; }
    public double LossSum { get; set; }
    /// <summary>Parts of the loss in this epoch.</summary>
    public LossParts Parts { get; set; } = new();
    public int BestEpoch { get; set; }
    public double BestLoss { get; set; } = double.MaxValue;
    public List<TrainingEpoch> Curve { get; set; } = [];
    public List<string> Findings { get; set; } = [];
    public double Seconds { get; set; }
    /// <summary>Name and SHA-256 of the file with the numbers.</summary>
    public string File { get; set; } = "";
    public string Sha256 { get; set; } = "";
}

/// <summary>Checkpoints of a training in a folder: a small JSON file that names the file with the numbers. The JSON is replaced whole, last.</summary>
static class Checkpoint
{
    const string Name = "checkpoint.json";

    public static void Save(string folder, TrainingState state, SortedDictionary<string, StoredTensor> tensors)
    {
        Directory.CreateDirectory(folder);
        var former = state.File;
        var bytes = Safetensors.Write(tensors);
        state.File = $"checkpoint-{state.Step}-{state.Curve.Count}.safetensors";
        state.Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));
        WriteWhole(Path.Combine(folder, state.File), bytes);
        WriteWhole(Path.Combine(folder, Name), JsonSerializer.SerializeToUtf8Bytes(state));
        if (former.Length > 0 && former != state.File) File.Delete(Path.Combine(folder, former));
    }

    /// <summary>Null when the folder holds none.</summary>
    /// <exception cref="InputException">The checkpoint is of another run, or was changed.</exception>
    public static TrainingState? Load(string folder, string run, out SortedDictionary<string, StoredTensor> tensors)
    {
        tensors = [];
        var path = Path.Combine(folder, Name);
        if (!File.Exists(path)) return null;
        TrainingState? state;
        try
        {
            state = JsonSerializer.Deserialize<TrainingState>(File.ReadAllBytes(path));
        }
        catch (JsonException e)
        {
            throw new InputException($"{path} is not a checkpoint ({e.Message}). Remove it to begin anew.", e);
        }

        if (state is null || state.File != Path.GetFileName(state.File)) throw new InputException($"{path} is not a checkpoint. Remove it to begin anew.");
        if (state.Run != run)
            throw new InputException($"{path} belongs to a training with other customers, options or seed. Remove it to begin anew, or go on with what it was started with.");
        var numbers = Path.Combine(folder, state.File);
        if (!File.Exists(numbers)) throw new InputException($"{path} names {state.File}, which is not there. Remove it to begin anew.");
        var bytes = File.ReadAllBytes(numbers);
        var found = Convert.ToHexStringLower(SHA256.HashData(bytes));
        if (found != state.Sha256) throw new InputException($"{numbers} was changed or cut off: its SHA-256 is {found}; expected {state.Sha256}. Remove {path} to begin anew.");
        tensors = Safetensors.Read(bytes, numbers);
        return state;
    }

    /// <summary>When a training is over its checkpoint is of no more use.</summary>
    public static void Remove(string folder, TrainingState state)
    {
        File.Delete(Path.Combine(folder, Name));
        if (state.File.Length > 0) File.Delete(Path.Combine(folder, state.File));
    }

    internal static void WriteWhole(string path, byte[] bytes)
    {
        var partial = $"{path}.partial";
        File.WriteAllBytes(partial, bytes);
        File.Move(partial, path, overwrite: true);
    }
}

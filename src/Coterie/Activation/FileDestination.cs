namespace Coterie.Activation;

/// <summary>How a file of changes is written.</summary>
public enum ChangeFormat
{
    Csv,
    Parquet,
    JsonLines,
}

/// <summary>Writes each sync into a file of its own: everybody at first, then only changes.</summary>
/// <remarks>A file is named by the audience, the batch's number and its key, and stands there whole or not at all; written again it is the same file with the same
/// bytes, and no other is ever replaced.</remarks>
public sealed class FileDestination : IDestination
{
    readonly string directory;
    readonly ChangeFormat format;

    /// <exception cref="ConfigurationException">The directory is a file.</exception>
    public FileDestination(string directory, ChangeFormat format)
    {
        this.directory = Path.GetFullPath(directory);
        this.format = format;
        if (File.Exists(this.directory)) throw new ConfigurationException($"--out: '{directory}' is a file; a directory is expected. Name another path.", $"“{Path.GetFileName(directory)}”是一个文件，应为文件夹；请换一个名称。");
        Facts = new DestinationFacts("file", $"files in {directory}", $"{this.directory}\n{format}", Batch: int.MaxValue);
    }

    public DestinationFacts Facts { get; }

    public Task Deliver(AudienceBatch batch, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        var path = PathOf(batch);
        ChangeDirectory.Write(directory, path, stream =>
        {
            switch (format)
            {
                case ChangeFormat.Csv: ChangeFiles.Csv(stream, batch); break;
                case ChangeFormat.JsonLines: ChangeFiles.JsonLines(stream, batch); break;
                default: ChangeFiles.Parquet(stream, batch, path + ".making"); break;
            }
        });
        return Task.CompletedTask;
    }

    internal string PathOf(AudienceBatch batch) =>
        Path.Combine(directory, ChangeDirectory.Name(batch) + (format switch { ChangeFormat.Csv => ".csv", ChangeFormat.JsonLines => ".jsonl", _ => ".parquet" }));
}

/// <summary>Where files of changes are put.</summary>
static class ChangeDirectory
{
    /// <summary>"coterie_s1.000001.1f2e3d4c".</summary>
    internal static string Name(AudienceBatch batch) => $"{batch.Audience}.{batch.Number:000000}.{batch.Key[4..12]}";

    /// <exception cref="DeliveryException">It cannot be written.</exception>
    internal static void Write(string directory, string path, Action<Stream> write)
    {
        try
        {
            Directory.CreateDirectory(directory);
            Durable.Write(path, write);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DeliveryException(Disk.IsFull(e) ? $"'{path}' cannot be written: the disk is full" : $"'{path}' cannot be written: {e.Message}", maybe: File.Exists(path), e);
        }
    }
}

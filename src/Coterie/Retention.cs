using System.Text.Json;
using Coterie.Clean;
using Coterie.Privacy;
using Coterie.Warehouse.DuckDb;

namespace Coterie;

/// <summary>How to apply a workspace's limits of what it keeps.</summary>
public sealed record RetentionOptions
{
    /// <summary>The workspace's directory.</summary>
    public required string Workspace { get; init; }
    /// <summary>Null: those of <c>coterie.json</c>.</summary>
    public RetentionLimits? Limits { get; init; }
    /// <summary>Only says what would go.</summary>
    public bool DryRun { get; init; }
    /// <summary>The server's log: given days, now, and whether it is a dry run, answers with bytes by folder. Null where no server was ever run.</summary>
    public Func<int, DateTime, bool, IReadOnlyDictionary<string, long>>? Log { get; init; }
    public DuckDbOptions Storage { get; init; } = new();
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}

/// <summary>What went because it was old.</summary>
public sealed record RetentionReceipt
{
    public required DateTime At { get; init; }
    public bool DryRun { get; init; }
    public required RetentionLimits Limits { get; init; }
    /// <summary>Events from before this instant went; null without a limit.</summary>
    public DateTime? EventsBefore { get; init; }
    /// <summary>Rows of events, and refused rows that are kept to be known again.</summary>
    public long Events { get; init; }
    /// <summary>Rows of the quarantine.</summary>
    public long Refused { get; init; }
    public IReadOnlyList<string> Runs { get; init; } = [];
    /// <summary>Bytes of the server's log and inbox, by folder.</summary>
    public IReadOnlyDictionary<string, long> LogBytes { get; init; } = new Dictionary<string, long>();
    public IReadOnlyList<string> Notes { get; init; } = [];
    public IReadOnlyList<string> NotesZh { get; init; } = [];

    /// <summary>As it is kept and shown.</summary>
    public string Text() => JsonSerializer.Serialize(this, ErasureReceipt.Json);
}

/// <summary>Removes what is older than the workspace's limits say.</summary>
public static class Retention
{
    const string Schema = "coterie.retention/1", File = "retention.json", Going = ".removed-";
    const int Kept = 100;

    sealed record Document(string Schema, IReadOnlyList<RetentionReceipt> Receipts);

    /// <summary>Opens the workspace and applies its limits.</summary>
    /// <exception cref="ConfigurationException">No limit is set, or one cannot be.</exception>
    /// <exception cref="InputException">It is no workspace, damaged or held.</exception>
    public static RetentionReceipt Run(RetentionOptions options)
    {
        using var workspace = Workspace.Open(options.Workspace, options.Storage, create: false);
        return Run(workspace, options);
    }

    /// <summary>Applies the limits in a workspace that is open. Its <see cref="Workspace.Warehouse"/> may be another object afterwards, and nobody else may use it meanwhile.</summary>
    public static RetentionReceipt Run(Workspace workspace, RetentionOptions options)
    {
        var limits = options.Limits ?? workspace.Settings.Retention ?? new RetentionLimits();
        limits.Check();
        if (limits is { EventsMonths: null, LogDays: null, Runs: null })
            throw new ConfigurationException("No limit is set: everything is kept for ever. Set some in coterie.json, such as \"retention\": { \"events_months\": 36, \"log_days\": 90, \"runs\": 30 }.");
        var now = options.Clock.GetUtcNow().UtcDateTime;
        var receipt = new RetentionReceipt { At = now, DryRun = options.DryRun, Limits = limits };
        if (limits.EventsMonths is { } months) receipt = Events(workspace, receipt, now.AddMonths(-months), options.DryRun);
        if (limits.Runs is { } runs) receipt = receipt with { Runs = Runs(workspace.Directory, runs, options.DryRun) };
        if (limits.LogDays is { } days && options.Log is { } log) receipt = receipt with { LogBytes = log(days, now, options.DryRun) };
        if (!options.DryRun) Keep(workspace.Directory, receipt);
        return receipt;
    }

    static RetentionReceipt Events(Workspace workspace, RetentionReceipt receipt, DateTime cutoff, bool dryRun)
    {
        var gone = StoreRewriting.Before(workspace.Warehouse, cutoff);
        long Of(string table) => gone.FirstOrDefault(g => g.Table == table)?.Rows ?? 0;
        receipt = receipt with { EventsBefore = cutoff, Events = Of(EventStore.Rows), Refused = Of(EventStore.Quarantine) };
        if (receipt.Events + receipt.Refused == 0) return receipt;
        if (!dryRun)
        {
            workspace.Offline((file, storage) =>
            {
                var clean = file + ".erasing";
                StoreRewriting.Since(file, clean, storage, cutoff);
                Erasure.Replace(clean, file);
            });
        }

        return receipt with
        {
            Notes = ["A file with old events that is ingested again brings them back, until the next time.", "Refused rows that tell no time, such as lines that could not be read, stay."],
            NotesZh = ["若再次导入含旧事件的文件，这些事件会重新出现，直至下次清理。", "没有时间的被拒行（例如无法识别的行）会保留。"],
        };
    }

    static IReadOnlyList<string> Runs(string workspace, int most, bool dryRun)
    {
        var folder = Path.Combine(workspace, "runs");
        var old = Workspace.RunsOf(workspace).SkipLast(most).ToArray();
        if (dryRun || !Directory.Exists(folder)) return old;
        // Out of sight at once, so that a run is there whole or not at all.
        foreach (var run in old) Directory.Move(Path.Combine(folder, run), Path.Combine(folder, Going + run));
        foreach (var going in Directory.EnumerateDirectories(folder, Going + "*")) Directory.Delete(going, recursive: true);
        return old;
    }

    /// <summary>The receipts of a workspace, newest first.</summary>
    /// <exception cref="InputException">The file is damaged.</exception>
    public static IReadOnlyList<RetentionReceipt> Receipts(string workspace)
    {
        var path = Path.Combine(workspace, File);
        if (!System.IO.File.Exists(path)) return [];
        try
        {
            return JsonSerializer.Deserialize<Document>(System.IO.File.ReadAllBytes(path), ErasureReceipt.Json)?.Receipts ?? [];
        }
        catch (JsonException e)
        {
            throw new InputException($"'{path}' is damaged: {e.Message} It only tells what went before; move it away.", e);
        }
    }

    static void Keep(string workspace, RetentionReceipt receipt)
    {
        var document = new Document(Schema, [receipt, .. Receipts(workspace).Take(Kept - 1)]);
        Durable.Write(Path.Combine(workspace, File), stream => JsonSerializer.Serialize(stream, document, ErasureReceipt.Json));
    }
}

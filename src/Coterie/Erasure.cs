using System.Globalization;
using System.Security.Cryptography;
using Coterie.Activation;
using Coterie.Clean;
using Coterie.Privacy;
using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;

namespace Coterie;

/// <summary>Something else that keeps data of customers for a workspace and must forget a person too: a server's log, its database.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Erase">Removes the person, whole or not at all where it is cut; doing it twice must be the same as once. Tells what it is about to remove before it does.</param>
public sealed record ErasedStore(string Name, Action<ErasedPerson, Action<ErasedFrom>> Erase);

/// <summary>Whom to erase, and why.</summary>
public sealed record ErasureOptions
{
    /// <summary>The workspace's directory.</summary>
    public required string Workspace { get; init; }
    /// <summary>Ids of customers: known, merged, or anonymous ones.</summary>
    public required IReadOnlyList<string> Customers { get; init; }
    /// <summary>For the receipt: which request this answers.</summary>
    public string? Reason { get; init; }
    /// <summary>For the receipt: who does it.</summary>
    public string By { get; init; } = Environment.UserName;
    /// <summary>Takes ids that the events do not have too: they may be in the <see cref="Stores"/>, and later events of them are refused.</summary>
    public bool AlsoUnknown { get; init; }
    /// <summary>What else must forget the person.</summary>
    public IReadOnlyList<ErasedStore> Stores { get; init; } = [];
    public DuckDbOptions Storage { get; init; } = new();
    public TimeProvider Clock { get; init; } = TimeProvider.System;
    /// <summary>Called at each step; a test may throw there, as if the process were killed.</summary>
    internal Action<string> At { get; init; } = _ => { };
}

/// <summary>What an erasure would find.</summary>
/// <param name="Customers">People that the events know under the ids asked for.</param>
/// <param name="Ids">All ids that are theirs.</param>
/// <param name="Events">Rows of events, refused ones among them.</param>
/// <param name="Unknown">Ids asked for that the events do not have.</param>
public sealed record ErasurePlan(int Customers, int Ids, long Events, IReadOnlyList<string> Unknown);

/// <summary>Removes a person from everything under a workspace, keeps a receipt, and refuses their later events.</summary>
/// <remarks>Whatever the moment it is cut at, doing it again completes it: what is to go is written down first, each file is replaced whole, and a step that
/// was done finds nothing more to do.</remarks>
public static class Erasure
{
    /// <summary>Opens the workspace and erases.</summary>
    /// <exception cref="InputException">A customer that nobody knows, or the workspace is damaged or held.</exception>
    public static ErasureReceipt Run(ErasureOptions options)
    {
        using var workspace = Workspace.Open(options.Workspace, options.Storage, create: false);
        return Run(workspace, options);
    }

    /// <summary>Looks, and changes nothing.</summary>
    /// <exception cref="InputException">An anonymous id that several customers used.</exception>
    public static ErasurePlan Plan(Workspace workspace, IReadOnlyList<string> customers)
    {
        var found = Persons.Find(workspace.Warehouse, customers);
        var events = found.Unknown.Count == customers.Count ? 0
            : workspace.Warehouse.Single(new Step("count the person's rows", "SELECT count(*) FROM erased_rows"), r => r.GetInt64(0));
        return new(found.Person.Customers.Count, found.Person.Ids.Count, events, found.Unknown);
    }

    /// <summary>Finishes an erasure that was cut; null where there is none. For whoever opens a workspace for long, such as a server at its start.</summary>
    public static ErasureReceipt? Resume(Workspace workspace, ErasureOptions options) =>
        ErasureJournal.Open(SuppressionList.FolderOf(workspace.Directory)) is { } journal ? Finish(workspace, journal, options) : null;

    /// <summary>Erases in a workspace that is open. Its <see cref="Workspace.Warehouse"/> is another object afterwards, and nobody else may use it meanwhile.</summary>
    /// <exception cref="InputException">A customer that nobody knows, or the workspace is damaged.</exception>
    public static ErasureReceipt Run(Workspace workspace, ErasureOptions options)
    {
        if (options.Customers.Count == 0 || options.Customers.Any(string.IsNullOrWhiteSpace)) throw new ConfigurationException("Name at least one customer to erase, and no empty id.");
        var folder = SuppressionList.FolderOf(workspace.Directory);
        if (ErasureJournal.Open(folder) is { } underway)
        {
            var finished = Finish(workspace, underway, options);
            if (options.Customers.All(underway.Person.Is)) return finished;
        }

        var suppressed = SuppressionList.Open(workspace.Directory);
        var found = Persons.Find(workspace.Warehouse, options.Customers);
        if (found.Unknown.Count > 0 && !options.AlsoUnknown) throw Unknown(found.Unknown, suppressed);
        var person = WithAdvertisingHashes(found.Person);
        var begun = options.Clock.GetUtcNow().UtcDateTime;
        var id = begun.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture) + "-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        options.At("found");
        return Finish(workspace, ErasureJournal.Begin(folder, id, begun, options.By, options.Reason, person), options);
    }

    /// <summary>Erases whoever is on the list of erased customers and is in the events all the same: after a restore from an older backup.</summary>
    /// <returns>Null where there is nobody.</returns>
    public static ErasureReceipt? Again(Workspace workspace, ErasureOptions options)
    {
        if (SuppressionList.Read(workspace.Directory) is not { Count: > 0 } list) return null;
        var back = Persons.Ids(workspace.Warehouse).Where(list.Has).ToArray();
        return back.Length == 0 ? null : Run(workspace, options with { Customers = back });
    }

    /// <summary>Lets erased customers come back: their later events are taken again.</summary>
    /// <returns>How many of the ids were refused until now.</returns>
    /// <exception cref="InputException">It is no workspace, or its list is damaged.</exception>
    public static int Lift(string workspace, IReadOnlyList<string> ids)
    {
        Workspace.SettingsOf(workspace);
        return SuppressionList.Read(workspace)?.Lift(ids) ?? 0;
    }

    static InputException Unknown(IReadOnlyList<string> unknown, SuppressionList suppressed)
    {
        var erased = unknown.Where(suppressed.Has).ToArray();
        var strange = unknown.Except(erased).ToArray();
        return new InputException(string.Join('\n', new[]
        {
            erased.Length > 0 ? $"Erased before, nothing is left to erase: {string.Join(", ", erased.Select(e => $"'{e}'"))}. The receipt is in erasures/." : null,
            strange.Length > 0 ? $"The workspace has no events of {string.Join(", ", strange.Select(s => $"'{s}'"))}; nothing was changed. Give the ids as they stand in the event files." : null,
        }.OfType<string>()));
    }

    // Lists for advertising platforms know people by hashes of their address.
    static ErasedPerson WithAdvertisingHashes(ErasedPerson person)
    {
        var hashes = person.Values.Concat(person.Ids).Where(v => v.Contains('@')).Select(AdIdentifiers.Email).OfType<string>()
            .Concat(person.Values.Where(v => v.StartsWith('+')).SelectMany(v => new[] { AdIdentifiers.Phone(v, null, plus: true), AdIdentifiers.Phone(v, null, plus: false) }).OfType<string>());
        return new ErasedPerson(person.Customers, person.Ids, person.Telling, person.Values.Concat(hashes), person.OwnKeys);
    }

    static ErasureReceipt Finish(Workspace workspace, ErasureJournal journal, ErasureOptions options)
    {
        var (person, at) = (journal.Person, options.At);
        at("begun");
        var suppressed = SuppressionList.Open(workspace.Directory);
        suppressed.Add(person.Ids);
        at("suppressed");
        foreach (var store in options.Stores)
        {
            store.Erase(person, journal.Note);
            at($"store {store.Name}");
        }

        Rewrite(workspace, journal, person, at);
        foreach (var path in Directory.Exists(Path.Combine(workspace.Directory, "activation")) ? Journals(workspace.Directory) : [])
        {
            SyncJournal.Erase(path, id => person.Is(id) || person.Mentions(id), (state, members) =>
            {
                journal.Note(new ToldElsewhere(state.Destination, state.Audience, members));
                journal.Note(new ErasedFrom("activation", Path.GetRelativePath(workspace.Directory, path), members, 0));
            });
            at($"activation {Path.GetFileName(path)}");
        }

        var left = WorkspaceFiles.Erase(workspace.Directory, person, journal, at);
        var files = WorkspaceFiles.Check(workspace.Directory, person, left);
        at("checked");
        var (notes, notesZh) = Notes(person, journal);
        var receipt = new ErasureReceipt
        {
            Id = journal.Id,
            Begun = journal.Begun,
            Done = options.Clock.GetUtcNow().UtcDateTime,
            By = journal.By,
            Reason = journal.Reason is { } reason ? person.Without(reason) : null,
            Customers = person.Customers.Count,
            Ids = [.. person.Ids.Select(suppressed.Hash).Order(StringComparer.Ordinal)],
            Removed = journal.Found,
            Models = journal.Models,
            Elsewhere = journal.Elsewhere,
            FilesChecked = files,
            Left = [.. left.Order(StringComparer.Ordinal)],
            Notes = notes,
            NotesZh = notesZh,
        };
        receipt.Write(suppressed.Folder);
        at("receipt");
        journal.End();
        at("ended");
        return receipt;
    }

    static void Rewrite(Workspace workspace, ErasureJournal journal, ErasedPerson person, Action<string> at)
    {
        at("warehouse");
        workspace.Offline((file, storage) =>
        {
            var clean = file + ".erasing";
            foreach (var gone in StoreRewriting.WithoutPerson(file, clean, storage, person)) journal.Note(new ErasedFrom("warehouse", gone.Table, gone.Rows, 0));
            at("warehouse written");
            Replace(clean, file);
            at("warehouse replaced");
            // What was spilled, and what a command that was killed left.
            if (Directory.Exists(workspace.TemporaryDirectory)) Directory.Delete(workspace.TemporaryDirectory, recursive: true);
            at("temporary");
        });
    }

    /// <summary>Puts a new database file, which nobody has open, in the place of the old one.</summary>
    internal static void Replace(string clean, string file)
    {
        using (var written = new FileStream(clean, FileMode.Open, FileAccess.ReadWrite)) written.Flush(flushToDisk: true);
        // The old file was closed, so nothing of its log of changes is needed.
        File.Delete(file + ".wal");
        File.Move(clean, file, overwrite: true);
        File.Delete(clean + ".wal");
        Durable.FlushDirectory(Path.GetDirectoryName(file)!);
    }

    static IEnumerable<string> Journals(string workspace) =>
        Directory.EnumerateFiles(Path.Combine(workspace, "activation"), "*.journal", SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    static (string[] En, string[] Zh) Notes(ErasedPerson person, ErasureJournal journal)
    {
        var (en, zh) = (new List<string>(), new List<string>());
        void Say(string e, string z)
        {
            en.Add(e);
            zh.Add(z);
        }

        Say("Sums, shares and pictures of former runs stay: they are of groups. The next run is made without this person.", "以往运行中的总数、占比与图表保留：它们描述的是群体。下次运行不再包含此人。");
        if (journal.Elsewhere.Count > 0)
            Say("Receivers listed under elsewhere know of this person. Run activate to each of them again: the next sync tells them that the person left. They must delete what they hold themselves.",
                "elsewhere 所列的接收方知道此人。请对它们再次执行 activate：下一次同步会告知此人已退出；它们自己保存的数据须由它们删除。");
        Say("Copies outside this workspace are not reached: the files that were ingested, exports, backups, and blocks that the file system keeps of replaced files.",
            "工作区以外的副本无法触及：导入过的原始文件、导出文件、备份，以及文件系统中被替换文件的残留块。");
        if (person.Ids.Except(person.Searched, StringComparer.Ordinal).Any())
            Say("Some ids are too short, or name something else of the shop too, to be searched for in running text: they were removed where ids stand.",
                "有些编号过短，或同时是店铺中其他事物的名称，无法在正文中检索：已在存放编号的位置删除。");
        return ([.. en], [.. zh]);
    }
}

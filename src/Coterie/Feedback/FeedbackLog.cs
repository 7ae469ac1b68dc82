using System.Globalization;
using Coterie.Privacy;
using Coterie.Profiles;

namespace Coterie.Feedback;

/// <summary>What people asked of a workspace's segments: <c>feedback.jsonl</c>, append only. Each entry is on the disk before <see cref="Append"/> returns; two processes
/// may append at a time.</summary>
public sealed class FeedbackLog
{
    /// <summary>Its name in a workspace.</summary>
    public const string FileName = "feedback.jsonl";

    readonly TimeProvider clock;
    List<FeedbackEntry> entries;

    FeedbackLog(string path, List<FeedbackEntry> entries, TimeProvider clock)
    {
        Path = path;
        this.entries = entries;
        this.clock = clock;
    }

    /// <summary>The file, which need not be there yet.</summary>
    public string Path { get; }

    /// <summary>Every entry, withdrawn ones too, in the order of time.</summary>
    public IReadOnlyList<FeedbackEntry> All => Sorted(entries);

    /// <summary>The entries that count: neither withdrawn nor withdrawals, in the order of time.</summary>
    public IReadOnlyList<FeedbackEntry> InForce
    {
        get
        {
            var gone = entries.OfType<WithdrawEntry>().Select(w => w.Entry).ToHashSet(StringComparer.Ordinal);
            return [.. All.Where(e => e is not WithdrawEntry && !gone.Contains(e.Id))];
        }
    }

    /// <summary>Every entry as one JSON document, in the order of time.</summary>
    public string Text() => FeedbackJson.Document(All);

    /// <summary>Withdrawals of entries that are not there.</summary>
    internal IReadOnlyList<WithdrawEntry> Astray =>
        [.. All.OfType<WithdrawEntry>().Where(w => entries.Find(e => e.Id == w.Entry) is null or WithdrawEntry)];

    /// <summary>The log of a workspace; empty where nobody said anything yet.</summary>
    /// <exception cref="InputException">It is no workspace, or a line of the file is damaged.</exception>
    public static FeedbackLog Open(string workspace, TimeProvider? clock = null)
    {
        _ = Workspace.SettingsOf(workspace);
        var path = System.IO.Path.Combine(workspace, FileName);
        return new(path, File.Exists(path) ? FeedbackJson.Read(path) : [], clock ?? TimeProvider.System);
    }

    /// <summary>A log from a file of its own.</summary>
    /// <exception cref="InputException">It is not there, or a line is damaged.</exception>
    public static FeedbackLog Read(string path) => File.Exists(path)
        ? new(path, FeedbackJson.Read(path), TimeProvider.System)
        : throw new InputException($"There is no file '{path}' of feedback; './coterie feedback add' makes one in a workspace.");

    /// <summary>Appends an entry and returns it as it was written, with its id and time.</summary>
    /// <exception cref="ConfigurationException">The entry is not fit to be kept; lists every problem.</exception>
    /// <exception cref="InputException">The file is damaged.</exception>
    public FeedbackEntry Append(FeedbackEntry entry)
    {
        if (entry.Problems().ToArray() is { Length: > 0 } problems)
            throw new ConfigurationException([.. problems.Select(p => new Bilingual($"feedback {entry.Kind}: {p.En}.", p.Zh + "。"))]);
        using var held = Hold();
        // Another process may have appended since this log was opened.
        if (File.Exists(Path)) entries = FeedbackJson.Read(Path);
        if (entry is WithdrawEntry withdrawal) Check(withdrawal);
        var written = entry with { Id = NextId(), Time = entry.Time == default ? clock.GetUtcNow().UtcDateTime : entry.Time };
        var first = !File.Exists(Path);
        using (var file = new FileStream(Path, Durable.Options(FileMode.Append)))
        {
            // A line that somebody edited by hand may lack its end.
            if (file.Length > 0 && !EndsALine()) file.WriteByte((byte)'\n');
            file.Write(FeedbackJson.Line(written));
            file.Flush(flushToDisk: true);
        }

        if (first) Durable.FlushDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!);
        entries.Add(written);
        return written;
    }

    /// <summary>Takes a person out of the file, because they are to be forgotten: entries about nobody else go, lists go on without them, and notes that name them are
    /// emptied. The one change of the file that is not an append.</summary>
    /// <param name="before">Called with the number of entries that go or are changed, before they are.</param>
    /// <exception cref="InputException">The file is damaged.</exception>
    internal void Erase(ErasedPerson person, Action<int> before)
    {
        if (!File.Exists(Path)) return;
        using var held = Hold();
        var all = FeedbackJson.Read(Path);
        var after = all.Select(e => Without(e, person)).OfType<FeedbackEntry>().ToList();
        // A withdrawal of what went has nothing left to take back.
        var ids = after.Select(e => e.Id).ToHashSet(StringComparer.Ordinal);
        var gone = all.Select(e => e.Id).Where(id => !ids.Contains(id)).ToHashSet(StringComparer.Ordinal);
        after.RemoveAll(e => e is WithdrawEntry w && gone.Contains(w.Entry));
        var same = after.ToHashSet(ReferenceEqualityComparer.Instance);
        if (all.Count(e => !same.Contains(e)) is var changed and > 0)
        {
            before(changed);
            Durable.Write(Path, file =>
            {
                foreach (var entry in after) file.Write(FeedbackJson.Line(entry));
            });
        }

        entries = after;
    }

    static FeedbackEntry? Without(FeedbackEntry entry, ErasedPerson person)
    {
        if (entry.Note is { } note && person.Mentions(note)) entry = entry with { Note = null };
        return entry switch
        {
            CustomerEntry c when person.Is(c.Customer) => null,
            MarkTogether t => Others(t.Customers) is var others && others.Count == t.Customers.Count ? t : others.Count > 1 ? t with { Customers = others } : null,
            MarkApart a => Others(a.Customers) is var others && others.Count == a.Customers.Count ? a : others.Count > 1 ? a with { Customers = others } : null,
            _ => entry,
        };

        IReadOnlyList<string> Others(IReadOnlyList<string> customers) => [.. customers.Where(c => !person.Is(c))];
    }

    void Check(WithdrawEntry withdrawal)
    {
        if (entries.Find(e => e.Id == withdrawal.Entry) is not { } target)
            throw new ConfigurationException($"feedback withdraw: there is no entry {withdrawal.Entry}; './coterie feedback list' shows them.", $"没有意见 {withdrawal.Entry}。");
        if (target is WithdrawEntry) throw new ConfigurationException($"feedback withdraw: {withdrawal.Entry} is itself a withdrawal; add the entry that it took back once more.", $"{withdrawal.Entry} 本身是一次撤回；如需恢复，请重新提出被撤回的意见。");
        if (entries.OfType<WithdrawEntry>().Any(w => w.Entry == withdrawal.Entry)) throw new ConfigurationException($"feedback withdraw: {withdrawal.Entry} was withdrawn already.", $"{withdrawal.Entry} 此前已撤回。");
    }

    string NextId() => string.Create(CultureInfo.InvariantCulture, $"F{entries.Select(e => Number(e.Id)).DefaultIfEmpty(0).Max() + 1}");

    bool EndsALine()
    {
        using var file = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Seek(-1, SeekOrigin.End);
        return file.ReadByte() == '\n';
    }

    // Appending takes a moment: a second process waits for it rather than fail.
    FileStream Hold()
    {
        for (var turn = 0; ; turn++)
        {
            try
            {
                return new FileStream(Path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (!Disk.IsFull(e) && e is not DirectoryNotFoundException)
            {
                if (turn == 100) throw new InputException($"Another process has been writing to '{Path}' for five seconds ('{Path}.lock' is held). Wait until it ends, then run this again.", "另一个进程正在写入意见，请稍后重试。", e);
                Thread.Sleep(50);
            }
        }
    }

    static long Number(string id) => id.StartsWith('F') && long.TryParse(id.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    internal static FeedbackEntry[] Sorted(IEnumerable<FeedbackEntry> entries) =>
        [.. entries.OrderBy(e => e.Time).ThenBy(e => Number(e.Id)).ThenBy(e => e.Id, StringComparer.Ordinal)];
}

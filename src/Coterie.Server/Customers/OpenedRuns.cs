using Coterie.Server.Live;

namespace Coterie.Server.Customers;

/// <summary>Runs that are open to answer questions about customers: their index of members at once, and one whole run, which takes a while to read, in the background.</summary>
public sealed class OpenedRuns : IDisposable
{
    const int KeptIndexes = 3;
    readonly Lock gate = new();
    readonly List<MemberIndex> indexes = [];
    string? whole;
    Task<FormerRun>? opening;

    /// <summary>Asks who is in which segment of a run; the index is made at the first question where it is missing. One that is closed meanwhile, because others were
    /// asked for, is opened again: what <paramref name="ask"/> returns must not hold on to it.</summary>
    /// <exception cref="InputException">The directory is not a finished run.</exception>
    public T Ask<T>(RunEntry run, Func<MemberIndex, T> ask)
    {
        for (var turn = 0; ; turn++)
        {
            try
            {
                return ask(Members(run));
            }
            catch (ObjectDisposedException) when (turn < 3)
            {
                // Opened again.
            }
        }
    }

    MemberIndex Members(RunEntry run)
    {
        lock (gate)
        {
            if (indexes.Find(i => i.Run == run.Directory) is { } open)
            {
                indexes.Remove(open);
                indexes.Add(open);
                return open;
            }

            var index = MemberIndex.Open(run.Directory);
            indexes.Add(index);
            if (indexes.Count > KeptIndexes)
            {
                indexes[0].Dispose();
                indexes.RemoveAt(0);
            }

            return index;
        }
    }

    /// <summary>The whole run. The task ends when it has been read; one run is held at a time.</summary>
    public Task<FormerRun> Whole(RunEntry run)
    {
        lock (gate)
        {
            if (whole != run.Directory || opening is null || opening.IsFaulted)
                (whole, opening) = (run.Directory, Task.Run(() => FormerRun.Open(run.Directory)));
            return opening;
        }
    }

    /// <summary>Lets go of everything: after somebody changed the runs' files.</summary>
    public void Forget()
    {
        lock (gate)
        {
            foreach (var index in indexes) index.Dispose();
            indexes.Clear();
            (whole, opening) = (null, null);
        }
    }

    public void Dispose() => Forget();
}

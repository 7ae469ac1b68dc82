using Coterie.Profiles;
using Coterie.Server.Collector;
using Coterie.Server.Log;
using Coterie.Warehouse;
using Coterie.Warehouse.DuckDb;

namespace Coterie.Server.Live;

/// <summary>The worker: follows the log, places customers who wait, in batches.</summary>
public sealed partial class LiveMembership
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        string? tried = null;
        long again = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            var began = Environment.TickCount64;
            try
            {
                if (Workspace.LatestRunOf(directory) is { } run && (run != tried || (runTrouble is not null && began >= again)))
                {
                    (tried, again) = (run, began + RetryMs);
                    runTrouble = await Trying(() => Switch(run), stoppingToken);
                }

                batchTrouble = await Trying(() => Step(stoppingToken), stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            if (!await Next(began, stoppingToken)) return;
        }
    }

    static async Task<string?> Trying(Action what, CancellationToken stop)
    {
        try
        {
            await Task.Run(what, stop);
            return null;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Another command may have the workspace open, or the disk is full: the customers wait. A fault of ours is said too (/ready), and must not end the
            // collecting, which shares the process.
            return e is InputException or IOException or WarehouseException ? e.Message : $"{e.GetType().Name}: {e.Message}";
        }
    }

    // At once when something waits, but no sooner than a batch after the one before.
    async Task<bool> Next(long began, CancellationToken stop)
    {
        try
        {
            await work.WaitAsync(waiting.Count > 0 && batchTrouble is null ? TimeSpan.Zero : TimeSpan.FromSeconds(1), stop);
            while (work.Wait(0, CancellationToken.None))
            {
                // Many events are one reason to look.
            }

            if (options.Every - TimeSpan.FromMilliseconds(Environment.TickCount64 - began) is var early && early > TimeSpan.Zero) await Task.Delay(early, stop);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Follows the log and places one batch of waiting customers.</summary>
    internal void Step(CancellationToken stop = default)
    {
        if (current is not { } known) return;
        if (rescan)
        {
            (rescan, newest, measured) = (false, DateTime.MinValue, -1);
            follower.Restart(after: 0);
            // What it held comes again.
            tail.Forget(long.MaxValue);
        }

        // The position first, the store afterwards: what the store has by then may be there twice, which changes nothing; the reverse would lose events.
        var position = loaded();
        if (position > forgotten) tail.Forget(forgotten = position);
        var all = follower.Follow((frame, batch) => Take(frame, batch, position, known));
        behind = !all || log.Last - follower.Cursor > FarBehind;
        foreach (var (id, frame) in arriving)
            if (follower.Given(frame)) arriving.TryRemove(KeyValuePair.Create(id, frame));
        string[] ids;
        lock (gate)
        {
            ids = waiting.Take(options.MostInBatch);
            computing = [.. ids];
        }

        try
        {
            if (ids.Length > 0 || browsers.Count > 0) Place(ids, known, position, stop);
        }
        catch
        {
            lock (gate)
                foreach (var id in ids) waiting.Add(id);
            throw;
        }
        finally
        {
            lock (gate) computing = [];
        }
    }

    bool Take(LogFrame frame, LoggedBatch batch, long position, LiveBase known)
    {
        var isLoaded = frame.Sequence <= position;
        if (!isLoaded && tail.Bytes > options.MostTailBytes) return false;
        if (isLoaded && batch.Received <= known.Model.AsOf) return true;
        var now = DateTime.UtcNow;
        var fresh = now - batch.Received < TimeSpan.FromSeconds(30);
        var place = 0;
        foreach (var line in Lines(batch))
        {
            var subject = EventSubject.Of(line.Span);
            if (subject.Time is { } time && time <= now && time > newest) newest = time;
            if (!isLoaded) tail.Add(frame.Sequence, place++, line, subject.Ids);
            lock (gate)
            {
                foreach (var id in subject.Ids)
                {
                    moved[id] = batch.Received;
                    // What came long ago, before a start, is placed when somebody asks; but whose the browsers are must be known for that.
                    if (!(fresh && Wait(id))) browsers.Add(id);
                }
            }
        }

        return true;
    }

    void Place(string[] ids, LiveBase known, long position, CancellationToken stop)
    {
        // In a server the workspace's own readers are asked: one who opened the file beside them would keep it when it is replaced.
        if (host is not null)
        {
            host.Read(store => Place(ids, known, position, store), stop);
            return;
        }

        using var own = OpenStore();
        using var interruption = own is null ? default : stop.Register(own.Interrupt);
        Place(ids, known, position, own);
    }

    bool Place(string[] ids, LiveBase known, long position, DuckDbWarehouse? store)
    {
        if (store is not null && measured != position)
        {
            if (CustomerScoring.NewestEvent(store) is { } stored && stored > newest) newest = stored;
            measured = position;
        }

        Resolve(store);
        if (ids.Length > 0) Place(ids, known, store);
        return true;
    }

    void Place(string[] ids, LiveBase known, DuckDbWarehouse? store)
    {
        var places = CustomerScoring.Score(new CustomerScoringRequest
        {
            Model = known.Model,
            Store = store,
            Ids = tail.Related(ids),
            Fresh = related => tail.Lines(related),
            AsOf = newest > known.Model.AsOf ? newest : known.Model.AsOf,
            Timezone = timezone,
            TemporaryDirectory = temporary,
        });
        if (places.TooMany)
        {
            if (ids.Length > 1)
            {
                foreach (var half in ids.Chunk((ids.Length + 1) / 2)) Place(half, known, store);
                return;
            }

            lock (gate)
                if (ReferenceEquals(current, known)) Keep(ids[0], known, places, TooMany(places.Rows));
            return;
        }

        lock (gate)
        {
            // Another model took over meanwhile: it is asked instead.
            if (!ReferenceEquals(current, known))
            {
                foreach (var id in ids) waiting.Add(id);
                return;
            }

            foreach (var p in places.Places)
                answers.Put(new LiveAnswer(p.Customer, p.Segment, p.Name, p.Second, p.Confidence, p.Agreement, places.AsOf, AnswerSource.Live, p.Events, false) { EventsSince = p.Since });
            if (owners.Count > options.MostAnswers) owners.Clear();
            foreach (var (id, owner) in places.Owners) owners[id] = owner;
            var placed = places.Places.Select(p => p.Customer).ToHashSet(StringComparer.Ordinal);
            foreach (var id in ids.Where(i => !placed.Contains(i) && !placed.Contains(CustomerScoring.Anonymous + i))) Keep(id, known, places, null);
        }
    }

    static readonly Bilingual NoEvent = new("Cleaning keeps no event of this customer: there are none but identify calls, or they were refused (a robot, no usable price or time).",
        "清洗后没有保留该客户的事件：只有身份识别调用，或事件被拒收（机器人、价格或时间不可用）。");

    static Bilingual TooMany(long rows) => new($"The customer shares its ids with too many stored events ({rows:N0} or more) to be placed at once; the next run places it.",
        $"与该客户共用编号的已存事件过多（{rows:N0} 个或更多），无法即时分群；由下次运行分群。");

    // Behind the gate. An id that is not a customer: another's now, or without an event that counts.
    void Keep(string id, LiveBase known, CustomerPlaces places, Bilingual? note)
    {
        foreach (var customer in new[] { id, CustomerScoring.Anonymous + id })
        {
            var member = known.Index.Of(customer);
            if (note is not null && member is not null)
            {
                answers.Put(new LiveAnswer(customer, member.Segment, known.Segments[member.Segment].Name, member.Second, member.Confidence, member.Agreement, known.Model.AsOf, AnswerSource.Run, null, false) { Note = note });
                continue;
            }

            // Of the two forms of an anonymous id only the one that somebody may have seen is kept.
            if (member is null && answers.Of(customer) is null && customer != id) continue;
            var owner = places.Owners.GetValueOrDefault(id);
            answers.Put(new LiveAnswer(customer, null, null, null, null, null, places.AsOf, AnswerSource.Live, owner is null ? 0 : null, false)
            {
                MergedInto = owner,
                Note = note ?? (owner is null ? NoEvent : null),
            });
        }
    }

    // Events of a browser move its owner, whose id they do not name.
    void Resolve(DuckDbWarehouse? store)
    {
        List<string> some;
        lock (gate) (some, browsers) = (browsers, []);
        if (some.Count == 0 || store is null) return;
        foreach (var chunk in some.Distinct(StringComparer.Ordinal).Chunk(10_000))
        {
            var related = CustomerScoring.Related(store, chunk);
            lock (gate)
                foreach (var id in related) moved.TryAdd(id, DateTime.UtcNow);
        }
    }

    DuckDbWarehouse? OpenStore()
    {
        var file = Path.Combine(directory, "warehouse.duckdb");
        return File.Exists(file) ? new DuckDbWarehouse(new DuckDbOptions { File = file, Threads = options.Threads ?? Environment.ProcessorCount }) : null;
    }
}

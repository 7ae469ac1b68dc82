using System.Text;
using Coterie.Server.Live;
using CsCheck;

namespace Coterie.Tests.Live;

/// <summary>The small parts against plain twins.</summary>
public class LivePartsTests
{
    [Fact]
    public void WaitingIds_AreAQueueWithoutRepeats_OfBoundedLength() => Gen.Int[-3, 12].Array[0, 60].Sample(steps =>
    {
        var (ours, plain) = (new WaitingIds(5), new List<string>());
        foreach (var step in steps)
        {
            if (step < 0)
            {
                Assert.Equal(plain.Take(-step), ours.Take(-step));
                plain.RemoveRange(0, Math.Min(-step, plain.Count));
            }
            else
            {
                var id = $"c{step}";
                Assert.Equal(plain.Contains(id) || plain.Count < 5, ours.Add(id));
                if (!plain.Contains(id) && plain.Count < 5) plain.Add(id);
                Assert.True(ours.Contains(id) == plain.Contains(id));
            }

            Assert.Equal(plain.Count, ours.Count);
        }
    });

    [Fact]
    public void AnswerCache_KeepsTheNewest() => Gen.Int[0, 9].Array[0, 80].Sample(puts =>
    {
        var (ours, plain) = (new AnswerCache(4), new List<LiveAnswer>());
        for (var i = 0; i < puts.Length; i++)
        {
            var answer = new LiveAnswer($"c{puts[i]}", "S1", null, null, i, null, default, AnswerSource.Live, i, false);
            ours.Put(answer);
            plain.RemoveAll(a => a.Customer == answer.Customer);
            plain.Add(answer);
            // Places in the order that a replaced answer leaves behind may make another one go a little early, never the newest.
            Assert.True(ours.Count <= 4);
            Assert.Equal(answer, ours.Of(answer.Customer));
        }

        Assert.All(plain.Take(Math.Max(0, plain.Count - 4)), a => Assert.Null(ours.Of(a.Customer)));
        Assert.All(plain, a => Assert.True(ours.Of(a.Customer) is null || ours.Of(a.Customer) == a));
    });

    [Fact]
    public void ATailGivesEachLineOnce_InTheOrderOfTheLog_AndForgetsWhatIsLoaded() =>
        Gen.Select(Gen.Int[0, 3].Array[1, 2].Array[0, 30], Gen.Int[0, 30], Gen.Int[0, 3]).Sample((events, loaded, asked) =>
        {
            var tail = new LiveTail();
            for (var i = 0; i < events.Length; i++) tail.Add(i + 1, 0, Encoding.UTF8.GetBytes($"line {i + 1}"), [.. events[i].Distinct().Select(c => $"c{c}")]);
            tail.Forget(loaded);
            var expected = Enumerable.Range(0, events.Length).Where(i => i + 1 > loaded && events[i].Contains(asked)).Select(i => $"line {i + 1}\n");
            Assert.Equal(string.Concat(expected), Encoding.UTF8.GetString(tail.Lines([$"c{asked}"])));
            tail.Forget(events.Length);
            Assert.Equal(0, tail.Bytes);
        });

    [Fact]
    public void ATailKnowsWhoIsNamedTogether()
    {
        var tail = new LiveTail();
        tail.Add(1, 0, "1"u8.ToArray(), ["u", "a"]);
        tail.Add(1, 1, "2"u8.ToArray(), ["a", "v"]);
        tail.Add(2, 0, "3"u8.ToArray(), ["w"]);
        Assert.Equal(["a", "u", "v"], tail.Related(["u"]).Order(StringComparer.Ordinal));
        Assert.Equal(["w"], tail.Related(["w"]));
        Assert.Equal(["x"], tail.Related(["x"]));
    }

    [Theory]
    [InlineData("""{"type":"track","messageId":"m","userId":"u","anonymousId":"a","timestamp":"2025-05-01T10:00:00.000Z","receivedAt":"2025-05-01T10:00:01.000Z","event":"x","userId":"no"}""", "u a", "2025-05-01T10:00:00Z")]
    [InlineData("""{"type":"alias","messageId":"m","userId":"u","previousId":"p","timestamp":"2025-05-01T10:00:00.000Z","receivedAt":"x"}""", "u p", null)]
    [InlineData("""{"type":"group","messageId":"m","groupId":"g","timestamp":"2025-05-01T10:00:00.000Z","receivedAt":"x"}""", "", "2025-05-01T10:00:00Z")]
    public void AnEventNamesItsSubjects(string line, string ids, string? time)
    {
        var subject = EventSubject.Of(Encoding.UTF8.GetBytes(line));
        Assert.Equal(ids, string.Join(' ', subject.Ids));
        Assert.Equal(time is null ? null : DateTime.Parse(time, null, System.Globalization.DateTimeStyles.AdjustToUniversal), subject.Time);
    }
}

using Coterie.Evaluation;
using CsCheck;

namespace Coterie.Tests.Evaluation;

public class HorizonTests
{
    static readonly DateTime First = new(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Choose_LeavesThreeTimesAsMuchHistoryBeforeTheFreeze() => Gen.Double[28, 4000].Sample(days =>
    {
        var horizon = Horizon.Choose(First, First.AddDays(days), null, out _)!;
        return horizon.Days is >= 7 and <= 90 && (horizon.FrozenAt - First).TotalDays >= 3 * horizon.Days - 1e-6 && horizon.LearnedAt >= First;
    });

    [Fact]
    public void Choose_SaysWhenTheHistoryIsTooShort()
    {
        Assert.Null(Horizon.Choose(First, First.AddHours(3), null, out var why));
        Assert.Contains("too short", why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(51)]
    public void Choose_RefusesAHorizonThatTheHistoryCannotCarry(int asked) =>
        Assert.Contains("1 to 50", Assert.Throws<ConfigurationException>(() => Horizon.Choose(First, First.AddDays(100), asked, out _)).Message, StringComparison.Ordinal);
}

namespace Coterie.Simulation;

/// <summary>Which days customers come: everyday rhythm, sales, seasons of giving.</summary>
enum Season
{
    Everyday,
    Sales,
    Gifts,
}

/// <summary>The shop's calendar: yearly, weekly and daily rhythm, sales and seasons of giving. Days are counted from the start.</summary>
sealed class Calendar
{
    /// <summary>A span of days that comes back every year, ends included.</summary>
    readonly record struct Span(int FromMonth, int FromDay, int ToMonth, int ToDay, double Weight)
    {
        public bool Contains(DateOnly date)
        {
            var day = date.Month * 100 + date.Day;
            return day >= FromMonth * 100 + FromDay && day <= ToMonth * 100 + ToDay;
        }
    }

    static readonly double[] MonthWeight = [0.95, 0.9, 0.95, 0.95, 1, 1, 0.9, 0.85, 1, 1.05, 1.3, 1.35];
    static readonly double[] WeekdayWeight = [1.15, 1.0, 0.9, 0.9, 0.95, 1.0, 1.1]; // from Sunday

    static readonly double[] HourWeight =
        [0.3, 0.2, 0.1, 0.1, 0.1, 0.2, 0.5, 0.9, 1.2, 1.4, 1.5, 1.5, 1.6, 1.5, 1.4, 1.4, 1.4, 1.5, 1.8, 2.2, 2.6, 2.5, 1.7, 0.8];

    static readonly Span[] Sales =
    [
        new(1, 2, 1, 14, 6), new(3, 6, 3, 9, 5), new(6, 10, 6, 20, 6), new(8, 25, 9, 1, 5), new(11, 8, 11, 12, 9), new(11, 24, 12, 1, 9),
        new(12, 26, 12, 31, 6),
    ];

    static readonly Span[] Gifts = [new(2, 4, 2, 13, 7), new(4, 30, 5, 11, 6), new(6, 7, 6, 14, 3), new(11, 20, 11, 30, 4), new(12, 1, 12, 22, 9)];

    // Seasons outside their days: a deal hunter also finds offers elsewhere, a birthday is any day.
    const double QuietSales = 0.5, QuietGifts = 0.2;

    readonly double[][] cumulative; // seasons x days+1
    readonly bool[] onSale;

    public Calendar(DateOnly start, int days)
    {
        Start = start;
        Days = days;
        onSale = new bool[days];
        cumulative = [new double[days + 1], new double[days + 1], new double[days + 1]];
        for (var day = 0; day < days; day++)
        {
            var date = start.AddDays(day);
            var usual = MonthWeight[date.Month - 1] * WeekdayWeight[(int)date.DayOfWeek];
            double sale = Weight(Sales, date), gift = Weight(Gifts, date);
            onSale[day] = sale > 0;
            Add(Season.Everyday, day, usual * (sale > 0 ? 1.3 : 1));
            Add(Season.Sales, day, usual * (sale > 0 ? sale : QuietSales));
            Add(Season.Gifts, day, usual * (gift > 0 ? gift : QuietGifts));
        }
    }

    public DateOnly Start { get; }
    public int Days { get; }

    /// <summary>Seconds of the whole period.</summary>
    public int Seconds => Days * 86_400;

    public bool IsSale(int day) => onSale[day];

    /// <summary>A day from <paramref name="from"/> up to before <paramref name="to"/>, in proportion to the season's weights.</summary>
    public int Day(Draws draws, Season season, int from, int to)
    {
        var weights = cumulative[(int)season];
        var target = weights[from] + draws.Uniform() * (weights[to] - weights[from]);
        int low = from, high = to - 1;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (weights[middle + 1] > target) high = middle;
            else low = middle + 1;
        }

        return low;
    }

    /// <summary>An hour of the day as the shop's customers together keep it.</summary>
    public static int Hour(Draws draws) => draws.Pick(HourWeight);

    void Add(Season season, int day, double weight)
    {
        var weights = cumulative[(int)season];
        weights[day + 1] = weights[day] + weight;
    }

    static double Weight(Span[] spans, DateOnly date)
    {
        foreach (var span in spans)
            if (span.Contains(date)) return span.Weight;
        return 0;
    }
}

namespace Coterie.Simulation;

/// <summary>What makes this customer an individual: random effects that every persona shares, drawn before the persona matters.</summary>
sealed class Traits
{
    static readonly double[] CountryWeight = [30, 14, 12, 8, 16, 7, 6, 7];
    static readonly int[] HoursFromUtc = [-5, 0, 1, 1, 8, 9, -3, 10];
    static readonly double[] DeviceWeight = [46, 34, 6, 14];
    static readonly double[] ChannelWeight = [30, 30, 12, 10, 12, 6];

    public static readonly string[] Countries = ["US", "GB", "DE", "FR", "CN", "JP", "BR", "AU"];
    public static readonly string[] Devices = ["mobile", "desktop", "tablet", "app"];
    public static readonly string[] Channels = ["direct", "organic_search", "email", "social", "paid_search", "affiliate"];
    public const byte Email = 2, PaidSearch = 4;
    const int China = 4;

    public int Country { get; private set; }
    public bool Chinese => Country == China;
    /// <summary>Local hour at which the customer likes to shop.</summary>
    public int PeakHour { get; private set; }
    public byte Device { get; private set; }
    public byte Channel { get; private set; }
    /// <summary>Multiplies all rates; mean 1, heavy tailed.</summary>
    public double Activity { get; private set; }
    /// <summary>Quantile of prices that suits the customer.</summary>
    public double Taste { get; private set; }
    /// <summary>How strictly the customer follows the persona: share of the times that it shows.</summary>
    public double Fidelity { get; private set; }
    /// <summary>Favourite categories.</summary>
    public int[] Favourites { get; } = new int[4];
    public double Mails { get; private set; }
    public double Reviews { get; private set; }
    /// <summary>First day as a customer, counted from the start of the period.</summary>
    public int Arrives { get; private set; }
    /// <summary>Day after the last one.</summary>
    public int Leaves { get; private set; }

    public int Span => Leaves - Arrives;
    public double Years => Span / 365.0;
    public int HoursEast => HoursFromUtc[Country];

    public void Draw(Draws draws, int days)
    {
        Country = draws.Pick(CountryWeight);
        PeakHour = Calendar.Hour(draws);
        Device = (byte)draws.Pick(DeviceWeight);
        Channel = (byte)draws.Pick(ChannelWeight);
        Activity = draws.LogNormal(0.42);
        Taste = Math.Clamp(0.45 + 0.22 * draws.Normal(), 0.02, 0.98);
        // Nine times in ten on average; some are less true to type.
        Fidelity = 1 - 0.2 * draws.Uniform();
        for (var i = 0; i < Favourites.Length; i++) Favourites[i] = draws.Int(Catalogue.Leaves);
        Mails = 4 * draws.LogNormal(0.7);
        Reviews = Math.Min(0.6, 0.15 * draws.LogNormal(0.8));

        // Three of four were customers before the period; the others come during it, the last ones with little time left.
        var before = draws.Chance(0.75);
        var arrival = (int)(draws.Uniform() * 0.85 * days);
        Arrives = before ? 0 : arrival;
        // People also leave for no reason that shows: one in eight a year.
        var stays = draws.Exponential() * 365 * 8;
        Leaves = stays < days - Arrives ? Arrives + Math.Max(1, (int)stays) : days;
    }

    public byte SessionDevice(Draws draws) => draws.Chance(0.8) ? Device : (byte)draws.Pick(DeviceWeight);

    public byte SessionChannel(Draws draws) => draws.Chance(0.55) ? Channel : (byte)draws.Pick(ChannelWeight);
}

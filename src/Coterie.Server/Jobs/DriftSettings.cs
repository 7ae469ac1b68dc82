using System.Globalization;
using Coterie.Server.Data;

namespace Coterie.Server.Jobs;

/// <summary>When drift is measured, and from where on it asks for a run. Kept among the server's settings as <c>drift_enabled</c>, <c>drift_threshold</c> and <c>drift_every_minutes</c>.</summary>
public sealed record DriftSettings
{
    public bool Enabled { get; init; } = true;
    /// <summary>Population stability index above which a run is asked for. 0.25 is where a shift is called large by those who use the index daily (Siddiqi 2006); from 0.1 on the pages say so.</summary>
    public double Threshold { get; init; } = 0.25;
    /// <summary>Least time between two measurements.</summary>
    public int EveryMinutes { get; init; } = 60;

    /// <exception cref="InputException">A setting in the database cannot be read.</exception>
    public static DriftSettings Of(ServerData data)
    {
        using var db = data.Open();
        var usual = new DriftSettings();
        return new DriftSettings
        {
            Enabled = Read(db, "drift_enabled", usual.Enabled, bool.TryParse),
            Threshold = Read(db, "drift_threshold", usual.Threshold, (string? t, out double v) => double.TryParse(t, CultureInfo.InvariantCulture, out v)),
            EveryMinutes = Read(db, "drift_every_minutes", usual.EveryMinutes, (string? t, out int v) => int.TryParse(t, CultureInfo.InvariantCulture, out v)),
        };
    }

    /// <exception cref="ConfigurationException">Every problem.</exception>
    public void Save(ServerData data)
    {
        var problems = new ProblemList();
        if (!(Threshold is >= 0.01 and <= 10)) problems.Add($"The threshold of drift is {Threshold}; expected 0.01 to 10.", $"漂移的阈值为 {Threshold}，应为 0.01 到 10。");
        if (EveryMinutes is < 1 or > 10_080) problems.Add($"Drift would be measured every {EveryMinutes} minutes; expected 1 to 10,080.", $"漂移每 {EveryMinutes} 分钟测量一次，应为 1 到 10,080 分钟。");
        problems.Refuse();
        using var db = data.Open();
        Write(db, "drift_enabled", Enabled ? "true" : "false");
        Write(db, "drift_threshold", Threshold.ToString(CultureInfo.InvariantCulture));
        Write(db, "drift_every_minutes", EveryMinutes.ToString(CultureInfo.InvariantCulture));
        db.SaveChanges();
    }

    delegate bool Parse<T>(string? text, out T value);

    static T Read<T>(ServerDb db, string key, T usual, Parse<T> parse) => db.Settings.Find(key) is not { } row ? usual
        : parse(row.Value, out var value) ? value : throw new InputException($"The setting '{key}' of the server's database cannot be read; save it again.");

    static void Write(ServerDb db, string key, string value)
    {
        if (db.Settings.Find(key) is { } row) row.Value = value;
        else db.Settings.Add(new SettingRow { Key = key, Value = value });
    }
}

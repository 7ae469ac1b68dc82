namespace Coterie.Server.Data;

/// <summary>One measurement of how far the customers have moved from the newest run.</summary>
public sealed class DriftRow
{
    public long Id { get; set; }
    public DateTime Time { get; set; }
    /// <summary>Id of the run that was compared with.</summary>
    public required string Run { get; set; }
    /// <summary>The newest event that was seen.</summary>
    public DateTime AsOf { get; set; }
    /// <summary>How many customers were placed anew.</summary>
    public int Customers { get; set; }
    /// <summary>Population stability index of the segments' shares.</summary>
    public double Index { get; set; }
    /// <summary>What chance alone stays under, 999 times of 1,000.</summary>
    public double Chance { get; set; }
    public double Threshold { get; set; }
    /// <summary>Each segment's share at the run and now, as JSON.</summary>
    public required string Shares { get; set; }
    /// <summary>The run that was asked for because of it; null when none was.</summary>
    public long? Job { get; set; }
}

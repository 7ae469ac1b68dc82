using System.Text.Json;

namespace Coterie.Server.Live;

/// <summary>What the head of an index file says.</summary>
/// <param name="Source">Sizes and times of the files it was made of.</param>
sealed record MemberHead(int Customers, long IdBytes, DateTime AsOf, string Source, IReadOnlyList<MemberSegment> Segments, IReadOnlyList<string> Features)
{
    static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    public static MemberHead? Read(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize<MemberHead>(json, Json);
}

/// <summary>Where the parts of an index file lie: magic (8 bytes), length of the file (8), checksum over what follows (8), length of the head (8), the head as
/// JSON, then arrays, each at a multiple of 8; little-endian. Customers are numbered in the order of the bytes of their ids.</summary>
sealed class MemberLayout
{
    public const ulong Magic = 0x31_42_4D_45_4D_54_4F_43; // "COTMEMB1": another version is another number
    public const int Fixed = 32, Checked = 24;
    public const ushort None = ushort.MaxValue;

    public MemberLayout(MemberHead head, int headBytes)
    {
        long at = Aligned(Fixed + headBytes), n = head.Customers;
        long Take(long bytes)
        {
            var start = at;
            at = Aligned(at + bytes);
            return start;
        }

        IdStarts = Take(4 * (n + 1));
        Ids = Take(head.IdBytes);
        Segment = Take(2 * n);
        Second = Take(2 * n);
        FeaturesOpinion = Take(2 * n);
        SequencesOpinion = Take(2 * n);
        Confidence = Take(4 * n);
        Agreement = Take(4 * n);
        Spend = Take(8 * n);
        Recency = Take(8 * n);
        Orders = Take(4 * n * 2 * OrderCount);
        Features = Take(8 * n * head.Features.Count);
        Length = at;
    }

    /// <summary>Customer, confidence, spend, recency.</summary>
    public const int OrderCount = 4;

    /// <summary>n + 1 starts of ids, and the end.</summary>
    public long IdStarts { get; }
    public long Ids { get; }
    /// <summary>Numbers of segments; <see cref="None"/> for none.</summary>
    public long Segment { get; }
    public long Second { get; }
    public long FeaturesOpinion { get; }
    public long SequencesOpinion { get; }
    /// <summary>Single precision, as the model gives them; NaN for none.</summary>
    public long Confidence { get; }
    public long Agreement { get; }
    /// <summary>Double precision; NaN for none.</summary>
    public long Spend { get; }
    public long Recency { get; }
    /// <summary>For each order the numbers of all customers in it, then the same segment by segment.</summary>
    public long Orders { get; }
    /// <summary>n x features, double precision; NaN for none.</summary>
    public long Features { get; }
    public long Length { get; }

    static long Aligned(long at) => (at + 7) / 8 * 8;
}

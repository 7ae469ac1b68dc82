using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Coterie.Numerics;

namespace Coterie.Simulation;

/// <summary>Writes events as lines of CSV into a buffer of its own; money is written from whole cents, so that no float is ever formatted.</summary>
sealed class RowWriter(Catalogue catalogue, Calendar calendar, ulong seed)
{
    public static ReadOnlySpan<byte> Header =>
        "time,kind,customer_id,anonymous_id,session_id,order_id,product_id,category,brand,"u8
        + "price,list_price,quantity,currency,rating,text,channel,device,country\n"u8;

    static readonly byte[][] Kinds =
    [
        .. new[]
        {
            "view", "search", "click", "add_to_cart", "remove_from_cart", "wishlist", "checkout", "purchase", "refund", "review",
            "message", "email_open", "ad_click", "identify", "page_scroll", "popup_close",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    static readonly byte[][] Channels = [.. Traits.Channels.Select(Encoding.UTF8.GetBytes)];
    static readonly byte[][] Devices = [.. Traits.Devices.Select(Encoding.UTF8.GetBytes)];
    static readonly byte[][] Countries = [.. Traits.Countries.Select(Encoding.UTF8.GetBytes)];

    // The longest row is far below: ids, a path, a review of a hundred characters.
    readonly byte[] buffer = new byte[4_096];
    readonly byte[] dates = Dates(calendar); // days x 10
    int used;

    /// <summary>The line of an event, line end included; valid until the next one.</summary>
    public ReadOnlySpan<byte> Write(in SimulatedEvent e, uint source, Journey journey)
    {
        used = 0;
        Time(e);
        Comma();
        Raw(Kinds[(int)e.Kind]);
        Comma();
        if (e.Identity != Identity.Anonymous) CustomerId(source);
        Comma();
        if (e.Identity != Identity.Customer) Code('a', 0xA, source, 0);
        Comma();
        if (e.Session >= 0) Code('s', 0x5, source, e.Session);
        Comma();
        if (e.Order >= 0) Code('o', 0x0D, source, e.Order);
        Comma();
        if (e.Product >= 0) Raw(catalogue.Identity(e.Product));
        else Raw(",,"u8);
        Comma();
        Money(e);
        Comma();
        if (e.Rating > 0) Raw([(byte)('0' + e.Rating)]);
        Comma();
        if (e.Text is not null) Text(e.Text);
        Comma();
        if (e.Session >= 0) Raw(Channels[journey.Sessions[e.Session].Channel]);
        else if (e.Kind == EventKind.EmailOpen) Raw(Channels[Traits.Email]);
        Comma();
        if (e.Session >= 0) Raw(Devices[journey.Sessions[e.Session].Device]);
        Comma();
        Raw(Countries[journey.Traits.Country]);
        buffer[used++] = (byte)'\n';
        return buffer.AsSpan(0, used);
    }

    /// <summary>As in the event file and in <c>truth.csv</c>.</summary>
    public static string CustomerName(uint source) => "c" + (source + 1).ToString("0000000", CultureInfo.InvariantCulture);

    void CustomerId(uint source)
    {
        buffer[used++] = (byte)'c';
        Number(source + 1, minimumDigits: 7);
    }

    void Time(in SimulatedEvent e)
    {
        if (e.Fault == Fault.NoTime) return;
        var day = e.Second / 86_400;
        if (e.Fault == Fault.FarFuture) Raw("2099-12-31"u8);
        else Raw(dates.AsSpan(day * 10, 10));
        var second = e.Second - day * 86_400;
        buffer[used++] = (byte)'T';
        TwoDigits(second / 3_600);
        buffer[used++] = (byte)':';
        TwoDigits(second / 60 % 60);
        buffer[used++] = (byte)':';
        TwoDigits(second % 60);
        buffer[used++] = (byte)'Z';
    }

    // price, list_price, quantity, currency
    void Money(in SimulatedEvent e)
    {
        if (e.ListCents == 0)
        {
            Raw(",,,"u8);
            return;
        }

        switch (e.Fault)
        {
            case Fault.ZeroPrice: Raw("0.00"u8); break;
            case Fault.PriceInWords: Raw("n/a"u8); break;
            case Fault.NegativePrice: buffer[used++] = (byte)'-'; Cents(e.Cents); break;
            default: Cents(e.Cents); break;
        }

        Comma();
        Cents(e.ListCents);
        Comma();
        if (e.Fault == Fault.AbsurdQuantity) Raw("99999999"u8);
        else if (e.Quantity > 0) Number((uint)e.Quantity, 1);
        Raw(",USD"u8);
    }

    void Cents(int cents)
    {
        Number((uint)(cents / 100), 1);
        buffer[used++] = (byte)'.';
        TwoDigits(cents % 100);
    }

    // A code that tells nothing: letter and 13 digits of base 32. Mixing is one to one, so no two things share a code.
    void Code(char letter, ulong kind, uint source, int number)
    {
        var bits = Rng.Mix((((ulong)source << 24) | (uint)number) ^ Rng.Mix(seed ^ (kind << 60)));
        buffer[used++] = (byte)letter;
        for (var i = 0; i < 13; i++, bits >>= 5) buffer[used++] = "0123456789abcdefghjkmnpqrstvwxyz"u8[(int)(bits & 31)];
    }

    void Text(string text)
    {
        var quoted = text.AsSpan().IndexOfAny(',', '"', '\n') >= 0;
        if (!quoted)
        {
            used += Encoding.UTF8.GetBytes(text, buffer.AsSpan(used));
            return;
        }

        buffer[used++] = (byte)'"';
        used += Encoding.UTF8.GetBytes(text.Replace("\"", "\"\"", StringComparison.Ordinal), buffer.AsSpan(used));
        buffer[used++] = (byte)'"';
    }

    void Number(uint value, byte minimumDigits)
    {
        Utf8Formatter.TryFormat(value, buffer.AsSpan(used), out var written, new System.Buffers.StandardFormat('D', minimumDigits));
        used += written;
    }

    void TwoDigits(int value)
    {
        buffer[used++] = (byte)('0' + value / 10);
        buffer[used++] = (byte)('0' + value % 10);
    }

    void Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(buffer.AsSpan(used));
        used += bytes.Length;
    }

    void Comma() => buffer[used++] = (byte)',';

    static byte[] Dates(Calendar calendar)
    {
        var dates = new byte[calendar.Days * 10];
        for (var day = 0; day < calendar.Days; day++)
            Encoding.ASCII.GetBytes(calendar.Start.AddDays(day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), dates.AsSpan(day * 10));
        return dates;
    }
}

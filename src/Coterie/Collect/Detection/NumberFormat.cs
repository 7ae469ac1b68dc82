using System.Text.RegularExpressions;
using Coterie.Warehouse;

namespace Coterie.Collect;

/// <summary>How a column writes its numbers: decimal sign, signs between thousands, currency, brackets for negative.</summary>
/// <param name="Decimal">'.' or ','.</param>
/// <param name="Thousands">Between groups of three, or null.</param>
/// <param name="Decorated">Whether currency signs, spaces or brackets occur.</param>
/// <param name="Share">Share of the sampled values that are numbers so written.</param>
sealed partial record NumberFormat(char Decimal, char? Thousands, bool Decorated, double Share, string? Currency)
{
    public bool IsPlain => Decimal == '.' && Thousands is null && !Decorated;

    /// <summary>For people, or null where there is nothing to say.</summary>
    public string? Label => IsPlain ? null
        : $"decimal '{Decimal}'{(Thousands is { } t ? $", thousands '{t}'" : "")}{(Currency is null ? "" : $", {Currency}")}";

    const string Money = @"(?:[A-Z]{3}|[A-Z]{1,3}\$|[$€£¥￥₽₹₩₺₫฿₴₪]|元|円|руб\.?|р\.|kr\.?|zł|Kč|Ft|лв\.?)";

    [GeneratedRegex(@"^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,2})?$")]
    private static partial Regex Plain();

    [GeneratedRegex(@"^(?<open>\()?[+-]?\s*(?<money>" + Money + @")?\s*[+-]?\s*(?<number>\d[\d.,'’\s]*|[.,]\d+)\s*(?<money2>" + Money
        + @")?\)?-?$")]
    private static partial Regex Written();

    /// <summary>The format in which most values are written, or null where they are no numbers.</summary>
    public static NumberFormat? Of(IReadOnlyList<string> values)
    {
        if (values.Count == 0) return null;
        if (values.All(v => Plain().IsMatch(v))) return new NumberFormat('.', null, false, 1, null);

        var matches = values.Select(v => Written().Match(v.Trim())).Where(m => m.Success).ToList();
        var plain = values.Count(v => Plain().IsMatch(v));
        if (matches.Count == 0 || matches.Count < plain)
            return plain == 0 ? null : new NumberFormat('.', null, false, (double)plain / values.Count, null);

        var numbers = matches.Select(m => m.Groups["number"].Value.Trim()).ToList();
        var (point, thousands) = Signs(numbers);
        var money = matches.Select(m => m.Groups["money"].Value + m.Groups["money2"].Value).Where(m => m.Length > 0).ToList();
        var decorated = money.Count > 0 || matches.Any(m => m.Groups["open"].Success || m.Value.EndsWith('-'));
        var format = new NumberFormat(point, thousands, decorated, 0, money.Count == 0 ? null
            : Iso(money.GroupBy(m => m).MaxBy(g => g.Count())!.Key));
        return format with { Share = (double)matches.Count / values.Count };
    }

    /// <summary>The value as a number, or null; for samples.</summary>
    public double? Read(string value)
    {
        if (IsPlain) return double.TryParse(value, out var plain) && double.IsFinite(plain) ? plain : null;
        var match = Written().Match(value.Trim());
        if (!match.Success) return null;
        var digits = string.Concat(match.Groups["number"].Value.Where(c => char.IsAsciiDigit(c) || c == Decimal)).Replace(Decimal, '.');
        if (!double.TryParse(digits, out var number)) return null;
        return value.Contains('-') || match.Groups["open"].Success ? -number : number;
    }

    /// <summary>SQL for a text column as DOUBLE; NULL where it is no number so written.</summary>
    public string Sql(string column, Dialect dialect)
    {
        var digits = column;
        if (!IsPlain)
        {
            digits = $"regexp_replace({column}, {dialect.Text(Decimal == ',' ? "[^0-9,]" : "[^0-9.]")}, '', 'g')";
            if (Decimal == ',') digits = $"replace({digits}, ',', '.')";
        }

        // Not above 1e15: infinity, and numbers that are no longer exact, are no prices.
        var number = $"try_cast({digits} AS DOUBLE)";
        if (IsPlain) return $"CASE WHEN abs({number}) < 1e15 THEN {number} END";
        var written = dialect.Text($@"\s*\(?[+-]?\s*{Money}?\s*[+-]?\s*(?:\d[\d.,'’\s\x{{00a0}}\x{{202f}}]*|[.,]\d+)\s*{Money}?\)?-?\s*");
        return $"CASE WHEN regexp_full_match({column}, {written}) AND abs({number}) < 1e15 "
            + $"THEN CASE WHEN regexp_matches({column}, '[-(]') THEN -{number} ELSE {number} END END";
    }

    sealed record NumberSigns(char Point, char? Thousands);

    static NumberSigns Signs(List<string> numbers)
    {
        char? group = numbers.Any(n => n.Any(char.IsWhiteSpace)) ? ' ' : numbers.Any(n => n.Contains('\'') || n.Contains('’')) ? '\''
            : null;
        var both = numbers.Where(n => n.Contains('.') && n.Contains(',')).ToList();
        if (both.Count > 0)
        {
            var comma = both.Count(n => n.LastIndexOf(',') > n.LastIndexOf('.')) * 2 > both.Count;
            return comma ? new(',', '.') : new('.', ',');
        }

        if (numbers.Any(n => n.Contains(',')))
        {
            var commas = numbers.Where(n => n.Contains(',')).ToList();
            var thousands = commas.All(n => n.Split(',') is { Length: > 1 } parts && parts[0].Length is > 0 and <= 3 && parts[0] != "0"
                && parts[1..].All(p => p.Length == 3));
            return thousands ? new('.', ',') : new(',', group);
        }

        return numbers.Any(n => n.Count(c => c == '.') > 1) ? new(',', '.') : new('.', group);
    }

    static string? Iso(string money) => money switch
    {
        "€" => "EUR", "£" => "GBP", "$" or "US$" => "USD", "₽" or "руб" or "руб." or "р." => "RUB", "₹" => "INR", "₩" => "KRW",
            "₺" => "TRY",
        "元" or "￥" => "CNY", "円" => "JPY", "R$" => "BRL", "zł" => "PLN", "Kč" => "CZK", "Ft" => "HUF", "₴" => "UAH", "₪" => "ILS",
        { Length: 3 } when money.All(char.IsAsciiLetterUpper) => money,
        _ => null,
    };
}

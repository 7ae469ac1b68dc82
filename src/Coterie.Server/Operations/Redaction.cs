using System.Text.RegularExpressions;

namespace Coterie.Server.Operations;

/// <summary>Takes out of a message what may be about a person: whatever stands in quotes, addresses, and long numbers.</summary>
static partial class Redaction
{
    const string Taken = "…";

    /// <summary>The message's first line, without them.</summary>
    public static string Of(string message)
    {
        var line = message.Split('\n')[0];
        line = Quoted().Replace(line, Taken);
        line = Address().Replace(line, Taken);
        return Number().Replace(line, Taken);
    }

    [GeneratedRegex("'[^']*'?|\"[^\"]*\"?|“[^”]*”?|«[^»]*»?", RegexOptions.NonBacktracking)]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\S+@\S+", RegexOptions.NonBacktracking)]
    private static partial Regex Address();

    [GeneratedRegex(@"\+?\d[\d\s().-]{5,}\d", RegexOptions.NonBacktracking)]
    private static partial Regex Number();
}

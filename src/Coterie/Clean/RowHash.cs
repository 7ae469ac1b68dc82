using Coterie.Collect;

namespace Coterie.Clean;

/// <summary>64-bit hashes that identify rows. Ten million rows have a chance of 3 in a million that any two of them collide.</summary>
static class RowHash
{
    // What the sender wrote. Price and quantity are the signed ones without their sign; the message id is an identity of its own.
    static readonly string[] Hashed =
        [.. RawColumns.All.Select(c => c.Name).Where(name => name is not ("message_id" or "price" or "quantity" or "unreadable"))];

    /// <summary>Hash of a text expression.</summary>
    public static string Text(string expression, bool fast) => fast ? $"hash({expression})" : $"md5_number_upper({expression})";

    /// <summary>Hash of a row's content. Absent columns are NULL and count for nothing in the stable form, so that a file keeps its ids when a
    /// later version of the reader maps one column more.</summary>
    public static string Content(bool fast) => fast
        ? $"hash({string.Join(", ", Hashed.Select(c => $"\"{c}\""))})"
        : $"md5_number_upper(concat({string.Join(", ", Hashed.Select(Tagged))}))";

    // name, length, value: no two different rows give one text. NULL || anything is NULL, and concat leaves NULLs out.
    static string Tagged(string column)
    {
        var text = RawColumns.All.First(c => c.Name == column).Type switch
        {
            "VARCHAR" => $"\"{column}\"",
            "TIMESTAMP" => $"CAST(epoch_us(\"{column}\") AS VARCHAR)",
            _ => $"CAST(\"{column}\" AS VARCHAR)",
        };
        return $"'{column} ' || length({text}) || ' ' || {text} || ' '";
    }
}

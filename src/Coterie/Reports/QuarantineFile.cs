using Coterie.Warehouse;

namespace Coterie.Reports;

/// <summary>quarantine.csv: every refused row with its rule, its file, its line, and the row itself as JSON.</summary>
public static class QuarantineFile
{
    // The raw row is a JSON object and starts with a brace; a path may start with anything, so it is guarded as SpreadsheetText does.
    public static void Write(IWarehouse warehouse, string path)
    {
        var q = warehouse.Dialect.Name;
        warehouse.Execute(new Step("write the quarantine", $"""
            COPY (
                SELECT {q("rule")}, CASE WHEN regexp_matches({q("file")}, '^[=+\-@\t\r＝＋－＠]') THEN '''' || {q("file")} ELSE {q("file")} END AS {q("file")},
                    {q("line")}, CASE WHEN left({q("raw")}, 1) = chr(123) THEN {q("raw")} ELSE '''' || {q("raw")} END AS {q("raw")}
                FROM {q("quarantine")} ORDER BY ALL
            ) TO {warehouse.Dialect.Text(path)} (FORMAT csv, HEADER, DELIMITER ',', QUOTE '"')
            """));
    }
}

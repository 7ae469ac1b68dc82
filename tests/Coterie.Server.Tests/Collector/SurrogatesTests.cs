using System.Text;
using System.Text.Json;
using Coterie.Server.Collector;
using CsCheck;

namespace Coterie.Tests.Server;

public class SurrogatesTests
{
    // Pieces of which some are halves, some pairs, and some only look like escapes.
    static readonly string[] Pieces = ["\\ud83d", "\\uDE00", "\\ud83d\\ude00", "\\\\", "\\n", "\\u0041", "\\\\ud83d", "a", "é", "😀", "\\\""];

    [Fact]
    public void WhatIsMended_IsText_AndWhatWasText_StaysAsItWas() => Gen.Int[0, Pieces.Length - 1].Array[0, 12].Sample(picked =>
    {
        var bytes = Encoding.UTF8.GetBytes('"' + string.Concat(picked.Select(i => Pieces[i])) + '"');
        var before = (byte[])bytes.Clone();
        Surrogates.Mend(bytes);
        using var json = JsonDocument.Parse(bytes);
        var text = json.RootElement.GetString()!;
        string? plain = null;
        try
        {
            using var was = JsonDocument.Parse(before);
            plain = was.RootElement.GetString();
        }
        catch (InvalidOperationException)
        {
            // It had a half.
        }

        if (plain is null) Assert.Contains('\ufffd', text);
        else Assert.Equal(before, bytes);
    });
}

using System.Globalization;
using System.Text.Json;
using Coterie.Server.Access;
using Coterie.Server.Collector;

// The collector without HTTP, to be killed by tests: takes "NUMBER JSON" a line on standard input, and answers "ok NUMBER" when the batch is on the disk.
using var collecting = new Collecting(args[0]);
var source = new EventSource("children", "child", "", DateTime.UtcNow);
var answering = new Lock();
Console.WriteLine("ready");
while (Console.ReadLine() is { } line)
{
    _ = Task.Run(async () =>
    {
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        using var body = JsonDocument.Parse(line.AsMemory(space));
        var taken = await collecting.Take(source, WireRequest.Of(body.RootElement, null, WireFormat.Segment), DateTime.UtcNow);
        if (taken.Refused.Count > 0) return;
        lock (answering) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ok {line.AsSpan(0, space)}"));
    });
}

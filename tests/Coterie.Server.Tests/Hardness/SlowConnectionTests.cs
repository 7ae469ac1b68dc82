namespace Coterie.Tests.Server.Hardness;

/// <summary>Connections that send a little and then nothing (slowloris): others are served all the same. <c>COTERIE_SLOW</c> says how many.</summary>
public class SlowConnectionTests
{
    static int Connections => int.TryParse(Environment.GetEnvironmentVariable("COTERIE_SLOW"), out var n) ? n : 800;

    [Fact]
    public async Task SlowOnes_KeepNobodyElseFromBeingServed()
    {
        await using var server = await RunningServer.Start();
        var slow = new List<Raw>();
        try
        {
            string[] beginnings = ["G", "POST /v1/batch HTTP/1.1\r\nHost: x\r\nX-A: ", "POST /v1/batch HTTP/1.1\r\nHost: x\r\nContent-Length: 4000\r\n\r\n{", "POST /v1/batch HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"];
            for (var i = 0; i < Connections; i++)
            {
                var raw = await Raw.To(server.Client.BaseAddress!);
                slow.Add(raw);
                await raw.Send(beginnings[i % beginnings.Length]);
            }

            for (var i = 0; i < 50; i++)
            {
                // Some of the slow ones go on, a byte at a time.
                foreach (var raw in slow.Skip(i).Take(5)) await raw.Send(" ");
                Assert.Equal(200, (await server.Post("/v1/track", $$"""{"type":"track","event":"x","userId":"u","messageId":"{{i}}"}""", basic: server.Key)).Status);
                using var page = await server.Client.GetAsync("/signin");
                Assert.True(page.IsSuccessStatusCode);
            }
        }
        finally
        {
            slow.ForEach(s => s.Dispose());
        }

        Assert.Equal(50, server.Stored().Count);
    }
}

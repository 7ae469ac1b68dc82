using System.Diagnostics;
using System.Text.Json;
using Coterie.Tests.Cli;
using Coterie.Tests.Support;

namespace Coterie.Tests.Activation;

/// <summary>A small shop's run, made once.</summary>
public sealed class SmallRun : Running
{
    public SmallRun()
    {
        var ran = Coterie("segment", Write("orders.csv", Orders(400)), "--out", At("run"), "--deep", "off", "--k", "3").GetAwaiter().GetResult();
        if (ran.Code != 0) throw new InvalidOperationException(ran.Error);
        Sizes = Lines.GroupBy(l => l.Split(',')[1]).OrderBy(g => g.Key, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count());
    }

    internal string Directory => At("run");
    internal string[] Lines => [.. File.ReadLines(Path.Combine(Directory, "segments.csv")).Skip(1)];
    internal IReadOnlyDictionary<string, int> Sizes { get; }
    internal string[] MembersOf(string segment) => [.. Lines.Select(l => l.Split(',')).Where(l => l[1] == segment).Select(l => l[0])];
    internal string Largest => Sizes.MaxBy(s => s.Value).Key;
}

/// <summary>The command, as an operator uses it.</summary>
public class ActivateCommandTests(SmallRun run) : Running, IClassFixture<SmallRun>
{
    const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    string[] Base(params string[] rest) => ["activate", "--run", run.Directory, "--state", At("state"), "--minimum", "1", .. rest];

    [Fact]
    public async Task EverybodyAtFirst_ThenNothing_ThenOnlyWhatATraitChanged()
    {
        var members = run.MembersOf(run.Largest);
        var traits = Write("value.csv", "customer_id,segment,expected_value,phone\n" + string.Join('\n', members.Select((m, i) => $"{m},S1,{i}.5,'+44{i:0000000000}")) + "\n");
        var command = Base("--segment", run.Largest, "--to", "file", "--out", At("out"), "--traits", traits);
        var first = await Coterie(command);
        Assert.Equal("", string.Join('\n', first.Error.Split('\n').Where(l => l.StartsWith("coterie", StringComparison.Ordinal))));
        Assert.Equal(0, first.Code);
        Assert.Contains($"{members.Length:N0} entered, 0 left, 0 changed", first.Output, StringComparison.Ordinal);
        Assert.Contains("value.csv: segment not taken", first.Output, StringComparison.Ordinal);
        var file = Assert.Single(Directory.GetFiles(At("out")));
        var written = File.ReadAllLines(file);
        Assert.Equal("change,audience,segment,name,customer_id,confidence,expected_value,phone", written[0]);
        Assert.Equal(members.Order(StringComparer.Ordinal), written.Skip(1).Select(l => l.Split(',')[^4]));
        Assert.EndsWith(",0.5,+440000000000", written[1 + Array.IndexOf([.. members.Order(StringComparer.Ordinal)], members[0])], StringComparison.Ordinal);

        var second = await Coterie(command);
        Assert.Contains("knows everything already: nothing was sent", second.Output, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(At("out")));

        File.WriteAllText(traits, File.ReadAllText(traits).Replace(",0.5,", ",0.75,", StringComparison.Ordinal));
        var third = await Coterie([.. command, "--lang", "zh"]);
        Assert.Contains("进入 0，离开 0，变更 1", third.Output, StringComparison.Ordinal);
        Assert.Equal(2, Directory.GetFiles(At("out")).Length);
    }

    [Fact]
    public async Task ADryRun_AndAPreview_TouchNothing()
    {
        var dry = await Coterie(Base("--all", "--to", "file", "--out", At("out"), "--dry-run"));
        Assert.Equal(0, dry.Code);
        Assert.Contains("Nothing was sent (dry run). It would tell", dry.Output, StringComparison.Ordinal);
        Assert.Contains($"{run.Sizes.Values.Sum():N0} entered", dry.Output, StringComparison.Ordinal);
        var preview = await Coterie(Base("--all", "--to", "file", "--out", At("out"), "--preview", "2", "--json"));
        var json = JsonDocument.Parse(preview.Output).RootElement;
        Assert.True(json.GetProperty("dry_run").GetBoolean());
        Assert.All(json.GetProperty("audiences").EnumerateArray(), a => Assert.Equal(2, a.GetProperty("preview").GetArrayLength()));
        Assert.False(Directory.Exists(At("out")) || Directory.Exists(At("state")));
    }

    [Fact]
    public async Task SmallSegments_AreRefused_AndOnlySmallOnesAreAnError()
    {
        var least = run.Sizes.Values.Max();
        var all = await Coterie("activate", "--run", run.Directory, "--state", At("state"), "--all", "--to", "file", "--out", At("out"), "--minimum", $"{least}");
        Assert.Equal(0, all.Code);
        Assert.Contains($"refused: below {least}", all.Output, StringComparison.Ordinal);
        var none = await Coterie("activate", "--run", run.Directory, "--state", At("state"), "--all", "--to", "file", "--out", At("out"), "--minimum", $"{least + 1}");
        Assert.Equal(3, none.Code);
        Assert.Contains($"at least {least + 1}", none.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("bug", none.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ASegmentThatIsGone_IsEmptiedByAll()
    {
        await Coterie(Base("--all", "--to", "file", "--out", At("out")));
        // What a run that still had S99 left behind.
        var old = Some.Audience(Some.Ids(4)) with { Key = "coterie_s99", Segment = "S99" };
        var destination = new global::Coterie.Activation.FileDestination(At("out"), global::Coterie.Activation.ChangeFormat.Csv);
        await global::Coterie.Activation.AudienceSync.Run(old, destination, new global::Coterie.Activation.SyncOptions { State = At("state"), Minimum = 1 }, TestContext.Current.CancellationToken);
        var ran = await Coterie(Base("--all", "--to", "file", "--out", At("out")));
        Assert.Contains("0 entered, 4 left", ran.Output, StringComparison.Ordinal);
        Assert.Contains("no longer in the run", ran.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AProcessKilledInTheMiddle_GoesOn_NothingTwiceByKey_NothingLost()
    {
        var third = new TaskCompletionSource();
        var stall = true;
        await using var server = new BadServer(async (_, n, stream, stop) =>
        {
            if (stall && n == 3)
            {
                third.SetResult();
                await Task.Delay(Timeout.Infinite, stop);
            }

            await BadServer.Say(stream, 200, stop: stop);
        });
        File.WriteAllText(At("secret"), Secret);
        var command = Base("--segment", run.Largest, "--to", "webhook", "--url", server.Url, "--allow-private", "--secret-file", At("secret"), "--batch", "20");
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var word in (string[])[Path.Combine(AppContext.BaseDirectory, "Coterie.Cli.dll"), .. command]) start.ArgumentList.Add(word);
        using (var process = Process.Start(start)!)
        {
            var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await Task.WhenAny(third.Task, process.WaitForExitAsync(TestContext.Current.CancellationToken));
            Assert.False(process.HasExited, process.HasExited ? await error : "");
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            await Task.WhenAll(output, error);
        }

        stall = false;
        var ran = await Coterie(command);
        Assert.Equal(0, ran.Code);
        Assert.Contains("A batch of 20 customers that an earlier sync left unconfirmed went out first", ran.Output, StringComparison.Ordinal);
        Assert.Equal(server.Requests[2].Headers["webhook-id"], server.Requests[3].Headers["webhook-id"]);
        Assert.Equal(server.Requests[2].Text, server.Requests[3].Text);
        var entered = server.Requests.DistinctBy(r => r.Headers["webhook-id"])
            .SelectMany(r => JsonDocument.Parse(r.Body).RootElement.GetProperty("data").GetProperty("changes").EnumerateArray().Select(c => c.GetProperty("customer_id").GetString()!)).ToArray();
        Assert.Equal(run.MembersOf(run.Largest).Order(StringComparer.Ordinal), entered.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task AReceiverInTrouble_IsAClearFailure()
    {
        await using var server = BadServer.Codes(200, 503);
        File.WriteAllText(At("secret"), Secret);
        var ran = await Coterie(Base("--segment", run.Largest, "--to", "webhook", "--url", server.Url + "?token=T0KEN", "--allow-private", "--secret-file", At("secret"), "--batch", "20", "--tries", "1"));
        Assert.Equal(1, ran.Code);
        Assert.Contains("batch 2 of", ran.Error, StringComparison.Ordinal);
        Assert.Contains("answered 503", ran.Error, StringComparison.Ordinal);
        Assert.Contains("1 batch is confirmed", ran.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("bug", ran.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("T0KEN", ran.Error + ran.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("MfKQ9r8", ran.Error + ran.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WrongOptions_AreListedTogether()
    {
        var ran = await Coterie("activate", "--run", run.Directory, "--to", "carrier-pigeon", "--format", "xlsx", "--minimum", "0");
        Assert.Equal(2, ran.Code);
        foreach (var part in new[] { "--to 'carrier-pigeon'", "--format 'xlsx'", "--minimum", "--segment, or all of them" }) Assert.Contains(part, ran.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "it has S1", "--segment", "S77", "--to", "file", "--out", "o")]
    [InlineData(2, "COTERIE_WEBHOOK_SECRET", "--all", "--to", "webhook", "--url", "https://shop.example/x")]
    [InlineData(2, "NO_SUCH_VARIABLE is not set", "--all", "--to", "webhook", "--url", "https://shop.example/x", "--secret-env", "NO_SUCH_VARIABLE")]
    [InlineData(2, "--secret-file: 'no-such-file' is missing", "--all", "--to", "segment", "--url", "https://shop.example/x", "--secret-file", "no-such-file")]
    [InlineData(2, "a column 'email'", "--all", "--to", "ads", "--out", "o")]
    [InlineData(2, "'nothing' is not in the trait files", "--all", "--to", "file", "--out", "o", "--columns", "nothing")]
    [InlineData(3, "'no.csv' is missing", "--all", "--to", "file", "--out", "o", "--traits", "no.csv")]
    public async Task WhatIsMissing_IsNamed(int code, string because, params string[] rest)
    {
        var ran = await Coterie(Base(rest));
        Assert.Contains(because, ran.Error, StringComparison.Ordinal);
        Assert.Equal(code, ran.Code);
    }

    [Theory]
    [InlineData("id,x\nA,1\n", "no column 'customer_id'; found: id, x")]
    [InlineData("customer_id,x\nA,1\nA,2\n", "the customer 'A' twice")]
    public async Task ATraitFileThatCannotBeUsed_IsRefused(string text, string because)
    {
        var ran = await Coterie(Base("--all", "--to", "file", "--out", At("out"), "--traits", Write("t.csv", text)));
        Assert.Equal(3, ran.Code);
        Assert.Contains(because, ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Traits_KeepTheirKinds()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("t.csv"), "customer_id,number,code,phone,flag,long,formula,confidence\nA,1.5,007,+441,true,12345678901234567,'=1,9\nB,-2,123,442,false,1,x,9\nC,,,,,,,\n");
        var file = TraitFile.Read(folder.File("t.csv"), ["confidence"]);
        Assert.Equal(["number", "code", "phone", "flag", "long", "formula"], file.Columns);
        Assert.Equal([1.5, "007", "+441", true, "12345678901234567", "=1"], file.Of("A"));
        Assert.Equal(new object?[6], file.Of("C"));
        Assert.Equal(new object?[6], file.Of("nobody"));
        Assert.Equal(["confidence"], file.Ignored);
    }
}

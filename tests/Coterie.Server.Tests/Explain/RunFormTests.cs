using System.Net;
using System.Text.Json;
using Coterie.Server.Data;
using Coterie.Server.Jobs;
using Coterie.Server.Pages.Explain;
using CsCheck;
using Microsoft.Extensions.DependencyInjection;

namespace Coterie.Tests.Explain;

[Collection(ExplainServer.Shared)]
public sealed class RunFormTests(ExplainServer shop)
{
    static readonly string[] Odd = ["auto", "kmeans", "on", "2025-02-30", "2025-12-31", "-5", "--force", "9999999999999999999", ""];
    static readonly string[] Fields = ["k", "horizon", "method", "deep", "decisions", "seed", "as-of"];

    [Fact]
    public void WhatAFormAsks_IsRefused_OrIsWhatACommandTakes() =>
        Gen.OneOf(Gen.String[0, 30], Gen.Int.Select(i => $"{i}"), Gen.Int[0, Odd.Length - 1].Select(i => Odd[i])).Array[Fields.Length].Sample(values =>
        {
            var arguments = RunForms.Arguments(name => values[Array.IndexOf(Fields, name)], out var problems);
            return problems.Count > 0 || JobKinds.Problems("segment", arguments).Count == 0;
        });

    [Fact]
    public async Task AnOperator_StartsARun_AndStopsIt()
    {
        var client = await shop.As(Role.Operator);
        using var wrong = await ExplainServer.Post(client, "/runs", "/do/runs", new() { ["k"] = "0", ["method"] = "magic" });
        var told = await client.GetStringAsync(wrong.Headers.Location);
        Assert.Contains("magic", told);
        Assert.Contains("role=\"alert\"", told);

        using var started = await ExplainServer.Post(client, "/runs", "/do/runs", new() { ["k"] = "5", ["method"] = "auto", ["as-of"] = "2025-06-01", ["seed"] = "" });
        var id = long.Parse(started.Headers.Location!.ToString().Split("job=")[1]);
        var queue = shop.Server.Services.GetRequiredService<JobQueue>();
        Assert.Equal(new Dictionary<string, string> { ["as-of"] = "2025-06-01", ["k"] = "5" }, JsonSerializer.Deserialize<Dictionary<string, string>>(queue.Of(id)!.Arguments)!);
        var page = await client.GetStringAsync("/runs");
        Assert.Contains("data-refresh=\"2\"", page);
        Assert.Contains("--k 5", page);
        Assert.Contains($"/do/jobs/{id}/cancel", await client.GetStringAsync("/"));
        for (var i = 0; i < 400 && queue.Of(id)!.State is JobState.Queued or JobState.Running; i++)
        {
            // It may be between waiting and running, where it cannot be stopped yet.
            if (i % 20 == 0) (await ExplainServer.Post(client, "/runs", $"/do/jobs/{id}/cancel", [])).Dispose();
            await Task.Delay(25);
        }

        Assert.Equal(JobState.Cancelled, queue.Of(id)!.State);
        Assert.Contains("cancelled", await client.GetStringAsync($"/runs?job={id}"));
    }

    [Fact]
    public async Task WithoutTheForm_OrTheRole_NothingStarts()
    {
        var queue = shop.Server.Services.GetRequiredService<JobQueue>();
        int Asked() => queue.All(new JobQuery { Take = 500 }).Count(j => j.Arguments.Contains("\"17\"", StringComparison.Ordinal));
        using var content = new FormUrlEncodedContent(new Dictionary<string, string> { ["k"] = "17" });
        using var forged = await (await shop.As(Role.Operator)).PostAsync("/do/runs", content);
        Assert.Equal("/signin", forged.Headers.Location?.ToString());
        var viewer = await shop.As(Role.Viewer);
        using var denied = await ExplainServer.Post(viewer, "/runs", "/do/runs", new() { ["k"] = "17" });
        Assert.Equal(HttpStatusCode.Redirect, denied.StatusCode);
        Assert.Equal("/denied", denied.Headers.Location?.AbsolutePath);
        Assert.Equal(0, Asked());
    }
}

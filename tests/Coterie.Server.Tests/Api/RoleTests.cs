using Coterie.Server.Data;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Coterie.Tests.Api;

/// <summary>Who may do what: every route against every role.</summary>
[Collection(nameof(ApiShop))]
public class RoleTests(ApiShop shop)
{
    [Fact]
    public void Every_route_stands_in_the_table_and_every_line_of_the_table_is_a_route() =>
        Assert.Equal(Endpoints.Least.Keys.Order(StringComparer.Ordinal), Endpoints.All(shop.Services).Select(e => e.ToString()));

    [Fact]
    public void No_endpoint_of_the_server_is_without_a_policy()
    {
        var open = shop.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<IAllowAnonymous>() is null && e.Metadata.GetOrderedMetadata<IAuthorizeData>().Count == 0)
            .Select(e => e.DisplayName).ToArray();
        // What has no policy of its own asks for somebody known: the fallback. Routes of the API name theirs.
        Assert.DoesNotContain(open, e => e!.Contains("/api/", StringComparison.Ordinal));
        var fallback = shop.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<AuthorizationOptions>>().Value.FallbackPolicy;
        Assert.NotNull(fallback);
    }

    [Fact]
    public async Task Without_a_key_or_with_a_wrong_one_nobody_gets_in()
    {
        foreach (var endpoint in Endpoints.All(shop.Services))
        {
            foreach (var key in new[] { null, "x", new string('a', 40), shop.KeyOf(Role.Admin)[..^1] + "?" })
            {
                var answer = await shop.SendBytes(endpoint.Method, endpoint.Path(Endpoints.Value), null, key);
                answer.IsDecent($"{endpoint} with the key {key}");
                // An address that nobody known calls from has a limit of its own.
                Assert.True(answer.Status is 401 or 429, $"{endpoint}: {answer.Status}");
            }
        }
    }

    [Fact]
    public async Task Each_role_may_do_what_the_table_says()
    {
        foreach (var endpoint in Endpoints.All(shop.Services))
        {
            var least = Endpoints.Least[endpoint.ToString()];
            foreach (var role in Enum.GetValues<Role>())
            {
                // A body that is no JSON: who may come as far as that is told so, and nothing is done.
                var answer = await shop.Send(endpoint.Method, endpoint.Path(n => n is "id:long" or "id:int" ? "999999" : n == "name" ? "none" : n == "kind" ? "value" : "none"), endpoint.Method == "GET" ? null : "?", role);
                answer.IsDecent($"{endpoint} as {role}");
                Assert.True(role >= least ? answer.Status is not (401 or 403) : answer.Status == 403, $"{endpoint} as {role}: {answer.Status}");
            }
        }
    }

    [Fact]
    public async Task A_viewer_sees_nobody_by_name()
    {
        var named = await shop.Send("GET", "/api/v1/segments/S1", role: Role.Analyst);
        var bare = await shop.Send("GET", "/api/v1/segments/S1", role: Role.Viewer);
        Assert.NotEqual(0, named.Json.GetProperty("segment").GetProperty("examples").GetArrayLength());
        Assert.Equal(0, bare.Json.GetProperty("segment").GetProperty("examples").GetArrayLength());
        // The tag of the one is not a reason to keep the other.
        Assert.NotEqual(named.Tag, bare.Tag);
    }

    [Fact]
    public async Task Ids_of_another_server_are_unknown()
    {
        await using var other = await Server.RunningServer.Start();
        var (source, key) = (other.Services.GetRequiredService<Coterie.Server.Access.Sources>().All[0].Id, other.Services.GetRequiredService<Coterie.Server.Access.ApiKeys>().Add("theirs", Role.Admin));
        foreach (var path in new[] { $"/api/v1/sources/{source}", $"/api/v1/customers/{source}", $"/api/v1/audiences/{source}", $"/api/v1/runs/{source}", $"/api/v1/segments/{source}" })
        {
            var answer = await shop.Send("GET", path);
            Assert.Equal(404, answer.Status);
            Assert.DoesNotContain("shop ", answer.Text);
        }

        Assert.Equal(401, (await shop.SendBytes("GET", "/api/v1/me", null, key.Key)).Status);
        Assert.Equal(404, (await shop.Send("DELETE", $"/api/v1/keys/{key.Id}")).Status);
    }
}

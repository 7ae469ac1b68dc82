using System.Text.Json;

namespace Coterie.Tests.Api;

/// <summary>The API describes itself: every route, in OpenAPI 3.1.</summary>
[Collection(nameof(ApiShop))]
public class DocumentTests(ApiShop shop)
{
    async Task<JsonElement> Document() => (await shop.Send("GET", "/api/openapi.json", role: null)).Json;

    [Fact]
    public async Task It_lists_every_route_and_nothing_else()
    {
        var document = await Document();
        Assert.StartsWith("3.1", document.GetProperty("openapi").GetString());
        var listed = document.GetProperty("paths").EnumerateObject().SelectMany(p => p.Value.EnumerateObject().Where(o => o.Name is "get" or "post" or "put" or "patch" or "delete").Select(o => $"{o.Name.ToUpperInvariant()} {p.Name}"));
        var there = Endpoints.All(shop.Services).Select(e => e.ToString().Replace(":long", "").Replace(":int", ""));
        Assert.Equal(there.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_route_has_a_summary_an_answer_problems_and_a_role()
    {
        foreach (var path in (await Document()).GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                var what = $"{operation.Name} {path.Name}";
                Assert.False(string.IsNullOrEmpty(operation.Value.GetProperty("summary").GetString()), what);
                Assert.Contains("Takes the role", operation.Value.GetProperty("description").GetString());
                var responses = operation.Value.GetProperty("responses").EnumerateObject().ToArray();
                Assert.Contains(responses, r => r.Name.StartsWith('2'));
                foreach (var status in new[] { "401", "403", "429" })
                    Assert.True(responses.First(r => r.Name == status).Value.GetProperty("content").TryGetProperty("application/problem+json", out _), what);
                if (operation.Name is "post") Assert.Contains(operation.Value.GetProperty("parameters").EnumerateArray(), p => p.GetProperty("name").GetString() == "Idempotency-Key");
            }
        }
    }

    [Fact]
    public async Task Examples_that_it_gives_are_taken()
    {
        foreach (var path in (await Document()).GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject().Where(o => o.Value.TryGetProperty("requestBody", out _)))
            {
                if (!operation.Value.GetProperty("requestBody").GetProperty("content").TryGetProperty("application/json", out var content) || !content.TryGetProperty("example", out var example)) continue;
                var at = path.Name.Replace("{id}", path.Name.Contains("people", StringComparison.Ordinal) ? "424242" : "none").Replace("{kind}", "value");
                var answer = await shop.Send(operation.Name.ToUpperInvariant(), at, example.GetRawText());
                // Well read, whatever is not there to be changed.
                Assert.True(answer.Status is (>= 200 and < 300) or 404, $"{operation.Name} {at}: {answer.Status} {answer.Text}");
            }
        }
    }

    [Fact]
    public async Task It_has_no_address_of_a_machine()
    {
        var text = (await shop.Send("GET", "/api/openapi.json", role: null)).Text;
        Assert.DoesNotContain("127.0.0.1", text);
        Assert.DoesNotContain("Coterie.Server", text);
    }
}

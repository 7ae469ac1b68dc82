using System.Text.Json;
using Coterie.Tests.Cli;

namespace Coterie.Tests.Rules;

/// <summary>A shop whose events come as Segment's calls, in a workspace with a run, made once. Of ten customers, three refused marketing in three ways, one refuses
/// personalisation, one changed its mind, one cannot be read, and four said nothing.</summary>
public sealed class ConsentShop : Running
{
    internal const int Customers = 240;
    static readonly DateTime Begin = new(2024, 1, 1, 8, 0, 0, DateTimeKind.Utc);

    public ConsentShop()
    {
        var ran = Coterie("ingest", Write("calls.jsonl", string.Join('\n', Calls()) + "\n"), "--workspace", Workspace).GetAwaiter().GetResult();
        if (ran.Code != 0) throw new InvalidOperationException(ran.Error);
        ran = Coterie("segment", "--workspace", Workspace, "--deep", "off", "--decisions", "off", "--k", "3").GetAwaiter().GetResult();
        if (ran.Code != 0) throw new InvalidOperationException(ran.Error);
    }

    internal string Workspace => At("shop");

    internal string Run => Path.Combine(Workspace, "runs", "0001");

    internal static string Id(int customer) => $"c{customer:000}";

    /// <summary>0, 1, 2 refused marketing; 3 refused personalisation and gave marketing; 4 gave all in the end; the rest never said.</summary>
    internal static int Kind(string id) => id[^1] - '0';

    internal static bool RefusedMarketing(string id) => Kind(id) is 0 or 1 or 2;

    static IEnumerable<string> Calls()
    {
        var rng = new Coterie.Numerics.Seed(3).Stream(0);
        var number = 0;
        string Call(string type, int customer, double day, object more)
        {
            var call = JsonSerializer.SerializeToNode(more)!.AsObject();
            call["type"] = type;
            call["userId"] = Id(customer);
            call["messageId"] = $"m{++number}";
            call["timestamp"] = Begin.AddDays(day).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
            return call.ToJsonString();
        }

        // The first rows say nothing about anybody: what comes later is kept all the same.
        for (var c = 0; c < Customers; c++)
        {
            for (var o = 0; o < 2 + c % 6; o++)
            {
                yield return Call("track", c, rng.NextInt(200) + rng.NextDouble() / 3, new
                {
                    @event = "Order Completed",
                    properties = new { order_id = $"o{number}", products = new[] { new { product_id = $"p{rng.NextInt(30)}", price = 5.0 + rng.NextInt(40), quantity = 1 + rng.NextInt(3), category = rng.NextInt(2) == 0 ? "garden/tools" : "kitchen" } } },
                });
            }
        }

        for (var c = 0; c < Customers; c++)
        {
            var tier = c % 2 == 0 ? "gold" : "silver";
            switch (c % 10)
            {
                case 0:
                    yield return Call("identify", c, 1, new { traits = new { tier, marketing_consent = false } });
                    break;
                case 1:
                    yield return Call("identify", c, 1, new { traits = new { tier, email_opt_in = true } });
                    yield return Call("page", c, 150, new { name = "Home", context = new { consent = new { categoryPreferences = new { Advertising = false, Analytics = true } } } });
                    break;
                case 2:
                    yield return Call("identify", c, 1, new { traits = new { tier, do_not_contact = "yes" } });
                    break;
                case 3:
                    yield return Call("identify", c, 1, new { traits = new { tier, consent = new { marketing = true, personalisation = false } } });
                    break;
                case 4:
                    yield return Call("identify", c, 1, new { traits = new { tier = "none", consent = false } });
                    yield return Call("identify", c, 100, new { traits = new { tier, consent = true } });
                    break;
                case 5:
                    yield return Call("identify", c, 1, new { traits = new { tier, marketing_consent = "maybe" } });
                    break;
                default:
                    yield return Call("identify", c, 1, new { traits = new { tier } });
                    break;
            }
        }

        // Somebody who signed up and did nothing else.
        yield return Call("identify", 999, 120, new { traits = new { tier = "gold" } });
    }
}

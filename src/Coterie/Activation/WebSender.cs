using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Coterie.Activation;

/// <summary>Posts JSON to one web address: only to public hosts unless allowed, without redirects, proxies or cookies, within limits of time and size, and again where that
/// may help.</summary>
/// <remarks>Names are looked up here and the connection goes to the address that was checked, so that a name which changes its address between a check and
/// a use gains nothing. Of an answer only its head is read (at most 16 KB): a receiver that has said 200 has the batch, and what else it says is
/// neither needed nor shown, for it may repeat what is secret.</remarks>
sealed class WebSender
{
    // The head of an answer, in KB.
    const int MostHead = 16;
    readonly WebOptions options;
    readonly Uri uri;

    internal WebSender(WebOptions options)
    {
        this.options = options;
        uri = options.Check();
        Shown = WebOptions.Shown(uri);
    }

    internal string Shown { get; }

    /// <summary>Posts until the receiver says that it has it.</summary>
    /// <param name="head">Adds headers; called for each try.</param>
    internal Task Post(string key, Func<byte[]> body, Action<HttpRequestHeaders, byte[]> head, CancellationToken stop) =>
        Retries.Run(options.Retry, key, token => Once(body, head, token), options.Say, stop);

    async Task<Try> Once(Func<byte[]> body, Action<HttpRequestHeaders, byte[]> head, CancellationToken stop)
    {
        var bytes = body();
        using var request = new HttpRequestMessage(HttpMethod.Post, uri) { Content = new ByteArrayContent(bytes) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("Coterie", "1"));
        request.Headers.ConnectionClose = true;
        head(request.Headers, bytes);
        var connection = new Connection(options);
        // Nothing is shared between tries: no connection is found dead half-way, no look-up is old, and whether this try reached the receiver is certain.
        using var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            // A proxy would connect in our place, and nothing would be checked.
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = options.Connect,
            MaxResponseHeadersLength = MostHead,
            ConnectCallback = connection.Make,
        };
        using var client = new HttpMessageInvoker(handler, disposeHandler: false);
        using var total = CancellationTokenSource.CreateLinkedTokenSource(stop);
        total.CancelAfter(options.Total);
        try
        {
            using var response = await client.SendAsync(request, total.Token).ConfigureAwait(false);
            return Answer(response);
        }
        catch (OperationCanceledException e) when (!stop.IsCancellationRequested)
        {
            return new Try(false, true, connection.Made, connection.Made ? $"did not answer within {Retries.Words(options.Total)}" : $"could not be connected to within {Retries.Words(options.Connect)}", Cause: e);
        }
        catch (HttpRequestException e)
        {
            return Failure(e, connection);
        }
    }

    Try Answer(HttpResponseMessage response)
    {
        var code = (int)response.StatusCode;
        return code switch
        {
            >= 200 and < 300 => Try.Success,
            >= 300 and < 400 => new Try(false, false, false, $"answered {code}, a redirect, which is not followed: name the address itself"),
            429 => new Try(false, true, false, "answered 429 (too many requests)", After(response)),
            // These say that the answer was lost on the way, or came from something in between: the batch may have arrived.
            408 or 425 or >= 500 and not (501 or 505) => new Try(false, true, true, $"answered {code}", After(response)),
            401 or 403 => new Try(false, false, false, $"answered {code}: it does not accept the secret or key"),
            404 or 410 => new Try(false, false, false, $"answered {code}: there is no receiver at this address (any more)"),
            413 => new Try(false, false, false, "answered 413: the batch is too large for it; lower --batch"),
            _ => new Try(false, false, false, $"answered {code}: it does not take this"),
        };
    }

    TimeSpan? After(HttpResponseMessage response)
    {
        var asked = response.Headers.RetryAfter;
        var wait = asked?.Delta ?? (asked?.Date is { } date ? date - options.Retry.Clock.GetUtcNow() : null);
        return wait is { } w && w > TimeSpan.Zero ? w : null;
    }

    Try Failure(HttpRequestException e, Connection connection)
    {
        for (Exception? inner = e; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case ForbiddenAddressException refused: return new Try(false, false, false, refused.Message, Cause: e);
                case AuthenticationException: return new Try(false, false, false, "could not be trusted: its certificate is not valid for this address, or it speaks no TLS", Cause: e);
                case SilenceException silent: return new Try(false, true, connection.Made, silent.Message, Cause: e);
                case SocketException s when !connection.Made: return new Try(false, true, false, $"could not be connected to ({Words(s.SocketErrorCode)})", Cause: e);
            }
        }

        var what = e.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => "could not be found: its name has no address",
            HttpRequestError.ConfigurationLimitExceeded => $"answered with a head of more than {MostHead} KB",
            HttpRequestError.InvalidResponse => "answered with something that is not HTTP",
            _ when connection.Made => "broke the connection before it answered",
            _ => "could not be connected to",
        };
        return new Try(false, true, connection.Made, what, Cause: e);
    }

    static string Words(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => "nobody listens there",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "its name has no address",
        SocketError.HostUnreachable or SocketError.NetworkUnreachable => "no way there",
        SocketError.TimedOut => "no answer",
        _ => error.ToString(),
    };
}

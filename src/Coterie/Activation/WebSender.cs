using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using Coterie.Profiles;

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
            return new Try(false, true, connection.Made, connection.Made
                ? new($"did not answer within {Retries.Words(options.Total)}", $"接收方在 {Retries.Words(options.Total)} 内没有应答")
                : new($"could not be connected to within {Retries.Words(options.Connect)}", $"在 {Retries.Words(options.Connect)} 内无法连接接收方"), Cause: e);
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
            >= 300 and < 400 => new Try(false, false, false, new($"answered {code}, a redirect, which is not followed: name the address itself", $"接收方返回 {code}（重定向），不会跟随；请填写最终地址")),
            429 => new Try(false, true, false, new("answered 429 (too many requests)", "接收方返回 429（请求过多）"), After(response)),
            // These say that the answer was lost on the way, or came from something in between: the batch may have arrived.
            408 or 425 or >= 500 and not (501 or 505) => new Try(false, true, true, new($"answered {code}", $"接收方返回 {code}"), After(response)),
            401 or 403 => new Try(false, false, false, new($"answered {code}: it does not accept the secret or key", $"接收方返回 {code}：不接受该密钥")),
            404 or 410 => new Try(false, false, false, new($"answered {code}: there is no receiver at this address (any more)", $"接收方返回 {code}：此地址没有接收方")),
            413 => new Try(false, false, false, new("answered 413: the batch is too large for it; lower --batch", "接收方返回 413：批次过大")),
            _ => new Try(false, false, false, new($"answered {code}: it does not take this", $"接收方返回 {code}：不接受此内容")),
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
                case ForbiddenAddressException refused: return new Try(false, false, false, refused.What, Cause: e);
                case AuthenticationException: return new Try(false, false, false, new("could not be trusted: its certificate is not valid for this address, or it speaks no TLS", "接收方不可信：证书对此地址无效，或不支持 TLS"), Cause: e);
                case SilenceException silent: return new Try(false, true, connection.Made, silent.What, Cause: e);
                case SocketException s when !connection.Made: return new Try(false, true, false, new($"could not be connected to ({Words(s.SocketErrorCode).En})", $"无法连接接收方（{Words(s.SocketErrorCode).Zh}）"), Cause: e);
            }
        }

        Bilingual what = e.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => new("could not be found: its name has no address", "找不到接收方：主机名没有对应的地址"),
            HttpRequestError.ConfigurationLimitExceeded => new($"answered with a head of more than {MostHead} KB", $"接收方应答的头部超过 {MostHead} KB"),
            HttpRequestError.InvalidResponse => new("answered with something that is not HTTP", "接收方的应答不是 HTTP"),
            _ when connection.Made => new("broke the connection before it answered", "接收方在应答前断开了连接"),
            _ => new("could not be connected to", "无法连接接收方"),
        };
        return new Try(false, true, connection.Made, what, Cause: e);
    }

    static Bilingual Words(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => new("nobody listens there", "该处没有服务在监听"),
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => new("its name has no address", "主机名没有对应的地址"),
        SocketError.HostUnreachable or SocketError.NetworkUnreachable => new("no way there", "网络不可达"),
        SocketError.TimedOut => new("no answer", "没有应答"),
        _ => new(error.ToString(), error.ToString()),
    };
}

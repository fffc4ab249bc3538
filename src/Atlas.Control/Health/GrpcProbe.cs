using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Atlas.Core.Configuration;

namespace Atlas.Control.Health;

/// <summary>Calls <c>grpc.health.v1.Health/Check</c> (GRPC Health Checking Protocol) over HTTP/2, by ALPN over TLS and
/// without an upgrade in plain text (RFC 9113 3.3), on a connection of its own, and expects <c>SERVING</c>.</summary>
internal sealed class GrpcProbe : IProbe
{
    private const string Method = "/grpc.health.v1.Health/Check";
    private const string ContentType = "application/grpc";

    private readonly ServerAddress _address;
    private readonly ProxyProtocolVersion _proxyProtocol;
    private readonly ProbeSecurity? _security;
    private readonly Uri _uri;
    private readonly string _host;
    private readonly string _timeout;
    private readonly string _userAgent;
    private readonly byte[] _request;

    internal GrpcProbe(
        ServerAddress address,
        HealthCheckConfig check,
        string userAgent,
        ProxyProtocolVersion proxyProtocol = ProxyProtocolVersion.None,
        ProbeSecurity? security = null)
    {
        _address = address;
        _proxyProtocol = proxyProtocol;
        _security = security;
        _uri = ProbeHttp.UriOf(address, Method, security);
        _host = check.Host.Length > 0 ? check.Host : ProbeHttp.AuthorityOf(address);
        _timeout = string.Create(CultureInfo.InvariantCulture, $"{check.TimeoutMs}m");
        _userAgent = userAgent;
        _request = GrpcHealthMessages.Request(check.Service);
    }

    public void Dispose()
    {
        // Each probe ends its own connection.
    }

    public Task<ProbeResult> RunAsync(CancellationToken cancellation) =>
        ProbeErrors.CatchAsync(() => CallAsync(cancellation), _address, cancellation);

    private async Task<ProbeResult> CallAsync(CancellationToken cancellation)
    {
        // A connection of HTTP/2 outlives its request, and ends with what made it. A lifetime of zero would not end it.
        using var http = new HttpMessageInvoker(ProbeHttp.HandlerFor(_address, _proxyProtocol, _security, isHttp2: true));
        using var request = new HttpRequestMessage(HttpMethod.Post, _uri)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(_request),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(ContentType);
        request.Headers.Host = _host;
        request.Headers.TryAddWithoutValidation("te", "trailers");
        request.Headers.TryAddWithoutValidation("grpc-timeout", _timeout);
        request.Headers.TryAddWithoutValidation("User-Agent", _userAgent);
        using HttpResponseMessage response = await http.SendAsync(request, cancellation);
        return await JudgeAsync(response, cancellation);
    }

    private static async Task<ProbeResult> JudgeAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.StatusCode != HttpStatusCode.OK)
        {
            return ProbeResult.Bad(string.Create(CultureInfo.InvariantCulture, $"http {(int)response.StatusCode}, expected 200"));
        }

        if (!IsGrpc(response.Content.Headers.ContentType?.MediaType))
        {
            return ProbeResult.Bad("the response is not gRPC");
        }

        byte[] body = new byte[GrpcHealthMessages.MaxResponseBytes + 1];
        await using Stream stream = await response.Content.ReadAsStreamAsync(cancellation);
        int length = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellation);
        if (length > GrpcHealthMessages.MaxResponseBytes)
        {
            return ProbeResult.Bad(string.Create(
                CultureInfo.InvariantCulture, $"the response is larger than {GrpcHealthMessages.MaxResponseBytes} bytes"));
        }

        // A call that fails at once has its status in the head, and no body.
        string? call = FieldOf(response.TrailingHeaders) ?? FieldOf(response.Headers);
        return GrpcStatus.Parse(call ?? "") switch
        {
            -1 => ProbeResult.Bad("the response has no valid grpc-status"),
            0 => Judge(GrpcHealthMessages.StatusOf(body.AsSpan(0, length))),
            int status => ProbeResult.Bad(
                string.Create(CultureInfo.InvariantCulture, $"grpc status {status} ({GrpcStatus.NameOf(status)})")),
        };
    }

    private static ProbeResult Judge(ulong? serving) => serving switch
    {
        null => ProbeResult.Bad("the response is malformed"),
        GrpcHealthMessages.Serving => ProbeResult.Good("grpc SERVING"),
        ulong other => ProbeResult.Bad($"grpc {GrpcHealthMessages.NameOf(other)}, expected SERVING"),
    };

    private static bool IsGrpc(string? type) =>
        type is not null && (type.Equals(ContentType, StringComparison.OrdinalIgnoreCase)
            || type.StartsWith(ContentType + "+", StringComparison.OrdinalIgnoreCase));

    private static string? FieldOf(HttpResponseHeaders headers) =>
        headers.NonValidated.TryGetValues("grpc-status", out HeaderStringValues values) && values.Count == 1
            ? values.ToString()
            : null;
}

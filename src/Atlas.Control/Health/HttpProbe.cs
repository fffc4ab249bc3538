using System.Globalization;
using System.Net;
using Atlas.Core.Configuration;

namespace Atlas.Control.Health;

/// <summary>Sends a GET on a connection of its own, so that accepting is checked too, and looks at status, headers and body. Redirects
/// are not followed, and no proxy is asked.</summary>
internal sealed class HttpProbe : IProbe
{
    /// <summary>Bytes of a body that are read; an expected text must stand among them.</summary>
    internal const int MaxBodyBytes = 64 * 1024;

    private readonly Func<HttpMessageInvoker> _newHttp;
    private readonly ServerAddress _address;
    private readonly HealthCheckConfig _check;
    private readonly Version _version;
    private readonly Uri _uri;
    private readonly string _host;
    private readonly string _userAgent;
    private readonly FieldExpectation[] _fields;
    private readonly ProbeText _text;

    internal HttpProbe(
        ServerAddress address,
        HealthCheckConfig check,
        string userAgent,
        ProxyProtocolVersion proxyProtocol = ProxyProtocolVersion.None,
        ProbeSecurity? security = null,
        bool isHttp2 = false)
    {
        _address = address;
        _check = check;
        _userAgent = userAgent;
        _fields = [.. check.Expect.Headers.Select(match => new FieldExpectation(match))];
        _text = new ProbeText(check.Expect.Body);
        _host = check.Host.Length > 0 ? check.Host : ProbeHttp.AuthorityOf(address);
        _uri = ProbeHttp.UriOf(address, check.Path, security);
        _version = isHttp2 ? HttpVersion.Version20 : HttpVersion.Version11;

        // A connection of HTTP/2 outlives its request, and ends with what made it.
        _newHttp = () => new HttpMessageInvoker(ProbeHttp.HandlerFor(address, proxyProtocol, security, isHttp2));
    }

    public void Dispose()
    {
        // Each probe ends its own connection.
    }

    public Task<ProbeResult> RunAsync(CancellationToken cancellation) =>
        ProbeErrors.CatchAsync(() => AskAsync(cancellation), _address, cancellation);

    private async Task<ProbeResult> AskAsync(CancellationToken cancellation)
    {
        using HttpMessageInvoker http = _newHttp();
        using var request = new HttpRequestMessage(HttpMethod.Get, _uri)
        {
            Version = _version, VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Host = _host;
        request.Headers.ConnectionClose = _version == HttpVersion.Version11;
        request.Headers.TryAddWithoutValidation("User-Agent", _userAgent);
        using HttpResponseMessage response = await http.SendAsync(request, cancellation);
        return await JudgeAsync(response, cancellation);
    }

    private async Task<ProbeResult> JudgeAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        int status = (int)response.StatusCode;
        string found = string.Create(CultureInfo.InvariantCulture, $"http {status}");
        if (!IsExpected(status))
        {
            return ProbeResult.Bad($"{found}, expected {string.Join(", ", _check.Expect.Statuses)}");
        }

        foreach (FieldExpectation field in _fields)
        {
            if (!field.IsMetBy(response.Headers, response.Content.Headers))
            {
                return ProbeResult.Bad($"{found}, but the header {field.Name} is not as expected");
            }
        }

        byte[] body = new byte[MaxBodyBytes];
        await using Stream stream = await response.Content.ReadAsStreamAsync(cancellation);
        int length = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellation);
        return _text.IsIn(body.AsSpan(0, length))
            ? ProbeResult.Good(found)
            : ProbeResult.Bad($"{found}, but {_text.Missing}");
    }

    private bool IsExpected(int status)
    {
        foreach (StatusRange range in _check.Expect.Statuses)
        {
            if (range.Contains(status))
            {
                return true;
            }
        }

        return false;
    }
}

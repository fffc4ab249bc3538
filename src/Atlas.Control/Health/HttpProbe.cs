using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Atlas.Core.Configuration;

namespace Atlas.Control.Health;

/// <summary>Sends a GET on a connection of its own, so that accepting is checked too, and looks at status and body. Redirects
/// are not followed, and no proxy is asked.</summary>
internal sealed class HttpProbe : IProbe
{
    /// <summary>Bytes of a body that are read; an expected text must stand among them.</summary>
    internal const int MaxBodyBytes = 64 * 1024;

    // Of a response's head, in KiB; the data plane takes no more either.
    private const int MaxHeadKiB = 32;

    private readonly HttpMessageInvoker _http;
    private readonly ServerAddress _address;
    private readonly HealthCheckConfig _check;
    private readonly Uri _uri;
    private readonly string _host;
    private readonly string _userAgent;
    private readonly byte[] _text;

    internal HttpProbe(ServerAddress address, HealthCheckConfig check, string userAgent)
    {
        _address = address;
        _check = check;
        _userAgent = userAgent;
        _text = Encoding.UTF8.GetBytes(check.Expect.Body);
        string authority = address.UnixPath is null ? address.ToString() : "localhost";
        _host = check.Host.Length > 0 ? check.Host : authority;

        // What is configured is sent as it is written.
        _uri = new Uri(
            $"http://{authority}{check.Path}",
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            MaxResponseHeadersLength = MaxHeadKiB,
            MaxResponseDrainSize = 0,
            PooledConnectionLifetime = TimeSpan.Zero,

            // The token of a probe bounds it as a whole.
            ConnectTimeout = Timeout.InfiniteTimeSpan,
            ConnectCallback = async (_, cancellation) =>
                new NetworkStream(await ServerSocket.ConnectAsync(address, cancellation), ownsSocket: true),
        });
    }

    public void Dispose() => _http.Dispose();

    public async Task<ProbeResult> RunAsync(CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _uri);
        request.Headers.Host = _host;
        request.Headers.ConnectionClose = true;
        request.Headers.TryAddWithoutValidation("User-Agent", _userAgent);
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(request, cancellation);
            return await JudgeAsync(response, cancellation);
        }
        catch (HttpRequestException e) when (!cancellation.IsCancellationRequested)
        {
            return Judge(e);
        }
        catch (HttpIOException e) when (!cancellation.IsCancellationRequested)
        {
            return Judge(e.HttpRequestError);
        }
        catch (IOException) when (!cancellation.IsCancellationRequested)
        {
            return ProbeResult.Bad("the response broke off");
        }
    }

    private async Task<ProbeResult> JudgeAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        int status = (int)response.StatusCode;
        string found = string.Create(CultureInfo.InvariantCulture, $"http {status}");
        if (!IsExpected(status))
        {
            return ProbeResult.Bad($"{found}, expected {string.Join(", ", _check.Expect.Statuses)}");
        }

        byte[] body = new byte[MaxBodyBytes];
        await using Stream stream = await response.Content.ReadAsStreamAsync(cancellation);
        int length = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellation);
        return body.AsSpan(0, length).IndexOf(_text) >= 0
            ? ProbeResult.Good(found)
            : ProbeResult.Bad($"{found}, but the expected text is not in the body");
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

    // Messages of exceptions may quote what the server sent; these words do not.
    private ProbeResult Judge(HttpRequestException error) =>
        error.InnerException is SocketException socket ? ServerSocket.Judge(socket, _address)
        : error.InnerException is HttpIOException inner ? Judge(inner.HttpRequestError)
        : Judge(error.HttpRequestError);

    private static ProbeResult Judge(HttpRequestError error) => ProbeResult.Bad(error switch
    {
        HttpRequestError.InvalidResponse => "the response is malformed",
        HttpRequestError.ResponseEnded => "the response broke off",
        HttpRequestError.ConfigurationLimitExceeded =>
            string.Create(CultureInfo.InvariantCulture, $"the response's head is larger than {MaxHeadKiB} KiB"),
        _ => "the exchange failed",
    });
}

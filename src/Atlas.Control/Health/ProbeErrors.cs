using System.Globalization;
using System.Net.Sockets;
using Atlas.Core.Configuration;

namespace Atlas.Control.Health;

/// <summary>What failed exchanges say of a server. Messages of exceptions may quote what the server sent; these words do
/// not.</summary>
internal static class ProbeErrors
{
    /// <summary>Runs an exchange, and judges the errors that it may end with.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    internal static async Task<ProbeResult> CatchAsync(
        Func<Task<ProbeResult>> exchange, ServerAddress address, CancellationToken cancellation)
    {
        try
        {
            return await exchange();
        }
        catch (HttpRequestException e) when (!cancellation.IsCancellationRequested)
        {
            return Judge(e, address);
        }
        catch (HttpIOException e) when (!cancellation.IsCancellationRequested)
        {
            return Judge(e, e.HttpRequestError);
        }
        catch (IOException e) when (!cancellation.IsCancellationRequested)
        {
            return ProbeResult.Bad(ProbeTls.WordsAfterHandshake(e) ?? "the response broke off");
        }
    }

    private static ProbeResult Judge(HttpRequestException error, ServerAddress address) =>
        error.InnerException is SocketException socket ? ServerSocket.Judge(socket, address)
        : error.InnerException is ProbeTlsException tls ? ProbeResult.Bad(tls.Message)
        : error.InnerException is HttpIOException inner ? Judge(inner, inner.HttpRequestError)
        : Judge(error, error.HttpRequestError);

    private static ProbeResult Judge(Exception error, HttpRequestError kind) => ProbeResult.Bad(kind switch
    {
        _ when ProbeTls.WordsAfterHandshake(error) is { } words => words,
        HttpRequestError.InvalidResponse => "the response is malformed",
        HttpRequestError.HttpProtocolError => "the response is malformed",
        HttpRequestError.ResponseEnded => "the response broke off",
        HttpRequestError.ConfigurationLimitExceeded =>
            string.Create(CultureInfo.InvariantCulture, $"the response's head is larger than {ProbeHttp.MaxHeadKiB} KiB"),
        _ => "the exchange failed",
    });
}

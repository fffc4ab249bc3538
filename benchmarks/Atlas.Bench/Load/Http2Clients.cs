using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Atlas.Bench.Peers;

namespace Atlas.Bench.Load;

/// <summary>Clients of HTTP/2: h2load of nghttp2, which counts what it did. Each run opens its connections anew and does a number of
/// requests that takes about as long as it shall, going by the run before.</summary>
/// <param name="proxy">Scheme, address and port.</param>
/// <param name="connections">Connections.</param>
/// <param name="streams">Requests at a time on each.</param>
/// <param name="cancel">Ends a run.</param>
internal sealed partial class Http2Clients(string proxy, int connections, int streams, CancellationToken cancel) : ILoad
{
    private const int FewRequests = 4_000;

    private double _perSecond;

    /// <inheritdoc/>
    public async Task<LoadResult> RunAsync(double seconds)
    {
        int requests = Math.Max(FewRequests, (int)(_perSecond * seconds));
        string said = await SayAsync(requests);
        Match end = End().Match(said);
        if (!end.Success || Number(end, "ok") != requests || Number(end, "bytes") != (long)requests * Origin.SmallBytes)
        {
            throw new BenchException($"h2load did not do {requests} requests with a whole response of status 200 each:\n{said}");
        }

        double took = double.Parse(end.Groups["time"].ValueSpan, CultureInfo.InvariantCulture) * UnitOf(end.Groups["unit"].Value);
        _perSecond = requests / took;
        return new LoadResult(requests, took, []);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static long Number(Match match, string group) => long.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    private static double UnitOf(string unit) => unit switch { "us" => 1e-6, "ms" => 1e-3, "s" => 1, _ => throw new BenchException($"h2load says {unit}") };

    private async Task<string> SayAsync(int requests)
    {
        var start = new ProcessStartInfo("h2load")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in Arguments(requests))
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        try
        {
            Task<string> errors = process.StandardError.ReadToEndAsync(cancel);
            string said = await process.StandardOutput.ReadToEndAsync(cancel) + await errors;
            await process.WaitForExitAsync(cancel);
            return said;
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }

    // The fields are those of the exchange of HTTP/1.1.
    private string[] Arguments(int requests) =>
    [
        "-n", $"{requests}", "-c", $"{connections}", "-m", $"{streams}", "-t", "1",
        "-H", $":authority: {BenchCertificate.Name}",
        "-H", "user-agent: Mozilla/5.0 (X11; Linux x86_64) bench/1.0",
        "-H", "accept: application/json",
        "-H", "accept-encoding: gzip, br",
        "-H", "cookie: session=0123456789abcdef0123456789abcdef",
        $"{proxy}/small?page=1",
    ];

    [GeneratedRegex(
        @"finished in (?<time>[0-9.]+)(?<unit>[a-z]+),.*\s(?<ok>[0-9]+) succeeded, 0 failed, 0 errored, 0 timeout\s.*\((?<bytes>[0-9]+)\) data",
        RegexOptions.ExplicitCapture | RegexOptions.Singleline,
        matchTimeoutMilliseconds: 1_000)]
    private static partial Regex End();
}

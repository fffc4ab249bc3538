using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Atlas.Bench.Measure;
using Atlas.Bench.Peers;

namespace Atlas.Bench.Load;

/// <summary>The servers of HTTP/2 behind the proxies: nginx, which answers three ports in plain text and counts requests. Disposing
/// ends it.</summary>
internal sealed partial class Http2Origin : IDisposable
{
    private const int PollMs = 5;
    private const int StartLimitMs = 5_000;

    private readonly string _directory = Directory.CreateTempSubdirectory("atlas-bench-").FullName;
    private readonly HttpClient _client = new();
    private readonly int _statusPort = FreePort.Find();
    private readonly Process _process;
    private int _asked;

    private Http2Origin()
    {
        Ports = [FreePort.Find(), FreePort.Find(), FreePort.Find()];
        string file = new PeerSettings(_statusPort, new OriginPorts([], [], Ports), _directory, OpenFiles.Limit).Fill("nginx-http2-origin.conf");
        _process = Process.Start(new ProcessStartInfo("nginx", ["-c", file, "-p", _directory]) { UseShellExecute = false })!;
    }

    /// <summary>The three ports.</summary>
    internal IReadOnlyList<int> Ports { get; }

    /// <summary>Starts it and returns once it answers.</summary>
    internal static async Task<Http2Origin> StartAsync(CancellationToken cancel)
    {
        var origin = new Http2Origin();
        var watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await origin.RequestsAsync(cancel);
                return origin;
            }
            catch (HttpRequestException) when (watch.ElapsedMilliseconds < StartLimitMs && !origin._process.HasExited)
            {
                await Task.Delay(PollMs, cancel);
            }
            catch
            {
                origin.Dispose();
                throw;
            }
        }
    }

    /// <summary>Requests answered so far.</summary>
    internal async Task<long> RequestsAsync(CancellationToken cancel)
    {
        string said = await _client.GetStringAsync(new Uri($"http://{IPAddress.Loopback}:{_statusPort}/"), cancel);
        _asked++;
        Match match = Counts().Match(said);
        return match.Success
            ? long.Parse(match.Groups["requests"].ValueSpan, CultureInfo.InvariantCulture) - _asked
            : throw new BenchException($"nginx does not say how many requests it served: {said}");
    }

    public void Dispose()
    {
        _client.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    // "server accepts handled requests", and below the three numbers.
    [GeneratedRegex(@"requests\s+[0-9]+ [0-9]+ (?<requests>[0-9]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Counts();
}

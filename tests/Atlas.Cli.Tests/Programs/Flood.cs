using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Atlas.Cli.Tests.Programs;

/// <summary>Connections that ask for <c>/</c> again and again, a few requests at a time, and count what is allowed.</summary>
public sealed partial class Flood
{
    private const int Batch = 8;
    private static readonly byte[] Requests =
        Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("GET / HTTP/1.1\r\nHost: a\r\n\r\n", Batch)));

    private readonly long _began = Stopwatch.GetTimestamp();
    private int _allowed;
    private int _refused;
    private long _firstAnswer;
    private long _lastRefused;

    /// <summary>Requests answered with 200.</summary>
    public int Allowed => _allowed;

    /// <summary>Requests answered with 429.</summary>
    public int Refused => _refused;

    /// <summary>From the first answer, before which nobody asked, to the last answer with 429: then nothing more was to be had.</summary>
    public TimeSpan Took => Stopwatch.GetElapsedTime(_firstAnswer, _lastRefused);

    /// <summary>Asks until a time has passed and the limit is used up.</summary>
    /// <param name="addresses">Whom to ask, each over as many connections.</param>
    /// <param name="connections">How many connections each.</param>
    /// <param name="time">How long at least.</param>
    public static async Task<Flood> RunAsync(IEnumerable<string> addresses, int connections, TimeSpan time)
    {
        var flood = new Flood();
        await Task.WhenAll(addresses.SelectMany(address =>
            Enumerable.Range(0, connections).Select(_ => Task.Run(() => flood.AskAsync(address, time))))).WaitAsync(RunningProgram.Limit);
        return flood;
    }

    private async Task AskAsync(string address, TimeSpan time)
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPEndPoint.Parse(address));
        NetworkStream stream = client.GetStream();
        byte[] buffer = new byte[16 * 1024];
        bool isRefused = false;
        while (!isRefused || Stopwatch.GetElapsedTime(_began) < time)
        {
            await stream.WriteAsync(Requests);
            string text = "";
            MatchCollection statuses;
            do
            {
                int received = await stream.ReadAsync(buffer);
                received.ShouldBeGreaterThan(0, text);
                text += Encoding.ASCII.GetString(buffer, 0, received);
                statuses = StatusLine().Matches(text);
            }
            while (statuses.Count < Batch);

            Interlocked.CompareExchange(ref _firstAnswer, Stopwatch.GetTimestamp(), 0);
            foreach (Match status in statuses)
            {
                int code = int.Parse(status.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
                code.ShouldBeOneOf(200, 429);
                isRefused = code == 429;
                Interlocked.Increment(ref isRefused ? ref _refused : ref _allowed);
            }

            if (isRefused)
            {
                Interlocked.Exchange(ref _lastRefused, Stopwatch.GetTimestamp());
            }
        }
    }

    [GeneratedRegex("HTTP/1\\.1 ([0-9]{3})")]
    private static partial Regex StatusLine();
}

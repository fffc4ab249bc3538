using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Atlas.Cli.Tests.Kernel;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.HighAvailability;

/// <summary>A client that opens a connection every 5 ms, asks one question on it, and notes who answered when.</summary>
public sealed class NewConnections : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);
    private static readonly byte[] Question = Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

    private readonly NetworkNamespace _from;
    private readonly IPEndPoint _to;
    private readonly ConcurrentQueue<Answer> _answers = new();
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _run;

    public NewConnections(NetworkNamespace from, string to)
    {
        _from = from;
        _to = IPEndPoint.Parse(to);
        _run = Task.Run(RunAsync);
    }

    /// <summary>An answer: who gave it, and when, by <see cref="Stopwatch.GetTimestamp"/>.</summary>
    public readonly record struct Answer(string Node, long Began, long Ended);

    public IReadOnlyCollection<Answer> Answers => _answers;

    /// <summary>What became of connections that were refused, reset or closed without an answer.</summary>
    public IReadOnlyCollection<string> Failures => _failures;

    /// <summary>Waits until a node answers a connection that began after a moment, and returns when it did.</summary>
    public async Task<long> AnsweredAsync(string node, long after)
    {
        Answer found = default;
        await Wait.ForAsync(
            () =>
            {
                found = _answers.Where(answer => answer.Node == node && answer.Began >= after).OrderBy(answer => answer.Ended).FirstOrDefault();
                return found.Node is not null;
            },
            () => $"{node} did not answer; last answers: {string.Join(", ", _answers.TakeLast(3))}; "
                + $"last failures: {string.Join(", ", _failures.TakeLast(3))}");
        return found.Ended;
    }

    /// <summary>Stops and waits until all that began has ended.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _run;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        // Sockets stay in the namespace that they were made in; this thread only makes them there.
        var open = new List<Task>();
        using var timer = new PeriodicTimer(Interval);
        while (!_stop.IsCancellationRequested)
        {
            open.Add(AskAsync(_from.NewSocket(_to.Address, ProtocolType.Tcp)));
            open.RemoveAll(task => task.IsCompleted);
            await timer.WaitForNextTickAsync();
        }

        await Task.WhenAll(open);
    }

    private async Task AskAsync(Socket socket)
    {
        long began = Stopwatch.GetTimestamp();
        using (socket)
        using (var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20)))
        {
            try
            {
                await socket.ConnectAsync(_to, limit.Token);
                await socket.SendAsync(Question, limit.Token);
                byte[] buffer = new byte[2_048];
                int length = 0;
                int read;
                while ((read = await socket.ReceiveAsync(buffer.AsMemory(length), limit.Token)) > 0)
                {
                    length += read;
                }

                string text = Encoding.ASCII.GetString(buffer, 0, length);
                if (text.StartsWith("HTTP/1.1 200", StringComparison.Ordinal))
                {
                    _answers.Enqueue(new Answer(text[(text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..], began, Stopwatch.GetTimestamp()));
                }
                else
                {
                    _failures.Enqueue(length == 0 ? "closed without an answer" : text);
                }
            }
            catch (SocketException e)
            {
                _failures.Enqueue(e.SocketErrorCode.ToString());
            }
            catch (OperationCanceledException)
            {
                _failures.Enqueue("no answer in 20 s");
            }
        }
    }
}

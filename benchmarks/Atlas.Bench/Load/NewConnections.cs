using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Atlas.Bench.Measure;
using Atlas.Bench.Networks;

namespace Atlas.Bench.Load;

/// <summary>A client that opens a connection every 5 ms, whatever became of those before, asks once on each, and notes which node
/// answered when.</summary>
internal sealed class NewConnections : IAsyncDisposable
{
    private const int IntervalMs = 5;
    private const int LimitMs = 8_000;

    private static readonly byte[] Question = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8.ToArray();

    private readonly IPEndPoint _to;
    private readonly Thread _thread;
    private readonly ConcurrentQueue<Task> _asking = new();
    private readonly ConcurrentQueue<Answer> _answers = new();
    private int _failed;
    private volatile bool _isEnding;

    internal NewConnections(BenchNamespace from, IPEndPoint to)
    {
        _to = to;
        _thread = new Thread(() => Run(from)) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>An answer: who gave it, and when, by <see cref="Stopwatch.GetTimestamp"/>.</summary>
    internal readonly record struct Answer(string Node, long Began, long Ended)
    {
        internal double Ms => Stopwatch.GetElapsedTime(Began, Ended).TotalMilliseconds;
    }

    internal IReadOnlyCollection<Answer> Answers => _answers;

    /// <summary>Connections that were refused, reset, closed without an answer or not answered within 8 s.</summary>
    internal int Failed => Volatile.Read(ref _failed);

    /// <summary>Waits until a node answers after a moment, and returns when it did.</summary>
    /// <exception cref="BenchException">It does not.</exception>
    internal async Task<long> AnsweredAsync(string node, long after, CancellationToken cancel)
    {
        return await Moment.AwaitAsync(
            () => _answers.Where(answer => answer.Node == node && answer.Ended >= after).Min(answer => (long?)answer.Ended), cancel)
            ?? throw new BenchException($"node {node} did not answer for {Moment.LimitMs / 1_000} s");
    }

    /// <summary>Opens no more, and waits until all have ended.</summary>
    internal async Task EndAsync()
    {
        _isEnding = true;
        await Task.Run(_thread.Join);
        await Task.WhenAll(_asking);
    }

    public async ValueTask DisposeAsync() => await EndAsync();

    private void Run(BenchNamespace from)
    {
        // Sockets stay in the namespace that they were made in; this thread only makes them there.
        from.Enter();
        var watch = Stopwatch.StartNew();
        for (long next = 0; !_isEnding; next = Math.Max(next + IntervalMs, watch.ElapsedMilliseconds))
        {
            Thread.Sleep((int)Math.Max(0, next - watch.ElapsedMilliseconds));
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            _asking.Enqueue(Task.Run(() => AskAsync(socket)));
        }
    }

    private async Task AskAsync(Socket socket)
    {
        long began = Stopwatch.GetTimestamp();
        using (socket)
        using (var limit = new CancellationTokenSource(LimitMs))
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
                    return;
                }
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // Counted below.
            }

            Interlocked.Increment(ref _failed);
        }
    }
}

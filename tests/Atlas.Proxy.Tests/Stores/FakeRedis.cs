using System.Text;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Workers;
using Atlas.Protocols.Resp;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Stores;

/// <summary>A server of Redis in simulated time: it answers PING, and what a test says for the rest.</summary>
internal sealed class FakeRedis : IConnectionHandler
{
    private readonly List<FakeConnection> _connections = [];

    /// <summary>The commands that came after the greeting, with a space between name and arguments.</summary>
    internal List<string> Commands { get; } = [];

    /// <summary>All commands.</summary>
    internal List<string> All { get; } = [];

    /// <summary>What it answers, as it is on the wire; null: the command's last part in a bulk.</summary>
    internal Func<string, string?> Answer { get; set; } = _ => null;

    /// <summary>Whether it is stopped: it takes bytes, and does nothing with them until it goes on.</summary>
    internal bool IsStopped { get; set; }

    /// <summary>Whether it leaves what comes in the network, which takes no more then.</summary>
    internal bool TakesNothing { get; set; }

    /// <summary>Milliseconds before each answer.</summary>
    internal int DelayMs { get; set; }

    /// <summary>How often bytes came, each time in one piece.</summary>
    internal int Pieces { get; private set; }

    internal IEnumerable<FakeConnection> Open => _connections.Where(connection => !connection.Stream.IsClosed);

    public void OnAccepted(EventLoop loop, ByteStream stream, SocketAddress peer, Action ended)
    {
        var connection = new FakeConnection(this, stream);
        _connections.Add(connection);
        connection.RunAsync(ended).Detach();
    }

    /// <summary>Goes on with what came while it was stopped.</summary>
    internal void GoOn()
    {
        IsStopped = false;
        foreach (FakeConnection connection in Open)
        {
            connection.AnswerAll();
        }
    }

    /// <summary>Closes all connections.</summary>
    internal void CloseAll(bool reset = true)
    {
        foreach (FakeConnection connection in Open.ToArray())
        {
            if (reset)
            {
                connection.Stream.Abort();
            }
            else
            {
                connection.Stream.Close();
            }
        }
    }

    internal sealed class FakeConnection(FakeRedis redis, ByteStream stream)
    {
        private readonly List<byte> _received = [];
        private readonly Queue<string> _delayed = new();
        private readonly Queue<byte[]> _unsent = new();
        private bool _isSending;

        internal ByteStream Stream => stream;

        internal async Flow RunAsync(Action ended)
        {
            byte[] buffer = new byte[4_096];
            while (await stream.ReceiveReadyAsync() == WaitResult.Ready)
            {
                while (redis.TakesNothing)
                {
                    await ((SimulatedLoop)stream.Loop).DelayAsync(1);
                }

                int received = stream.TryReceive(buffer);
                if (received <= 0 && received != ByteStream.WouldBlock)
                {
                    break;
                }

                redis.Pieces++;
                _received.AddRange(buffer.AsSpan(0, Math.Max(received, 0)));
                AnswerAll();
            }

            stream.Close();
            ended();
        }

        internal void AnswerAll()
        {
            while (!redis.IsStopped && TryTake() is { } command)
            {
                redis.All.Add(command);
                string answer = command switch
                {
                    "CLIENT SETNAME atlas" => redis.Answer(command) ?? "+OK\r\n",
                    "PING" => redis.Answer(command) ?? "+PONG\r\n",
                    _ when command.StartsWith("AUTH ", StringComparison.Ordinal) || command.StartsWith("SELECT ", StringComparison.Ordinal) =>
                        redis.Answer(command) ?? "+OK\r\n",
                    _ => Note(command),
                };
                if (redis.DelayMs > 0 || _delayed.Count > 0)
                {
                    _delayed.Enqueue(answer);
                    ((SimulatedLoop)stream.Loop).World.After(redis.DelayMs, () => Send(_delayed.Dequeue()));
                }
                else
                {
                    Send(answer);
                }
            }
        }

        internal void Send(string answer)
        {
            byte[] bytes = Encoding.Latin1.GetBytes(answer);
            SendAsync(bytes).Detach();
        }

        private string Note(string command)
        {
            redis.Commands.Add(command);
            string last = command.Split(' ')[^1];
            return redis.Answer(command) ?? $"${last.Length}\r\n{last}\r\n";
        }

        private async Flow SendAsync(byte[] bytes)
        {
            _unsent.Enqueue(bytes);
            if (_isSending)
            {
                return;
            }

            _isSending = true;
            while (_unsent.TryDequeue(out byte[]? next))
            {
                int sent = 0;
                while (sent < next.Length)
                {
                    int count = stream.TrySend(next.AsSpan(sent));
                    sent += Math.Max(count, 0);
                    if ((count < 0 && count != ByteStream.WouldBlock)
                        || (sent < next.Length && await stream.SendReadyAsync() != WaitResult.Ready))
                    {
                        return;
                    }
                }
            }

            _isSending = false;
        }

        private string? TryTake()
        {
            byte[] bytes = [.. _received];
            if (new RespScanner(new RespLimits()).Read(bytes, out int taken) != RespStatus.Done)
            {
                return null;
            }

            _received.RemoveRange(0, taken);
            var reader = new RespReader(bytes);
            reader.TryRead(out RespValue array);
            var parts = new List<string>();
            for (int i = 0; i < array.Number; i++)
            {
                reader.TryReadBulk(out ReadOnlySpan<byte> part);
                parts.Add(Encoding.Latin1.GetString(part));
            }

            return string.Join(' ', parts);
        }
    }
}

using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Workers;

namespace Atlas.Bench.Load;

/// <summary>One client: a connection that does one exchange after the other and checks every response.</summary>
/// <param name="loop">Where it runs.</param>
/// <param name="proxy">The proxy.</param>
/// <param name="exchange">What it does.</param>
/// <param name="tls">Its TLS; null: plain text.</param>
internal sealed class ClientConnection(EventLoop loop, SocketAddress proxy, Exchange exchange, ClientTls? tls = null)
{
    internal const int TimeoutMs = 10_000;
    private ByteStream? _stream;

    /// <summary>What went wrong; null so far.</summary>
    internal string? Failure { get; private set; }

    internal void Close()
    {
        _stream?.Close();
        _stream = null;
    }

    /// <summary>One request and its response; false sets <see cref="Failure"/>.</summary>
    internal async ResultFlow<bool> RunAsync()
    {
        if (_stream is null)
        {
            ConnectResult connected = await loop.ConnectAsync(proxy, loop.NowMs + TimeoutMs);
            if (connected.Stream is null)
            {
                return Fail("connect failed with error " + connected.Error);
            }

            _stream = connected.Stream;
            if (tls is not null && !await SecureAsync(tls, connected.Stream))
            {
                return false;
            }
        }

        if (!await Filler.SendAsync(_stream, exchange.Head, exchange.UploadBytes, TimeoutMs))
        {
            return Fail("sending failed");
        }

        NativeBuffer? buffer = loop.Buffers.TryRent(exchange.ResponseBytes > Origin.SmallBytes ? BufferSize.Large : BufferSize.Small);
        if (buffer is null)
        {
            return Fail("no buffer");
        }

        bool done = await ReceiveAsync(_stream, buffer);
        if (done && exchange.Close)
        {
            await _stream.ReceiveReadyAsync(loop.NowMs + TimeoutMs);
            done = _stream.TryReceive(buffer.Span) == 0 || Fail("the connection stayed open");
            Close();
        }

        buffer.Return();
        return done;
    }

    private async ResultFlow<bool> SecureAsync(ClientTls client, ByteStream plain)
    {
        (_stream, string? failure) = await client.ConnectAsync(plain);
        return failure is null || Fail(failure);
    }

    private async ResultFlow<bool> ReceiveAsync(ByteStream stream, NativeBuffer buffer)
    {
        int end = 0;
        long left = long.MaxValue;
        while (left > 0)
        {
            // Waiting first: right after a request nothing can have come, and a look would cost a system call.
            if (await stream.ReceiveReadyAsync(loop.NowMs + TimeoutMs) != WaitResult.Ready)
            {
                return Fail("no response in time");
            }

            bool inHead = left == long.MaxValue;
            int received = stream.TryReceive(inHead ? buffer.Span[end..] : buffer.Span);
            if (received == ByteStream.WouldBlock)
            {
                continue;
            }

            if (received <= 0)
            {
                return Fail("the connection ended in a response, code " + received);
            }

            end += received;
            if (!inHead)
            {
                left -= received;
            }
            else if (ResponseHead.TryRead(buffer.Span[..end], out int head, out int status, out long body))
            {
                if (status != 200 || body != exchange.ResponseBytes)
                {
                    return Fail($"status {status} and {body} bytes in place of 200 and {exchange.ResponseBytes}");
                }

                left = head + body - end;
            }
        }

        return left == 0 || Fail("more bytes than the response has");
    }

    private bool Fail(string failure)
    {
        Failure = failure;
        Close();
        return false;
    }
}

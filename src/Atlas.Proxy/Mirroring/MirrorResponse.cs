using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;
using Atlas.Proxy.Errors;

namespace Atlas.Proxy.Mirroring;

/// <summary>Reads a response that nobody gets: so far as its connection can serve the next copy, which is cheaper than a new
/// one unless the response is long. Reused.</summary>
internal sealed class MirrorResponse
{
    // Reading more costs more than connecting anew.
    private const int MaxBodyBytes = 1 << 20;
    private const int MaxInterim = 16;

    private readonly ResponseHead _head = new();
    private ResponseParser _parser;
    private ChunkedDecoder _chunks;
    private int _end;

    /// <summary>The status.</summary>
    internal int Status { get; private set; }

    /// <summary>The loop's time in microseconds at which the head was complete.</summary>
    internal long HeadUs { get; private set; }

    /// <summary>How long the server says that it keeps the connection.</summary>
    internal int IdleMs { get; private set; }

    /// <summary>Whether the whole response was read and another request may follow.</summary>
    internal bool KeepsConnection { get; private set; }

    /// <summary>Reads a response. Waits as long as the stream's waits are not cancelled.</summary>
    /// <param name="server">Where from.</param>
    /// <param name="buffer">Overwritten.</param>
    /// <param name="method">The request's method.</param>
    internal async ResultFlow<ProxyError> ReadAsync(ByteStream server, NativeBuffer buffer, HttpMethod method)
    {
        KeepsConnection = false;
        _end = 0;
        for (int heads = 0; heads <= MaxInterim; heads++)
        {
            ProxyError error = await ReadHeadAsync(server, buffer, method);
            if (error != ProxyError.None)
            {
                return error;
            }

            if (!_head.IsInterim && _head.Status != 101)
            {
                Status = _head.Status;
                HeadUs = server.Loop.NowUs;
                IdleMs = Upstream.KeepAliveField.IdleMs(buffer.Span, _head);
                bool mayFollow = _head.KeepAlive && !_head.Headers.Contains(KnownHeader.WwwAuthenticate);
                KeepsConnection = mayFollow && await ReadBodyAsync(server, buffer);
                return ProxyError.None;
            }

            Consume(buffer, _head.Length);
        }

        return ProxyError.UpstreamProtocol;
    }

    private async ResultFlow<ProxyError> ReadHeadAsync(ByteStream server, NativeBuffer buffer, HttpMethod method)
    {
        _head.Reset();
        _parser.Reset();
        while (true)
        {
            ParseStatus status = _parser.Parse(buffer.Span[.._end], _head, method, HttpLimits.Default);
            if (status == ParseStatus.Done)
            {
                return ProxyError.None;
            }

            if (status == ParseStatus.Error || _end == buffer.Length)
            {
                return ProxyError.UpstreamProtocol;
            }

            int received = await ReceiveAsync(server, buffer);
            if (received <= 0)
            {
                return _end > 0 ? ProxyError.UpstreamProtocol : ProxyError.UpstreamReset;
            }

            _end += received;
        }
    }

    /// <summary>Reads to the end of the body.</summary>
    /// <returns>Whether it was reached, and nothing came behind it.</returns>
    private async ResultFlow<bool> ReadBodyAsync(ByteStream server, NativeBuffer buffer)
    {
        Consume(buffer, _head.Length);
        bool isChunked = _head.Framing == BodyFraming.Chunked;
        long left = _head.Framing == BodyFraming.Length ? _head.ContentLength : isChunked ? MaxBodyBytes : 0;
        if (_head.Framing == BodyFraming.UntilClose || left > MaxBodyBytes)
        {
            return false;
        }

        _chunks.Reset();
        while (true)
        {
            if (isChunked && !TakeChunks(buffer, out bool isDone))
            {
                return isDone && _end == 0;
            }

            left -= _end;
            if (left <= 0)
            {
                return left == 0 && !isChunked;
            }

            _end = 0;
            int received = await ReceiveAsync(server, buffer);
            if (received <= 0)
            {
                return false;
            }

            _end = received;
        }
    }

    // False when there is no more to receive: the body is done, broken, or has trailers, which are not worth reading.
    private bool TakeChunks(NativeBuffer buffer, out bool isDone)
    {
        int at = 0;
        ChunkStatus status;
        do
        {
            status = _chunks.Next(buffer.Span[at.._end], out int consumed, out _);
            at += consumed;
        }
        while (status == ChunkStatus.Data);

        isDone = status == ChunkStatus.Done;
        if (isDone)
        {
            Consume(buffer, at);
        }

        return status == ChunkStatus.NeedMore;
    }

    private void Consume(NativeBuffer buffer, int length)
    {
        buffer.Span[length.._end].CopyTo(buffer.Span);
        _end -= length;
    }

    private async ResultFlow<int> ReceiveAsync(ByteStream server, NativeBuffer buffer)
    {
        while (true)
        {
            int received = server.TryReceive(buffer.Span[_end..]);
            if (received != ByteStream.WouldBlock)
            {
                return received;
            }

            if (await server.ReceiveReadyAsync() != WaitResult.Ready)
            {
                return -1;
            }
        }
    }
}

using System.Globalization;
using System.Net;
using System.Text;
using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Workers;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Bench.Load;

/// <summary>The servers behind the proxies: one worker's answers to four paths, as cheap as they can be, so that the proxy is
/// what the core runs out of. Each request is counted.</summary>
internal sealed class Origin : IConnectionHandler
{
    internal const int SmallBytes = 128;
    internal const int MediumBytes = 64 * 1024;
    internal const int LargeBytes = 10 * 1024 * 1024;
    private const int MaxConnections = 32 * 1024;

    private readonly byte[] _small = Head(SmallBytes, "");
    // The contents of a session: 200 bytes, in base64url.
    private readonly byte[] _session = Head(SmallBytes, $"Atlas-Session: {new string('c', 267)}\r\n");
    private readonly byte[] _smallAndClose = Head(SmallBytes, "Connection: close\r\n");
    private readonly byte[] _medium = Head(MediumBytes, "");
    private readonly byte[] _large = Head(LargeBytes, "");
    private long _requests;

    /// <summary>Requests answered so far.</summary>
    internal long Requests => Volatile.Read(ref _requests);

    /// <summary>Listens on a free port of loopback.</summary>
    internal int Listen(WorkerGroup workers) => workers
        .Listen(SocketAddress.OfIp(IPAddress.Loopback, 0), new ListenOptions(this, 4096, MaxConnections)).Address.Port;

    public void OnAccepted(EventLoop loop, ByteStream stream, SocketAddress peer, Action ended) =>
        ServeAsync(stream, ended).Detach();

    private static byte[] Head(int bodyBytes, string further) => Encoding.ASCII.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"HTTP/1.1 200 OK\r\nServer: origin\r\nDate: Tue, 04 Mar 2025 10:11:12 GMT\r\nContent-Type: application/json\r\n"
        + $"Cache-Control: private, no-store\r\nETag: \"5e3a-64b1f0c2\"\r\n{further}Content-Length: {bodyBytes}\r\n\r\n"));

    private async Flow ServeAsync(ByteStream stream, Action ended)
    {
        bool goOn = true;
        while (goOn && await stream.ReceiveReadyAsync() == WaitResult.Ready)
        {
            NativeBuffer buffer = stream.Loop.Buffers.TryRent(BufferSize.Small) ?? throw new InvalidOperationException("no buffer");
            goOn = await AnswerAsync(stream, buffer);
            buffer.Return();
        }

        stream.Close();
        ended();
    }

    private async ResultFlow<bool> AnswerAsync(ByteStream stream, NativeBuffer buffer)
    {
        int end = 0;
        int head;
        while ((head = buffer.Span[..end].IndexOf("\r\n\r\n"u8)) < 0)
        {
            int received = stream.TryReceive(buffer.Span[end..]);
            if (received == ByteStream.WouldBlock)
            {
                await stream.ReceiveReadyAsync();
                continue;
            }

            if (received <= 0)
            {
                return false;
            }

            end += received;
        }

        int left = UploadLeft(buffer.Span[..end], head + 4);
        if (left > 0 && !await DiscardAsync(stream, left))
        {
            return false;
        }

        Volatile.Write(ref _requests, _requests + 1);
        bool close = buffer.Span[..head].IndexOf("onnection: close"u8) >= 0;
        return await Filler.SendAsync(stream, HeadFor(buffer.Span, close, out int body), body, ClientConnection.TimeoutMs) && !close;
    }

    // "GET /m", "GET /l": the sixth byte tells; "GET /w" writes the session; anything else is small.
    private byte[] HeadFor(ReadOnlySpan<byte> request, bool close, out int body)
    {
        if (request[5] == 'w')
        {
            body = SmallBytes;
            return _session;
        }

        body = request[5] switch { (byte)'m' => MediumBytes, (byte)'l' => LargeBytes, _ => SmallBytes };
        return body switch { MediumBytes => _medium, LargeBytes => _large, _ => close ? _smallAndClose : _small };
    }

    // Proxies pass the one upload's Content-Length on: what else comes would be a mistake of the bench.
    private static int UploadLeft(ReadOnlySpan<byte> received, int headBytes) => !received.StartsWith("POST"u8) ? 0
        : received[..headBytes].IndexOf("ength: 10485760"u8) >= 0 ? LargeBytes - (received.Length - headBytes)
        : throw new InvalidOperationException("an upload without a length");

    private static async ResultFlow<bool> DiscardAsync(ByteStream stream, int left)
    {
        NativeBuffer buffer = stream.Loop.Buffers.TryRent(BufferSize.Large) ?? throw new InvalidOperationException("no buffer");
        int received = ByteStream.WouldBlock;
        while (left > 0 && (received > 0 || received == ByteStream.WouldBlock))
        {
            await stream.ReceiveReadyAsync();
            received = stream.TryReceive(buffer.Span);
            left -= Math.Max(received, 0);
        }

        buffer.Return();
        return left == 0;
    }
}

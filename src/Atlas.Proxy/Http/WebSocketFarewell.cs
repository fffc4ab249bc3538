using Atlas.Protocols.WebSocket;

namespace Atlas.Proxy.Http;

/// <summary>How a WebSocket client is told to go: where a frame of its server ends, a Close frame comes in place of the next one. What
/// the server sends after that goes nowhere; what the client sends goes on, so that the server gets its answer, which closes.
/// <code>
///   the server's bytes   before Begin   after it, to the end of a frame   then, once said
///   go to the client     all            yes                               none
/// </code>
/// A server that closes by itself, before or meanwhile, is left to it. Many end their connections without the signs of an end in order
/// once both have said Close, which is no error then.
/// </summary>
internal sealed class WebSocketFarewell
{
    private WebSocketFrames _frames;
    private WebSocketFrames _clientFrames;
    private bool _hasBegun;

    /// <summary>A Close frame of a server, not masked, with the code 1001, going away (RFC 6455 5.5.1, 7.4.1).</summary>
    internal static ReadOnlySpan<byte> Frame => [0x88, 0x02, 0x03, 0xE9];

    /// <summary>Whether the frame went to the client.</summary>
    internal bool IsSaid { get; set; }

    /// <summary>Whether the client has said Close, and was told to go or heard it of the server: however the connections end from then on,
    /// the WebSocket has ended in order (RFC 6455 7.1.4).</summary>
    internal bool IsAnswered => (IsSaid || _frames.HasClosed) && _clientFrames.HasClosed;

    /// <summary>Whether the frame may go to the client now.</summary>
    internal bool IsDue => _hasBegun && !IsSaid && !_frames.HasClosed && _frames.IsBetween;

    /// <summary>The client is to go.</summary>
    internal void Begin() => _hasBegun = true;

    /// <summary>Takes bytes of the client, which all go to the server.</summary>
    internal void TakeOfClient(ReadOnlySpan<byte> bytes) => _clientFrames.Read(bytes);

    /// <summary>Takes bytes of the server.</summary>
    /// <returns>How many of them go to the client.</returns>
    internal int Take(ReadOnlySpan<byte> bytes)
    {
        if (IsSaid || IsDue)
        {
            return 0;
        }

        if (_hasBegun && !_frames.HasClosed)
        {
            return _frames.ReadToEnd(bytes);
        }

        _frames.Read(bytes);
        return bytes.Length;
    }
}

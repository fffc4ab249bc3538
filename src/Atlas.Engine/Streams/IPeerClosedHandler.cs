namespace Atlas.Engine.Streams;

/// <summary>Hears that the peer of a stream closed or reset it while nobody was receiving.</summary>
public interface IPeerClosedHandler
{
    /// <summary>Called on the loop's thread, at most twice per stream: at the end of its bytes, and when it breaks after that.</summary>
    void OnPeerClosed(ByteStream stream);
}

namespace Atlas.Engine.Streams;

/// <summary>Hears that the peer of a stream closed or reset it while nobody was receiving.</summary>
public interface IPeerClosedHandler
{
    /// <summary>Called on the loop's thread, at most once per stream.</summary>
    void OnPeerClosed(ByteStream stream);
}

namespace Atlas.Engine.Streams;

/// <summary>A stream that runs over another, as TLS does, and hears what the kernel tells that one. Called on the loop's
/// thread, after the waits of the lower stream went on; it may be closed meanwhile.</summary>
internal interface IStreamNews
{
    /// <summary>Bytes arrived.</summary>
    void OnReceivable();

    /// <summary>Sending may go on.</summary>
    void OnSendable();

    /// <summary>The peer's end of stream or a reset arrived.</summary>
    void OnPeerClosed(bool reset);

    /// <summary>The lower stream was closed by somebody else: by a loop that ends, say.</summary>
    void OnClosed();
}

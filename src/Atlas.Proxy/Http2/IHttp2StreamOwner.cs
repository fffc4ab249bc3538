namespace Atlas.Proxy.Http2;

/// <summary>Who uses a stream of an HTTP/2 connection.</summary>
internal interface IHttp2StreamOwner
{
    /// <summary>The stream's bytes; null: it uses it no more.</summary>
    Http2ByteStream? Stream { get; }
}

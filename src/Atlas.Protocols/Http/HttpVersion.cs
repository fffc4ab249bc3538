namespace Atlas.Protocols.Http;

/// <summary>The versions of HTTP/1 that Atlas speaks (RFC 9112 2.3). Any other is refused while parsing.</summary>
public enum HttpVersion : byte
{
    /// <summary>HTTP/1.0: not persistent unless asked for, no transfer codings, no interim responses.</summary>
    Http10,

    /// <summary>HTTP/1.1: persistent unless refused, chunked, Host required.</summary>
    Http11,
}

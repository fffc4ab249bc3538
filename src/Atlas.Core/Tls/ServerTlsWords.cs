namespace Atlas.Core.Tls;

/// <summary>What is said of a server with which TLS fails: the same whoever met it, a request or a health check.</summary>
public static class ServerTlsWords
{
    /// <summary>It shows no certificate.</summary>
    public const string NoCertificate = "the server shows no certificate";

    /// <summary>Nobody who is believed signed its certificate, or the chain that it sends has a gap.</summary>
    public const string UnknownAuthority = "the server's certificate is not of a trusted authority";

    /// <summary>The certificate's time is over.</summary>
    public const string Expired = "the server's certificate has expired";

    /// <summary>The certificate's time has not begun.</summary>
    public const string Early = "the server's certificate is not valid yet";

    /// <summary>It speaks HTTP/1.1 only, where HTTP/2 is needed.</summary>
    public const string NoHttp2 = "the server does not agree on HTTP/2 (ALPN): give its pool protocol: http1 or auto";

    /// <summary>It left.</summary>
    public const string Closed = "the server closed the connection during the handshake";

    /// <summary>It speaks something else.</summary>
    public const string NoTls = "the server does not speak TLS: give the port where it does, or, if it has none, remove tls from its pool";

    private const string Alert = " alert ";

    /// <summary>Before what is said of TLS, where it is not clear that TLS failed.</summary>
    public static string Prefixed(string words) => "tls: " + words;

    /// <summary>Its certificate is for other names.</summary>
    /// <param name="name">The name or address that it has to prove; null or empty: not known.</param>
    public static string OtherName(string? name) =>
        $"the server's certificate is not for {(string.IsNullOrEmpty(name) ? "its name" : name)}";

    /// <summary>What OpenSSL says of a handshake that failed.</summary>
    /// <param name="reason">Its reason, such as <c>tlsv13 alert certificate required</c>; empty: not known.</param>
    public static string OfReason(string reason) => reason switch
    {
        "wrong version number" or "packet length too long" => NoTls,
        "" => "the handshake failed",
        _ when reason.Contains(Alert, StringComparison.Ordinal) => $"the server refuses the handshake: {reason}",
        _ => $"the handshake failed: {reason}",
    };
}

namespace Atlas.Proxy.Errors;

/// <summary>Status, reason flag and RFC 9209 error type of each <see cref="ProxyError"/>.</summary>
public static class ProxyErrors
{
    /// <summary>The status that the client gets; 0 when nothing can be sent any more.</summary>
    public static int Status(this ProxyError error) => error switch
    {
        ProxyError.None or ProxyError.MaxForwardsReached => 200,
        ProxyError.BadRequest => 400,
        ProxyError.BodyTooLarge => 413,
        ProxyError.ClientSlow => 408,
        ProxyError.ClientClosed => 499,
        ProxyError.NoRoute => 404,
        ProxyError.NoHealthyServer or ProxyError.Overload or ProxyError.ShuttingDown => 503,
        ProxyError.QueueFull or ProxyError.QueueTimeout or ProxyError.CircuitOpen or ProxyError.StoreUnavailable => 503,
        ProxyError.SessionConflict => 409,
        ProxyError.Loop => 508,
        ProxyError.MethodNotAllowed => 405,
        ProxyError.TooEarly => 425,
        ProxyError.RateLimited => 429,
        ProxyError.ConnectFailed or ProxyError.TlsFailed or ProxyError.UpstreamReset or ProxyError.UpstreamProtocol => 502,
        ProxyError.ConnectTimeout or ProxyError.UpstreamTimeout => 504,
        ProxyError.UpstreamTruncated or ProxyError.IdleTimeout or ProxyError.ServerGone => 0,
        _ => throw new ArgumentOutOfRangeException(nameof(error)),
    };

    /// <summary>Whether the client's doing, or the proxy's own, ended the request: it counts against no server.</summary>
    public static bool IsClients(this ProxyError error) => error switch
    {
        ProxyError.BadRequest or ProxyError.BodyTooLarge or ProxyError.ClientSlow or ProxyError.ClientClosed => true,
        ProxyError.NoHealthyServer or ProxyError.Overload or ProxyError.ShuttingDown or ProxyError.Loop => true,
        ProxyError.MethodNotAllowed or ProxyError.MaxForwardsReached or ProxyError.NoRoute => true,
        ProxyError.TooEarly or ProxyError.IdleTimeout or ProxyError.ServerGone => true,
        ProxyError.QueueFull or ProxyError.QueueTimeout or ProxyError.CircuitOpen or ProxyError.RateLimited => true,
        ProxyError.StoreUnavailable or ProxyError.SessionConflict => true,
        ProxyError.None or ProxyError.ConnectFailed or ProxyError.ConnectTimeout or ProxyError.UpstreamReset => false,
        ProxyError.TlsFailed => false,
        ProxyError.UpstreamProtocol or ProxyError.UpstreamTimeout or ProxyError.UpstreamTruncated => false,
        _ => throw new ArgumentOutOfRangeException(nameof(error)),
    };

    /// <summary>The two-letter flag of logs and metrics.</summary>
    public static string Flag(this ProxyError error) => error switch
    {
        ProxyError.None => "-",
        ProxyError.BadRequest => "BR",
        ProxyError.BodyTooLarge => "TL",
        ProxyError.ClientSlow => "CS",
        ProxyError.ClientClosed => "CC",
        ProxyError.NoRoute => "NR",
        ProxyError.NoHealthyServer => "NH",
        ProxyError.QueueFull => "QF",
        ProxyError.QueueTimeout => "QT",
        ProxyError.CircuitOpen => "CB",
        ProxyError.Overload => "OL",
        ProxyError.Loop => "LP",
        ProxyError.MethodNotAllowed => "MN",
        ProxyError.MaxForwardsReached => "MF",
        ProxyError.TooEarly => "TE",
        ProxyError.RateLimited => "RL",
        ProxyError.StoreUnavailable => "SS",
        ProxyError.SessionConflict => "SC",
        ProxyError.ShuttingDown => "SD",
        ProxyError.ConnectFailed => "CF",
        ProxyError.ConnectTimeout => "CT",
        ProxyError.TlsFailed => "TF",
        ProxyError.UpstreamReset => "UR",
        ProxyError.UpstreamProtocol => "UP",
        ProxyError.UpstreamTimeout => "UT",
        ProxyError.UpstreamTruncated => "UX",
        ProxyError.IdleTimeout => "IT",
        ProxyError.ServerGone => "SG",
        _ => throw new ArgumentOutOfRangeException(nameof(error)),
    };

    /// <summary>The type in <c>Proxy-Status</c> (RFC 9209 2.3); empty where nothing went wrong.</summary>
    public static ReadOnlySpan<byte> ProxyStatusType(this ProxyError error) => error switch
    {
        ProxyError.BadRequest or ProxyError.MethodNotAllowed or ProxyError.TooEarly => "http_request_error"u8,
        ProxyError.BodyTooLarge or ProxyError.ClientSlow or ProxyError.ClientClosed => "http_request_error"u8,
        ProxyError.RateLimited => "http_request_denied"u8,
        ProxyError.NoRoute => "destination_not_found"u8,
        ProxyError.NoHealthyServer or ProxyError.CircuitOpen => "destination_unavailable"u8,
        ProxyError.QueueFull or ProxyError.QueueTimeout => "connection_limit_reached"u8,
        ProxyError.Loop => "proxy_loop_detected"u8,
        ProxyError.ConnectFailed => "connection_refused"u8,
        ProxyError.ConnectTimeout => "connection_timeout"u8,
        ProxyError.TlsFailed => "tls_protocol_error"u8,
        ProxyError.UpstreamReset => "connection_terminated"u8,
        ProxyError.UpstreamProtocol => "http_protocol_error"u8,
        ProxyError.UpstreamTimeout => "connection_read_timeout"u8,
        ProxyError.UpstreamTruncated => "http_response_incomplete"u8,
        ProxyError.None or ProxyError.MaxForwardsReached or ProxyError.IdleTimeout or ProxyError.ServerGone => default,
        ProxyError.SessionConflict => default,
        ProxyError.Overload or ProxyError.ShuttingDown or ProxyError.StoreUnavailable => "proxy_internal_error"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(error)),
    };
}

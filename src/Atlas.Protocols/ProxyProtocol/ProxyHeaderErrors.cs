namespace Atlas.Protocols.ProxyProtocol;

/// <summary>What to log for a <see cref="ProxyHeaderError"/>.</summary>
public static class ProxyHeaderErrors
{
    /// <summary>A short English text for logs. It holds nothing from the peer.</summary>
    public static string Text(this ProxyHeaderError error) => error switch
    {
        ProxyHeaderError.None => "no error",
        ProxyHeaderError.NotProxyHeader => "no PROXY protocol header",
        ProxyHeaderError.TooLong => "PROXY header too long",
        ProxyHeaderError.InvalidLineEnd => "bare CR or LF in the PROXY header",
        ProxyHeaderError.UnknownProtocol => "protocol in the PROXY header is not TCP4, TCP6 or UNKNOWN",
        ProxyHeaderError.InvalidFieldCount => "PROXY header does not have two addresses and two ports",
        ProxyHeaderError.InvalidAddress => "bad address in the PROXY header",
        ProxyHeaderError.InvalidPort => "bad port in the PROXY header",
        ProxyHeaderError.UnknownVersion => "unknown version of the PROXY protocol",
        ProxyHeaderError.UnknownCommand => "unknown command in the PROXY header",
        ProxyHeaderError.UnknownFamily => "unknown address family or transport in the PROXY header",
        ProxyHeaderError.TooShort => "PROXY header too short for its addresses",
        ProxyHeaderError.TruncatedTlv => "TLV longer than the PROXY header",
        ProxyHeaderError.InvalidTlvLength => "bad length of a TLV in the PROXY header",
        ProxyHeaderError.DuplicateTlv => "TLV more than once in the PROXY header",
        ProxyHeaderError.WrongChecksum => "wrong checksum of the PROXY header",
        _ => "unknown error",
    };
}

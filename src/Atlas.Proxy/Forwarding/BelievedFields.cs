using Atlas.Protocols.Http;

namespace Atlas.Proxy.Forwarding;

/// <summary>Which fields of a request decide anything: those that its server gets or that the proxy reads for it. By others a
/// client could choose a route that its request, as the server sees it, does not belong to.</summary>
internal static class BelievedFields
{
    /// <summary>Whether a field counts: it goes on as it came, or is one that the proxy reads and writes anew.</summary>
    /// <param name="field">A field of a request.</param>
    /// <param name="isPeerTrusted">Whether the peer's forwarding fields are believed.</param>
    internal static bool Has(in HeaderField field, bool isPeerTrusted) =>
        !field.HasUnderscore
        && (!field.Nominated || IsOfTheConnection(field.Known))
        && (isPeerTrusted || !IsForwarding(field.Known));

    // Connection must name these (RFC 9110 7.6.1, 7.8 and 10.1.4).
    private static bool IsOfTheConnection(KnownHeader known) => known is KnownHeader.Upgrade or KnownHeader.Te or KnownHeader.KeepAlive;

    private static bool IsForwarding(KnownHeader known)
    {
        switch (known)
        {
            case KnownHeader.XForwardedFor:
            case KnownHeader.XForwardedProto:
            case KnownHeader.XForwardedHost:
            case KnownHeader.XForwardedPort:
            case KnownHeader.XForwardedServer:
            case KnownHeader.XRealIp:
            case KnownHeader.XRequestId:
            case KnownHeader.Forwarded:
                return true;
            default:
                return false;
        }
    }
}

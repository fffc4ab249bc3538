using System.Text;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;

namespace Atlas.Proxy.Upstream;

/// <summary>NTLM and Negotiate authenticate the connection and not the request (RFC 4559 6), against the rules of HTTP: a
/// connection that carried them must serve nobody else.</summary>
internal static class ConnectionAuthentication
{
    /// <summary>Whether an exchange used it.</summary>
    internal static bool IsUsed(
        ReadOnlySpan<byte> requestBytes, RequestHead request, ReadOnlySpan<byte> responseBytes, ResponseHead response) =>
        IsAsked(requestBytes, request) || Has(responseBytes, response.Headers, KnownHeader.WwwAuthenticate);

    /// <summary>Whether a request alone uses it.</summary>
    internal static bool IsAsked(ReadOnlySpan<byte> bytes, RequestHead request) => Has(bytes, request.Headers, KnownHeader.Authorization);

    private static bool Has(ReadOnlySpan<byte> buffer, HeaderTable headers, KnownHeader known)
    {
        int field = -1;
        while ((field = headers.IndexOf(known, field + 1)) >= 0)
        {
            foreach (ReadOnlySpan<byte> challenge in new TokenList(headers[field].Value.Of(buffer)))
            {
                int space = challenge.IndexOf((byte)' ');
                ReadOnlySpan<byte> scheme = space < 0 ? challenge : challenge[..space];
                if (Ascii.EqualsIgnoreCase(scheme, "ntlm"u8) || Ascii.EqualsIgnoreCase(scheme, "negotiate"u8))
                {
                    return true;
                }
            }
        }

        return false;
    }
}

using System.Globalization;
using System.Text;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;

namespace Atlas.Proxy.Errors;

/// <summary>The status that gRPC clients understand in place of an HTTP status (gRPC: HTTP to gRPC Status Code Mapping; a deadline
/// that the proxy kept is one of gRPC's).</summary>
internal static class GrpcStatus
{
    /// <summary>What stands for a status that is not there.</summary>
    internal const int None = -1;

    // They have one or two digits; a number that nobody knows may have more.
    private const int MaxDigits = 4;

    private const int DeadlineExceeded = 4;
    private const int PermissionDenied = 7;
    private const int ResourceExhausted = 8;
    private const int Aborted = 10;
    private const int Unimplemented = 12;
    private const int Internal = 13;
    private const int Unavailable = 14;
    private const int Unauthenticated = 16;

    /// <summary>Whether a request is a call of gRPC: its content type is application/grpc, or that with a suffix.</summary>
    internal static bool IsCall(ReadOnlySpan<byte> buffer, RequestHead head)
    {
        int field = head.Headers.IndexOf(KnownHeader.ContentType);
        if (field < 0)
        {
            return false;
        }

        ReadOnlySpan<byte> type = head.Headers[field].Value.Of(buffer);
        ReadOnlySpan<byte> grpc = "application/grpc"u8;
        return type.Length >= grpc.Length
            && Ascii.EqualsIgnoreCase(type[..grpc.Length], grpc)
            && (type.Length == grpc.Length || type[grpc.Length] is (byte)'+' or (byte)';' or (byte)' ');
    }

    /// <summary>The status among the fields of a head or of trailers; <see cref="None"/>: there is none. O(fields).</summary>
    /// <param name="buffer">The bytes that the fields lie in.</param>
    /// <param name="fields">The fields.</param>
    internal static int In(ReadOnlySpan<byte> buffer, HeaderTable fields)
    {
        for (int i = 0; i < fields.Count; i++)
        {
            if (Ascii.EqualsIgnoreCase(fields[i].Name.Of(buffer), "grpc-status"u8))
            {
                ReadOnlySpan<byte> text = fields[i].Value.Of(buffer);
                return text.Length is > 0 and <= MaxDigits && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int status)
                    ? status
                    : None;
            }
        }

        return None;
    }

    /// <summary>What a call gets in place of an HTTP status.</summary>
    internal static int Of(ProxyError error, int httpStatus) => httpStatus switch
    {
        401 => Unauthenticated,
        403 => PermissionDenied,
        404 or 405 or 421 => Unimplemented,
        409 => Aborted,
        413 or 429 => ResourceExhausted,
        504 when error == ProxyError.UpstreamTimeout => DeadlineExceeded,
        408 => DeadlineExceeded,
        502 or 503 or 504 => Unavailable,
        _ => Internal,
    };
}

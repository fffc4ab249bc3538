using System.Runtime.InteropServices;

namespace Atlas.Protocols.Http;

/// <summary>
/// How much of a head is accepted. Use <see cref="Default"/> or give all values: <c>default(HttpLimits)</c> accepts nothing.
/// </summary>
/// <param name="RequestLineBytes">
/// The most bytes of the request line or status line with its CRLF. More is 414. Default 16 KiB, as in HAProxy.
/// </param>
/// <param name="HeaderBytes">
/// The most bytes of all field lines together with their CRLFs and the final empty line. More is 431. Default 64 KiB.
/// </param>
/// <param name="HeaderCount">The most fields. More is 431. Default 128.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct HttpLimits(int RequestLineBytes = 16384, int HeaderBytes = 65536, int HeaderCount = 128)
{
    /// <summary>16 KiB of request line, 64 KiB of fields, 128 fields.</summary>
    public static HttpLimits Default => new(RequestLineBytes: 16384);

    /// <summary>What a trailer section may hold: 8 KiB and 64 fields.</summary>
    public static HttpLimits Trailers => new(RequestLineBytes: 0, HeaderBytes: 8192, HeaderCount: 64);
}

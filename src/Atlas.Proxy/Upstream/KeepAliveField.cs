using System.Buffers.Text;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;

namespace Atlas.Proxy.Upstream;

/// <summary>Reads <c>Keep-Alive: timeout=N</c>, with which a server tells after how many seconds it closes an idle
/// connection (RFC 2068 19.7.1.1; no later standard has it, most servers send it).</summary>
internal static class KeepAliveField
{
    // One second earlier than the server, so that a request does not cross its close on the way.
    private const int MarginMs = 1_000;
    private const int MaxSeconds = 3_600;

    /// <summary>Milliseconds that the connection may idle; <see cref="int.MaxValue"/> if the server says nothing.</summary>
    internal static int IdleMs(ReadOnlySpan<byte> buffer, ResponseHead head)
    {
        int field = head.Headers.IndexOf(KnownHeader.KeepAlive);
        if (field < 0)
        {
            return int.MaxValue;
        }

        foreach (ReadOnlySpan<byte> parameter in new TokenList(head.Headers[field].Value.Of(buffer)))
        {
            ReadOnlySpan<byte> name = "timeout="u8;
            if (parameter.StartsWith(name)
                && Utf8Parser.TryParse(parameter[name.Length..], out int seconds, out int read)
                && read == parameter.Length - name.Length
                && seconds is >= 0 and <= MaxSeconds)
            {
                return Math.Max(0, (seconds * 1000) - MarginMs);
            }
        }

        return int.MaxValue;
    }
}

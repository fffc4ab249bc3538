using System.Buffers.Text;
using System.Text;
using Atlas.Protocols.Resp;

namespace Atlas.Proxy.Stores;

/// <summary>Where a server of a cluster sends a call that is for another one
/// (redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec, "MOVED Redirection" and "ASK redirection").</summary>
/// <param name="Endpoint">The other one.</param>
/// <param name="IsAsking">Whether for this call only, as the slot is just being moved there.</param>
internal readonly record struct RedisRedirect(RedisEndpoint Endpoint, bool IsAsking)
{
    /// <summary>Reads it from an error, such as <c>MOVED 3999 127.0.0.1:6381</c>. Allocates: it happens while slots move.</summary>
    /// <param name="error">The error.</param>
    /// <param name="asked">Who answered so: the host may be left out where it is the same.</param>
    /// <returns>Null: it is another error.</returns>
    internal static RedisRedirect? Of(ReadOnlySpan<byte> error, RedisEndpoint asked)
    {
        bool isAsking = error.StartsWith("ASK "u8);
        if (!isAsking && !error.StartsWith("MOVED "u8))
        {
            return null;
        }

        error = error[(error.IndexOf((byte)' ') + 1)..];
        int space = error.IndexOf((byte)' ');
        int colon = error.LastIndexOf((byte)':');
        if (space < 0 || colon < space || !Utf8Parser.TryParse(error[..space], out int slot, out _) || slot is < 0 or >= ClusterSlot.Count
            || !Utf8Parser.TryParse(error[(colon + 1)..], out ushort port, out int digits) || digits != error.Length - colon - 1)
        {
            return null;
        }

        string host = Encoding.ASCII.GetString(error[(space + 1)..colon]);
        return new RedisRedirect(new RedisEndpoint(host is "" or "?" ? asked.Host : host, port), isAsking);
    }
}

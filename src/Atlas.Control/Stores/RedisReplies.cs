using System.Globalization;
using System.Text;
using Atlas.Core.Configuration;
using Atlas.Protocols.Resp;

namespace Atlas.Control.Stores;

/// <summary>Reads what sentinels and clusters tell of servers. Pure.</summary>
internal static class RedisReplies
{
    /// <summary>A reply to SENTINEL get-master-addr-by-name (redis.io/docs/latest/operate/oss_and_stack/management/sentinel).</summary>
    /// <returns>The master; null: the sentinel knows none of that name, or says what is no address.</returns>
    internal static ServerAddress? MasterOf(ReadOnlySpan<byte> reply)
    {
        var reader = new RespReader(reply);
        return reader.TryRead(out RespValue pair) && pair is { Kind: RespKind.Array, Number: 2 }
            && reader.TryReadBulk(out ReadOnlySpan<byte> host) && reader.TryReadBulk(out ReadOnlySpan<byte> port)
            && int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? AddressOf(host, number)
            : null;
    }

    /// <summary>A reply to CLUSTER SLOTS (redis.io/docs/latest/commands/cluster-slots).</summary>
    /// <param name="reply">The reply.</param>
    /// <param name="asked">Who gave it: a server that does not know its own address leaves it out.</param>
    /// <returns>The masters and their slots; null: it is no such reply.</returns>
    internal static RedisServers? ClusterOf(ReadOnlySpan<byte> reply, ServerAddress asked)
    {
        var servers = new List<ServerAddress>();
        short[] slots = new short[ClusterSlot.Count];
        Array.Fill(slots, (short)-1);
        var reader = new RespReader(reply);
        if (!reader.TryRead(out RespValue ranges) || ranges.Kind != RespKind.Array)
        {
            return null;
        }

        for (long i = 0; i < ranges.Number; i++)
        {
            if (!TryReadRange(ref reader, asked, out int first, out int last, out ServerAddress? master))
            {
                return null;
            }

            int index = servers.IndexOf(master!);
            if (index < 0)
            {
                index = servers.Count;
                servers.Add(master!);
            }

            slots.AsSpan(first..(last + 1)).Fill((short)index);
        }

        return new RedisServers([.. servers], [.. slots]);
    }

    // First slot, last slot, master, replicas; of each server its address, port and more.
    private static bool TryReadRange(ref RespReader reader, ServerAddress asked, out int first, out int last, out ServerAddress? master)
    {
        (first, last, master) = (0, 0, null);
        if (!reader.TryRead(out RespValue range) || range is not { Kind: RespKind.Array, Number: >= 3 }
            || !reader.TryReadInteger(out long from) || !reader.TryReadInteger(out long to)
            || from < 0 || to < from || to >= ClusterSlot.Count
            || !reader.TryRead(out RespValue server) || server is not { Kind: RespKind.Array, Number: >= 2 }
            || !reader.TryRead(out RespValue host) || !reader.TryReadInteger(out long port))
        {
            return false;
        }

        (first, last) = ((int)from, (int)to);
        bool isKnown = host.Kind == RespKind.Bulk && !host.Bytes.IsEmpty && !host.Bytes.SequenceEqual("?"u8);
        master = isKnown ? AddressOf(host.Bytes, port) : AddressOf(Encoding.UTF8.GetBytes(asked.Host), port);
        long left = server.Number - 2 + (range.Number - 3);
        for (; left > 0; left--)
        {
            if (!reader.TrySkip())
            {
                return false;
            }
        }

        return master is not null;
    }

    private static ServerAddress? AddressOf(ReadOnlySpan<byte> host, long port)
    {
        string text = Encoding.UTF8.GetString(host);
        string address = text.Contains(':', StringComparison.Ordinal) ? $"[{text}]" : text;
        return ServerAddress.TryParse(string.Create(CultureInfo.InvariantCulture, $"{address}:{port}"), out ServerAddress? parsed)
            && parsed!.UnixPath is null ? parsed : null;
    }
}

using System.Net;
using Atlas.Engine.Interop;
using Atlas.Engine.Streams;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Engine.Workers;

/// <summary>Addresses that no interface of the host has, when a socket is to be bound to one.</summary>
internal static class AbsentAddress
{
    // As many as one looks through for a typo.
    private const int MaxNamed = 8;

    /// <summary>Lets a socket be bound to an address if it is one that comes and goes.</summary>
    internal static void Allow(int descriptor, SocketAddress address, IReadOnlySet<IPAddress>? moving)
    {
        if (moving is not null && !address.IsUnix && moving.Contains(new IPAddress(address.Ip)))
        {
            Socket.AllowAbsentAddress(descriptor, address);
        }
    }

    /// <summary>Why an address cannot be bound, where the kernel says that it is nowhere.</summary>
    /// <param name="moving">The addresses of the host's virtual routers.</param>
    internal static string Reason(IReadOnlySet<IPAddress>? moving)
    {
        string text = Errno.Text(-Errno.EADDRNOTAVAIL) + ": no interface has it";
        if (moving is null || moving.Count == 0)
        {
            return text;
        }

        string more = moving.Count > MaxNamed ? $", and {moving.Count - MaxNamed} more" : "";
        string known = string.Join(", ", moving.Select(ip => ip.ToString()).Order(StringComparer.Ordinal).Take(MaxNamed));
        return $"{text}, and no virtual router here either (they have {known}{more})";
    }
}

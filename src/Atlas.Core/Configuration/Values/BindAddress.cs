using System.Net;

namespace Atlas.Core.Configuration;

/// <summary>An address to listen on, written <c>127.0.0.1:8080</c>, <c>[::1]:8080</c> or <c>unix:/run/atlas.sock</c>.</summary>
public sealed record BindAddress
{
    private BindAddress()
    {
    }

    /// <summary>The address; null for a Unix socket.</summary>
    public IPAddress? Ip { get; private init; }

    /// <summary>0 to 65535; 0: the kernel chooses one. 0 for a Unix socket.</summary>
    public int Port { get; private init; }

    /// <summary>The path of a Unix socket, absolute, at most 107 bytes; else null.</summary>
    public string? UnixPath { get; private init; }

    /// <summary>Where it was written; no part of equality.</summary>
    public SourcePosition Position { get; init; }

    /// <summary>Whether only this machine can reach it.</summary>
    public bool IsLoopback => Ip is null || IPAddress.IsLoopback(Ip) || (Ip.IsIPv4MappedToIPv6 && IPAddress.IsLoopback(Ip.MapToIPv4()));

    /// <summary>127.0.0.1 and a port.</summary>
    /// <param name="port">0 to 65535.</param>
    public static BindAddress Loopback(int port) => new() { Ip = IPAddress.Loopback, Port = port };

    /// <summary>Whether an address stands for every address of this machine, of its family: 0.0.0.0 or ::.</summary>
    public static bool IsAny(IPAddress ip) => ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any);

    /// <summary>Reads an address. Host names are refused: which of their addresses would be meant changes with time.</summary>
    public static bool TryParse(string text, out BindAddress? address)
    {
        address = null;
        if (AddressSyntax.TryParseUnix(text, out string path))
        {
            address = new BindAddress { UnixPath = path };
        }
        else if (AddressSyntax.TrySplitPort(text, out var host, out bool inBrackets, out int port)
            && IpLiteral.TryParse(host, out var ip) && host.Contains(':') == inBrackets)
        {
            address = new BindAddress { Ip = ip, Port = port };
        }

        return address is not null;
    }

    /// <summary>As it is written in a configuration.</summary>
    public override string ToString() =>
        UnixPath is not null ? AddressSyntax.UnixMark + UnixPath : new IPEndPoint(Ip!, Port).ToString();
}

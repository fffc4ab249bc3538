using System.Globalization;
using System.Net;

namespace Atlas.Core.Configuration;

/// <summary>
/// An address to connect to, written <c>10.0.0.1:80</c>, <c>[2001:db8::1]:80</c>, <c>app.internal:80</c> or
/// <c>unix:/run/app.sock</c>.
/// </summary>
public sealed record ServerAddress
{
    private ServerAddress()
    {
    }

    /// <summary>The address; null for a name or a Unix socket.</summary>
    public IPAddress? Ip { get; private init; }

    /// <summary>The host as written, in lower case and without brackets: an address or a name. Empty for a Unix socket.</summary>
    public string Host { get; private init; } = "";

    /// <summary>1 to 65535; 0 for a Unix socket.</summary>
    public int Port { get; private init; }

    /// <summary>The path of a Unix socket, absolute, at most 107 bytes; else null.</summary>
    public string? UnixPath { get; private init; }

    /// <summary>Whether the host is a name that must be resolved.</summary>
    public bool IsName => Ip is null && UnixPath is null;

    /// <summary>Reads an address.</summary>
    public static bool TryParse(string text, out ServerAddress? address)
    {
        address = null;
        if (AddressSyntax.TryParseUnix(text, out string path))
        {
            address = new ServerAddress { UnixPath = path };
        }
        else if (AddressSyntax.TrySplitPort(text, out var host, out bool inBrackets, out int port) && port > 0)
        {
            if (IpLiteral.TryParse(host, out var ip))
            {
                address = new ServerAddress { Ip = ip, Host = ip.ToString(), Port = port };
            }
            else if (!inBrackets && HostName.IsValid(host))
            {
                address = new ServerAddress { Host = host.ToString().ToLowerInvariant(), Port = port };
            }
        }

        return address is not null;
    }

    /// <summary>The same host at another port; a Unix socket has none and stays as it is.</summary>
    public ServerAddress AtPort(int port) => UnixPath is null ? this with { Port = port } : this;

    /// <summary>As it is written in a configuration.</summary>
    public override string ToString() =>
        UnixPath is not null ? AddressSyntax.UnixMark + UnixPath
        : Ip is not null ? new IPEndPoint(Ip, Port).ToString()
        : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");
}

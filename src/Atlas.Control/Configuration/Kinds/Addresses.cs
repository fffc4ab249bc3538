using System.Globalization;
using System.Net;
using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Kinds;

/// <summary>Addresses, networks and hosts.</summary>
internal static class Addresses
{
    private const int DnsPort = 53;

    /// <summary>An address to listen on, without its position.</summary>
    public static ScalarKind<BindAddress> Bind { get; } = new(
        "an address to listen on: IPv4:PORT, [IPv6]:PORT or unix:/PATH, such as 0.0.0.0:80 or [::]:443",
        (string text, out BindAddress value, ref string? hint) =>
        {
            bool isAddress = BindAddress.TryParse(text, out var address);
            value = address!;
            hint = isAddress ? null
                : text is [':', not ':', ..] || text.StartsWith("*:", StringComparison.Ordinal) ? "for every address write 0.0.0.0:PORT or [::]:PORT"
                : ServerAddress.TryParse(text, out var server) && server!.IsName ? "a host name is not taken here: write its address"
                : AddressHint(text);
            return isAddress;
        },
        value => value.ToString(),
        Schema.Text(@"unix:/.+|[0-9.]+:[0-9]{1,5}|\[[0-9A-Fa-f:.]+\]:[0-9]{1,5}"))
    {
        WithEdges = [("127.0.0.1:65535", true), ("127.0.0.1:0", true), ("127.0.0.1:65536", false), ("127.0.0.1:-1", false)],
    };

    /// <summary>An address to connect to.</summary>
    public static ScalarKind<ServerAddress> Server { get; } = new(
        "an address to connect to: HOST:PORT, [IPv6]:PORT or unix:/PATH, with a port from 1 to 65535",
        (string text, out ServerAddress value, ref string? hint) =>
        {
            bool isAddress = ServerAddress.TryParse(text, out var address);
            value = address!;
            hint = isAddress ? null
                : text.Contains("://", StringComparison.Ordinal) ? "write it without scheme and path; TLS to servers is the pool's 'tls'"
                : AddressHint(text) ?? (HostName.IsValid(text) ? $"it has no port: write {text}:PORT" : null);
            return isAddress;
        },
        value => value.ToString(),
        Schema.Text(@"unix:/.+|[0-9A-Za-z._-]+:[0-9]{1,5}|\[[0-9A-Fa-f:.]+\]:[0-9]{1,5}"))
    {
        WithEdges = [("127.0.0.1:65535", true), ("127.0.0.1:1", true), ("127.0.0.1:65536", false), ("127.0.0.1:0", false)],
    };

    /// <summary>A network.</summary>
    public static ScalarKind<IpNetwork> Network { get; } = new(
        "a network or address, such as 10.0.0.0/8, 2001:db8::/32 or 192.0.2.1",
        (string text, out IpNetwork value, ref string? hint) =>
        {
            bool isNetwork = IpNetwork.TryParse(text, out value);
            int slash = text.IndexOf('/', StringComparison.Ordinal);
            hint = !isNetwork && slash > 0 && IpNetwork.TryParse(text.AsSpan(0, slash), out _)
                && int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int length)
                && length <= (text.Contains(':', StringComparison.Ordinal) ? 128 : 32)
                    ? $"bits after the prefix are set: write {IpNetwork.Create(IPAddress.Parse(text.AsSpan(0, slash)), length)}"
                    : null;
            return isNetwork;
        },
        value => value.ToString(),
        Schema.Text("[0-9A-Fa-f:.]+(/[0-9]{1,3})?"))
    {
        WithEdges = [("0.0.0.0/0", true), ("10.0.0.1/32", true), ("10.0.0.0/33", false), ("::/128", true), ("::/129", false)],
    };

    /// <summary>One address.</summary>
    public static ScalarKind<IPAddress> Ip { get; } = new(
        "an address without a port, such as 192.0.2.1 or 2001:db8::1",
        (string text, out IPAddress value, ref string? hint) => TryParseIp(text, out value),
        value => value.ToString(),
        Schema.Text("[0-9A-Fa-f:.]+"))
    {
        WithEdges = [("255.255.255.255", true), ("255.255.255.256", false), ("10.1", false)],
    };

    /// <summary>An address with the length of its network's prefix.</summary>
    public static ScalarKind<InterfaceAddress> Interface { get; } = new(
        "an address with the length of its network's prefix, such as 10.0.0.100/24",
        (string text, out InterfaceAddress value, ref string? hint) =>
        {
            int slash = text.IndexOf('/', StringComparison.Ordinal);
            int bits = text.Contains(':', StringComparison.Ordinal) ? 128 : 32;
            value = null!;
            hint = slash < 0 ? "it has no prefix length" : null;
            if (slash < 0 || !TryParseIp(text[..slash], out var address)
                || !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int length)
                || length < 1 || length > bits)
            {
                return false;
            }

            value = new InterfaceAddress(address, length);
            return true;
        },
        value => value.ToString(),
        Schema.Text("[0-9A-Fa-f:.]+/[0-9]{1,3}"))
    {
        WithEdges = [("10.0.0.1/32", true), ("10.0.0.1/1", true), ("10.0.0.1/33", false), ("10.0.0.1/0", false), ("::1/129", false)],
    };

    /// <summary>A name in the DNS, kept in lower case.</summary>
    public static ScalarKind<string> DnsName { get; } = new(
        $"a host name of at most {HostName.MaxLength} characters, such as api.internal",
        (string text, out string value, ref string? hint) =>
        {
            value = text.ToLowerInvariant();
            hint = text.EndsWith('.') ? "write it without the dot at its end"
                : text.Contains(':', StringComparison.Ordinal) ? "write it without a port"
                : null;
            return HostName.IsValid(text);
        },
        value => value,
        Schema.Text("[0-9A-Za-z._-]+"))
    {
        WithEdges = [(Labels(HostName.MaxLength), true), (Labels(HostName.MaxLength + 1), false), ("a..b", false)],
    };

    /// <summary>An address of a DNS server, with or without a port; the port is 53 unless it is written.</summary>
    public static ScalarKind<IPEndPoint> Resolver { get; } = new(
        "an address to ask: IPv4 or IPv4:PORT, IPv6 or [IPv6]:PORT, such as 10.0.0.53 or 127.0.0.1:5353",
        (string text, out IPEndPoint value, ref string? hint) =>
        {
            bool hasPort = ServerAddress.TryParse(text, out var server) && server!.Ip is not null;
            value = hasPort ? new IPEndPoint(server!.Ip!, server.Port) : new IPEndPoint(IPAddress.None, DnsPort);
            if (!hasPort && TryParseIp(text, out var address))
            {
                value.Address = address;
                return true;
            }

            hint = server is { IsName: true } ? "a host name is not taken here: write its address" : null;
            return hasPort;
        },
        value => value.ToString(),
        Schema.Text(@"[0-9.]+(:[0-9]{1,5})?|[0-9A-Fa-f:.]+|\[[0-9A-Fa-f:.]+\]:[0-9]{1,5}"))
    {
        WithEdges = [("127.0.0.1", true), ("127.0.0.1:65535", true), ("127.0.0.1:65536", false), ("::1", true), ("127.0.0.1:0", false)],
    };

    /// <summary>A host with or without a port, as the <c>Host</c> header has it, or nothing.</summary>
    public static ScalarKind<string> Authority { get; } = Texts.Make(
        "a host with or without a port, such as api.internal or 10.0.0.1:8080, or \"\"",
        text => text.Length == 0 || HostName.IsValid(text) || TryParseIp(text, out _) || ServerAddress.TryParse(text, out _),
        Schema.Text(@"[\[\]0-9A-Za-z.:_-]*"),
        ("a:65535", true),
        ("a:65536", false));

    /// <summary>Reads an address; no other form than people write.</summary>
    public static bool TryParseIp(string text, out IPAddress address)
    {
        address = IPAddress.None;
        bool isAddress = !text.Contains('/', StringComparison.Ordinal) && IpNetwork.TryParse(text, out _);
        address = isAddress ? IPAddress.Parse(text) : address;
        return isAddress;
    }

    private static string? AddressHint(string text) =>
        text.Length is > 0 and <= 5 && text.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0
            ? $"this is a port alone: write an address before it, as in 127.0.0.1:{text}"
        : text is ['[', .., ']'] ? $"it has no port: write {text[..Math.Min(text.Length, 50)]}:PORT"
        : text.Contains("::", StringComparison.Ordinal) && !text.StartsWith('[') ? "an IPv6 address stands in brackets before its port, as in [::1]:80"
        : TryParseIp(text, out var ip) ? $"it has no port: write {ip}:PORT"
        : text.StartsWith('/') ? "for a Unix socket write unix:" + text[..Math.Min(text.Length, 100)]
        : null;

    private static string Labels(int length) => string.Concat(Enumerable.Repeat("aaaaaaaaa.", 26))[..(length - 1)].TrimEnd('.').PadRight(length, 'a');
}

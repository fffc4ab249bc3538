using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Atlas.Protocols.ProxyProtocol;

/// <summary>An IP address and port of a PROXY protocol header; the default is none.</summary>
public readonly struct ProxyEndpoint : IEquatable<ProxyEndpoint>
{
    private readonly IpBytes _ip;
    private readonly byte _length;

    /// <summary>An address and port.</summary>
    /// <param name="ip">4 or 16 bytes in network order.</param>
    /// <param name="port">The port.</param>
    /// <exception cref="ArgumentException">The address has another length.</exception>
    public ProxyEndpoint(ReadOnlySpan<byte> ip, ushort port)
    {
        if (ip.Length is not 4 and not 16)
        {
            throw new ArgumentException("An IP address has 4 or 16 bytes.", nameof(ip));
        }

        ip.CopyTo(_ip);
        _length = (byte)ip.Length;
        Port = port;
    }

    /// <summary>The address: 4 or 16 bytes in network order, empty if there is none. It lies in this value.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Ip => ((ReadOnlySpan<byte>)_ip)[.._length];

    /// <summary>The port.</summary>
    public ushort Port { get; }

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => _length == 0;

    /// <summary>Compares address and port.</summary>
    public static bool operator ==(ProxyEndpoint left, ProxyEndpoint right) => left.Equals(right);

    /// <summary>Compares address and port.</summary>
    public static bool operator !=(ProxyEndpoint left, ProxyEndpoint right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(ProxyEndpoint other) => Port == other.Port && Ip.SequenceEqual(other.Ip);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ProxyEndpoint other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(Ip);
        hash.Add(Port);
        return hash.ToHashCode();
    }

    /// <summary>Address in hexadecimal and port, for debugging.</summary>
    public override string ToString() => $"{Convert.ToHexString(Ip)}:{Port}";

    [InlineArray(16)]
    private struct IpBytes
    {
        private byte _first;
    }
}

using System.Buffers.Binary;
using System.Net;
using System.Text;
using Atlas.Engine.Interop;

namespace Atlas.Engine.Streams;

/// <summary>An IPv4, IPv6 or unix address in the kernel's form (<c>struct sockaddr_in</c>, <c>_in6</c>, <c>_un</c>).
/// Immutable.</summary>
public sealed class SocketAddress : IEquatable<SocketAddress>
{
    /// <summary>The longest path of a unix socket in bytes (<c>sun_path</c> less its NUL).</summary>
    public const int MaxUnixPath = 107;

    /// <summary>The longest address in bytes (<c>struct sockaddr_un</c>).</summary>
    internal const int MaxLength = 110;

    private readonly byte[] _bytes;

    private SocketAddress(byte[] bytes) => _bytes = bytes;

    /// <summary>Whether it is a unix socket.</summary>
    public bool IsUnix => Family == LinuxConstants.AF_UNIX;

    /// <summary>The port; 0 for a unix socket.</summary>
    public int Port => IsUnix ? 0 : BinaryPrimitives.ReadUInt16BigEndian(_bytes.AsSpan(2));

    /// <summary>The IP address: 4 or 16 bytes in network order, an IPv4-mapped one as 4; empty for a unix socket.</summary>
    public ReadOnlySpan<byte> Ip
    {
        get
        {
            if (Family == LinuxConstants.AF_INET)
            {
                return _bytes.AsSpan(4, 4);
            }

            if (Family != LinuxConstants.AF_INET6)
            {
                return default;
            }

            ReadOnlySpan<byte> ip = _bytes.AsSpan(8, 16);
            return ip.StartsWith(MappedPrefix) ? ip[12..] : ip;
        }
    }

    internal int Family => _bytes[0] | (_bytes[1] << 8);

    internal ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The path of a unix socket.</summary>
    internal string UnixPath => Encoding.UTF8.GetString(_bytes.AsSpan(2)).TrimEnd('\0');

    private static ReadOnlySpan<byte> MappedPrefix => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

    /// <summary>An IP address and port.</summary>
    public static SocketAddress OfIp(IPAddress ip, int port)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, ushort.MaxValue);
        byte[] raw = ip.GetAddressBytes();
        byte[] bytes = new byte[raw.Length == 4 ? 16 : 28];
        bytes[0] = (byte)(raw.Length == 4 ? LinuxConstants.AF_INET : LinuxConstants.AF_INET6);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)port);
        raw.CopyTo(bytes.AsSpan(raw.Length == 4 ? 4 : 8));
        if (raw.Length == 16)
        {
            BitConverter.TryWriteBytes(bytes.AsSpan(24), (uint)ip.ScopeId);
        }

        return new SocketAddress(bytes);
    }

    /// <summary>A unix socket by its path of 1 to <see cref="MaxUnixPath"/> bytes.</summary>
    public static SocketAddress OfUnixPath(string path)
    {
        int length = Encoding.UTF8.GetByteCount(path);
        ArgumentOutOfRangeException.ThrowIfZero(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, MaxUnixPath);
        byte[] bytes = new byte[2 + length + 1];
        bytes[0] = LinuxConstants.AF_UNIX;
        Encoding.UTF8.GetBytes(path, bytes.AsSpan(2));
        return new SocketAddress(bytes);
    }

    /// <inheritdoc/>
    public bool Equals(SocketAddress? other) => other is not null && _bytes.AsSpan().SequenceEqual(other._bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SocketAddress);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(_bytes);
        return hash.ToHashCode();
    }

    /// <summary>The address as text: <c>192.0.2.1:80</c>, <c>[2001:db8::1]:80</c> or <c>unix:/path</c>.</summary>
    public override string ToString() => IsUnix
        ? "unix:" + UnixPath
        : new IPEndPoint(new IPAddress(Ip), Port).ToString();

    internal static SocketAddress OfKernel(ReadOnlySpan<byte> bytes) => new(bytes.ToArray());
}

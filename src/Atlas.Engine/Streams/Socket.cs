using System.Text;
using Atlas.Engine.Interop;
using static Atlas.Engine.Interop.LinuxConstants;

namespace Atlas.Engine.Streams;

/// <summary>System calls on one descriptor, without state. Each returns a negative error number on failure.</summary>
internal static unsafe class Socket
{
    // A peer that is gone without a word is found in three minutes; the kernel's own two hours are longer than most idle
    // timeouts.
    private const int KeepAliveIdleSeconds = 120;
    private const int KeepAliveIntervalSeconds = 15;
    private const int KeepAliveProbes = 4;

    internal static int Open(SocketAddress address) =>
        Errno.Of(Libc.socket(address.Family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));

    internal static int OpenDatagram(int family) =>
        Errno.Of(Libc.socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));

    internal static int Bind(int descriptor, SocketAddress address)
    {
        fixed (byte* bytes = address.Bytes)
        {
            return Errno.Of(Libc.bind(descriptor, bytes, (uint)address.Bytes.Length));
        }
    }

    /// <summary>Binds to an address that need not be this machine's; the port is left to the kernel, which chooses it when it
    /// knows where the connection goes and so never runs out of ports too early (ip(7)).</summary>
    internal static int BindAsClient(int descriptor, SocketAddress source)
    {
        bool isIpv6 = source.Family == AF_INET6;
        int result = isIpv6
            ? SetOption(descriptor, IPPROTO_IPV6, IPV6_TRANSPARENT, 1)
            : SetOption(descriptor, IPPROTO_IP, IP_TRANSPARENT, 1);
        if (result < 0)
        {
            return result;
        }

        SetOption(descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
        return Bind(descriptor, source);
    }

    internal static int Listen(int descriptor, int backlog) => Errno.Of(Libc.listen(descriptor, backlog));

    internal static int Connect(int descriptor, SocketAddress address)
    {
        fixed (byte* bytes = address.Bytes)
        {
            return Errno.Of(Libc.connect(descriptor, bytes, (uint)address.Bytes.Length));
        }
    }

    internal static int Accept(int listener, Span<byte> address, out int length)
    {
        uint size = (uint)address.Length;
        fixed (byte* bytes = address)
        {
            int result = Errno.Of(Libc.accept4(listener, bytes, &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
            length = (int)Math.Min(size, (uint)address.Length);
            return result;
        }
    }

    /// <summary>The number of an option; 0 where it cannot be read.</summary>
    internal static int Option(int descriptor, int level, int name)
    {
        int value = 0;
        uint size = sizeof(int);
        return Errno.Of(Libc.getsockopt(descriptor, level, name, &value, &size)) < 0 ? 0 : value;
    }

    /// <summary>A number that the kernel gives to a socket, whichever process has it, and to no other one until the next start of the machine
    /// (SO_COOKIE, kernels from 4.12 on); 0 where it cannot be read.</summary>
    internal static ulong Cookie(int descriptor)
    {
        ulong value = 0;
        uint size = sizeof(ulong);
        return Errno.Of(Libc.getsockopt(descriptor, SOL_SOCKET, SO_COOKIE, &value, &size)) < 0 ? 0 : value;
    }

    /// <summary>Has calls on a descriptor that came from elsewhere not wait, and programs that are started not inherit it.</summary>
    internal static void MakeOwn(int descriptor)
    {
        int flags = Errno.Of(Libc.fcntl(descriptor, F_GETFL, 0));
        Errno.Of(Libc.fcntl(descriptor, F_SETFL, Math.Max(flags, 0) | O_NONBLOCK));
        Errno.Of(Libc.fcntl(descriptor, F_SETFD, FD_CLOEXEC));
    }

    internal static SocketAddress LocalAddress(int descriptor)
    {
        Span<byte> address = stackalloc byte[SocketAddress.MaxLength];
        uint size = (uint)address.Length;
        fixed (byte* bytes = address)
        {
            return Errno.Of(Libc.getsockname(descriptor, bytes, &size)) < 0
                ? SocketAddress.OfIp(System.Net.IPAddress.Any, 0)
                : SocketAddress.OfKernel(address[..(int)size]);
        }
    }

    internal static int SetOption(int descriptor, int level, int name, int value) =>
        Errno.Of(Libc.setsockopt(descriptor, level, name, &value, sizeof(int)));

    /// <summary>Lets a socket be bound to an address that no interface of the host has at present.</summary>
    internal static void AllowAbsentAddress(int descriptor, SocketAddress address)
    {
        if (address.Family == AF_INET6)
        {
            SetOption(descriptor, IPPROTO_IPV6, IPV6_FREEBIND, 1);
        }
        else if (address.Family == AF_INET)
        {
            SetOption(descriptor, IPPROTO_IP, IP_FREEBIND, 1);
        }
    }

    /// <summary>What every connection has: keep-alive probes find peers that died in silence, and small writes leave at
    /// once. A listening socket passes them on to what it accepts.</summary>
    internal static void SetConnectionOptions(int descriptor, SocketAddress address)
    {
        if (!address.IsUnix)
        {
            SetOption(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1);
            SetOption(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, KeepAliveIdleSeconds);
            SetOption(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, KeepAliveIntervalSeconds);
            SetOption(descriptor, IPPROTO_TCP, TCP_KEEPCNT, KeepAliveProbes);
            SetOption(descriptor, IPPROTO_TCP, TCP_NODELAY, 1);
        }
    }

    internal static int PendingError(int descriptor)
    {
        int value = 0;
        uint size = sizeof(int);
        int result = Errno.Of(Libc.getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &value, &size));
        return result < 0 ? -result : value;
    }

    /// <summary>Bytes in the send queue: those that the peer has not confirmed (tcp(7)), or, of a Unix socket, not received.</summary>
    internal static int UnsentBytes(int descriptor)
    {
        int bytes = 0;
        int result = Errno.Of(Libc.ioctl(descriptor, SIOCOUTQ, &bytes));
        return result < 0 ? result : bytes;
    }

    internal static int Receive(int descriptor, Span<byte> buffer, int flags)
    {
        fixed (byte* bytes = buffer)
        {
            int result;
            do
            {
                result = Errno.Of(Libc.recv(descriptor, bytes, (nuint)buffer.Length, flags));
            }
            while (result == -Errno.EINTR);
            return result;
        }
    }

    internal static int Send(int descriptor, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* pointer = bytes)
        {
            int result;
            do
            {
                result = Errno.Of(Libc.send(descriptor, pointer, (nuint)bytes.Length, MSG_NOSIGNAL));
            }
            while (result == -Errno.EINTR);
            return result;
        }
    }

    internal static int Send(int descriptor, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        fixed (byte* a = first)
        fixed (byte* b = second)
        {
            IoVector* vectors = stackalloc IoVector[2];
            vectors[0] = new IoVector { Base = a, Length = (nuint)first.Length };
            vectors[1] = new IoVector { Base = b, Length = (nuint)second.Length };
            var message = new MessageHeader { Vectors = vectors, VectorCount = 2 };
            int result;
            do
            {
                result = Errno.Of(Libc.sendmsg(descriptor, &message, MSG_NOSIGNAL));
            }
            while (result == -Errno.EINTR);
            return result;
        }
    }

    internal static void ShutdownSend(int descriptor) => Errno.Of(Libc.shutdown(descriptor, SHUT_WR));

    /// <summary>Makes the close that follows a reset instead of an orderly end.</summary>
    internal static void ResetOnClose(int descriptor)
    {
        long linger = 1; // l_onoff = 1, l_linger = 0: two ints, little-endian.
        Errno.Of(Libc.setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, sizeof(long)));
    }

    internal static void Close(int descriptor) => Errno.Of(Libc.close(descriptor));

    internal static void Unlink(string path)
    {
        fixed (byte* bytes = Encoding.UTF8.GetBytes(path + "\0"))
        {
            Errno.Of(Libc.unlink(bytes));
        }
    }

    /// <summary>Whether a path is a unix socket, not following symbolic links.</summary>
    internal static bool IsSocket(string path)
    {
        FileStatus status;
        fixed (byte* bytes = Encoding.UTF8.GetBytes(path + "\0"))
        {
            return Errno.Of(Libc.statx(AT_FDCWD, bytes, AT_SYMLINK_NOFOLLOW, STATX_TYPE, &status)) == 0
                && (status.Mode & S_IFMT) == S_IFSOCK;
        }
    }
}

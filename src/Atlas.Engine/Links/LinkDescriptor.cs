using Atlas.Engine.Interop;
using Atlas.Engine.Streams;
using static Atlas.Engine.Interop.LinkConstants;
using static Atlas.Engine.Interop.LinuxConstants;

namespace Atlas.Engine.Links;

/// <summary>A descriptor and the calls on it that raw sockets share. Not thread-safe. After <see cref="Close"/> every call gives
/// EBADF, and never reaches a descriptor that got the same number.</summary>
internal sealed unsafe class LinkDescriptor
{
    private LinkDescriptor(int value) => Value = value;

    /// <summary>The number; negative once it is closed.</summary>
    internal int Value { get; private set; }

    /// <summary>Opens a socket.</summary>
    /// <param name="family">AF_.</param>
    /// <param name="type">SOCK_, and SOCK_NONBLOCK where nothing is to block.</param>
    /// <param name="protocol">Of that family.</param>
    /// <param name="error">The positive error number when null is returned, else 0.</param>
    internal static LinkDescriptor? TryOpen(int family, int type, int protocol, out int error)
    {
        int result = Errno.Of(Libc.socket(family, type | SOCK_CLOEXEC, protocol));
        error = result < 0 ? -result : 0;
        return result < 0 ? null : new LinkDescriptor(result);
    }

    /// <summary>Takes a descriptor over.</summary>
    internal static LinkDescriptor Of(int descriptor) => new(descriptor);

    internal int SetOption(int level, int name, int value) => Socket.SetOption(Value, level, name, value);

    internal int SetOption<T>(int level, int name, in T value)
        where T : unmanaged
    {
        fixed (T* pointer = &value)
        {
            return Errno.Of(Libc.setsockopt(Value, level, name, pointer, (uint)sizeof(T)));
        }
    }

    internal int SetOption(int level, int name, ReadOnlySpan<byte> value)
    {
        fixed (byte* pointer = value)
        {
            return Errno.Of(Libc.setsockopt(Value, level, name, pointer, (uint)value.Length));
        }
    }

    /// <summary>Ties the socket to an interface: it hears and speaks there only (SO_BINDTODEVICE, socket(7)).</summary>
    internal int BindTo(NetworkLink link)
    {
        Span<byte> name = stackalloc byte[IFNAMSIZ];
        name.Clear();
        return System.Text.Encoding.UTF8.TryGetBytes(link.Name, name[..^1], out int length)
            ? SetOption(SOL_SOCKET, SO_BINDTODEVICE, name[..length])
            : -Errno.ENODEV;
    }

    internal int Send(MessageHeader* message)
    {
        int result;
        do
        {
            result = Errno.Of(Libc.sendmsg(Value, message, MSG_NOSIGNAL));
        }
        while (result == -Errno.EINTR);
        return result;
    }

    internal int Receive(MessageHeader* message, int flags)
    {
        int result;
        do
        {
            result = Errno.Of(Libc.recvmsg(Value, message, flags));
        }
        while (result == -Errno.EINTR);
        return result;
    }

    /// <summary>Closes it. Idempotent.</summary>
    internal void Close()
    {
        if (Value >= 0)
        {
            Socket.Close(Value);
            Value = -1;
        }
    }
}

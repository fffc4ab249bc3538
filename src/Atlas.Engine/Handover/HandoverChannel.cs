using Atlas.Engine.Interop;
using Atlas.Engine.Streams;
using static Atlas.Engine.Interop.LinuxConstants;

namespace Atlas.Engine.Handover;

/// <summary>One end of a way between two processes that keeps messages apart and carries open descriptors (unix(7), SCM_RIGHTS). What is
/// passed stays open in both. Its calls may wait: not for a worker's thread. One thread at a time.</summary>
public sealed unsafe class HandoverChannel : IDisposable
{
    /// <summary>Bytes of a message; a longer one ends the channel.</summary>
    public const int MaxBytes = 32 * 1024;

    /// <summary>Descriptors of a message: the kernel's bound (SCM_MAX_FD).</summary>
    public const int MaxDescriptors = 253;

    // Shells that stand before a program use the numbers below for themselves.
    private const int FirstInheritable = 100;

    private int _descriptor;

    private HandoverChannel(int descriptor) => _descriptor = descriptor;

    /// <summary>Makes both ends.</summary>
    /// <exception cref="IOException">The system has no descriptors or memory left.</exception>
    public static (HandoverChannel Own, HandoverChannel Other) CreatePair()
    {
        int* ends = stackalloc int[2];
        int result = Errno.Of(Libc.socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends));
        return result >= 0
            ? (new HandoverChannel(ends[0]), new HandoverChannel(ends[1]))
            : throw new IOException("cannot make a pair of sockets: " + Errno.Text(result));
    }

    /// <summary>Takes an end that this process has inherited; programs that it starts do not inherit it in turn.</summary>
    /// <returns>Null: the descriptor is nothing of the kind, and is left alone.</returns>
    public static HandoverChannel? TryTake(int descriptor)
    {
        if (Socket.Option(descriptor, SOL_SOCKET, SO_TYPE) != SOCK_SEQPACKET)
        {
            return null;
        }

        Socket.MakeOwn(descriptor);
        return new HandoverChannel(descriptor);
    }

    /// <summary>Has programs that are started from now on inherit this end, until it is disposed of.</summary>
    /// <returns>The descriptor's number, in this process and in those.</returns>
    /// <exception cref="IOException">No descriptor is left.</exception>
    public int MakeInheritable()
    {
        int inheritable = Errno.Of(Libc.fcntl(_descriptor, F_DUPFD, FirstInheritable));
        if (inheritable < 0)
        {
            throw new IOException("cannot pass a socket on: " + Errno.Text(inheritable));
        }

        Socket.Close(_descriptor);
        _descriptor = inheritable;
        return inheritable;
    }

    /// <summary>Sends a message.</summary>
    /// <param name="bytes">1 to <see cref="MaxBytes"/>.</param>
    /// <param name="descriptors">Up to <see cref="MaxDescriptors"/>; they stay the caller's, too.</param>
    /// <param name="timeoutMs">How long the other end may leave no room for it.</param>
    /// <returns>False: the other end is closed, or leaves no room.</returns>
    public bool TrySend(ReadOnlySpan<byte> bytes, ReadOnlySpan<int> descriptors, int timeoutMs)
    {
        ArgumentOutOfRangeException.ThrowIfZero(bytes.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, MaxBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(descriptors.Length, MaxDescriptors);
        long startMs = Environment.TickCount64;
        while (true)
        {
            int result = Send(bytes, descriptors);
            if (result >= 0)
            {
                return true;
            }

            long leftMs = startMs + timeoutMs - Environment.TickCount64;
            if (result is not (-Errno.EAGAIN or -Errno.EINTR) || leftMs <= 0 || !Wait(POLLOUT, (int)leftMs))
            {
                return false;
            }
        }
    }

    /// <summary>Waits for the next message.</summary>
    /// <param name="timeoutMs">How long, in milliseconds.</param>
    /// <param name="message">The message where it was received; its descriptors are not inherited by programs that are started.</param>
    public HandoverStatus Receive(int timeoutMs, out HandoverMessage? message)
    {
        message = null;
        if (!Wait(POLLIN, timeoutMs))
        {
            return HandoverStatus.TimedOut;
        }

        byte[] buffer = new byte[MaxBytes];
        byte* control = stackalloc byte[ControlHeader.Space(MaxDescriptors * sizeof(int))];
        int length;
        int flags;
        List<int> descriptors;
        fixed (byte* bytes = buffer)
        {
            var vector = new IoVector { Base = bytes, Length = (nuint)buffer.Length };
            var header = new MessageHeader
            {
                Vectors = &vector,
                VectorCount = 1,
                Control = control,
                ControlLength = (nuint)ControlHeader.Space(MaxDescriptors * sizeof(int)),
            };
            do
            {
                length = Errno.Of(Libc.recvmsg(_descriptor, &header, MSG_CMSG_CLOEXEC));
            }
            while (length == -Errno.EINTR);
            flags = length < 0 ? 0 : header.Flags;
            descriptors = length < 0 ? [] : DescriptorsOf(control, (int)header.ControlLength);
        }

        var received = new HandoverMessage(buffer[..Math.Max(length, 0)], descriptors);
        if (length <= 0 || (flags & (MSG_TRUNC | MSG_CTRUNC)) != 0)
        {
            received.CloseDescriptors();
            return HandoverStatus.Ended;
        }

        message = received;
        return HandoverStatus.Received;
    }

    /// <summary>Closes this end, which the other process sees. Idempotent.</summary>
    public void Dispose()
    {
        if (_descriptor >= 0)
        {
            Socket.Close(_descriptor);
            _descriptor = -1;
        }
    }

    private int Send(ReadOnlySpan<byte> bytes, ReadOnlySpan<int> descriptors)
    {
        int dataLength = descriptors.Length * sizeof(int);
        byte* control = stackalloc byte[ControlHeader.Space(MaxDescriptors * sizeof(int))];
        fixed (byte* pointer = bytes)
        {
            var vector = new IoVector { Base = pointer, Length = (nuint)bytes.Length };
            var header = new MessageHeader { Vectors = &vector, VectorCount = 1 };
            if (descriptors.Length > 0)
            {
                *(ControlHeader*)control = new ControlHeader
                {
                    Length = ControlHeader.LengthOf(dataLength),
                    Level = SOL_SOCKET,
                    Type = SCM_RIGHTS,
                };
                descriptors.CopyTo(new Span<int>(control + sizeof(ControlHeader), descriptors.Length));
                header.Control = control;
                header.ControlLength = (nuint)ControlHeader.Space(dataLength);
            }

            return Errno.Of(Libc.sendmsg(_descriptor, &header, MSG_NOSIGNAL));
        }
    }

    private static List<int> DescriptorsOf(byte* control, int length)
    {
        var found = new List<int>();
        byte* at = control;
        while (ControlHeader.Find(ref at, control + length, SOL_SOCKET, SCM_RIGHTS, out int dataLength) is var data && data is not null)
        {
            found.AddRange(new ReadOnlySpan<int>(data, dataLength / sizeof(int)));
        }

        return found;
    }

    /// <summary>Waits until the socket is as it is wanted, or has failed.</summary>
    private bool Wait(int events, int timeoutMs)
    {
        long endMs = Environment.TickCount64 + timeoutMs;
        while (true)
        {
            var poll = new PollDescriptor { Descriptor = _descriptor, Events = (short)events };
            int result = Errno.Of(Libc.poll(&poll, 1, (int)Math.Max(endMs - Environment.TickCount64, 0)));
            if (result != -Errno.EINTR)
            {
                // An error of the call itself shows in the next one.
                return result != 0;
            }
        }
    }
}

using System.Runtime.InteropServices;
using Atlas.Engine.Interop;
using static Atlas.Engine.Interop.LinkConstants;
using static Atlas.Engine.Interop.LinuxConstants;

namespace Atlas.Engine.Links;

/// <summary>A socket of netlink, and the memory that it receives to. Hears the kernel only. Not thread-safe.</summary>
internal sealed unsafe class NetlinkSocket : IDisposable
{
    /// <summary>More than the kernel puts into one datagram (NLMSG_GOODSIZE, and 32 KiB for lists).</summary>
    internal const int BufferLength = 64 * 1024;

    // The kernel answers within the call; the limit is for a kernel that doesn't.
    private const int AnswerSeconds = 2;

    private readonly byte* _buffer = (byte*)NativeMemory.Alloc(BufferLength);
    private uint _sequence;
    private int _length;
    private bool _isUnfinished;
    private bool _disposed;

    private NetlinkSocket(LinkDescriptor descriptor) => Descriptor = descriptor;

    internal LinkDescriptor Descriptor { get; }

    /// <summary>The datagram that came last. Lent until the next receive.</summary>
    internal ReadOnlySpan<byte> Last => new(_buffer, _length);

    /// <summary>Opens one.</summary>
    /// <param name="groups">RTMGRP_ of the changes that it hears; 0 for one that asks.</param>
    /// <param name="error">The positive error number when null is returned, else 0.</param>
    /// <param name="protocol">NETLINK_: the part of the kernel that it speaks with.</param>
    internal static NetlinkSocket? TryOpen(uint groups, out int error, int protocol = NETLINK_ROUTE)
    {
        var descriptor = LinkDescriptor.TryOpen(AF_NETLINK, groups == 0 ? SOCK_RAW : SOCK_RAW | SOCK_NONBLOCK, protocol, out error);
        if (descriptor is null)
        {
            return null;
        }

        var address = new NetlinkAddress { Family = AF_NETLINK, Groups = groups };
        int result = Errno.Of(Libc.bind(descriptor.Value, &address, (uint)sizeof(NetlinkAddress)));
        if (result >= 0)
        {
            result = descriptor.SetOption(SOL_SOCKET, SO_RCVTIMEO, new TimeValue { Seconds = AnswerSeconds });
        }

        if (result >= 0)
        {
            return new NetlinkSocket(descriptor);
        }

        error = -result;
        descriptor.Close();
        return null;
    }

    /// <summary>Asks, and has the answer taken.</summary>
    /// <param name="request">What is asked; gets a number here.</param>
    /// <param name="answer">Takes what comes.</param>
    /// <returns>0, or the negative error number that the kernel answers with; EAGAIN where it does not answer, and EINTR where a list
    /// was changed while it was read.</returns>
    internal int Ask<TAnswer>(NetlinkRequest request, ref TAnswer answer)
        where TAnswer : INetlinkAnswer, allows ref struct
    {
        uint sequence = ++_sequence;
        return Ask(request.Finish(sequence), sequence, ref answer);
    }

    /// <summary>Has the kernel do what several messages say, the last of which asks for an answer.</summary>
    /// <param name="batch">They; get a number here.</param>
    /// <returns>0, or the negative error number of the first that is refused; EAGAIN where the kernel does not answer.</returns>
    internal int Ask(NetlinkBatch batch)
    {
        uint sequence = ++_sequence;
        var answer = default(NoNetlinkAnswer);
        return Ask(batch.Finish(sequence), sequence, ref answer);
    }

    /// <summary>Receives a datagram of the kernel; those of others are dropped.</summary>
    /// <param name="flags">MSG_.</param>
    /// <returns>The bytes of <see cref="Last"/>, or a negative error number: ENOBUFS where some were lost.</returns>
    internal int Receive(int flags)
    {
        _length = 0;
        while (!_disposed)
        {
            // The buffer is this object's, the rest is on the stack, and the kernel keeps no pointer past the call.
            NetlinkAddress source = default;
            var vector = new IoVector { Base = _buffer, Length = BufferLength };
            var message = new MessageHeader
            {
                Name = &source,
                NameLength = (uint)sizeof(NetlinkAddress),
                Vectors = &vector,
                VectorCount = 1,
            };
            int length = Descriptor.Receive(&message, flags);
            if (length < 0)
            {
                return length;
            }

            if (source.Port == 0)
            {
                // What is cut is as good as lost.
                _length = (message.Flags & MSG_TRUNC) == 0 ? length : 0;
                return _length == length ? length : -Errno.ENOBUFS;
            }
        }

        return -Errno.EBADF;
    }

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _length = 0;
            Descriptor.Close();
            NativeMemory.Free(_buffer);
        }
    }

    private int Ask<TAnswer>(ReadOnlySpan<byte> messages, uint sequence, ref TAnswer answer)
        where TAnswer : INetlinkAnswer, allows ref struct
    {
        if (_disposed)
        {
            return -Errno.EBADF;
        }

        while (_isUnfinished && Receive(MSG_DONTWAIT) >= 0)
        {
            // What is left of a list that was given up: until then the kernel begins no other (EBUSY).
        }

        int result = Streams.Socket.Send(Descriptor.Value, messages);
        _isUnfinished = result >= 0;
        bool isChanged = false;
        while (result >= 0 && _isUnfinished)
        {
            result = Receive(0);
            if (result >= 0)
            {
                result = Take(Last, sequence, ref answer, ref isChanged);
            }
        }

        return result >= 0 && isChanged ? -Errno.EINTR : Math.Min(result, 0);
    }

    /// <summary>Has what is in a datagram taken, up to the end of the answer.</summary>
    private int Take<TAnswer>(ReadOnlySpan<byte> datagram, uint sequence, ref TAnswer answer, ref bool isChanged)
        where TAnswer : INetlinkAnswer, allows ref struct
    {
        var messages = new NetlinkMessages(datagram);
        while (messages.TryNext(out NetlinkHeader header, out ReadOnlySpan<byte> body))
        {
            if (header.Sequence != sequence)
            {
                // The answer to one that was given up.
                continue;
            }

            isChanged |= (header.Flags & NLM_F_DUMP_INTR) != 0;
            if (header.Type is NLMSG_ERROR or NLMSG_DONE)
            {
                // Both begin with the error number, which is 0 or negative.
                _isUnfinished = false;
                return MemoryMarshal.TryRead(body, out int error) ? error : 0;
            }

            answer.Take(header.Type, body);
        }

        return 0;
    }
}

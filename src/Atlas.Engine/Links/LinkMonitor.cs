using Atlas.Engine.Interop;
using static Atlas.Engine.Interop.LinkConstants;
using static Atlas.Engine.Interop.LinuxConstants;

namespace Atlas.Engine.Links;

/// <summary>Hears from the kernel what changes of links and of their addresses, from when it was opened on: open it first and read the
/// <see cref="LinkTable"/> then. Needs no right. Nothing blocks, and nothing allocates per change. Not thread-safe.</summary>
public sealed class LinkMonitor : ILinkSource, IDisposable
{
    // Some two thousand changes, as the kernel counts them.
    private const int BufferBytes = 1 << 21;
    private const uint Groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR;

    private readonly NetlinkSocket _socket;

    // Where the datagram at hand goes on: it lies in the socket's buffer until the next is received.
    private int _left;

    private LinkMonitor(NetlinkSocket socket) => _socket = socket;

    LinkDescriptor ILinkSource.Descriptor => _socket.Descriptor;

    /// <summary>Opens one.</summary>
    /// <param name="error">The positive error number when null is returned, else 0.</param>
    public static LinkMonitor? TryOpen(out int error) => TryOpen(BufferBytes, out error);

    internal static LinkMonitor? TryOpen(int bufferBytes, out int error)
    {
        var socket = NetlinkSocket.TryOpen(Groups, out error);
        if (socket is null)
        {
            return null;
        }

        // Past the system's bound only with CAP_NET_ADMIN; what does not fit is told as an overrun.
        if (socket.Descriptor.SetOption(SOL_SOCKET, SO_RCVBUFFORCE, bufferBytes) < 0)
        {
            socket.Descriptor.SetOption(SOL_SOCKET, SO_RCVBUF, bufferBytes);
        }

        return new LinkMonitor(socket);
    }

    /// <summary>Takes the next change. To be called until nothing waits: a <see cref="LinkPoller"/> does not know of those that came
    /// together with the last.</summary>
    /// <returns>0, or a negative error number: EAGAIN when nothing waits.</returns>
    public int Read(out LinkChange change)
    {
        while (true)
        {
            ReadOnlySpan<byte> datagram = _socket.Last;
            var messages = new NetlinkMessages(datagram[^Math.Min(_left, datagram.Length)..]);
            while (messages.TryNext(out NetlinkHeader header, out ReadOnlySpan<byte> body))
            {
                if (TryRead(header.Type, body, out change))
                {
                    _left = messages.Left;
                    return 0;
                }
            }

            _left = 0;
            int result = _socket.Receive(MSG_DONTWAIT);
            if (result == -Errno.ENOBUFS)
            {
                change = new LinkChange { Kind = LinkChangeKind.Overrun };
                return 0;
            }

            if (result < 0)
            {
                change = default;
                return result;
            }

            _left = result;
        }
    }

    /// <summary>Closes it. Every later call gives EBADF. Idempotent.</summary>
    public void Dispose()
    {
        _left = 0;
        _socket.Dispose();
    }

    /// <summary>Reads a message.</summary>
    /// <returns>False: it is about something else.</returns>
    internal static bool TryRead(int type, ReadOnlySpan<byte> body, out LinkChange change)
    {
        change = default;
        if (type is RTM_NEWLINK or RTM_DELLINK && LinkMessages.TryReadHead(body, out LinkHeader head))
        {
            change = new LinkChange
            {
                Kind = type == RTM_NEWLINK ? LinkChangeKind.Link : LinkChangeKind.LinkRemoved,
                LinkIndex = head.Index,
                IsUp = type == RTM_NEWLINK && (head.Flags & IFF_UP) != 0,
                IsRunning = type == RTM_NEWLINK && LinkMessages.IsRunning(head),
            };
            return true;
        }

        if (type is RTM_NEWADDR or RTM_DELADDR && LinkMessages.TryReadAddress(body, out ListedAddress address))
        {
            change = new LinkChange
            {
                Kind = type == RTM_NEWADDR ? LinkChangeKind.AddressAdded : LinkChangeKind.AddressRemoved,
                LinkIndex = address.LinkIndex,
                Address = address,
            };
            return true;
        }

        return false;
    }
}

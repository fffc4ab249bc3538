using System.Runtime.InteropServices;
using Atlas.Engine.Interop;
using static Atlas.Engine.Interop.DiagConstants;
using static Atlas.Engine.Interop.LinkConstants;
using static Atlas.Engine.Interop.LinuxConstants;

namespace Atlas.Engine.Links;

/// <summary>Resets TCP connections of this host by their local address (sock_diag(7), SOCK_DESTROY), whichever process has them, and also
/// those that have been closed and still send: before an address leaves the host, so that clients learn of it at once, which else wait for
/// bytes that cannot reach them any more. Needs CAP_NET_ADMIN, and a kernel with CONFIG_INET_DIAG_DESTROY. Of the network namespace that
/// the thread was in when it was opened. Not thread-safe.</summary>
public sealed class ConnectionCutter : IDisposable
{
    // All that have a client who may wait. Those that listen, or wait for nothing but the end of their name, are left alone.
    private const uint States = (1 << TCP_ESTABLISHED) | (1 << TCP_FIN_WAIT1) | (1 << TCP_FIN_WAIT2) | (1 << TCP_CLOSE_WAIT)
        | (1 << TCP_LAST_ACK) | (1 << TCP_CLOSING);

    // struct inet_diag_bc_op and struct inet_diag_hostcond, without the address.
    private const int ConditionHead = 12;
    private const int Rejects = 4;

    private readonly NetlinkSocket _socket;

    private ConnectionCutter(NetlinkSocket socket) => _socket = socket;

    /// <summary>Opens it.</summary>
    /// <param name="error">The positive error number when null is returned, else 0.</param>
    public static ConnectionCutter? TryOpen(out int error)
    {
        var socket = NetlinkSocket.TryOpen(0, out error, NETLINK_SOCK_DIAG);
        return socket is null ? null : new ConnectionCutter(socket);
    }

    /// <summary>Resets the connections from a local address.</summary>
    /// <param name="address">The address, which must still be this host's.</param>
    /// <param name="most">The most of them: each takes a few microseconds, and so does each thousandth of all that the host has.</param>
    /// <param name="count">How many were reset.</param>
    /// <returns>0, or the negative error number of what went wrong first: EOPNOTSUPP where the kernel cannot, EPERM without the right.</returns>
    public int Cut(LinkAddress address, int most, out int count)
    {
        count = 0;
        var found = new Found(most);
        int result = List(AF_INET6, address, ref found);
        if (!address.IsIpv6 && result >= 0)
        {
            result = List(AF_INET, address, ref found);
        }

        foreach ((byte family, DiagSocket socket) in found.Sockets)
        {
            int cut = Cut(family, socket);

            // One that has ended by itself meanwhile is not there.
            count += cut >= 0 ? 1 : 0;
            result = result >= 0 && cut < 0 && cut != -Errno.ENOENT ? cut : result;
        }

        return result;
    }

    /// <summary>Closes it. Idempotent.</summary>
    public void Dispose() => _socket.Dispose();

    private int List(int family, LinkAddress address, ref Found found)
    {
        Span<byte> memory = stackalloc byte[NetlinkRequest.MaxLength];
        memory.Clear();
        var request = new NetlinkRequest(memory);
        var wanted = new DiagRequest { Family = (byte)family, Protocol = IPPROTO_TCP, States = States };
        request.Begin(SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST | NLM_F_DUMP, wanted);
        Span<byte> condition = stackalloc byte[ConditionHead + LinkAddress.MaxLength];
        request.Add(INET_DIAG_REQ_BYTECODE, condition[..WriteCondition(address, condition)]);
        return _socket.Ask(request, ref found);
    }

    // A program for the kernel of one step: from this address, from any port; else it jumps over the end, which rejects.
    private static int WriteCondition(LinkAddress address, Span<byte> condition)
    {
        condition.Clear();
        int length = ConditionHead + address.WriteTo(condition[ConditionHead..]);
        const int AnyPort = -1;
        condition[0] = INET_DIAG_BC_S_COND;
        condition[1] = (byte)length;
        MemoryMarshal.Write(condition[2..], (ushort)(length + Rejects));
        condition[4] = (byte)(address.IsIpv6 ? AF_INET6 : AF_INET);
        condition[5] = (byte)(8 * (length - ConditionHead));
        MemoryMarshal.Write(condition[8..], AnyPort);
        return length;
    }

    private int Cut(byte family, DiagSocket socket)
    {
        Span<byte> memory = stackalloc byte[NetlinkRequest.MaxLength];
        memory.Clear();
        var request = new NetlinkRequest(memory);
        request.Begin(
            SOCK_DESTROY,
            NLM_F_REQUEST | NLM_F_ACK,
            new DiagRequest { Family = family, Protocol = IPPROTO_TCP, States = States, Socket = socket });
        var answer = default(NoNetlinkAnswer);
        return _socket.Ask(request, ref answer);
    }

    private readonly struct Found(int most) : INetlinkAnswer
    {
        internal List<(byte Family, DiagSocket Socket)> Sockets { get; } = [];

        public void Take(int type, ReadOnlySpan<byte> body)
        {
            if (type == SOCK_DIAG_BY_FAMILY && Sockets.Count < most && MemoryMarshal.TryRead(body, out DiagMessage message))
            {
                Sockets.Add((message.Family, message.Socket));
            }
        }
    }
}

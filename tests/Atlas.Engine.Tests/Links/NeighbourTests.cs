using System.Buffers.Binary;
using Atlas.Engine.Interop;
using Atlas.Engine.Links;

namespace Atlas.Engine.Tests.Links;

/// <summary>That others learn where an address is: by gratuitous ARP, and by unsolicited neighbour advertisements.</summary>
public sealed class NeighbourTests
{
    private const string Stale = "02:00:00:00:00:99";
    private const string Own = "02:00:5e:10:00:01";
    private const int IcmpV6 = 58;

    [Fact]
    public void Send_AGratuitousArp_MovesTheAddressToThisLink()
    {
        using Cable cable = Cable.Lay();
        PacketSocket socket = cable.Open(cable.Left, PacketSocket.TryOpen);
        cable.Right.Ip($"neigh replace 10.88.0.100 lladdr {Stale} nud stale dev eth");
        cable.Right.Ip("neigh show 10.88.0.100").ShouldContain(Stale);

        byte[] frame = GratuitousArp(cable.LeftLink, Addresses.Of("10.88.0.100"));
        socket.Send(cable.LeftLink.Index, frame).ShouldBe(frame.Length);
        Eventually.So(() => cable.Right.Ip("neigh show 10.88.0.100").Contains(Own, StringComparison.Ordinal));
    }

    [Fact]
    public void Send_AnUnsolicitedAdvertisement_MovesTheAddressToThisLink()
    {
        using Cable cable = Cable.Lay();
        LinkAddress address = Addresses.Of("fd88::100");
        RawIpSocket socket = cable.OpenRaw(cable.Left, isIpv6: true, IcmpV6);
        cable.OpenTable(cable.Left).AddAddress(cable.LeftLink.Index, address, 64).ShouldBe(0);
        cable.Right.Ip($"-6 neigh replace fd88::100 lladdr {Stale} nud stale dev eth");
        cable.Right.Ip("-6 neigh show fd88::100").ShouldContain(Stale);

        byte[] advertisement = Advertisement(cable.LeftLink, address);
        socket.Send(advertisement, address, Addresses.Of("ff02::1")).ShouldBe(advertisement.Length);
        Eventually.So(() => cable.Right.Ip("-6 neigh show fd88::100").Contains(Own, StringComparison.Ordinal));
        socket.Receive(out _).ShouldBe(-Errno.EAGAIN, "it only sends");
    }

    [Fact]
    public void PacketSocket_WhatCantBe_IsRefused()
    {
        using Cable cable = Cable.Lay();
        PacketSocket socket = cable.Open(cable.Left, PacketSocket.TryOpen);
        byte[] frame = GratuitousArp(cable.LeftLink, Addresses.Of("10.88.0.100"));
        const int Enxio = 6;
        socket.Send(int.MaxValue, frame).ShouldBeOneOf(-Errno.ENODEV, -Enxio);
        for (int length = 0; length < PacketSocket.HeadLength; length++)
        {
            socket.Send(cable.LeftLink.Index, frame.AsSpan(0, length)).ShouldBe(-Errno.EINVAL);
        }

        socket.Send(cable.LeftLink.Index, new byte[2000]).ShouldBe(-Errno.EMSGSIZE);
        cable.Left.Ip("link set eth down");
        socket.Send(cable.LeftLink.Index, frame).ShouldBe(-Errno.ENETDOWN);
        socket.Dispose();
        socket.Dispose();
        socket.Send(cable.LeftLink.Index, frame).ShouldBe(-Errno.EBADF);
    }

    /// <summary>RFC 5227 3: a request that asks for its own sender's address.</summary>
    private static byte[] GratuitousArp(NetworkLink link, LinkAddress address)
    {
        byte[] frame = new byte[42];
        frame.AsSpan(0, 6).Fill(0xFF);
        link.HardwareAddress.WriteTo(frame.AsSpan(6));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), 0x0806);
        Convert.FromHexString("0001080006040001").CopyTo(frame, 14);
        link.HardwareAddress.WriteTo(frame.AsSpan(22));
        address.WriteTo(frame.AsSpan(28));
        address.WriteTo(frame.AsSpan(38));
        return frame;
    }

    /// <summary>RFC 4861 4.4, with the override flag and the link's hardware address. The kernel writes the checksum.</summary>
    private static byte[] Advertisement(NetworkLink link, LinkAddress address)
    {
        byte[] message = new byte[32];
        message[0] = 136;
        message[4] = 0x20;
        address.WriteTo(message.AsSpan(8));
        message[24] = 2;
        message[25] = 1;
        link.HardwareAddress.WriteTo(message.AsSpan(26));
        return message;
    }
}

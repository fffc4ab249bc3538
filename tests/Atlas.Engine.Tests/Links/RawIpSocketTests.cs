using Atlas.Engine.Interop;
using Atlas.Engine.Links;

namespace Atlas.Engine.Tests.Links;

public sealed class RawIpSocketTests : IDisposable
{
    private readonly LinkPoller _poller = LinkPoller.TryOpen(out _)!;

    public void Dispose() => _poller.Dispose();

    [Theory]
    [InlineData("10.88.0.1", "224.0.0.18")]
    [InlineData("fe80::1", "ff02::12")]
    public void Send_ToAGroup_CrossesTheCableAndIsNotHeardHere(string from, string to)
    {
        using Cable cable = Cable.Lay();
        LinkAddress source = Addresses.Of(from);
        LinkAddress group = Addresses.Of(to);
        RawIpSocket left = cable.OpenRaw(cable.Left, group.IsIpv6);
        RawIpSocket right = cable.OpenRaw(cable.Right, group.IsIpv6);
        left.Join(group).ShouldBe(0);
        right.Join(group).ShouldBe(0);
        right.Join(group).ShouldBe(-Errno.EADDRINUSE);

        left.Send("hello"u8, source, group).ShouldBe(5);
        Expect(right, "hello", source, group, cable.RightLink);
        left.Receive(out _).ShouldBe(-Errno.EAGAIN, "a host does not hear itself");

        right.Leave(group).ShouldBe(0);
        right.Leave(group).ShouldBe(-Errno.EADDRNOTAVAIL);
        left.Send("nobody"u8, source, group).ShouldBe(6);
        LinkAddress unicast = Addresses.Of(group.IsIpv6 ? "fe80::2" : "10.88.0.2");
        left.Send("last"u8, source, unicast).ShouldBe(4);
        Expect(right, "last", source, unicast, cable.RightLink);
    }

    [Theory]
    [InlineData("10.88.0.1", "10.88.0.2")]
    [InlineData("fe80::1", "fe80::2")]
    [InlineData("fd88::1", "fd88::2")]
    public void Send_ToOneAddress_ComesWithWhereFromAndTo(string from, string to)
    {
        using Cable cable = Cable.Lay();
        LinkAddress source = Addresses.Of(from);
        LinkAddress destination = Addresses.Of(to);
        RawIpSocket left = cable.OpenRaw(cable.Left, source.IsIpv6);
        RawIpSocket right = cable.OpenRaw(cable.Right, source.IsIpv6);
        left.Send("there"u8, source, destination).ShouldBe(5);
        Expect(right, "there", source, destination, cable.RightLink);
        right.Send("back"u8, default, source).ShouldBe(4);
        Expect(left, "back", destination, source, cable.LeftLink);
        left.Send([], source, destination).ShouldBe(0);
        Expect(right, "", source, destination, cable.RightLink);
    }

    [Theory]
    [InlineData("10.88.0.100", 32, "10.88.0.2")]
    [InlineData("fd88::100", 64, "fd88::2")]
    public void Send_FromAnAddressThatWasAdded_LeavesFromIt(string from, int prefix, string to)
    {
        using Cable cable = Cable.Lay();
        LinkAddress source = Addresses.Of(from);
        LinkAddress destination = Addresses.Of(to);
        RawIpSocket left = cable.OpenRaw(cable.Left, source.IsIpv6);
        RawIpSocket right = cable.OpenRaw(cable.Right, source.IsIpv6);
        left.Send("early"u8, source, destination).ShouldBeOneOf(-Errno.EINVAL, -Errno.EADDRNOTAVAIL, -Errno.ENETUNREACH);
        cable.OpenTable(cable.Left).AddAddress(cable.LeftLink.Index, source, prefix).ShouldBe(0);
        left.Send("now"u8, source, destination).ShouldBe(3);
        Expect(right, "now", source, destination, cable.RightLink);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Receive_GroupsThatOthersJoined_AreHeardOfIpv6Only(bool isIpv6)
    {
        using Cable cable = Cable.Lay();
        LinkAddress group = Addresses.Of(isIpv6 ? "ff02::12" : "224.0.0.18");
        LinkAddress source = Addresses.Of(isIpv6 ? "fe80::1" : "10.88.0.1");
        RawIpSocket left = cable.OpenRaw(cable.Left, isIpv6);
        RawIpSocket right = cable.OpenRaw(cable.Right, isIpv6);
        RawIpSocket other = cable.OpenRaw(cable.Right, isIpv6);
        other.Join(group).ShouldBe(0);
        left.Send("x"u8, source, group).ShouldBe(1);
        Expect(other, "x", source, group, cable.RightLink);
        right.Receive(out RawPacket packet).ShouldBe(isIpv6 ? 1 : -Errno.EAGAIN);
        (packet.Destination == group).ShouldBe(isIpv6);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Receive_FromAnotherLink_IsNotHeard(bool isIpv6)
    {
        using Cable cable = Cable.Lay();
        NetworkLink second = cable.LayAnother();
        LinkAddress source = Addresses.Of(isIpv6 ? "fd77::1" : "10.77.0.1");
        LinkAddress destination = Addresses.Of(isIpv6 ? "fd77::2" : "10.77.0.2");
        RawIpSocket tied = cable.OpenRaw(cable.Right, isIpv6);
        RawIpSocket free = cable.Open(cable.Right, (out int error) => RawIpSocket.TryOpen(isIpv6, 112, null, out error));
        RawIpSocket sender = cable.Open(cable.Left, (out int error) => RawIpSocket.TryOpen(isIpv6, 112, null, out error));
        sender.Send("other"u8, source, destination).ShouldBe(5);
        Expect(free, "other", source, destination, second);
        tied.Receive(out _).ShouldBe(-Errno.EAGAIN);
        cable.OpenRaw(cable.Left, isIpv6).Send("own"u8, default, Addresses.Of(isIpv6 ? "fd88::2" : "10.88.0.2")).ShouldBe(3);
        WaitFor(tied);
    }

    [Theory]
    [InlineData(false, 20)]
    [InlineData(true, 0)]
    public void Receive_LongerThanTheBuffer_IsCut(bool isIpv6, int header)
    {
        using Cable cable = Cable.Lay();
        LinkAddress source = Addresses.Of(isIpv6 ? "fd88::1" : "10.88.0.1");
        LinkAddress destination = Addresses.Of(isIpv6 ? "fd88::2" : "10.88.0.2");
        RawIpSocket left = cable.OpenRaw(cable.Left, isIpv6);
        RawIpSocket right = cable.OpenRaw(cable.Right, isIpv6);
        int most = RawIpSocket.MaxPacketLength - header;
        left.Send(new byte[most], source, destination).ShouldBe(most);
        WaitFor(right);
        right.Receive(out RawPacket packet).ShouldBe(most);
        packet.IsCut.ShouldBeFalse();
        left.Send(new byte[most + 1], source, destination).ShouldBe(most + 1);
        WaitFor(right);
        right.Receive(out packet).ShouldBe(most);
        packet.IsCut.ShouldBeTrue();
    }

    [Fact]
    public unsafe void TryOpen_BothFamilies_SendAsControlTraffic()
    {
        using Cable cable = Cable.Lay();
        PrecedenceOf(cable.OpenRaw(cable.Left, false), LinuxConstants.IPPROTO_IP, LinkConstants.IP_TOS).ShouldBe(0xC0);
        PrecedenceOf(cable.OpenRaw(cable.Left, true), LinuxConstants.IPPROTO_IPV6, LinkConstants.IPV6_TCLASS).ShouldBe(0xC0);

        static int PrecedenceOf(ILinkSource socket, int level, int option)
        {
            int value = 0;
            uint length = sizeof(int);
            Errno.Of(Libc.getsockopt(socket.Descriptor.Value, level, option, &value, &length)).ShouldBe(0);
            return value;
        }
    }

    [Fact]
    public void Send_WhatCantBe_IsRefused()
    {
        using Cable cable = Cable.Lay();
        RawIpSocket ipv4 = cable.OpenRaw(cable.Left, false);
        RawIpSocket ipv6 = cable.OpenRaw(cable.Left, true);
        ipv4.Send("x"u8, default, Addresses.Of("fe80::2")).ShouldBe(-Errno.EAFNOSUPPORT);
        ipv4.Send("x"u8, Addresses.Of("fe80::1"), Addresses.Of("10.88.0.2")).ShouldBe(-Errno.EAFNOSUPPORT);
        ipv6.Send("x"u8, default, default).ShouldBe(-Errno.EAFNOSUPPORT);
        ipv4.Join(Addresses.Of("10.88.0.2")).ShouldBe(-Errno.EINVAL);
        ipv4.Join(Addresses.Of("ff02::12")).ShouldBe(-Errno.EINVAL);
        ipv4.Send(new byte[70_000], default, Addresses.Of("10.88.0.2")).ShouldBe(-Errno.EMSGSIZE);
        cable.Left.Ip("link set eth down");
        ipv4.Send("x"u8, default, Addresses.Of("224.0.0.18")).ShouldBeOneOf(-Errno.ENETDOWN, -Errno.ENETUNREACH, -Errno.ENODEV);
        ipv6.Send("x"u8, default, Addresses.Of("ff02::12")).ShouldBeOneOf(-Errno.ENETDOWN, -Errno.ENETUNREACH, -Errno.EADDRNOTAVAIL);
        ipv4.Dispose();
        ipv4.Dispose();
        ipv4.Send("x"u8, default, Addresses.Of("10.88.0.2")).ShouldBe(-Errno.EBADF);
        ipv4.Receive(out _).ShouldBe(-Errno.EBADF);
        ipv4.Join(Addresses.Of("224.0.0.18")).ShouldBe(-Errno.EBADF);
    }

    [Fact]
    public void TryOpen_ALinkThatIsGone_IsNoDevice()
    {
        using Cable cable = Cable.Lay();
        cable.Left.Ip("link del eth");
        foreach (bool isIpv6 in (bool[])[false, true])
        {
            int error = cable.Left.Within(() =>
            {
                RawIpSocket.TryOpen(isIpv6, 112, cable.LeftLink, out int reason).ShouldBeNull();
                return reason;
            });
            error.ShouldBe(Errno.ENODEV);
        }
    }

    [Theory]
    [InlineData("10.88.0.1", "10.88.0.2")]
    [InlineData("fd88::1", "fd88::2")]
    public void Packets_Many_AllocateNothing(string from, string to)
    {
        using Cable cable = Cable.Lay();
        LinkAddress source = Addresses.Of(from);
        LinkAddress destination = Addresses.Of(to);
        RawIpSocket left = cable.OpenRaw(cable.Left, source.IsIpv6);
        RawIpSocket right = cable.OpenRaw(cable.Right, source.IsIpv6);
        int slot = _poller.Watch(right);
        long allocated = 0;
        for (int round = 0; round < 3; round++)
        {
            int count = 0;
            allocated = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 100; i++)
            {
                left.Send("packet"u8, source, destination);
                _poller.Wait(BootClock.ReadNs() + (30 * BootClock.NanosecondsPerSecond));
                count += _poller.IsReady(slot) && right.Receive(out RawPacket packet) == 6 && packet.HopLimit == 255 ? 1 : 0;
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            count.ShouldBe(100);
        }

        allocated.ShouldBe(0);
    }

    private void Expect(RawIpSocket socket, string payload, LinkAddress source, LinkAddress destination, NetworkLink link)
    {
        WaitFor(socket);
        socket.Receive(out RawPacket packet).ShouldBe(payload.Length);
        System.Text.Encoding.ASCII.GetString(packet.Payload).ShouldBe(payload);
        packet.Source.ToString().ShouldBe(source.ToString());
        packet.Destination.ToString().ShouldBe(destination.ToString());
        packet.HopLimit.ShouldBe(255);
        packet.LinkIndex.ShouldBe(link.Index);
        packet.IsCut.ShouldBeFalse();
    }

    private void WaitFor(RawIpSocket socket)
    {
        int slot = _poller.Watch(socket);
        _poller.Wait(BootClock.ReadNs() + (30 * BootClock.NanosecondsPerSecond)).ShouldBe(1, "no packet came");
        _poller.Unwatch(slot);
    }
}

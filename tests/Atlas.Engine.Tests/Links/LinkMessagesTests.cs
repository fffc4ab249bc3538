using Atlas.Engine.Interop;
using Atlas.Engine.Links;
using static Atlas.Engine.Interop.LinkConstants;
using static Atlas.Engine.Interop.LinuxConstants;

namespace Atlas.Engine.Tests.Links;

/// <summary>What is read of messages of the kernel, whole and cut.</summary>
public sealed class LinkMessagesTests
{
    [Fact]
    public void ReadLink_CutAnywhere_IsNeverMoreThanWasSaid()
    {
        byte[] body = BodyOf(LinkRequest);
        NetworkLink link = LinkMessages.ReadLink(body).ShouldNotBeNull();
        link.ShouldBe(new NetworkLink
        {
            Index = 7,
            Name = "eth0",
            HardwareAddress = HardwareAddress.Of([2, 0, 0, 0, 0, 1]),
            Mtu = 1400,
            IsUp = true,
            IsRunning = true,
            HasMulticast = true,
            HasArp = true,
        });
        for (int length = 0; length < body.Length; length++)
        {
            // Its own array, so that reading past the end is an error.
            NetworkLink? cut = LinkMessages.ReadLink(body[..length]);
            (cut is null || cut.Name == "eth0").ShouldBeTrue();
            (cut is null || cut.Mtu is 0 or 1400).ShouldBeTrue();
            (cut is not null && cut.Mtu == 1400 && !cut.HardwareAddress.IsNone).ShouldBeFalse();
        }
    }

    [Theory]
    [InlineData(IFF_UP | IFF_RUNNING, true, true)]
    [InlineData(IFF_UP, true, false)]
    [InlineData(IFF_RUNNING, false, false)]
    public void ReadLink_Flags_SayWhetherItCarriesTraffic(uint flags, bool isUp, bool isRunning)
    {
        byte[] body = BodyOf((scoped ref request) =>
        {
            request.Begin(RTM_NEWLINK, 0, new LinkHeader { Index = 1, Flags = flags, Hardware = ARPHRD_ETHER });
            request.Add(IFLA_IFNAME, "a\0"u8);
        });
        NetworkLink link = LinkMessages.ReadLink(body).ShouldNotBeNull();
        link.IsUp.ShouldBe(isUp);
        link.IsRunning.ShouldBe(isRunning);
    }

    [Fact]
    public void TryRead_APortOfABridge_IsNoLink()
    {
        // AF_BRIDGE: a port that leaves a bridge is told as RTM_DELLINK, and is still there.
        byte[] body = BodyOf((scoped ref request) => request.Begin(RTM_DELLINK, 0, new LinkHeader { Family = 7, Index = 3 }));
        LinkMonitor.TryRead(RTM_DELLINK, body, out _).ShouldBeFalse();
        LinkMessages.ReadLink(body).ShouldBeNull();
    }

    [Theory]
    [InlineData("192.0.2.1", 24)]
    [InlineData("2001:db8::1", 64)]
    public void TryReadAddress_CutAnywhere_IsNoOtherAddress(string text, int prefix)
    {
        LinkAddress address = Addresses.Of(text);
        byte[] body = BodyOf((scoped ref request) =>
        {
            request.Begin(RTM_NEWADDR, 0, new AddressHeader { Family = (byte)address.Family, PrefixLength = (byte)prefix, Index = 3 });
            request.Add(IFA_LOCAL, address);
            request.Add(IFA_FLAGS, IFA_F_TENTATIVE);
            request.Add(IFA_PROTO, (byte)9);
        });
        LinkMessages.TryReadAddress(body, out ListedAddress whole).ShouldBeTrue();
        whole.ShouldBe(new ListedAddress { LinkIndex = 3, Address = address, PrefixLength = prefix, Protocol = 9 });
        for (int length = 0; length < body.Length; length++)
        {
            if (LinkMessages.TryReadAddress(body[..length], out ListedAddress cut))
            {
                (cut.Address == address).ShouldBeTrue();
                cut.Protocol.ShouldBe((byte)0);
            }
        }
    }

    [Fact]
    public void TryReadAddress_WhatCantBe_IsRefused()
    {
        LinkAddress ipv4 = Addresses.Of("192.0.2.1");
        Read(AF_INET, 32, 1, ipv4).ShouldBeTrue();
        Read(AF_INET, 33, 1, ipv4).ShouldBeFalse();
        Read(AF_INET6, 129, 1, Addresses.Of("::1")).ShouldBeFalse();
        Read(AF_INET, 24, 0, ipv4).ShouldBeFalse();
        Read(AF_INET6, 24, 1, ipv4).ShouldBeFalse();
        Read(AF_UNIX, 24, 1, ipv4).ShouldBeFalse();

        static bool Read(int family, int prefix, int index, LinkAddress address) => LinkMessages.TryReadAddress(
            BodyOf((scoped ref request) =>
            {
                request.Begin(
                    RTM_NEWADDR, 0, new AddressHeader { Family = (byte)family, PrefixLength = (byte)prefix, Index = index });
                request.Add(IFA_ADDRESS, address);
            }),
            out _);
    }

    [Fact]
    public void TryReadAddress_ALinkWithTwoEnds_IsTheOwnOne()
    {
        byte[] body = BodyOf((scoped ref request) =>
        {
            request.Begin(RTM_NEWADDR, 0, new AddressHeader { Family = AF_INET, PrefixLength = 32, Index = 1 });
            request.Add(IFA_LOCAL, Addresses.Of("192.0.2.1"));
            request.Add(IFA_ADDRESS, Addresses.Of("192.0.2.2"));
        });
        LinkMessages.TryReadAddress(body, out ListedAddress address).ShouldBeTrue();
        address.Address.ToString().ShouldBe("192.0.2.1");
    }

    [Fact]
    public void Messages_CutAnywhere_EndBeforeTheCut()
    {
        byte[] one = MessageOf(LinkRequest);
        byte[] two = [.. one, .. one];
        int needed = BitConverter.ToInt32(one);
        for (int length = 0; length <= two.Length; length++)
        {
            var messages = new NetlinkMessages(two[..length]);
            int count = 0;
            while (messages.TryNext(out NetlinkHeader header, out ReadOnlySpan<byte> body))
            {
                header.Type.ShouldBe((ushort)RTM_NEWLINK);
                LinkMessages.ReadLink(body).ShouldNotBeNull();
                count++;
            }

            // What fills up to the next message may be missing after the last.
            count.ShouldBe((length >= needed ? 1 : 0) + (length >= one.Length + needed ? 1 : 0));
            messages.Left.ShouldBe(0);
        }
    }

    [Fact]
    public void Messages_LengthsThatCantBe_EndThem()
    {
        foreach (uint length in (uint[])[0, 1, 15, 1000, uint.MaxValue])
        {
            byte[] bytes = MessageOf(LinkRequest);
            BitConverter.TryWriteBytes(bytes, length);
            new NetlinkMessages(bytes).TryNext(out _, out _).ShouldBeFalse();
        }

        foreach (ushort length in (ushort[])[0, 3, 100, ushort.MaxValue])
        {
            byte[] bytes = [0, 0, IFLA_IFNAME, 0, 1, 2, 3, 4];
            BitConverter.TryWriteBytes(bytes, length);
            new NetlinkAttributes(bytes).TryNext(out _, out _).ShouldBeFalse();
        }
    }

    private static void LinkRequest(scoped ref NetlinkRequest request)
    {
        request.Begin(
            RTM_NEWLINK, 0, new LinkHeader { Index = 7, Flags = IFF_UP | IFF_RUNNING | IFF_MULTICAST, Hardware = ARPHRD_ETHER });
        request.Add(IFLA_IFNAME, "eth0\0"u8);
        request.Add(IFLA_MTU, 1400u);
        request.Add(IFLA_ADDRESS, (ReadOnlySpan<byte>)[2, 0, 0, 0, 0, 1]);
    }

    private static byte[] BodyOf(Writer write)
    {
        var messages = new NetlinkMessages(MessageOf(write));
        messages.TryNext(out _, out ReadOnlySpan<byte> body).ShouldBeTrue();
        return body.ToArray();
    }

    /// <summary>A message, filled up to where the next begins.</summary>
    private static byte[] MessageOf(Writer write)
    {
        var request = new NetlinkRequest(new byte[NetlinkRequest.MaxLength]);
        write(ref request);
        ReadOnlySpan<byte> message = request.Finish(1);
        byte[] bytes = new byte[NetlinkMessages.Aligned(message.Length)];
        message.CopyTo(bytes);
        return bytes;
    }

    private delegate void Writer(scoped ref NetlinkRequest request);
}

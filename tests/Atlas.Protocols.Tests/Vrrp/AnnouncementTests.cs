using Atlas.Protocols.Vrrp;

namespace Atlas.Protocols.Tests.Vrrp;

public sealed class AnnouncementTests
{
    private static readonly byte[] Mac = Convert.FromHexString("02005E100001");

    // RFC 826: Ethernet header, hardware 1, protocol 0800, lengths 6 and 4, the operation, sender, target.
    [Theory]
    [InlineData(GratuitousArpForm.Request, "0001")]
    [InlineData(GratuitousArpForm.Reply, "0002")]
    public void GratuitousArp_Written_IsTheFrameOfRfc826(GratuitousArpForm form, string operation)
    {
        byte[] room = new byte[60];

        int length = GratuitousArp.Write(room, Mac, VrrpPackets.Ip("192.0.2.100"), form);

        Convert.ToHexString(room[..length]).ShouldBe(
            "FFFFFFFFFFFF" + "02005E100001" + "0806" + "0001080006" + "04" + operation
            + "02005E100001" + "C0000264" + "02005E100001" + "C0000264");
    }

    [Fact]
    public void GratuitousArp_RoomTooShort_WritesNothing()
    {
        for (int length = 0; length < GratuitousArp.FrameLength; length++)
        {
            GratuitousArp.Write(new byte[length], Mac, VrrpPackets.Ip("192.0.2.100"), GratuitousArpForm.Reply).ShouldBe(0);
        }
    }

    [Fact]
    public void GratuitousArp_AddressOfAnotherLength_IsACallersMistake()
    {
        byte[] room = new byte[60];
        Should.Throw<ArgumentException>(() => GratuitousArp.Write(room, Mac, VrrpPackets.Source6, GratuitousArpForm.Request));
        Should.Throw<ArgumentException>(() => GratuitousArp.Write(room, [1], VrrpPackets.Source4, GratuitousArpForm.Request));
    }

    // RFC 4861 4.4 and 4.6.1. The checksum is that of the words 8800 + 2000 + 2001 + 0db8 + 0064 + 0201 + 0200 + 5e10 + 0001 and,
    // of the pseudo-header, fe80 + 0003 + ff02 + 0001 + 0020 + 003a.
    [Fact]
    public void NeighborAdvertisement_Written_IsTheMessageOfRfc4861()
    {
        byte[] room = new byte[64];
        Array.Fill(room, (byte)0xee);

        int length = UnsolicitedNeighborAdvertisement.Write(room, VrrpPackets.Source6, VrrpPackets.Ip("2001:db8::64"), Mac);

        Convert.ToHexString(room[..length]).ShouldBe(
            "8800C9ED" + "20000000" + "20010DB8000000000000000000000064" + "0201" + "02005E100001");
    }

    [Fact]
    public void NeighborAdvertisement_Written_HasTheOverrideFlagOnlyAndARightChecksum()
    {
        byte[] message = new byte[UnsolicitedNeighborAdvertisement.Length];

        UnsolicitedNeighborAdvertisement.Write(message, VrrpPackets.Source6, VrrpPackets.Ip("2001:db8::64"), Mac);

        message[4].ShouldBe((byte)0x20);
        uint sum = InternetChecksum.AddPseudoHeader(
            InternetChecksum.Add(0, message),
            VrrpPackets.Source6,
            UnsolicitedNeighborAdvertisement.Destination,
            UnsolicitedNeighborAdvertisement.Protocol,
            message.Length);
        InternetChecksum.Finish(sum).ShouldBe((ushort)0);
        UnsolicitedNeighborAdvertisement.Destination.ToArray().ShouldBe(VrrpPackets.Ip("ff02::1"));
    }

    [Fact]
    public void NeighborAdvertisement_RoomTooShortOrAddressOfAnotherLength_IsRefused()
    {
        byte[] target = VrrpPackets.Ip("2001:db8::64");
        for (int length = 0; length < UnsolicitedNeighborAdvertisement.Length; length++)
        {
            UnsolicitedNeighborAdvertisement.Write(new byte[length], VrrpPackets.Source6, target, Mac).ShouldBe(0);
        }

        Should.Throw<ArgumentException>(() => UnsolicitedNeighborAdvertisement.Write(new byte[32], VrrpPackets.Source4, target, Mac));
    }
}

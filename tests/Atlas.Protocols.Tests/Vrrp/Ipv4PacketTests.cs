using Atlas.Protocols.Vrrp;
using CsCheck;

namespace Atlas.Protocols.Tests.Vrrp;

public sealed class Ipv4PacketTests
{
    // RFC 791 3.1: version and header length, service, total length, id, flags, TTL, protocol, checksum, source, destination.
    private static readonly byte[] Plain = Convert.FromHexString("45C0001800014000FF700000C0000203E0000012" + "01020304");

    // The same with the router alert option (RFC 2113).
    private static readonly byte[] WithOption = Convert.FromHexString("46C0001C00014000FF700000C0000203E0000012" + "94040000" + "01020304");

    [Fact]
    public void Read_Plain_SaysWhatIsInIt()
    {
        Ipv4Packet.Read(Plain, out Ipv4Packet packet).ShouldBe(Ipv4PacketError.None);

        packet.Source.ToArray().ShouldBe(VrrpPackets.Ip("192.0.2.3"));
        packet.Destination.ToArray().ShouldBe(VrrpPackets.Ip("224.0.0.18"));
        packet.TimeToLive.ShouldBe((byte)255);
        packet.Protocol.ShouldBe((byte)112);
        packet.HeaderLength.ShouldBe(20);
        packet.Payload.ToArray().ShouldBe([1, 2, 3, 4]);
    }

    [Fact]
    public void Read_WithOption_BeginsThePayloadAfterIt()
    {
        Ipv4Packet.Read(WithOption, out Ipv4Packet packet).ShouldBe(Ipv4PacketError.None);

        packet.HeaderLength.ShouldBe(24);
        packet.Payload.ToArray().ShouldBe([1, 2, 3, 4]);
    }

    [Theory]
    [InlineData(0, 0x65, Ipv4PacketError.Version)]
    [InlineData(0, 0x44, Ipv4PacketError.HeaderLength)]
    [InlineData(0, 0x40, Ipv4PacketError.HeaderLength)]
    [InlineData(0, 0x4f, Ipv4PacketError.Truncated)]
    [InlineData(3, 0x19, Ipv4PacketError.Truncated)]
    [InlineData(3, 0x17, Ipv4PacketError.TotalLength)]
    [InlineData(3, 0, Ipv4PacketError.TotalLength)]
    [InlineData(6, 0x20, Ipv4PacketError.Fragment)]
    [InlineData(7, 1, Ipv4PacketError.Fragment)]
    public void Read_FieldThatCannotBe_IsRefusedByItsName(int at, byte value, Ipv4PacketError expected)
    {
        byte[] bytes = [.. Plain];
        bytes[at] = value;

        Ipv4Packet.Read(bytes, out Ipv4Packet packet).ShouldBe(expected);
        packet.Payload.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void Read_CutAnywhere_IsTruncated()
    {
        for (int length = 0; length < WithOption.Length; length++)
        {
            Ipv4Packet.Read(WithOption.AsSpan(0, length), out _).ShouldBe(Ipv4PacketError.Truncated);
        }
    }

    [Fact]
    public void Read_MutatedOrRandom_NeverThrows() =>
        Gen.OneOf(Mutations.Of(Plain), Mutations.Of(WithOption), Gen.Byte.Array[0, 80]).Sample(
            bytes =>
            {
                if (Ipv4Packet.Read(bytes, out Ipv4Packet packet) == Ipv4PacketError.None)
                {
                    (packet.HeaderLength + packet.Payload.Length).ShouldBe(bytes.Length);
                    packet.HeaderLength.ShouldBeInRange(20, 60);
                }
            },
            iter: 5000);
}

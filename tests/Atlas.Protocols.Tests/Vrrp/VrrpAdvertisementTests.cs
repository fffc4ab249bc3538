using Atlas.Protocols.Vrrp;
using CsCheck;

namespace Atlas.Protocols.Tests.Vrrp;

public sealed class VrrpAdvertisementTests
{
    [Fact]
    public void Read_Ipv4OfRfc9568_SaysWhatIsInIt()
    {
        Read4(VrrpPackets.MessageOnly, out VrrpAdvertisement advertisement).ShouldBe(VrrpAdvertisementError.None);

        advertisement.RouterId.ShouldBe((byte)7);
        advertisement.Priority.ShouldBe((byte)150);
        advertisement.IntervalCentiseconds.ShouldBe((ushort)100);
        advertisement.Addresses.ToArray().ShouldBe(VrrpPackets.Ip("192.0.2.100"));
        advertisement.ChecksumForm.ShouldBe(VrrpChecksumForm.MessageOnly);
    }

    [Fact]
    public void Read_Ipv4WithPseudoHeader_IsTakenToo()
    {
        Read4(VrrpPackets.PseudoHeader, out VrrpAdvertisement advertisement).ShouldBe(VrrpAdvertisementError.None);

        advertisement.Priority.ShouldBe((byte)150);
        advertisement.ChecksumForm.ShouldBe(VrrpChecksumForm.PseudoHeader);
    }

    // A packet that a keepalived 2.0.12 sent from 10.1.0.3 to 10.1.0.1 by unicast.
    [Fact]
    public void Read_PacketOfKeepalived_HasAPseudoHeader()
    {
        byte[] bytes = Convert.FromHexString("45C0002000010000FF7000000A0100030A010001" + "3158C60100649C190AC34CE3");

        // The head of IPv4 has 20 bytes: TTL, protocol, a checksum, and the two addresses are its last twelve.
        bytes[9].ShouldBe(VrrpAdvertisement.Protocol);
        VrrpAdvertisement.Read(bytes.AsSpan(20), bytes.AsSpan(12, 4), bytes.AsSpan(16, 4), bytes[8], out VrrpAdvertisement read)
            .ShouldBe(VrrpAdvertisementError.None);

        read.RouterId.ShouldBe((byte)0x58);
        read.Priority.ShouldBe((byte)198);
        read.ChecksumForm.ShouldBe(VrrpChecksumForm.PseudoHeader);
        read.Addresses.ToArray().ShouldBe(VrrpPackets.Ip("10.195.76.227"));
    }

    [Fact]
    public void Read_Ipv6_SaysWhatIsInIt()
    {
        Read6(VrrpPackets.Ipv6, out VrrpAdvertisement advertisement).ShouldBe(VrrpAdvertisementError.None);

        advertisement.Addresses.ToArray().ShouldBe([.. VrrpPackets.Ip("fe80::64"), .. VrrpPackets.Ip("2001:db8::64")]);
        advertisement.ChecksumForm.ShouldBe(VrrpChecksumForm.PseudoHeader);
    }

    [Fact]
    public void Read_Ipv6WithoutPseudoHeader_IsRefused()
    {
        byte[] message = [.. VrrpPackets.Ipv6];
        ushort full = (ushort)((message[6] << 8) | message[7]);
        uint pseudo = InternetChecksum.AddPseudoHeader(0, VrrpPackets.Source6, VrrpPackets.Group6, VrrpAdvertisement.Protocol, message.Length);
        ushort messageOnly = InternetChecksum.Finish((uint)(ushort)~full + (ushort)InternetChecksum.Finish(pseudo));
        (message[6], message[7]) = ((byte)(messageOnly >> 8), (byte)messageOnly);
        InternetChecksum.Finish(InternetChecksum.Add(0, message)).ShouldBe((ushort)0);

        Read6(message, out _).ShouldBe(VrrpAdvertisementError.Checksum);
    }

    [Fact]
    public void Read_ReservedBits_AreIgnored()
    {
        byte[] message = [.. VrrpPackets.MessageOnly];
        message[4] |= 0xf0;
        Resum(message);

        Read4(message, out VrrpAdvertisement advertisement).ShouldBe(VrrpAdvertisementError.None);
        advertisement.IntervalCentiseconds.ShouldBe((ushort)100);
    }

    [Theory]
    [InlineData(0, 0x21, VrrpAdvertisementError.Version)]
    [InlineData(0, 0x41, VrrpAdvertisementError.Version)]
    [InlineData(0, 0x30, VrrpAdvertisementError.Type)]
    [InlineData(0, 0x32, VrrpAdvertisementError.Type)]
    [InlineData(1, 0, VrrpAdvertisementError.RouterId)]
    [InlineData(3, 0, VrrpAdvertisementError.NoAddresses)]
    [InlineData(3, 2, VrrpAdvertisementError.Length)]
    [InlineData(5, 0, VrrpAdvertisementError.Interval)]
    public void Read_FieldOutsideItsRange_IsRefusedByItsName(int at, byte value, VrrpAdvertisementError expected)
    {
        byte[] message = [.. VrrpPackets.MessageOnly];
        message[at] = value;
        Resum(message);

        Read4(message, out VrrpAdvertisement advertisement).ShouldBe(expected);
        advertisement.RouterId.ShouldBe((byte)0);
    }

    [Theory]
    [InlineData(254)]
    [InlineData(64)]
    [InlineData(0)]
    [InlineData(-1)]
    public void Read_ForwardedByARouter_IsRefused(int hopLimit) =>
        VrrpAdvertisement.Read(VrrpPackets.MessageOnly, VrrpPackets.Source4, VrrpPackets.Group4, hopLimit, out _)
            .ShouldBe(VrrpAdvertisementError.HopLimit);

    [Fact]
    public void Read_CutAnywhere_IsRefused()
    {
        for (int length = 0; length < VrrpPackets.MessageOnly.Length; length++)
        {
            Read4(VrrpPackets.MessageOnly[..length], out _)
                .ShouldBe(length < 8 ? VrrpAdvertisementError.Truncated : VrrpAdvertisementError.Length);
        }

        for (int length = 0; length < VrrpPackets.Ipv6.Length; length++)
        {
            Read6(VrrpPackets.Ipv6[..length], out _)
                .ShouldBe(length < 8 ? VrrpAdvertisementError.Truncated : VrrpAdvertisementError.Length);
        }
    }

    [Fact]
    public void Read_MoreThanItSays_IsRefused() =>
        Read4([.. VrrpPackets.MessageOnly, 0], out _).ShouldBe(VrrpAdvertisementError.Length);

    [Fact]
    public void Read_AnyBitFlipped_IsRefused()
    {
        foreach (byte[] valid in (byte[][])[VrrpPackets.MessageOnly, VrrpPackets.PseudoHeader])
        {
            for (int bit = 0; bit < valid.Length * 8; bit++)
            {
                byte[] message = [.. valid];
                message[bit / 8] ^= (byte)(1 << (bit % 8));
                Read4(message, out _).ShouldNotBe(VrrpAdvertisementError.None, $"bit {bit}");
            }
        }
    }

    [Fact]
    public void Read_PseudoHeaderOfAnotherSender_IsRefused() =>
        VrrpAdvertisement.Read(VrrpPackets.PseudoHeader, VrrpPackets.Ip("192.0.2.4"), VrrpPackets.Group4, 255, out _)
            .ShouldBe(VrrpAdvertisementError.Checksum);

    [Theory]
    [InlineData(VrrpChecksumForm.MessageOnly)]
    [InlineData(VrrpChecksumForm.PseudoHeader)]
    public void Write_Ipv4_IsTheExample(VrrpChecksumForm form)
    {
        byte[] room = new byte[64];
        VrrpAdvertisement advertisement = Example(VrrpPackets.Ip("192.0.2.100"), form);

        int length = advertisement.Write(room, VrrpPackets.Source4, VrrpPackets.Group4);

        room[..length].ShouldBe(form == VrrpChecksumForm.MessageOnly ? VrrpPackets.MessageOnly : VrrpPackets.PseudoHeader);
    }

    [Theory]
    [InlineData(VrrpChecksumForm.MessageOnly)]
    [InlineData(VrrpChecksumForm.PseudoHeader)]
    public void Write_Ipv6_AlwaysHasThePseudoHeader(VrrpChecksumForm form)
    {
        byte[] room = new byte[64];
        VrrpAdvertisement advertisement = Example([.. VrrpPackets.Ip("fe80::64"), .. VrrpPackets.Ip("2001:db8::64")], form);

        int length = advertisement.Write(room, VrrpPackets.Source6, VrrpPackets.Group6);

        room[..length].ShouldBe(VrrpPackets.Ipv6);
    }

    [Fact]
    public void Write_RoomTooShort_WritesNothing()
    {
        for (int length = 0; length < VrrpPackets.MessageOnly.Length; length++)
        {
            byte[] room = new byte[length];
            Example(VrrpPackets.Ip("192.0.2.100")).Write(room, VrrpPackets.Source4, VrrpPackets.Group4).ShouldBe(0);
            room.ShouldAllBe(value => value == 0);
        }
    }

    [Fact]
    public void Write_FieldOutsideItsRange_IsRefused()
    {
        Should.Throw<ArgumentException>(() => Write(Example(VrrpPackets.Ip("192.0.2.100")) with { RouterId = 0 }));
        Should.Throw<ArgumentException>(() => Write(Example(VrrpPackets.Ip("192.0.2.100")) with { IntervalCentiseconds = 0 }));
        Should.Throw<ArgumentException>(() => Write(Example(VrrpPackets.Ip("192.0.2.100")) with { IntervalCentiseconds = 4096 }));
        Should.Throw<ArgumentException>(() => Write(Example([])));
        Should.Throw<ArgumentException>(() => Write(Example(new byte[5])));
        Should.Throw<ArgumentException>(() => Write(Example(new byte[4 * 256])));
        Write(Example(new byte[4 * 255])).ShouldBe(8 + (4 * 255));
    }

    [Fact]
    public void ReadAndWrite_AddressesOfMixedFamilies_AreACallersMistake()
    {
        Should.Throw<ArgumentException>(() =>
            VrrpAdvertisement.Read(VrrpPackets.MessageOnly, VrrpPackets.Source4, VrrpPackets.Group6, 255, out _));
        Should.Throw<ArgumentException>(() => VrrpAdvertisement.Read(VrrpPackets.MessageOnly, [1, 2], [1, 2], 255, out _));
    }

    [Fact]
    public void Longest_IsWrittenAndRead()
    {
        byte[] addresses = [.. Enumerable.Range(0, 255 * 16).Select(x => (byte)0xff)];
        byte[] room = new byte[VrrpAdvertisement.MaxLength];

        Example(addresses).Write(room, VrrpPackets.Source6, VrrpPackets.Group6).ShouldBe(room.Length);
        Read6(room, out VrrpAdvertisement read).ShouldBe(VrrpAdvertisementError.None);

        read.Addresses.SequenceEqual(addresses).ShouldBeTrue();
    }

    [Fact]
    public void Any_WrittenAndRead_IsTheSame() =>
        Gen.Select(Gen.Byte[1, 255], Gen.Byte, Gen.UShort[1, 4095], Gen.Byte.Array[1, 20], Gen.Bool, Gen.Bool)
            .Sample((id, priority, interval, seed, isIpv6, isMessageOnly) =>
            {
                int size = isIpv6 ? 16 : 4;
                byte[] addresses = [.. Enumerable.Range(0, seed.Length * size).Select(i => (byte)(seed[i / size] * (i + 1)))];
                byte[] source = isIpv6 ? VrrpPackets.Source6 : VrrpPackets.Source4;
                byte[] group = isIpv6 ? VrrpPackets.Group6 : VrrpPackets.Group4;
                byte[] room = new byte[VrrpAdvertisement.MaxLength];
                int length = new VrrpAdvertisement
                {
                    RouterId = id,
                    Priority = priority,
                    IntervalCentiseconds = interval,
                    Addresses = addresses,
                    ChecksumForm = isMessageOnly ? VrrpChecksumForm.MessageOnly : VrrpChecksumForm.PseudoHeader,
                }.Write(room, source, group);

                VrrpAdvertisement.Read(room.AsSpan(0, length), source, group, 255, out VrrpAdvertisement read)
                    .ShouldBe(VrrpAdvertisementError.None);

                (read.RouterId, read.Priority, read.IntervalCentiseconds).ShouldBe((id, priority, interval));
                read.Addresses.ToArray().ShouldBe(addresses);
            });

    [Fact]
    public void Read_MutatedOrRandom_NeverThrowsAndTakesOnlyWhatIsWhole() =>
        Gen.OneOf(
            Mutations.Of(VrrpPackets.MessageOnly),
            Mutations.Of(VrrpPackets.PseudoHeader),
            Mutations.Of(VrrpPackets.Ipv6),
            Gen.Byte.Array[0, 80])
            .Sample(
                message =>
                {
                    if (Read4(message, out VrrpAdvertisement read) == VrrpAdvertisementError.None)
                    {
                        read.Addresses.Length.ShouldBe(message.Length - 8);
                        read.IntervalCentiseconds.ShouldBeInRange((ushort)1, (ushort)4095);
                        read.RouterId.ShouldNotBe((byte)0);
                    }

                    Read6(message, out _);
                },
                iter: 5000);

    [Fact]
    public void ReadAndWrite_AllocateNothing()
    {
        byte[] room = new byte[64];
        byte[] addresses = VrrpPackets.Ip("192.0.2.100");
        byte[] source = VrrpPackets.Source4;
        byte[] group = VrrpPackets.Group4;
        Allocations.Of(() =>
        {
            for (int round = 0; round < 1000; round++)
            {
                int length = Example(addresses).Write(room, source, group);
                if (VrrpAdvertisement.Read(room.AsSpan(0, length), source, group, 255, out _) != VrrpAdvertisementError.None)
                {
                    throw new InvalidOperationException("The advertisement is not read.");
                }
            }
        }).ShouldBe(0);
    }

    private static VrrpAdvertisement Example(ReadOnlySpan<byte> addresses, VrrpChecksumForm form = VrrpChecksumForm.MessageOnly) =>
        new() { RouterId = 7, Priority = 150, IntervalCentiseconds = 100, Addresses = addresses, ChecksumForm = form };

    private static int Write(VrrpAdvertisement advertisement) =>
        advertisement.Write(new byte[2048], VrrpPackets.Source4, VrrpPackets.Group4);

    private static VrrpAdvertisementError Read4(ReadOnlySpan<byte> message, out VrrpAdvertisement advertisement) =>
        VrrpAdvertisement.Read(message, VrrpPackets.Source4, VrrpPackets.Group4, 255, out advertisement);

    private static VrrpAdvertisementError Read6(ReadOnlySpan<byte> message, out VrrpAdvertisement advertisement) =>
        VrrpAdvertisement.Read(message, VrrpPackets.Source6, VrrpPackets.Group6, 255, out advertisement);

    // Makes the checksum of the message alone right again.
    private static void Resum(byte[] message)
    {
        (message[6], message[7]) = (0, 0);
        ushort sum = InternetChecksum.Finish(InternetChecksum.Add(0, message));
        (message[6], message[7]) = ((byte)(sum >> 8), (byte)sum);
    }
}

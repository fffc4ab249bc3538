using System.Security.Cryptography;
using Atlas.Protocols.Heartbeats;

namespace Atlas.Protocols.Tests.Heartbeats;

public sealed class HeartbeatTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(1, HeartbeatLimits.KeyBytes).Select(i => (byte)i)];

    private static readonly Heartbeat Full = new()
    {
        From = "lb-1",
        To = "lb-2",
        Boot = new UInt128(0x0102030405060708, 0x1112131415161718),
        Sequence = 7,
        EchoBoot = new UInt128(1, 2),
        EchoSequence = 99,
        EchoAgeUs = 123_456,
        State = HeartbeatState.Draining,
        WallClockMs = 1_700_000_000_000,
        Version = "1.2.3+abc",
    };

    [Fact]
    public void Read_WhatWasWritten_IsTheSame()
    {
        foreach (HeartbeatState state in Enum.GetValues<HeartbeatState>())
        {
            Heartbeat heartbeat = Full with { State = state };
            HeartbeatReader.Read(Write(heartbeat), Key, out Heartbeat? read).ShouldBe(HeartbeatStatus.Authentic);
            read.ShouldBe(heartbeat);
        }

        Heartbeat least = new() { From = "a", To = "b", Boot = 1, Sequence = 1, State = HeartbeatState.Serving };
        HeartbeatReader.Read(Write(least), Key, out Heartbeat? little).ShouldBe(HeartbeatStatus.Authentic);
        little.ShouldBe(least);
    }

    [Fact]
    public void Write_TheLongestTexts_FillTheLargestDatagram()
    {
        string name = new('n', HeartbeatLimits.NameBytes);
        Heartbeat longest = Full with { From = name, To = name, Version = new string('9', HeartbeatLimits.VersionBytes) };
        byte[] datagram = Write(longest);
        datagram.Length.ShouldBe(HeartbeatLimits.MaxBytes);
        HeartbeatReader.Read(datagram, Key, out Heartbeat? read).ShouldBe(HeartbeatStatus.Authentic);
        read.ShouldBe(longest);
        HeartbeatReader.Read([.. datagram, 0], Key, out _).ShouldBe(HeartbeatStatus.TooLong);
    }

    [Theory]
    [InlineData(HeartbeatLimits.NameBytes + 1, 1)]
    [InlineData(1, HeartbeatLimits.VersionBytes + 1)]
    [InlineData(0, 1)]
    public void Write_TextOutOfItsBounds_Throws(int name, int version)
    {
        Heartbeat heartbeat = Full with { To = new string('n', name), Version = new string('9', version) };
        Should.Throw<ArgumentException>(() => HeartbeatWriter.Write(heartbeat, Key, new byte[1_000]));
    }

    [Theory]
    [InlineData("lb 2")]
    [InlineData("lbé")]
    [InlineData("lb\n")]
    public void Write_TextThatIsNotPrintable_Throws(string name) =>
        Should.Throw<ArgumentException>(() => HeartbeatWriter.Write(Full with { To = name }, Key, new byte[1_000]));

    [Fact]
    public void Read_CutAtEveryLength_IsRefused()
    {
        byte[] datagram = Write(Full);
        for (int length = 0; length < datagram.Length; length++)
        {
            HeartbeatStatus status = HeartbeatReader.Read(datagram.AsSpan(0, length), Key, out Heartbeat? read);
            status.ShouldBe(length < HeartbeatLimits.MinBytes ? HeartbeatStatus.TooShort : HeartbeatStatus.WrongLength, $"length {length}");
            read.ShouldBeNull();
        }

        HeartbeatReader.Read([.. datagram, 0], Key, out _).ShouldBe(HeartbeatStatus.WrongLength);
    }

    [Fact]
    public void Read_AnyBitChanged_IsRefused()
    {
        byte[] datagram = Write(Full);
        for (int bit = 0; bit < datagram.Length * 8; bit++)
        {
            byte[] changed = [.. datagram];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            HeartbeatStatus expected = (bit / 8) switch
            {
                < 4 => HeartbeatStatus.NoHeartbeat,
                4 => HeartbeatStatus.UnknownVersion,
                6 or 7 => HeartbeatStatus.WrongLength,
                _ => HeartbeatStatus.NotAuthentic,
            };
            HeartbeatReader.Read(changed, Key, out Heartbeat? read).ShouldBe(expected, $"bit {bit}");
            read.ShouldBeNull();
        }
    }

    [Fact]
    public void Read_AnotherKey_IsNotAuthentic()
    {
        byte[] other = [.. Key];
        other[^1] ^= 1;
        HeartbeatReader.Read(Write(Full), other, out Heartbeat? read).ShouldBe(HeartbeatStatus.NotAuthentic);
        read.ShouldBeNull();
    }

    // What the offsets hold is as the table says, under a right code.
    [Theory]
    [InlineData(5, 0)]
    [InlineData(5, 5)]
    [InlineData(84, 0)]
    [InlineData(84, 3)]
    [InlineData(84, 65)]
    [InlineData(85, 0)]
    [InlineData(85, 255)]
    [InlineData(86, 65)]
    [InlineData(87, 1)]
    [InlineData(88, (byte)' ')]
    [InlineData(92, 0)]
    [InlineData(96, 0x80)]
    public void Read_AuthenticWithAWrongField_IsMalformed(int offset, byte value)
    {
        byte[] datagram = Write(Full);
        datagram[offset] = value;
        Sign(datagram);
        HeartbeatReader.Read(datagram, Key, out Heartbeat? read).ShouldBe(HeartbeatStatus.Malformed);
        read.ShouldBeNull();
    }

    [Theory]
    [InlineData(8, 16)]
    [InlineData(24, 8)]
    [InlineData(32, 16)]
    [InlineData(48, 8)]
    [InlineData(32, 24)]
    public void Read_AuthenticWithAnImpossibleZero_IsMalformed(int offset, int count)
    {
        byte[] datagram = Write(Full);
        datagram.AsSpan(offset, count).Clear();
        Sign(datagram);
        HeartbeatReader.Read(datagram, Key, out _).ShouldBe(HeartbeatStatus.Malformed);
    }

    [Fact]
    public void Read_AuthenticWithBytesThatAreReserved_PassesOverThem()
    {
        byte[] datagram = Write(Full);
        datagram.AsSpan(68, 16).ToArray().ShouldAllBe(value => value == 0);
        datagram.AsSpan(68, 16).Fill(1);
        Sign(datagram);
        HeartbeatReader.Read(datagram, Key, out Heartbeat? read).ShouldBe(HeartbeatStatus.Authentic);
        read.ShouldBe(Full);
    }

    [Fact]
    public void Read_RandomBytesAfterTheHead_NeverThrowsAndIsNeverAuthentic()
    {
        int seed = Environment.TickCount;
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        var random = new Random(seed);
        byte[] pattern = Write(Full);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] datagram = [.. pattern];
            random.NextBytes(datagram.AsSpan(random.Next(datagram.Length)));
            bool isSame = datagram.AsSpan().SequenceEqual(pattern);
            HeartbeatStatus status = HeartbeatReader.Read(datagram, Key, out _);
            (status == HeartbeatStatus.Authentic).ShouldBe(isSame, $"seed {seed}");

            // Also with the key nothing but a heartbeat is read, and what is read can be written.
            Sign(datagram);
            if (HeartbeatReader.Read(datagram, Key, out Heartbeat? read) == HeartbeatStatus.Authentic)
            {
                datagram.AsSpan(68, 16).Clear();
                Sign(datagram);
                Write(read!).ShouldBe(datagram, $"seed {seed}");
            }
        }
    }

    private static byte[] Write(Heartbeat heartbeat)
    {
        byte[] datagram = new byte[HeartbeatLimits.MaxBytes];
        return datagram[..HeartbeatWriter.Write(heartbeat, Key, datagram)];
    }

    private static void Sign(byte[] datagram) => HMACSHA256.HashData(Key, datagram.AsSpan(0, datagram.Length - 32), datagram.AsSpan(datagram.Length - 32));
}

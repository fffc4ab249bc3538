using Atlas.Protocols.Dns;

namespace Atlas.Protocols.Tests.Dns;

public sealed class DnsMessageTests
{
    private static readonly DnsHeader Response = new(0x1234, IsResponse: true)
    {
        RecursionDesired = true,
        RecursionAvailable = true,
    };

    [Fact]
    public void Writer_Question_IsTheBytesOfTheFormat()
    {
        byte[] buffer = new byte[64];
        var writer = new DnsMessageWriter(buffer, new DnsHeader(0xABCD, IsResponse: false) { RecursionDesired = true });

        writer.TryWriteQuestion(new DnsQuestion(Names.Of("a.b"), DnsType.Aaaa)).ShouldBeTrue();
        writer.TryWriteEdns(new DnsEdns(1232)).ShouldBeTrue();

        Convert.ToHexString(buffer.AsSpan(0, writer.Length)).ShouldBe(
            "ABCD" + "0100" + "0001" + "0000" + "0000" + "0001"
            + "0161" + "0162" + "00" + "001C" + "0001"
            + "00" + "0029" + "04D0" + "00000000" + "0000");
    }

    [Fact]
    public void Writer_NamesThatShareAnEnd_PointToIt()
    {
        byte[] buffer = new byte[512];
        var writer = new DnsMessageWriter(buffer, Response);
        writer.TryWriteQuestion(new DnsQuestion(Names.Of("www.example.com"), DnsType.A));
        int question = writer.Length;

        writer.TryWriteTarget(DnsSection.Answer, Names.Of("WWW.example.com"), DnsType.Cname, 60, Names.Of("web.Example.com"));

        // The owner is a pointer; the target one label and a pointer.
        (writer.Length - question).ShouldBe(2 + 10 + 4 + 2);
        Convert.ToHexString(buffer.AsSpan(question, 2)).ShouldBe("C00C");
        Convert.ToHexString(buffer.AsSpan(writer.Length - 2, 2)).ShouldBe("C010");
    }

    [Fact]
    public void Message_OfEveryType_IsReadAsWritten()
    {
        byte[] buffer = new byte[1232];
        int length = Everything(buffer);

        DnsMessageReader.TryBegin(buffer.AsSpan(0, length), out DnsMessageReader reader).ShouldBeTrue();

        reader.Header.ShouldBe(Response);
        reader.TryReadQuestion(out DnsQuestion question).ShouldBeTrue();
        question.ShouldBe(new DnsQuestion(Names.Of("example.com"), DnsType.Any));
        reader.TryReadRecord(out DnsRecord record).ShouldBeTrue();
        record.TryReadTarget(out DnsName target).ShouldBeTrue();
        target.ShouldBe(Names.Of("web.example.com"));
        reader.TryReadRecord(out record).ShouldBeTrue();
        record.IsOf(Names.Of("WEB.example.com")).ShouldBeTrue();
        record.ReadName().ToString().ShouldBe("web.example.com");
        record.TtlSeconds.ShouldBe(60u);
        record.TryReadAddress(out ReadOnlySpan<byte> address).ShouldBeTrue();
        address.ToArray().ShouldBe(new byte[] { 10, 0, 0, 1 });
        reader.TryReadRecord(out record).ShouldBeTrue();
        record.TryReadAddress(out address).ShouldBeTrue();
        address.Length.ShouldBe(16);
        reader.TryReadRecord(out record).ShouldBeTrue();
        record.TryReadSrv(out DnsSrv srv).ShouldBeTrue();
        srv.ShouldBe(new DnsSrv(10, 20, 8080, Names.Of("web.example.com")));
        reader.TryReadRecord(out record).ShouldBeTrue();
        int offset = 0;
        record.TryReadText(ref offset, out ReadOnlySpan<byte> text).ShouldBeTrue();
        Bytes.Text(text).ShouldBe("v=1");
        record.TryReadText(ref offset, out _).ShouldBeFalse();
        reader.TryReadRecord(out record).ShouldBeTrue();
        record.Section.ShouldBe(DnsSection.Authority);
        record.TryReadSoa(out DnsSoa soa).ShouldBeTrue();
        soa.ShouldBe(new DnsSoa(Names.Of("ns.example.com"), Names.Of("root.example.com"), 1, 2, 3, 4, 5));
        reader.TryReadRecord(out record).ShouldBeTrue();
        record.TryReadTarget(out target).ShouldBeTrue();
        target.ShouldBe(Names.Of("ns.example.com"));
        reader.TryReadRecord(out record).ShouldBeTrue();
        record.TryReadEdns(out DnsEdns edns).ShouldBeTrue();
        edns.ShouldBe(new DnsEdns(1232, ExtendedCode: 1, DnssecOk: true));
        reader.TryReadRecord(out _).ShouldBeFalse();
        reader.IsAtEnd.ShouldBeTrue();
    }

    [Fact]
    public void Message_CutAtAnyByte_IsMalformedAndNeverWhole()
    {
        byte[] buffer = new byte[1232];
        int length = Everything(buffer);
        for (int cut = 0; cut < length; cut++)
        {
            if (DnsMessageReader.TryBegin(buffer.AsSpan(0, cut), out DnsMessageReader reader))
            {
                ReadAll(ref reader);
                reader.IsMalformed.ShouldBeTrue($"cut at {cut}");
                reader.IsAtEnd.ShouldBeFalse($"cut at {cut}");
            }
            else
            {
                cut.ShouldBeLessThan(DnsLimits.HeaderBytes);
            }
        }
    }

    [Fact]
    public void Message_WithMoreBytes_IsNotAtItsEnd()
    {
        byte[] buffer = new byte[1232];
        int length = Everything(buffer);

        DnsMessageReader.TryBegin(buffer.AsSpan(0, length + 1), out DnsMessageReader reader).ShouldBeTrue();
        ReadAll(ref reader);

        reader.IsMalformed.ShouldBeFalse();
        reader.IsAtEnd.ShouldBeFalse();
    }

    [Fact]
    public void Writer_WithAnyRoom_WritesWholeRecordsOnly()
    {
        byte[] whole = new byte[1232];
        int length = Everything(whole);
        for (int room = DnsLimits.HeaderBytes; room < length; room++)
        {
            byte[] buffer = new byte[room];
            int written = Everything(buffer);

            written.ShouldBeLessThanOrEqualTo(room);
            DnsMessageReader.TryBegin(buffer.AsSpan(0, written), out DnsMessageReader reader).ShouldBeTrue();
            ReadAll(ref reader);
            reader.IsAtEnd.ShouldBeTrue($"room of {room}");
        }
    }

    [Theory]
    [InlineData(DnsType.A, "0A0000")]
    [InlineData(DnsType.A, "0A00000102")]
    [InlineData(DnsType.Aaaa, "00000000")]
    [InlineData(DnsType.Srv, "000A00141F90")]
    [InlineData(DnsType.Srv, "000A00141F900000")]
    [InlineData(DnsType.Cname, "")]
    [InlineData(DnsType.Cname, "0161")]
    [InlineData(DnsType.Cname, "016100FF")]
    [InlineData(DnsType.Soa, "000000000001")]
    [InlineData(DnsType.Txt, "0361")]
    public void Record_WithDataOfWrongLength_IsNotRead(DnsType type, string data)
    {
        byte[] buffer = new byte[512];
        var writer = new DnsMessageWriter(buffer, Response);
        writer.TryWriteRecord(DnsSection.Answer, Names.Of("a"), type, 1, 60, Convert.FromHexString(data)).ShouldBeTrue();

        // What follows must not be taken for the rest.
        writer.TryWriteAddress(DnsSection.Answer, Names.Of("a"), 60, [10, 0, 0, 1]).ShouldBeTrue();
        DnsMessageReader.TryBegin(buffer.AsSpan(0, writer.Length), out DnsMessageReader reader);
        reader.TryReadRecord(out DnsRecord record).ShouldBeTrue();

        int offset = 0;
        record.TryReadAddress(out _).ShouldBeFalse();
        record.TryReadSrv(out _).ShouldBeFalse();
        record.TryReadTarget(out _).ShouldBeFalse();
        record.TryReadSoa(out _).ShouldBeFalse();
        record.TryReadText(ref offset, out _).ShouldBeFalse();
        record.TryReadEdns(out _).ShouldBeFalse();
        reader.TryReadRecord(out record).ShouldBeTrue();
        record.TryReadAddress(out _).ShouldBeTrue();
    }

    [Fact]
    public void Record_WithTheHighestBitOfItsTtlSet_IsNotRemembered()
    {
        byte[] buffer = new byte[64];
        var writer = new DnsMessageWriter(buffer, Response);
        writer.TryWriteAddress(DnsSection.Answer, Names.Of("a"), 0x8000_0000, [10, 0, 0, 1]);
        writer.TryWriteAddress(DnsSection.Answer, Names.Of("a"), 0x7FFF_FFFF, [10, 0, 0, 1]);
        DnsMessageReader.TryBegin(buffer.AsSpan(0, writer.Length), out DnsMessageReader reader);

        reader.TryReadRecord(out DnsRecord record);
        record.TtlSeconds.ShouldBe(0u);
        reader.TryReadRecord(out record);
        record.TtlSeconds.ShouldBe(0x7FFF_FFFFu);
    }

    [Fact]
    public void Reader_Record_AllocatesNothing()
    {
        byte[] buffer = new byte[1232];
        int length = Everything(buffer);
        DnsName name = Names.Of("web.example.com");
        int found = 0;
        int rounds = 0;
        for (int round = 0; round < 1_001; round++)
        {
            DnsMessageReader.TryBegin(buffer.AsSpan(0, length), out DnsMessageReader reader);
            reader.TryReadQuestion(out _);
            long questions = GC.GetAllocatedBytesForCurrentThread();
            while (reader.TryReadRecord(out DnsRecord record))
            {
                found += record.IsOf(name) && record.TryReadAddress(out _) ? 1 : 0;
            }

            // What the runtime allocates once, when a method is compiled anew amid the run, is in few rounds.
            rounds += GC.GetAllocatedBytesForCurrentThread() == questions ? 1 : 0;
        }

        rounds.ShouldBeGreaterThan(990);

        found.ShouldBe(2_002);
    }

    internal static int Everything(Span<byte> buffer)
    {
        DnsName name = Names.Of("example.com");
        DnsName web = Names.Of("web.example.com");
        var writer = new DnsMessageWriter(buffer, Response);
        writer.TryWriteQuestion(new DnsQuestion(name, DnsType.Any));
        writer.TryWriteTarget(DnsSection.Answer, name, DnsType.Cname, 60, web);
        writer.TryWriteAddress(DnsSection.Answer, web, 60, [10, 0, 0, 1]);
        writer.TryWriteAddress(DnsSection.Answer, web, 60, new byte[16]);
        writer.TryWriteSrv(DnsSection.Answer, name, 60, new DnsSrv(10, 20, 8080, web));
        writer.TryWriteText(DnsSection.Answer, name, 60, "v=1"u8);
        writer.TryWriteSoa(DnsSection.Authority, name, 60, new DnsSoa(Names.Of("ns.example.com"), Names.Of("root.example.com"), 1, 2, 3, 4, 5));
        writer.TryWriteTarget(DnsSection.Authority, name, DnsType.Ns, 60, Names.Of("ns.example.com"));
        writer.TryWriteEdns(new DnsEdns(1232, ExtendedCode: 1, DnssecOk: true));
        return writer.Length;
    }

    private static void ReadAll(ref DnsMessageReader reader)
    {
        while (reader.TryReadRecord(out _))
        {
        }
    }
}

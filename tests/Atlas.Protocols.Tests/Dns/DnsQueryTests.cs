using Atlas.Protocols.Dns;

namespace Atlas.Protocols.Tests.Dns;

public sealed class DnsQueryTests
{
    private static readonly DnsQuestion Question = new(Names.Of("www.Example.com"), DnsType.A);

    [Fact]
    public void Query_WithEdnsAndCookie_IsReadAsWritten()
    {
        byte[] message = Message(new DnsEdns(4096, DnssecOk: true), [0, 3, 0, 0, 0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8]);

        DnsQuery query = DnsQuery.Read(message);

        query.Status.ShouldBe(DnsQueryStatus.Question);
        query.Question.ShouldBe(Question);
        query.Question.Name.ToString().ShouldBe("www.Example.com");
        query.HasEdns.ShouldBeTrue();
        query.Edns.ShouldBe(new DnsEdns(4096, DnssecOk: true));
        query.Cookie.ToArray().ShouldBe([1, 2, 3, 4, 5, 6, 7, 8]);
    }

    [Fact]
    public void Query_CutAnywhere_IsMalformedOrIgnored()
    {
        byte[] message = Message(new DnsEdns(4096), [0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8]);
        for (int length = 0; length < message.Length; length++)
        {
            DnsQuery query = DnsQuery.Read(message.AsSpan(0, length));
            query.Status.ShouldBe(length < DnsLimits.HeaderBytes ? DnsQueryStatus.Ignored : DnsQueryStatus.Malformed, $"{length} bytes");
        }

        DnsQuery.Read([.. message, 0]).Status.ShouldBe(DnsQueryStatus.Malformed, "a byte after the end");
        DnsQuery.Read(message).Status.ShouldBe(DnsQueryStatus.Question);
    }

    [Theory]
    [InlineData("000A0007" + "01020304050607", DnsQueryStatus.Malformed)]
    [InlineData("000A0009" + "010203040506070809", DnsQueryStatus.Malformed)]
    [InlineData("000A0008" + "0102030405060708" + "000A0001FF", DnsQueryStatus.Question)]
    [InlineData("000A0008" + "01020304050607", DnsQueryStatus.Malformed)]
    [InlineData("000A00", DnsQueryStatus.Malformed)]
    [InlineData("FDE90000", DnsQueryStatus.Question)]
    public void Query_WithOptions_MustHaveThemWellFormed(string options, DnsQueryStatus status) =>
        DnsQuery.Read(Message(new DnsEdns(1232), Convert.FromHexString(options))).Status.ShouldBe(status);

    [Fact]
    public void Query_WithTwoOptRecordsOrOneOfANameOrInAnotherSection_IsMalformed()
    {
        byte[] one = Message(new DnsEdns(1232), []);
        byte[] opt = one[^DnsLimits.EdnsBytes..];
        byte[] two = [.. one, .. opt];
        two[11] = 2;
        DnsQuery.Read(two).Status.ShouldBe(DnsQueryStatus.Malformed);
        DnsQuery.Read(two).HasEdns.ShouldBeTrue();

        byte[] named = [.. one[..^DnsLimits.EdnsBytes], 1, (byte)'x', .. opt];
        DnsQuery.Read(named).Status.ShouldBe(DnsQueryStatus.Malformed);
        DnsQuery.Read(named).HasEdns.ShouldBeFalse();

        byte[] answer = [.. one];
        (answer[7], answer[11]) = (1, 0);
        DnsQuery.Read(answer).Status.ShouldBe(DnsQueryStatus.Malformed);
    }

    [Fact]
    public void Query_OfAnotherVersion_SaysSoWhateverItsOptionsAre() =>
        DnsQuery.Read(Message(new DnsEdns(1232, Version: 1), [1])).Status.ShouldBe(DnsQueryStatus.UnknownVersion);

    [Fact]
    public void Query_ThatIsAnAnswer_IsIgnored()
    {
        byte[] message = Message(new DnsEdns(1232), []);
        message[2] |= 0x80;
        DnsQuery.Read(message).Status.ShouldBe(DnsQueryStatus.Ignored);
    }

    [Fact]
    public void Query_OfAnotherOpcode_SaysSoEvenIfItIsMalformed()
    {
        byte[] message = Message(new DnsEdns(1232), []);
        message[2] = 5 << 3;
        DnsQuery.Read(message).Status.ShouldBe(DnsQueryStatus.UnknownOpcode);
        DnsQuery.Read(message.AsSpan(0, 20)).Status.ShouldBe(DnsQueryStatus.UnknownOpcode);
    }

    [Fact]
    public void Query_OfSeveralQuestionsOrNone_IsMalformed()
    {
        byte[] buffer = new byte[512];
        var writer = new DnsMessageWriter(buffer, new DnsHeader(1, IsResponse: false));
        DnsQuery.Read(buffer.AsSpan(0, writer.Length)).Status.ShouldBe(DnsQueryStatus.Malformed);
        writer.TryWriteQuestion(Question);
        DnsQuery.Read(buffer.AsSpan(0, writer.Length)).Status.ShouldBe(DnsQueryStatus.Question);
        writer.TryWriteQuestion(Question);
        DnsQuery.Read(buffer.AsSpan(0, writer.Length)).Status.ShouldBe(DnsQueryStatus.Malformed);
        DnsQuery.Read(buffer.AsSpan(0, writer.Length)).HasQuestion.ShouldBeFalse();
    }

    [Fact]
    public void Query_OfACookieOnly_IsOne()
    {
        byte[] buffer = new byte[512];
        var writer = new DnsMessageWriter(buffer, new DnsHeader(1, IsResponse: false));
        writer.TryWriteEdns(new DnsEdns(512), [0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8]);
        DnsQuery.Read(buffer.AsSpan(0, writer.Length)).Status.ShouldBe(DnsQueryStatus.CookieOnly);
    }

    [Fact]
    public void Writer_WithReservedBytes_KeepsThem()
    {
        byte[] buffer = new byte[DnsLimits.HeaderBytes + 21 + DnsLimits.EdnsBytes];
        var writer = new DnsMessageWriter(buffer, new DnsHeader(1, IsResponse: true)) { Reserved = DnsLimits.EdnsBytes };
        writer.TryWriteQuestion(Question).ShouldBeTrue();
        writer.TryWriteEdns(new DnsEdns(512)).ShouldBeFalse();
        writer.Reserved = 0;
        writer.TryWriteEdns(new DnsEdns(512)).ShouldBeTrue();
        writer.Length.ShouldBe(buffer.Length);
    }

    [Theory]
    [InlineData("a.b.c", "b.C", true)]
    [InlineData("b.c", "b.c", true)]
    [InlineData("ab.c", "b.c", false)]
    [InlineData("c", "b.c", false)]
    [InlineData("a.b", ".", true)]
    [InlineData("xb.c", "c", true)]
    public void Name_WithinAnother_EndsInItsLabels(string name, string other, bool isWithin) =>
        Names.Of(name).IsWithin(Names.Of(other)).ShouldBe(isWithin);

    [Fact]
    public void Parent_OfAName_LacksItsFirstLabel()
    {
        Names.Of("a.b.c").Parent.ToString().ShouldBe("b.c");
        Names.Of("c").Parent.ShouldBe(DnsName.Root);
        DnsName.Root.Parent.ShouldBe(DnsName.Root);
    }

    private static byte[] Message(DnsEdns edns, byte[] options)
    {
        byte[] buffer = new byte[512];
        var writer = new DnsMessageWriter(buffer, new DnsHeader(7, IsResponse: false) { RecursionDesired = true });
        writer.TryWriteQuestion(Question).ShouldBeTrue();
        writer.TryWriteEdns(edns, options).ShouldBeTrue();
        return buffer[..writer.Length];
    }
}

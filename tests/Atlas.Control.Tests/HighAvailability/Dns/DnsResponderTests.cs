using Atlas.Core.Configuration;
using Atlas.Core.HighAvailability;
using Atlas.Protocols.Dns;

namespace Atlas.Control.Tests.HighAvailability.Dns;

public sealed class DnsResponderTests
{
    private const string Soa = "lb.example.com 5 SOA ns.lb.example.com hostmaster.lb.example.com 7 5";

    private readonly ZoneUnderTest _zone = new();

    [Fact]
    public void Respond_Address_IsThoseOfTheNodesInTurns()
    {
        Reply first = _zone.Ask("www.lb.example.com");

        first.Header.ShouldBe(new DnsHeader(0xBEEF, IsResponse: true) { IsAuthoritative = true, RecursionDesired = true });
        first.Records.ShouldBe(["Answer www.lb.example.com 5 203.0.113.1", "Answer www.lb.example.com 5 203.0.113.2"]);
        first.Edns.ShouldBe(new DnsEdns(1232, DnssecOk: true));

        // A question for the other family takes no turn of this one.
        _zone.Ask("www.lb.example.com", DnsType.Aaaa).Addresses.ShouldBe(["2001:db8::1"]);
        _zone.Ask("www.lb.example.com").Addresses.ShouldBe(["203.0.113.2", "203.0.113.1"]);
        _zone.Ask("www.lb.example.com").Addresses.ShouldBe(["203.0.113.1", "203.0.113.2"]);
    }

    [Fact]
    public void Respond_NodeThatDoesNotLive_IsLeftOut()
    {
        var zone = new ZoneUnderTest(isAlive: node => node != "lb-1");

        zone.Ask("www.lb.example.com").Addresses.ShouldBe(["203.0.113.2"]);

        // The name has a living node, though none with an address of this family.
        Reply other = zone.Ask("www.lb.example.com", DnsType.Aaaa);
        other.Header.ResponseCode.ShouldBe(DnsResponseCode.NoError);
        other.Records.ShouldBe(["Authority " + Soa]);

        // This one has no living node.
        zone.Ask("deep.a.b.lb.example.com").Addresses.ShouldBe(["203.0.113.1"]);
    }

    [Fact]
    public void Respond_NoNodeLives_NamesAll()
    {
        var zone = new ZoneUnderTest(isAlive: _ => false);

        zone.Ask("www.lb.example.com").Addresses.ShouldBe(["203.0.113.1", "203.0.113.2"]);
        zone.Ask("www.lb.example.com", DnsType.Aaaa).Addresses.ShouldBe(["2001:db8::1"]);
    }

    [Fact]
    public void Named_NodeAloneInItsFamilyDies_IsNotInAnswers()
    {
        ActiveActiveConfig config = ZoneUnderTest.Config();

        new ZoneUnderTest(config with { Records = [config.Records[0]] }, isAlive: node => node != "lb-1").View.Named.ShouldBe(["lb-2"]);
    }

    [Fact]
    public void Respond_WithoutEdns_HasNone()
    {
        Reply reply = new(_zone.Send(ZoneUnderTest.Question("www.lb.example.com", recurses: false)));

        reply.Edns.ShouldBeNull();
        reply.Header.RecursionDesired.ShouldBeFalse();
        reply.Addresses.Length.ShouldBe(2);
    }

    [Fact]
    public void Respond_LettersOfTheQuestion_AreKept()
    {
        Reply reply = _zone.Ask("wWw.Lb.eXample.COM");

        reply.Question!.Value.Name.ToString().ShouldBe("wWw.Lb.eXample.COM");
        reply.Records[0].ShouldBe("Answer wWw.Lb.eXample.COM 5 203.0.113.1");
    }

    [Theory]
    [InlineData("lb.example.com", DnsType.Soa, "Answer " + Soa)]
    [InlineData("lb.example.com", DnsType.A, "Authority " + Soa)]
    [InlineData("www.lb.example.com", DnsType.Soa, "Authority " + Soa)]
    [InlineData("www.lb.example.com", DnsType.Ns, "Authority " + Soa)]
    [InlineData("www.lb.example.com", DnsType.Txt, "Authority " + Soa)]
    [InlineData("www.lb.example.com", (DnsType)65, "Authority " + Soa)]
    [InlineData("deep.a.b.lb.example.com", DnsType.Aaaa, "Authority " + Soa)]
    [InlineData("a.b.lb.example.com", DnsType.A, "Authority " + Soa)]
    [InlineData("b.lb.example.com", DnsType.A, "Authority " + Soa)]
    public void Respond_NameThatIsThere_AnswersOrSaysThatItHasNoSuchRecord(string name, DnsType type, string record)
    {
        Reply reply = _zone.Ask(name, type);

        reply.Header.ResponseCode.ShouldBe(DnsResponseCode.NoError);
        reply.Header.IsAuthoritative.ShouldBeTrue();
        reply.Records.ShouldBe([record]);
    }

    [Theory]
    [InlineData("x.lb.example.com")]
    [InlineData("x.www.lb.example.com")]
    [InlineData("c.b.lb.example.com")]
    public void Respond_NameThatIsNotThere_SaysSo(string name)
    {
        Reply reply = _zone.Ask(name);

        reply.Header.ResponseCode.ShouldBe(DnsResponseCode.NoSuchName);
        reply.Header.IsAuthoritative.ShouldBeTrue();
        reply.Records.ShouldBe(["Authority " + Soa]);
    }

    [Theory]
    [InlineData("example.com", DnsType.A, 1)]
    [InlineData("xlb.example.com", DnsType.A, 1)]
    [InlineData(".", DnsType.Ns, 1)]
    [InlineData("version.bind", DnsType.Txt, 3)]
    [InlineData("www.lb.example.com", DnsType.A, 3)]
    [InlineData("www.lb.example.com", DnsType.A, 255)]
    [InlineData("lb.example.com", DnsType.Axfr, 1)]
    [InlineData("lb.example.com", DnsType.Ixfr, 1)]
    public void Respond_OtherZoneOrClassOrTransfer_IsRefused(string name, DnsType type, int @class)
    {
        Reply reply = new(_zone.Send(ZoneUnderTest.Question(name, type, 1232, (ushort)@class)));

        reply.Header.ResponseCode.ShouldBe(DnsResponseCode.Refused);
        reply.Header.IsAuthoritative.ShouldBeFalse();
        reply.Records.ShouldBeEmpty();
        reply.Edns.ShouldNotBeNull();
    }

    [Fact]
    public void Respond_NameServers_AreThoseOfTheConfigurationOrTheNodes()
    {
        _zone.Ask("lb.example.com", DnsType.Ns).Records.ShouldBe(
        [
            "Answer lb.example.com 3600 NS ns.lb.example.com",
            "Additional ns.lb.example.com 3600 203.0.113.1",
            "Additional ns.lb.example.com 3600 203.0.113.2",
            "Additional ns.lb.example.com 3600 2001:db8::1",
        ]);
        new ZoneUnderTest(ZoneUnderTest.Config() with { NameServers = ["ns1.example.com", "www.lb.example.com"] }).Ask("lb.example.com", DnsType.Ns).Records.ShouldBe(
        [
            "Answer lb.example.com 3600 NS ns1.example.com",
            "Answer lb.example.com 3600 NS www.lb.example.com",
            "Additional www.lb.example.com 5 203.0.113.1",
            "Additional www.lb.example.com 5 203.0.113.2",
            "Additional www.lb.example.com 5 2001:db8::1",
        ]);
    }

    [Fact]
    public void Respond_NameServersAddress_HasNodesThatDoNotLiveToo() =>
        new ZoneUnderTest(isAlive: node => node == "lb-1").Ask("ns.lb.example.com").Addresses.ShouldBe(["203.0.113.1", "203.0.113.2"]);

    [Fact]
    public void Respond_AnyType_IsOneSmallRecord() =>
        _zone.Ask("www.lb.example.com", DnsType.Any).Records.ShouldBe(["Answer www.lb.example.com 5 Hinfo 075246433834383200"]);

    [Fact]
    public void Respond_Opcode_IsNotImplemented()
    {
        byte[] message = ZoneUnderTest.Question("www.lb.example.com", udpBytes: 1232);
        message[2] = (byte)((message[2] & 0x87) | (4 << 3));

        Reply reply = new(_zone.Send(message));

        reply.Header.ShouldBe(new DnsHeader(0xBEEF, IsResponse: true) { Opcode = 4, RecursionDesired = true, ResponseCode = DnsResponseCode.NotImplemented });
        reply.Edns.ShouldNotBeNull();
    }

    [Fact]
    public void Respond_VersionOfEdns_IsBadVersion()
    {
        Reply reply = new(_zone.Send(ZoneUnderTest.Question("www.lb.example.com", udpBytes: 1232, version: 1)));

        reply.Header.ResponseCode.ShouldBe(DnsResponseCode.NoError);
        reply.Edns.ShouldBe(new DnsEdns(1232, ExtendedCode: 1, Version: 0, DnssecOk: true));
        reply.Records.ShouldBeEmpty();
    }

    [Fact]
    public void Respond_QuestionCutAnywhere_IsMalformedOrIgnored()
    {
        byte[] message = ZoneUnderTest.Question("www.lb.example.com", udpBytes: 1232);
        for (int length = 0; length < message.Length; length++)
        {
            byte[] answer = _zone.Send(message[..length]);
            if (length < DnsLimits.HeaderBytes)
            {
                answer.ShouldBeEmpty();
                continue;
            }

            Reply reply = new(answer);
            reply.Header.ResponseCode.ShouldBe(DnsResponseCode.FormatError, $"{length} bytes");
            reply.Header.Id.ShouldBe((ushort)0xBEEF);
            answer.Length.ShouldBeLessThanOrEqualTo(length);
        }
    }

    [Fact]
    public void Respond_Answer_GetsNone()
    {
        byte[] message = ZoneUnderTest.Question("www.lb.example.com");
        message[2] |= 0x80;

        _zone.Send(message).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0, false, 512)]
    [InlineData(100, false, 512)]
    [InlineData(1000, false, 1000)]
    [InlineData(65_535, false, 1232)]
    [InlineData(0, true, 16_384)]
    public void Respond_AnswerThatIsTooLong_IsTruncated(int udpBytes, bool isTcp, int size)
    {
        var zone = new ZoneUnderTest(ZoneUnderTest.Config() with
        {
            Records = [ZoneUnderTest.Record("www", [.. Enumerable.Range(0, 64).Select(i => ZoneUnderTest.Node($"n{i}", [.. Enumerable.Range(0, 8).Select(j => $"2001:db8::{i}:{j}")]))])],
        });

        Reply reply = new(zone.Send(ZoneUnderTest.Question("www.lb.example.com", DnsType.Aaaa, udpBytes), isTcp));

        reply.Header.IsTruncated.ShouldBe(!isTcp);
        reply.Bytes.Length.ShouldBeInRange(isTcp ? 512 * 28 : size - 28, size);
        reply.Addresses.Length.ShouldBe(isTcp ? 512 : (size - 12 - 24 - (udpBytes > 0 ? 11 : 0)) / 28);
        (reply.Edns is not null).ShouldBe(udpBytes > 0);
    }

    [Fact]
    public void Respond_Cookie_IsAnsweredAndKnownNextTime()
    {
        _zone.Limit = new ResponseLimit(new Rate(1, 1_000), seed: 1);
        Reply first = new(_zone.Send(ZoneUnderTest.Question("www.lb.example.com", udpBytes: 1232, options: [0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8])));
        first.Options.Length.ShouldBe(28);
        first.Options[..12].ShouldBe([0, 10, 0, 24, 1, 2, 3, 4, 5, 6, 7, 8]);

        // Who shows it is not limited; who does not, is.
        for (int i = 0; i < 5; i++)
        {
            new Reply(_zone.Send(ZoneUnderTest.Question("www.lb.example.com", udpBytes: 1232, options: first.Options))).Addresses.Length.ShouldBe(2);
        }

        _zone.Send(ZoneUnderTest.Question("www.lb.example.com")).ShouldBeEmpty();
        _zone.Send(ZoneUnderTest.Question("www.lb.example.com", udpBytes: 1232, options: [0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8])).Length.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Respond_CookieAlone_IsAnswered()
    {
        byte[] buffer = new byte[64];
        var writer = new DnsMessageWriter(buffer, new DnsHeader(1, IsResponse: false));
        writer.TryWriteEdns(new DnsEdns(512), [0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8]);

        Reply reply = new(_zone.Send(buffer[..writer.Length]));

        reply.Header.ShouldBe(new DnsHeader(1, IsResponse: true));
        reply.Question.ShouldBeNull();
        reply.Options.Length.ShouldBe(28);
    }

    [Fact]
    public void Respond_AboveTheLimit_IsEmptyOrNothing()
    {
        _zone.Limit = new ResponseLimit(new Rate(2, 1_000), seed: 1);
        byte[] question = ZoneUnderTest.Question("www.lb.example.com", udpBytes: 1232);
        byte[][] answers = [.. Enumerable.Range(0, 6).Select(_ => _zone.Send(question))];

        answers.Select(answer => answer.Length > question.Length ? 2 : answer.Length > 0 ? 1 : 0).ShouldBe([2, 2, 0, 1, 0, 1]);
        Reply slipped = new(answers[3]);
        slipped.Header.IsTruncated.ShouldBeTrue();
        slipped.Records.ShouldBeEmpty();
        slipped.Bytes.Length.ShouldBe(question.Length);

        _zone.Send(question, isTcp: true).Length.ShouldBeGreaterThan(question.Length);
        _zone.Time.Advance(TimeSpan.FromSeconds(1));
        _zone.Send(question).Length.ShouldBeGreaterThan(question.Length);
    }

    [Fact]
    public void Respond_ErrorAboveTheLimit_IsSentAsItIsOrNotAndCountedSo()
    {
        _zone.Limit = new ResponseLimit(new Rate(1, 1_000), seed: 1);
        byte[] question = ZoneUnderTest.Question("example.com", udpBytes: 1232);
        byte[][] answers = [.. Enumerable.Range(0, 5).Select(_ => _zone.Send(question))];

        answers.Select(answer => answer.Length > 0).ShouldBe([true, false, true, false, true]);
        foreach (byte[] answer in answers.Where(answer => answer.Length > 0))
        {
            new Reply(answer).Header.ShouldBe(
                new DnsHeader(0xBEEF, IsResponse: true) { RecursionDesired = true, ResponseCode = DnsResponseCode.Refused });
            answer.Length.ShouldBe(question.Length);
        }

        var metrics = new MetricLines();
        _zone.Counters.Write(metrics);
        metrics.Lines.ShouldContain("atlas_dns_server_limited_total{action=sent} 2");
        metrics.Lines.ShouldContain("atlas_dns_server_limited_total{action=dropped} 2");
        metrics.Lines.ShouldContain("atlas_dns_server_limited_total{action=truncated} 0");
        metrics.Lines.ShouldContain("atlas_dns_server_truncated_total{} 0");
    }

    [Fact]
    public void Respond_NamesThatAreNotThere_AreOneAnswerToTheLimit()
    {
        _zone.Limit = new ResponseLimit(new Rate(2, 1_000), seed: 1);
        int answered = Enumerable.Range(0, 10).Count(i => _zone.Send(ZoneUnderTest.Question($"x{i}.lb.example.com")).Length > 60);

        answered.ShouldBe(2);
    }
}

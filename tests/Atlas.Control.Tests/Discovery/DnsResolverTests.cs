using System.Net;
using Atlas.Control.Discovery.Resolving;
using Atlas.Protocols.Dns;

namespace Atlas.Control.Tests.Discovery;

public sealed class DnsResolverTests
{
    private const string NoFile = "/proc/self/no-such-file";

    [Theory]
    [InlineData(DnsType.A, "10.0.0.1")]
    [InlineData(DnsType.Aaaa, "2001:db8::1")]
    public async Task Lookup_Address_IsWhatTheServerSays(DnsType type, string address)
    {
        await using var dns = new ScriptedDns((question, _, id) => [Replies.Addresses(id, question, address, address)]);

        LookupResult result = await LookupAsync(dns, "a.x", type);

        result.Outcome.ShouldBe(LookupOutcome.Answered, result.Detail);
        result.Addresses.ShouldBe([IPAddress.Parse(address)]);
        result.TtlMs.ShouldBe(60_000);
        dns.Asked.ShouldBe([$"a.x {type.ToString().ToUpperInvariant()} udp"]);
        dns.Edns.ShouldBe([true]);
    }

    [Fact]
    public async Task Lookup_Srv_IsWhatTheServerSays()
    {
        var service = new DnsSrv(1, 2, 3, Replies.Name("b.x"));
        await using var dns = new ScriptedDns((question, _, id) => [Replies.Of(id, question, (ref DnsMessageWriter writer) =>
            writer.TryWriteSrv(DnsSection.Answer, question.Name, 5, service))]);

        LookupResult result = await LookupAsync(dns, "_s._tcp.x", DnsType.Srv);

        result.Services.ShouldBe([service]);
        result.TtlMs.ShouldBe(5_000);
    }

    [Fact]
    public async Task Lookup_AnswersThatAreNone_AreLeftOut()
    {
        await using var dns = new ScriptedDns((question, _, id) =>
        [
            [],
            [1, 2, 3],
            Replies.Addresses((ushort)(id + 1), question, "6.6.6.1"),
            Replies.Addresses(id, question with { Name = Replies.Name("b.x") }, "6.6.6.2"),
            Replies.Addresses(id, question with { Type = DnsType.Any }, "6.6.6.3"),
            Replies.Addresses(id, question with { Class = 3 }, "6.6.6.4"),
            NoResponse(Replies.Addresses(id, question, "6.6.6.5")),
            Replies.Addresses(id, question with { Name = Replies.Name("A.X") }, "10.0.0.1"),
        ]);

        LookupResult result = await LookupAsync(dns, "a.x");

        // Names are equal whatever the case, and the records are of the question's name.
        result.Addresses.ShouldBe([IPAddress.Parse("10.0.0.1")]);
    }

    [Fact]
    public async Task Lookup_RecordsOfOtherNames_AreLeftOut()
    {
        await using var dns = new ScriptedDns((question, _, id) => [Replies.Of(id, question, (ref DnsMessageWriter writer) =>
        {
            writer.TryWriteAddress(DnsSection.Answer, Replies.Name("b.x"), 60, [6, 6, 6, 6]);
            writer.TryWriteAddress(DnsSection.Answer, question.Name, 60, [10, 0, 0, 1]);
            writer.TryWriteAddress(DnsSection.Answer, question.Name, 60, new byte[4]);
            writer.TryWriteAddress(DnsSection.Additional, question.Name, 60, [6, 6, 6, 7]);
        })]);

        (await LookupAsync(dns, "a.x")).Addresses.ShouldBe([IPAddress.Parse("10.0.0.1")]);
    }

    [Fact]
    public async Task Lookup_Aliases_AreFollowedInTheAnswerAndByQuestions()
    {
        await using var dns = new ScriptedDns((question, _, id) => [question.Name.ToString() switch
        {
            "a.x" => Replies.Of(id, question, (ref DnsMessageWriter writer) =>
            {
                writer.TryWriteTarget(DnsSection.Answer, Replies.Name("b.x"), DnsType.Cname, 7, Replies.Name("c.x"));
                writer.TryWriteTarget(DnsSection.Answer, question.Name, DnsType.Cname, 60, Replies.Name("b.x"));
            }),
            _ => Replies.Addresses(id, question, "10.0.0.1"),
        }]);

        LookupResult result = await LookupAsync(dns, "a.x");

        result.Addresses.ShouldBe([IPAddress.Parse("10.0.0.1")]);
        result.TtlMs.ShouldBe(7_000);
        dns.Asked.ShouldBe(["a.x A udp", "c.x A udp"]);
    }

    [Fact]
    public async Task Lookup_AliasesInACircle_EndAtTheirBound()
    {
        await using var inside = new ScriptedDns((question, _, id) => [Replies.Of(id, question, (ref DnsMessageWriter writer) =>
        {
            writer.TryWriteTarget(DnsSection.Answer, question.Name, DnsType.Cname, 60, Replies.Name("b.x"));
            writer.TryWriteTarget(DnsSection.Answer, Replies.Name("b.x"), DnsType.Cname, 60, question.Name);
        })]);
        await using var outside = new ScriptedDns((question, _, id) => [Replies.Of(id, question, (ref DnsMessageWriter writer) =>
            writer.TryWriteTarget(DnsSection.Answer, question.Name, DnsType.Cname, 60, Replies.Name($"a{question.Name}")))]);

        (await LookupAsync(inside, "a.x")).Outcome.ShouldBe(LookupOutcome.Malformed);
        (await LookupAsync(outside, "a.x")).Outcome.ShouldBe(LookupOutcome.Malformed);
        outside.Asked.Count.ShouldBe(9);
    }

    [Fact]
    public async Task Lookup_TruncatedAnswer_IsAskedForOverTcp()
    {
        string[] addresses = [.. Enumerable.Range(1, 200).Select(i => $"10.0.0.{i}")];
        await using var dns = new ScriptedDns((question, isTcp, id) => [isTcp
            ? Replies.Addresses(id, question, addresses)
            : Replies.Of(id, question, (ref DnsMessageWriter _) => { }, isTruncated: true)]);

        (await LookupAsync(dns, "a.x")).Addresses.Count.ShouldBe(200);
        dns.Asked.ShouldBe(["a.x A udp", "a.x A tcp"]);
    }

    [Fact]
    public async Task Lookup_MoreRecordsThanAreTaken_TakesTheFirst()
    {
        string[] addresses = [.. Enumerable.Range(0, 300).Select(i => $"10.0.{i / 200}.{(i % 200) + 1}")];
        await using var dns = new ScriptedDns((question, isTcp, id) => [isTcp
            ? Replies.Addresses(id, question, addresses)
            : Replies.Of(id, question, (ref DnsMessageWriter _) => { }, isTruncated: true)]);

        (await LookupAsync(dns, "a.x")).Addresses.Count.ShouldBe(256);
    }

    [Theory]
    [InlineData(DnsResponseCode.FormatError)]
    [InlineData(DnsResponseCode.NotImplemented)]
    public async Task Lookup_ServerWithoutEdns_IsAskedWithout(DnsResponseCode code)
    {
        int asked = 0;
        await using var dns = new ScriptedDns((question, _, id) =>
            [asked++ == 0 ? Replies.Of(id, question, code)[..12].Select((b, i) => i == 5 ? (byte)0 : b).ToArray() : Replies.Addresses(id, question, "10.0.0.1")]);

        (await LookupAsync(dns, "a.x")).Addresses.Count.ShouldBe(1);
        dns.Edns.ShouldBe([true, false]);
    }

    [Fact]
    public async Task Lookup_TruncatedAnswerOfAServerWithoutEdns_IsAskedForWithoutOverTcpToo()
    {
        bool hasRefused = false;
        await using var dns = new ScriptedDns((question, isTcp, id) =>
        {
            bool refuses = !hasRefused;
            hasRefused = true;
            return [refuses ? Replies.Of(id, question, DnsResponseCode.FormatError)
                : isTcp ? Replies.Addresses(id, question, "10.0.0.1")
                : Replies.Of(id, question, (ref DnsMessageWriter _) => { }, isTruncated: true)];
        });

        (await LookupAsync(dns, "a.x")).Addresses.Count.ShouldBe(1);
        dns.Asked.ShouldBe(["a.x A udp", "a.x A udp", "a.x A tcp"]);
        dns.Edns.ShouldBe([true, false, false]);
    }

    [Fact]
    public async Task Lookup_NoSuchName_SaysForHowLong()
    {
        await using var dns = new ScriptedDns((question, _, id) => [Replies.Of(
            id,
            question,
            (ref DnsMessageWriter writer) => writer.TryWriteSoa(
                DnsSection.Authority, Replies.Name("x"), 60, new DnsSoa(Replies.Name("ns.x"), Replies.Name("m.x"), 1, 2, 3, 4, 5)),
            DnsResponseCode.NoSuchName)]);

        LookupResult result = await LookupAsync(dns, "a.x");

        result.Outcome.ShouldBe(LookupOutcome.NoSuchName);
        result.TtlMs.ShouldBe(5_000);
        result.Detail.ShouldBe($"{dns.Address}: NXDOMAIN");
    }

    /// <summary>A server that refers to others knows nothing of the name.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Lookup_ReferralOfAServerThatDoesNotRecurse_IsAFailureAndTheNextIsAsked(bool hasNames)
    {
        await using var first = new ScriptedDns((question, _, id) => [Replies.Of(
            id,
            question,
            (ref DnsMessageWriter writer) =>
            {
                if (hasNames)
                {
                    writer.TryWriteTarget(DnsSection.Authority, Replies.Name("x"), DnsType.Ns, 60, Replies.Name("ns.x"));
                }
            },
            recurses: false)]);
        await using var second = new ScriptedDns((question, _, id) => [Replies.Addresses(id, question, "10.0.0.1")]);

        LookupResult alone = await LookupAsync(first, "a.x");
        LookupResult both = await DnsResolver.SearchAsync(
            "a.x", DnsType.A, new ResolverSettings { Servers = [first.Address, second.Address] }, CancellationToken.None);

        alone.Outcome.ShouldBe(LookupOutcome.ServerFailure);
        alone.Detail.ShouldBe($"{first.Address}: it does not look names up for others");
        both.Addresses.ShouldBe([IPAddress.Parse("10.0.0.1")]);
    }

    [Fact]
    public async Task Lookup_NoRecords_IsTold()
    {
        await using var dns = new ScriptedDns((question, _, id) => [Replies.Of(id, question, DnsResponseCode.NoError)]);

        LookupResult result = await LookupAsync(dns, "a.x", DnsType.Aaaa);

        result.Outcome.ShouldBe(LookupOutcome.NoRecords);
        result.Detail.ShouldBe($"{dns.Address}: no AAAA record");
    }

    [Theory]
    [InlineData(DnsResponseCode.ServerFailure, "SERVFAIL")]
    [InlineData(DnsResponseCode.Refused, "REFUSED")]
    public async Task Lookup_ServerThatFails_LeadsToTheNextAndIsToldOfWhenAllDo(DnsResponseCode code, string text)
    {
        await using var bad = new ScriptedDns((question, _, id) => [Replies.Of(id, question, code)]);
        await using var good = new ScriptedDns((question, _, id) => [Replies.Addresses(id, question, "10.0.0.1")]);

        (await Resolver([bad.Address, good.Address]).LookupAsync("a.x", DnsType.A, default)).Addresses.Count.ShouldBe(1);
        LookupResult result = await LookupAsync(bad, "a.x");

        result.Outcome.ShouldBe(LookupOutcome.ServerFailure);
        result.Detail.ShouldBe($"{bad.Address}: {text}");

        // Once before, then twice.
        bad.Asked.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Lookup_MalformedAnswer_IsAFailure()
    {
        await using var dns = new ScriptedDns((question, _, id) => [Replies.Addresses(id, question, "10.0.0.1")[..^1]]);

        (await LookupAsync(dns, "a.x")).Outcome.ShouldBe(LookupOutcome.Malformed);
    }

    [Fact]
    public async Task Lookup_FloodOfOtherAnswers_EndsAtItsBound()
    {
        await using var dns = new ScriptedDns((question, _, id) =>
            Enumerable.Range(1, 64).Select(i => Replies.Addresses((ushort)(id + i), question, "6.6.6.6")));

        (await LookupAsync(dns, "a.x")).Outcome.ShouldBe(LookupOutcome.Malformed);
    }

    [Fact]
    public async Task Lookup_SilentServer_IsLeftForTheNext()
    {
        await using var silent = new ScriptedDns((_, _, _) => []);
        await using var good = new ScriptedDns((question, _, id) => [Replies.Addresses(id, question, "10.0.0.1")]);

        LookupResult result = await Resolver([silent.Address, good.Address]).LookupAsync("a.x", DnsType.A, default);

        result.Addresses.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Lookup_NobodyThere_IsUnreachable()
    {
        IPEndPoint address;
        await using (var dns = new ScriptedDns((_, _, _) => []))
        {
            address = dns.Address;
        }

        LookupResult result = await Resolver([address]).LookupAsync("a.x", DnsType.A, default);

        result.Outcome.ShouldBe(LookupOutcome.Unreachable);
        result.Detail.ShouldBe($"{address}: nobody listens there");
    }

    [Fact]
    public async Task Lookups_HaveIdsAndPortsOfChance()
    {
        await using var dns = new ScriptedDns((question, _, id) => [Replies.Addresses(id, question, "10.0.0.1")]);
        for (int i = 0; i < 20; i++)
        {
            await LookupAsync(dns, "a.x");
        }

        // Twenty of 65,536 are all different but once in 340 runs; half of them are in any run.
        dns.Askers.Select(asker => asker.Id).Distinct().Count().ShouldBeGreaterThan(10);
        dns.Askers.Select(asker => asker.Port).Distinct().Count().ShouldBeGreaterThan(10);
    }

    [Fact]
    public async Task Lookup_SearchDomains_AreTriedWhileNamesAreNotThereOnly()
    {
        await using var dns = new ScriptedDns((question, _, id) => [question.Name.ToString() switch
        {
            "api.one.x" => Replies.Of(id, question, DnsResponseCode.NoSuchName),
            "api.two.x" => Replies.Addresses(id, question, "10.0.0.1"),
            _ => Replies.Of(id, question, DnsResponseCode.ServerFailure),
        }]);
        var settings = ResolverSettings.Parse("search one.x two.x") with { Servers = [dns.Address] };

        settings.CandidatesOf("api").ShouldBe(["api.one.x", "api.two.x", "api"]);
        LookupResult found = await DnsResolver.SearchAsync("api", DnsType.A, settings, default);
        LookupResult failed = await DnsResolver.SearchAsync("web", DnsType.A, settings with { Attempts = 1 }, default);

        found.Addresses.Count.ShouldBe(1);
        failed.Outcome.ShouldBe(LookupOutcome.ServerFailure);
        dns.Asked.ShouldBe(["api.one.x A udp", "api.two.x A udp", "web.one.x A udp"]);
    }

    [Fact]
    public async Task Lookup_NameOfTheHostsFile_IsNotAskedFor()
    {
        string hosts = Path.Combine(Directory.CreateTempSubdirectory("atlas-test-").FullName, "hosts");
        await File.WriteAllTextAsync(hosts, "10.0.0.9 a.x\n");
        await using var dns = new ScriptedDns((question, _, id) => [Replies.Addresses(id, question, "10.0.0.1")]);
        var resolver = new DnsResolver(new ResolverOptions { Servers = () => [dns.Address], HostsPath = hosts, ResolvConfPath = NoFile });

        LookupResult known = await resolver.LookupAsync("a.x", DnsType.A, default);
        LookupResult other = await resolver.LookupAsync("a.x", DnsType.Aaaa, default);

        known.Addresses.ShouldBe([IPAddress.Parse("10.0.0.9")]);
        other.Outcome.ShouldBe(LookupOutcome.NoRecords);
        dns.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task Lookup_GivenUp_Throws()
    {
        await using var silent = new ScriptedDns((_, _, _) => []);
        using var end = new CancellationTokenSource();
        Task<LookupResult> lookup = Resolver([silent.Address]).LookupAsync("a.x", DnsType.A, end.Token);

        await end.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => lookup);
    }

    private static byte[] NoResponse(byte[] message)
    {
        message[2] &= 0x7F;
        return message;
    }

    private static DnsResolver Resolver(IReadOnlyList<IPEndPoint> servers) =>
        new(new ResolverOptions { Servers = () => servers, HostsPath = NoFile, ResolvConfPath = NoFile });

    private static Task<LookupResult> LookupAsync(ScriptedDns dns, string name, DnsType type = DnsType.A) =>
        Resolver([dns.Address]).LookupAsync(name, type, default);
}

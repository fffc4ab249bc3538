using System.Net;
using System.Net.Sockets;
using Atlas.Control.Health;
using Atlas.Core.Configuration;
using Atlas.Core.Health;

namespace Atlas.Control.Tests.Health;

public sealed class ProbeTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

    [Theory]
    [InlineData(Ok, true, "http 200")]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", true, "http 204")]
    [InlineData("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n", true, "http 302")]
    [InlineData("HTTP/1.0 200 OK\r\n\r\nuntil it closes", true, "http 200")]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n", false, "http 503, expected 200-399")]
    [InlineData("HTTP/1.1 503 ok\x1b[2J\r\ncontent-length: 0\r\n\r\n", false, "http 503, expected 200-399")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\nok", false, "the response broke off")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-le", false, "the response broke off")]
    [InlineData("", false, "the response broke off")]
    [InlineData("HTTP/1.1 200 OK\r\nno field\r\n\r\n", false, "the response is malformed")]
    [InlineData("SSH-2.0-peer\r\n\r\n", false, "the response is malformed")]
    public async Task Http_AResponse_IsJudged(string response, bool passes, string detail)
    {
        await using var server = new ScriptedServer(response);

        (await HttpAsync(server.Address, new HealthCheckConfig()))
            .ShouldBe(passes ? ProbeResult.Good(detail) : ProbeResult.Bad(detail));
    }

    [Fact]
    public async Task Http_StatusesOfAnotherList_AreNamed()
    {
        await using var server = new ScriptedServer(Ok);
        var check = new HealthCheckConfig
        {
            Expect = new HealthExpectConfig { Statuses = [new StatusRange(204, 204), new StatusRange(300, 302)] },
        };

        (await HttpAsync(server.Address, check)).ShouldBe(ProbeResult.Bad("http 200, expected 204, 300-302"));
    }

    [Theory]
    [InlineData("ok", true)]
    [InlineData("o", true)]
    [InlineData("okay", false)]
    public async Task Http_AnExpectedText_IsLookedFor(string text, bool passes)
    {
        await using var server = new ScriptedServer(Ok);

        ProbeResult result = await HttpAsync(server.Address, Expecting(text));

        result.ShouldBe(
            passes ? ProbeResult.Good("http 200") : ProbeResult.Bad("http 200, but the expected text is not in the body"));
    }

    [Theory]
    [InlineData("^o.$", true)]
    [InlineData("OK", false)]
    [InlineData("(?i)OK", true)]
    public async Task Http_AnExpectedRegex_IsLookedFor(string regex, bool passes)
    {
        await using var server = new ScriptedServer(Ok);
        var expect = new HealthExpectConfig { Body = new BodyPattern(IsRegex: true, regex) };

        ProbeResult result = await HttpAsync(server.Address, new HealthCheckConfig { Expect = expect });

        result.ShouldBe(passes ? ProbeResult.Good("http 200") : ProbeResult.Bad("http 200, but the body does not match"));
    }

    [Theory]
    [InlineData("x-ready", ValuePatternKind.Exact, "1", true)]
    [InlineData("X-READY", ValuePatternKind.Exact, "1", true)]
    [InlineData("x-ready", ValuePatternKind.Exact, "10", false)]
    [InlineData("x-ready", ValuePatternKind.Prefix, "", true)]
    [InlineData("x-ready", ValuePatternKind.Present, "", true)]
    [InlineData("x-ready", ValuePatternKind.Absent, "", false)]
    [InlineData("x-ready", ValuePatternKind.Regex, "^[0-9]$", true)]
    [InlineData("x-ready", ValuePatternKind.Regex, "^[a-z]$", false)]
    [InlineData("x-node", ValuePatternKind.Exact, "b", true)]
    [InlineData("x-node", ValuePatternKind.Exact, "a", true)]
    [InlineData("x-node", ValuePatternKind.Prefix, "c", false)]
    [InlineData("content-type", ValuePatternKind.Prefix, "text/", true)]
    [InlineData("x-other", ValuePatternKind.Present, "", false)]
    [InlineData("x-other", ValuePatternKind.Exact, "", false)]
    [InlineData("x-other", ValuePatternKind.Absent, "", true)]
    public async Task Http_AnExpectedHeader_IsLookedFor(string name, ValuePatternKind kind, string text, bool passes)
    {
        await using var server = new ScriptedServer(
            "HTTP/1.1 200 OK\r\nx-ready: 1\r\nx-node: a\r\nx-node: b\r\ncontent-type: text/plain\r\ncontent-length: 0\r\n\r\n");
        var expect = new HealthExpectConfig { Headers = [new FieldMatch(name, new ValuePattern(kind, text))] };

        ProbeResult result = await HttpAsync(server.Address, new HealthCheckConfig { Expect = expect });

        result.ShouldBe(passes
            ? ProbeResult.Good("http 200")
            : ProbeResult.Bad($"http 200, but the header {name} is not as expected"));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task Http_ATextAtTheBoundOfTheBody_IsFoundUpToIt(int past, bool passes)
    {
        string body = new string('x', HttpProbe.MaxBodyBytes - 3 + past) + "yes" + new string('x', 1_000_000);
        await using var server = new ScriptedServer($"HTTP/1.1 200 OK\r\ncontent-length: {body.Length}\r\n\r\n{body}");

        (await HttpAsync(server.Address, Expecting("yes"))).Passed.ShouldBe(passes);
    }

    [Fact]
    public async Task Http_AHeadPastItsBound_Fails()
    {
        await using var server = new ScriptedServer($"HTTP/1.1 200 OK\r\nx: {new string('x', 40_000)}\r\n\r\n");

        (await HttpAsync(server.Address, new HealthCheckConfig()))
            .ShouldBe(ProbeResult.Bad("the response's head is larger than 32 KiB"));
    }

    [Fact]
    public async Task Http_ItsRequest_SaysWhatIsConfigured()
    {
        await using var server = new ScriptedServer(Ok);
        await HttpAsync(server.Address, new HealthCheckConfig { Path = "/a/../b%2f?c=[d]", Host = "app.example" });

        string[] lines = (await server.Request).TrimEnd('\n').Split('\n');

        lines[0].ShouldBe("GET /a/../b%2f?c=[d] HTTP/1.1");
        lines[1..].ShouldBe(["Host: app.example", "User-Agent: atlas-health/1.2.3", "Connection: close"], ignoreOrder: true);
    }

    [Fact]
    public async Task Http_WithoutAHost_NamesTheAddress()
    {
        await using var server = new ScriptedServer(Ok);
        await HttpAsync(server.Address, new HealthCheckConfig());

        (await server.Request).ShouldContain($"Host: {server.Address}\n");
    }

    [Theory]
    [InlineData(HealthCheckType.Http, "http 200")]
    [InlineData(HealthCheckType.Tcp, "connected")]
    public async Task UnixSocket_ThatListens_Passes(HealthCheckType type, string detail)
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("atlas-test-");
        try
        {
            await using var server = new ScriptedServer(Ok, Path.Combine(directory.FullName, "app.sock"));

            (await RunAsync(server.Address, type)).ShouldBe(ProbeResult.Good(detail));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData(HealthCheckType.Http)]
    [InlineData(HealthCheckType.Tcp)]
    public async Task Port_ThatNobodyListensOn_IsRefused(HealthCheckType type)
    {
        using var bound = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        (await RunAsync(bound.LocalEndPoint!.ToString()!, type)).ShouldBe(ProbeResult.Unreachable("connect refused"));
    }

    [Theory]
    [InlineData(HealthCheckType.Http)]
    [InlineData(HealthCheckType.Tcp)]
    public async Task UnixSocket_ThatIsNotThere_SaysSo(HealthCheckType type)
    {
        string path = Path.Combine(Path.GetTempPath(), $"atlas-test-{Guid.NewGuid():N}.sock");

        (await RunAsync($"unix:{path}", type)).ShouldBe(ProbeResult.Unreachable("connect failed: there is no such socket"));
    }

    [Theory]
    [InlineData(SocketError.TooManyOpenSockets, ProbeOutcome.Cancelled)]
    [InlineData(SocketError.NoBufferSpaceAvailable, ProbeOutcome.Cancelled)]
    [InlineData(SocketError.AccessDenied, ProbeOutcome.Failed)]
    public void Judge_WhatThisMachineLacks_SaysNothingOfTheServer(SocketError error, ProbeOutcome outcome) =>
        ServerSocket.Judge(new SocketException((int)error), Parse("127.0.0.1:1")).Outcome.ShouldBe(outcome);

    [Fact]
    public async Task Tcp_PortThatAccepts_Passes()
    {
        await using var server = new ScriptedServer("");

        (await RunAsync(server.Address, HealthCheckType.Tcp)).ShouldBe(ProbeResult.Good("connected"));
    }

    /// <summary>Nothing answers, so that only the token can end it.</summary>
    [Fact]
    public async Task Http_Cancelled_Throws()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var probe = new HttpProbe(Parse(silent.LocalEndpoint.ToString()!), new HealthCheckConfig(), "x");
        using var cancel = new CancellationTokenSource();
        Task<ProbeResult> running = probe.RunAsync(cancel.Token);
        using TcpClient client = await silent.AcceptTcpClientAsync().WaitAsync(Until.Limit);
        running.IsCompleted.ShouldBeFalse();

        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(running.WaitAsync(Until.Limit));
    }

    private static HealthCheckConfig Expecting(string text) => new() { Expect = new HealthExpectConfig { Body = new BodyPattern(IsRegex: false, text) } };

    private static Task<ProbeResult> HttpAsync(string address, HealthCheckConfig check) =>
        RunAsync(new HttpProbe(Parse(address), check, "atlas-health/1.2.3"));

    private static Task<ProbeResult> RunAsync(string address, HealthCheckType type) => RunAsync(
        type == HealthCheckType.Tcp
            ? new TcpProbe(Parse(address))
            : new HttpProbe(Parse(address), new HealthCheckConfig(), "x"));

    private static async Task<ProbeResult> RunAsync(IProbe probe)
    {
        using (probe)
        {
            return await probe.RunAsync(CancellationToken.None).WaitAsync(Until.Limit);
        }
    }

    private static ServerAddress Parse(string text)
    {
        ServerAddress.TryParse(text, out ServerAddress? address).ShouldBeTrue();
        return address!;
    }
}

using System.Net;
using System.Net.Sockets;
using Atlas.Control.Health;
using Atlas.Core.Configuration;

namespace Atlas.Control.Tests.Health;

/// <summary>The UDP probe, with real sockets.</summary>
public sealed class UdpProbeTests
{
    private static readonly ProbePayload Ping = new(IsHex: false, "ping");

    [Theory]
    [InlineData(null, "", true)]
    [InlineData(null, "po", true)]
    [InlineData(null, "hex:706f6e67", true)]
    [InlineData(null, "hex:ff", false)]
    [InlineData(null, "pong!", false)]
    [InlineData(null, "ong", false)]
    [InlineData("^p.ng$", "", true)]
    [InlineData("^png$", "", false)]
    public async Task Run_AnAnswer_IsJudged(string? regex, string prefix, bool passes)
    {
        using UdpClient server = NewServer();
        ProbePayload expected = prefix.StartsWith("hex:", StringComparison.Ordinal)
            ? new ProbePayload(IsHex: true, prefix[4..])
            : new ProbePayload(IsHex: false, prefix);
        Task answering = AnswerAsync(server, "ping", "pong");

        ProbeResult result = await RunAsync(server, new ReplyPattern(regex, expected));

        await answering;
        result.ShouldBe(passes ? ProbeResult.Good("answered") : ProbeResult.Bad("answered, but not as expected"));
    }

    [Fact]
    public async Task Run_AtAPortThatNobodyHas_FailsAtOnce()
    {
        using UdpClient server = NewServer();
        ServerAddress address = AddressOf(server);
        server.Close();

        (await RunAsync(address, ReplyPattern.Any, CancellationToken.None))
            .ShouldBe(ProbeResult.Bad("refused: nobody listens on the port"));
    }

    [Fact]
    public async Task Run_WithoutAnAnswer_WaitsUntilItIsCancelled()
    {
        using UdpClient server = NewServer();
        using var time = new CancellationTokenSource();
        Task<ProbeResult> probe = RunAsync(AddressOf(server), ReplyPattern.Any, time.Token);
        await server.ReceiveAsync(CancellationToken.None);
        probe.IsCompleted.ShouldBeFalse();
        await time.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => probe);
    }

    [Fact]
    public void Target_WithAPortOfItsCheck_IsProbedThere()
    {
        ServerAddress.TryParse("[2001:db8::1]:53", out ServerAddress? address).ShouldBeTrue();
        var target = new ProbeTarget("p", "s", address!, new HealthCheckConfig { Port = 8080 });
        target.Subject.Address.ToString().ShouldBe("[2001:db8::1]:8080");
        (target with { Check = new HealthCheckConfig() }).Subject.Address.ShouldBe(address);
    }

    private static Task<ProbeResult> RunAsync(UdpClient server, ReplyPattern reply) =>
        RunAsync(AddressOf(server), reply, CancellationToken.None);

    private static async Task<ProbeResult> RunAsync(ServerAddress address, ReplyPattern reply, CancellationToken cancellation)
    {
        var check = new HealthCheckConfig
        {
            Type = HealthCheckType.Udp,
            Send = Ping,
            Expect = new HealthExpectConfig { Reply = reply },
        };
        using var probe = new UdpProbe(address, check);
        return await probe.RunAsync(cancellation);
    }

    private static UdpClient NewServer() => new(new IPEndPoint(IPAddress.Loopback, 0));

    private static ServerAddress AddressOf(UdpClient server)
    {
        ServerAddress.TryParse(server.Client.LocalEndPoint!.ToString()!, out ServerAddress? address).ShouldBeTrue();
        return address!;
    }

    private static async Task AnswerAsync(UdpClient server, string question, string answer)
    {
        UdpReceiveResult received = await server.ReceiveAsync();
        System.Text.Encoding.ASCII.GetString(received.Buffer).ShouldBe(question);
        await server.SendAsync(System.Text.Encoding.ASCII.GetBytes(answer), received.RemoteEndPoint);
    }
}

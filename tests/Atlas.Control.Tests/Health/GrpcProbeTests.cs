using System.Net;
using System.Net.Sockets;
using System.Text;
using Atlas.Control.Health;
using Atlas.Core.Configuration;
using CsCheck;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Atlas.Control.Tests.Health;

public sealed class GrpcProbeTests
{
    // A frame with a message of field 1 = 1.
    private const string Serving = "00000000020801";

    [Theory]
    [InlineData(Serving, "0", true, "grpc SERVING")]
    [InlineData("00000000020802", "0", false, "grpc NOT_SERVING, expected SERVING")]
    [InlineData("00000000020803", "0", false, "grpc SERVICE_UNKNOWN, expected SERVING")]
    [InlineData("00000000020807", "0", false, "grpc a status that is not known, expected SERVING")]
    [InlineData("0000000000", "0", false, "grpc UNKNOWN, expected SERVING")]
    [InlineData("01000000020801", "0", false, "the response is malformed")]
    [InlineData("", "0", false, "the response is malformed")]
    [InlineData(Serving + Serving, "0", false, "the response is malformed")]
    [InlineData("", "12", false, "grpc status 12 (UNIMPLEMENTED)")]
    [InlineData(Serving, "14", false, "grpc status 14 (UNAVAILABLE)")]
    [InlineData(Serving, "17", false, "the response has no valid grpc-status")]
    [InlineData(Serving, "-1", false, "the response has no valid grpc-status")]
    [InlineData(Serving, "ok", false, "the response has no valid grpc-status")]
    public async Task Call_AResponse_IsJudged(string message, string status, bool passes, string detail)
    {
        await using GrpcServer server = await GrpcServer.AnsweringAsync(message, status);

        (await RunAsync(server.Address)).ShouldBe(passes ? ProbeResult.Good(detail) : ProbeResult.Bad(detail));
    }

    [Fact]
    public async Task Call_ThatFailsAtOnce_HasItsStatusInTheHead()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(context =>
        {
            context.Response.ContentType = "application/grpc+proto";
            context.Response.Headers["grpc-status"] = "5";
            return Task.CompletedTask;
        });

        (await RunAsync(server.Address)).ShouldBe(ProbeResult.Bad("grpc status 5 (NOT_FOUND)"));
    }

    [Theory]
    [InlineData(404, "text/plain", "http 404, expected 200")]
    [InlineData(200, "text/plain", "the response is not gRPC")]
    [InlineData(200, null, "the response is not gRPC")]
    public async Task Call_AServerWithoutGrpc_Fails(int status, string? type, string detail)
    {
        await using GrpcServer server = await GrpcServer.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = type;
            return Task.CompletedTask;
        });

        (await RunAsync(server.Address)).ShouldBe(ProbeResult.Bad(detail));
    }

    [Fact]
    public async Task Call_AServerWithHttp1Only_Fails()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(_ => Task.CompletedTask, HttpProtocols.Http1);

        (await RunAsync(server.Address)).ShouldBe(ProbeResult.Bad("the response is malformed"));
    }

    [Theory]
    [InlineData(GrpcHealthMessages.MaxResponseBytes, "grpc SERVING")]
    [InlineData(GrpcHealthMessages.MaxResponseBytes + 1, "the response is larger than 1024 bytes")]
    [InlineData(1_000_000, "the response is larger than 1024 bytes")]
    public async Task Call_AResponseAtItsBound_IsReadUpToIt(int bytes, string detail)
    {
        // Field 2 is a text that nobody knows.
        int message = bytes - GrpcHealthMessages.FrameBytes;
        int text = message - 5;
        string digits = $"00{message:x8}080112{Varint(text)}{new string('0', text * 2)}";
        await using GrpcServer server = await GrpcServer.AnsweringAsync(digits);

        (await RunAsync(server.Address)).Detail.ShouldBe(detail);
    }

    [Fact]
    public async Task Call_ItsRequest_SaysWhatIsConfigured()
    {
        await using GrpcServer server = await GrpcServer.AnsweringAsync(Serving);
        var check = new HealthCheckConfig { Service = "shop.Cart", Host = "app.example", TimeoutMs = 1_500 };

        (await RunAsync(server.Address, check)).Passed.ShouldBeTrue();

        server.Request["line"].ShouldBe("POST /grpc.health.v1.Health/Check HTTP/2");
        server.Request["body"].ShouldBe("000000000b" + "0a09" + Convert.ToHexStringLower("shop.Cart"u8));
        server.Request["content-type"].ShouldBe("application/grpc");
        server.Request["te"].ShouldBe("trailers");
        server.Request["grpc-timeout"].ShouldBe("1500m");
        server.Request["user-agent"].ShouldBe("atlas-health/1.2.3");
        server.Request["host"].ShouldBe("app.example");
    }

    [Fact]
    public async Task Call_WithoutAService_SendsAnEmptyMessageToTheAddress()
    {
        await using GrpcServer server = await GrpcServer.AnsweringAsync(Serving);

        await RunAsync(server.Address);

        server.Request["body"].ShouldBe("0000000000");
        server.Request["host"].ShouldBe(server.Address);
    }

    [Fact]
    public async Task Call_ThatEnded_LeavesNoConnection()
    {
        await using GrpcServer server = await GrpcServer.AnsweringAsync(Serving);
        using var probe = new GrpcProbe(Parse(server.Address), new HealthCheckConfig(), "x");

        (await probe.RunAsync(CancellationToken.None).WaitAsync(Until.Limit)).Passed.ShouldBeTrue();
        await Until.SoAsync(() => server.Connections == 0);
        (await probe.RunAsync(CancellationToken.None).WaitAsync(Until.Limit)).Passed.ShouldBeTrue();
    }

    [Fact]
    public async Task Call_PortThatNobodyListensOn_IsRefused()
    {
        using var bound = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        (await RunAsync(bound.LocalEndPoint!.ToString()!)).ShouldBe(ProbeResult.Unreachable("connect refused"));
    }

    [Fact]
    public async Task Call_Cancelled_Throws()
    {
        var arrived = new TaskCompletionSource();
        await using GrpcServer server = await GrpcServer.StartAsync(context =>
        {
            arrived.TrySetResult();
            return Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        using var probe = new GrpcProbe(Parse(server.Address), new HealthCheckConfig(), "x");
        using var cancel = new CancellationTokenSource();
        Task<ProbeResult> running = probe.RunAsync(cancel.Token);
        await arrived.Task.WaitAsync(Until.Limit);

        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(running.WaitAsync(Until.Limit));
    }

    [Fact]
    public async Task Checks_OfTypeGrpc_AskTheServer()
    {
        await using GrpcServer server = await GrpcServer.AnsweringAsync(Serving);
        var check = new HealthCheckConfig { Type = HealthCheckType.Grpc, IntervalMs = 100 };
        var target = new ProbeTarget("web", "a", Parse(server.Address), check);
        using var checks = new HealthChecks(new HealthOptions { Random = () => 0 });

        checks.Apply([new CheckedServer(target, IsKnown: false, (_, tell) => tell())]);

        await Until.SoAsync(() => checks.Find(target)!.Last is not null);
        checks.Find(target)!.Last!.Result.ShouldBe(ProbeResult.Good("grpc SERVING"));
    }

    [Theory]
    [InlineData("", "0000000000")]
    [InlineData("a", "00000000030a0161")]
    public void Request_AService_IsFramed(string service, string expected) =>
        Convert.ToHexStringLower(GrpcHealthMessages.Request(service)).ShouldBe(expected);

    [Theory]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(768)]
    public void Request_ALongService_HasItsLengthAsAVarint(int bytes)
    {
        byte[] request = GrpcHealthMessages.Request(new string('s', bytes));

        string prefix = "0a" + Varint(bytes);
        string expected = $"00{bytes + (prefix.Length / 2):x8}{prefix}{Convert.ToHexStringLower(Encoding.ASCII.GetBytes(new string('s', bytes)))}";
        Convert.ToHexStringLower(request).ShouldBe(expected);
    }

    [Theory]
    [InlineData("", 0UL)]
    [InlineData("0801", 1UL)]
    [InlineData("08020801", 1UL)]
    [InlineData("08818000", 1UL)]
    [InlineData("08ffffffffffffffffff01", ulong.MaxValue)]
    [InlineData("10050801", 1UL)]
    [InlineData("1100000000000000000801", 1UL)]
    [InlineData("120261620801", 1UL)]
    [InlineData("15000000000801", 1UL)]
    [InlineData("08", null)]
    [InlineData("0880", null)]
    [InlineData("08ffffffffffffffffffff01", null)]
    [InlineData("1205", null)]
    [InlineData("12ffffffffffffffffff01", null)]
    [InlineData("1500", null)]
    [InlineData("1100", null)]
    [InlineData("0b0c0801", null)]
    [InlineData("0001", null)]
    public void StatusOf_AMessage_IsReadOrRefused(string message, ulong? expected) =>
        GrpcHealthMessages.StatusOf(Convert.FromHexString($"00{message.Length / 2:x8}{message}")).ShouldBe(expected);

    [Fact]
    public void StatusOf_AnyBytes_ThrowsNothing() => Gen.Byte.Array[0, 60].Sample(bytes =>
    {
        byte[] framed = [0, 0, 0, 0, (byte)bytes.Length, .. bytes];
        _ = GrpcHealthMessages.StatusOf(framed);
        _ = GrpcHealthMessages.StatusOf(bytes);
    });

    private static string Varint(int value) =>
        value < 0x80 ? $"{value:x2}" : $"{(value & 0x7f) | 0x80:x2}{Varint(value >> 7)}";

    private static Task<ProbeResult> RunAsync(string address) => RunAsync(address, new HealthCheckConfig());

    private static async Task<ProbeResult> RunAsync(string address, HealthCheckConfig check)
    {
        using var probe = new GrpcProbe(Parse(address), check, "atlas-health/1.2.3");
        return await probe.RunAsync(CancellationToken.None).WaitAsync(Until.Limit);
    }

    private static ServerAddress Parse(string text)
    {
        ServerAddress.TryParse(text, out ServerAddress? address).ShouldBeTrue();
        return address!;
    }
}

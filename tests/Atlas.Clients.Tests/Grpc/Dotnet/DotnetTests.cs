using Atlas.Clients.Tests.Grpc.Messages;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace Atlas.Clients.Tests.Grpc.Dotnet;

/// <summary>Grpc.Net.Client before Atlas, and Grpc.AspNetCore behind it.</summary>
public sealed class DotnetTests(DotnetSite grpc) : IClassFixture<DotnetSite>
{
    private const int Large = 314_159;

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Unary_LargeMessages_PassBothWays(bool tls, bool isCompressed)
    {
        using GrpcChannel channel = grpc.Channel(tls);
        var metadata = new Metadata();
        if (isCompressed)
        {
            metadata.Add("grpc-internal-encoding-request", "gzip");
        }

        using AsyncUnaryCall<SimpleResponse> call = Client(channel).UnaryCallAsync(
            new SimpleRequest
            {
                ResponseSize = Large, Payload = Payload(Large),
                ExpectCompressed = new BoolValue { Value = isCompressed }, ResponseCompressed = new BoolValue { Value = isCompressed },
            },
            Limited(metadata));

        (await call).Payload.Body.Length.ShouldBe(Large);
        call.GetStatus().StatusCode.ShouldBe(StatusCode.OK);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Streams_EitherWay_Pass(bool tls)
    {
        using GrpcChannel channel = grpc.Channel(tls);
        using AsyncClientStreamingCall<StreamingInputCallRequest, StreamingInputCallResponse> up = Client(channel).StreamingInputCall(Limited());
        foreach (int size in new[] { 27_182, 8, 1_828, 45_904 })
        {
            await up.RequestStream.WriteAsync(new StreamingInputCallRequest { Payload = Payload(size) });
        }

        await up.RequestStream.CompleteAsync();
        (await up).AggregatedPayloadSize.ShouldBe(74_922);

        using AsyncServerStreamingCall<StreamingOutputCallResponse> down =
            Client(channel).StreamingOutputCall(Asking(31_415, 9, 2_653, 58_979), Limited());
        (await down.ResponseStream.ReadAllAsync().Select(reply => reply.Payload.Body.Length).ToArrayAsync()).ShouldBe([31_415, 9, 2_653, 58_979]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stream_BothWays_PassesMessageByMessage(bool tls)
    {
        using GrpcChannel channel = grpc.Channel(tls);
        using AsyncDuplexStreamingCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call = Client(channel).FullDuplexCall(Limited());

        for (int i = 1; i <= 100; i++)
        {
            await call.RequestStream.WriteAsync(Asking(i * 100));
            (await call.ResponseStream.MoveNext(CancellationToken.None)).ShouldBeTrue();
            call.ResponseStream.Current.Payload.Body.Length.ShouldBe(i * 100);
        }

        await call.RequestStream.CompleteAsync();
        (await call.ResponseStream.MoveNext(CancellationToken.None)).ShouldBeFalse();
        call.GetStatus().StatusCode.ShouldBe(StatusCode.OK);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Call_ThatIsCancelled_EndsAtTheServer(bool tls)
    {
        await using var own = new DotnetSite();
        await own.InitializeAsync();
        using GrpcChannel channel = own.Channel(tls);
        using var cancel = new CancellationTokenSource();
        using AsyncDuplexStreamingCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call =
            Client(channel).FullDuplexCall(cancellationToken: cancel.Token);
        await call.RequestStream.WriteAsync(Asking(10));
        (await call.ResponseStream.MoveNext(CancellationToken.None)).ShouldBeTrue();

        await cancel.CancelAsync();

        RpcException error = await Should.ThrowAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None));
        error.StatusCode.ShouldBe(StatusCode.Cancelled);
        await own.Server.Events.Cancelled.Task.WaitAsync(RunningProgram.Limit);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Deadline_ReachesTheServerAndEndsTheCall(bool tls)
    {
        await using var own = new DotnetSite();
        await own.InitializeAsync();
        using GrpcChannel channel = own.Channel(tls);
        DateTime deadline = DateTime.UtcNow.AddHours(1);
        await Client(channel).EmptyCallAsync(new Empty(), deadline: deadline);
        (await own.Server.Events.Deadline.Task).ShouldBe(deadline, TimeSpan.FromMinutes(5));

        // Until one has begun at the server before it ends, however slow the machine is.
        for (int ms = 200; !own.Server.Events.Cancelled.Task.IsCompleted; ms *= 2)
        {
            using AsyncDuplexStreamingCall<StreamingOutputCallRequest, StreamingOutputCallResponse> call =
                Client(channel).FullDuplexCall(deadline: DateTime.UtcNow.AddMilliseconds(ms));
            RpcException error = await Should.ThrowAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None));
            error.StatusCode.ShouldBe(StatusCode.DeadlineExceeded);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Call_WithTheServerDown_IsUnavailable(bool tls)
    {
        await using var own = new DotnetSite();
        await own.InitializeAsync();
        using GrpcChannel channel = own.Channel(tls);
        await own.Server.DisposeAsync();

        RpcException error = await Should.ThrowAsync<RpcException>(async () => await Client(channel).EmptyCallAsync(new Empty(), Limited()));

        error.StatusCode.ShouldBe(StatusCode.Unavailable);
    }

    private static TestService.TestServiceClient Client(GrpcChannel channel) => new(channel);

    private static CallOptions Limited(Metadata? metadata = null) => new(metadata, DateTime.UtcNow + RunningProgram.Limit);

    private static Payload Payload(int size) => new() { Body = ByteString.CopyFrom(new byte[size]) };

    private static StreamingOutputCallRequest Asking(params int[] sizes) =>
        new() { ResponseParameters = { sizes.Select(size => new ResponseParameters { Size = size }) } };
}

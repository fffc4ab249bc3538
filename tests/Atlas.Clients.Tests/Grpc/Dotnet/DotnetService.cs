using Atlas.Clients.Tests.Grpc.Messages;
using Google.Protobuf;
using Grpc.Core;

namespace Atlas.Clients.Tests.Grpc.Dotnet;

/// <summary>The service that the cases of interoperability call.</summary>
public sealed class DotnetService(CallEvents events) : TestService.TestServiceBase
{
    private const string Initial = "x-grpc-test-echo-initial";
    private const string Trailing = "x-grpc-test-echo-trailing-bin";

    public override async Task<Empty> EmptyCall(Empty request, ServerCallContext context)
    {
        await BeginAsync(context);

        // An empty message is compressed to nothing here, of which grpc-js makes an error, without a balancer between, too.
        context.WriteOptions = Options(null);
        return new Empty();
    }

    public override async Task<SimpleResponse> UnaryCall(SimpleRequest request, ServerCallContext context)
    {
        ExpectCompressed(request.ExpectCompressed, context);
        await BeginAsync(context);
        Fail(request.ResponseStatus);
        context.WriteOptions = Options(request.ResponseCompressed);
        return new SimpleResponse { Payload = Payload(request.ResponseSize) };
    }

    public override async Task<StreamingInputCallResponse> StreamingInputCall(
        IAsyncStreamReader<StreamingInputCallRequest> requestStream, ServerCallContext context)
    {
        await BeginAsync(context);
        int sum = 0;
        await foreach (StreamingInputCallRequest request in requestStream.ReadAllAsync())
        {
            sum += request.Payload.Body.Length;
        }

        return new StreamingInputCallResponse { AggregatedPayloadSize = sum };
    }

    public override async Task StreamingOutputCall(
        StreamingOutputCallRequest request, IServerStreamWriter<StreamingOutputCallResponse> responseStream, ServerCallContext context)
    {
        await BeginAsync(context);
        await AnswerAsync(request, responseStream);
    }

    public override async Task FullDuplexCall(
        IAsyncStreamReader<StreamingOutputCallRequest> requestStream, IServerStreamWriter<StreamingOutputCallResponse> responseStream,
        ServerCallContext context)
    {
        await BeginAsync(context);
        await foreach (StreamingOutputCallRequest request in requestStream.ReadAllAsync())
        {
            Fail(request.ResponseStatus);
            await AnswerAsync(request, responseStream);
        }
    }

    private async Task BeginAsync(ServerCallContext context)
    {
        context.CancellationToken.Register(() => events.Cancelled.TrySetResult());
        if (context.Deadline != DateTime.MaxValue)
        {
            events.Deadline.TrySetResult(context.Deadline);
        }

        foreach (Metadata.Entry entry in context.RequestHeaders)
        {
            if (entry.Key == Trailing)
            {
                context.ResponseTrailers.Add(entry);
            }
        }

        // Sent at once, so that a client sees that the call has begun.
        var initial = new Metadata();
        if (context.RequestHeaders.GetValue(Initial) is { } value)
        {
            initial.Add(Initial, value);
        }

        await context.WriteResponseHeadersAsync(initial);
    }

    private static async Task AnswerAsync(StreamingOutputCallRequest request, IServerStreamWriter<StreamingOutputCallResponse> responses)
    {
        foreach (ResponseParameters asked in request.ResponseParameters)
        {
            responses.WriteOptions = Options(asked.Compressed);
            await responses.WriteAsync(new StreamingOutputCallResponse { Payload = Payload(asked.Size) });
        }
    }

    private static Payload Payload(int size) => new() { Body = ByteString.CopyFrom(new byte[size]) };

    private static WriteOptions Options(BoolValue? isCompressed) =>
        new(isCompressed is { Value: true } ? 0 : WriteFlags.NoCompress);

    private static void ExpectCompressed(BoolValue? expected, ServerCallContext context)
    {
        if (expected is { Value: true } && context.GetHttpContext().Request.Headers["grpc-encoding"] != "gzip")
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, "The message is not compressed."));
        }
    }

    private static void Fail(EchoStatus? status)
    {
        if (status is { Code: not 0 })
        {
            throw new RpcException(new Status((StatusCode)status.Code, status.Message));
        }
    }
}

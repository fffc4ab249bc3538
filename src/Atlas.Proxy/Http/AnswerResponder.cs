using Atlas.Core.Routing;
using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;
using Atlas.Proxy.Answers;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Forwarding;
using Atlas.Proxy.Routing;

namespace Atlas.Proxy.Http;

/// <summary>Answers a request that goes to no server: with what its route says, or with a redirect to the path that everybody
/// reads the same way.</summary>
internal static class AnswerResponder
{
    /// <summary>What is logged of a redirect that has no host to lead to.</summary>
    internal const string NoHost = "no Host header, which the route's redirect needs";

    internal static async Flow SendAsync(WorkerContext context, Downstream session, Exchange x)
    {
        x.TakeWholeBody();
        x.KeepClient &= x.RequestBodyDone;
        NativeBuffer? buffer = context.Loop.Buffers.TryRent(x.In!.Size);
        int body = 0;
        int length = buffer is null ? -1 : Write(buffer.Span, context, session, x, out body);
        if (length < 0 && x.Error == ProxyError.None && x.In.Size == BufferSize.Small)
        {
            buffer?.Return();
            buffer = context.Loop.Buffers.TryRent(BufferSize.Large);
            length = buffer is null ? -1 : Write(buffer.Span, context, session, x, out body);
        }

        if (length < 0)
        {
            x.Error = x.Error == ProxyError.None ? ProxyError.Overload : x.Error;
        }
        else
        {
            x.ResponseStarted = true;
            if (!await session.SendHeadAsync(x, buffer!, length, body, buffer!, length, body))
            {
                ResponseBodyRelay.ClientFailed(x);
            }
        }

        buffer?.Return();
    }

    // The head, and behind it the body; -1: they do not fit.
    private static int Write(
        Span<byte> destination, WorkerContext context, Downstream session, Exchange x, out int bodyLength)
    {
        bodyLength = 0;
        RouteAnswer? answer = x.Route?.Answer;
        HeaderRules rules = x.Route?.ResponseHeaders ?? HeaderRules.None;
        x.Status = answer?.Status ?? 308;
        ReadOnlySpan<byte> body = answer is null ? default : answer.Body;
        AnsweredRequest request = RequestOf(context, session, x);
        var writer = new HeadWriter(destination);
        writer.StatusLine(x.Status);
        if (answer is null)
        {
            WriteDecodedLocation(ref writer, context, request);
        }
        else if (!answer.WriteFields(ref writer, request, rules))
        {
            // A redirect to a host that an HTTP/1.0 client did not name.
            x.Error = ProxyError.BadRequest;
            x.Detail = NoHost;
            return -1;
        }

        if (answer is not { HasDate: true } && !rules.Drop(KnownHeader.Date))
        {
            writer.Field("date"u8, context.Date());
        }

        x.Limit.Write(ref writer, rules);
        rules.Write(ref writer);
        if (x.Status is not (204 or 304))
        {
            writer.Field("content-length"u8, body.Length);
        }

        if (!x.KeepClient)
        {
            writer.Field("connection"u8, "close"u8);
        }
        else if (x.Request.Version == HttpVersion.Http10)
        {
            writer.Field("connection"u8, "keep-alive"u8);
        }

        writer.End();
        int head = writer.Written;
        if (x.Request.Method != HttpMethod.Head)
        {
            writer.Append(body);
            x.ResponseBodyBytes = body.Length;
        }

        bodyLength = writer.Written - head;
        return writer.Overflowed ? -1 : head;
    }

    private static void WriteDecodedLocation(ref HeadWriter writer, WorkerContext context, in AnsweredRequest request)
    {
        Span<byte> decoded = context.Paths.Spelled(request.Path.Length);
        int length = RequestPath.WriteWithSlashes(request.Path, decoded);
        writer.BeginField("location"u8);
        LocationTemplate.WritePath(ref writer, decoded[..length]);
        LocationTemplate.WriteQuery(ref writer, request);
        writer.EndField();
    }

    private static AnsweredRequest RequestOf(WorkerContext context, Downstream session, Exchange x)
    {
        ReadOnlySpan<byte> buffer = x.In!.Span;
        return new AnsweredRequest
        {
            Scheme = RequestRouter.SchemeOf(session, x),
            Host = x.Request.Host.Of(buffer),
            Authority = x.Request.Authority.Of(buffer),
            Path = x.Request.Path.Of(buffer),
            Rest = x.Route is null ? default : RequestRouter.RestOf(context, session, x),
            HasQuery = x.Request.HasQuery,
            Query = x.Request.Query.Of(buffer),
        };
    }
}

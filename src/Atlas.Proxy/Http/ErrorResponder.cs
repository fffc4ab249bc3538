using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;
using Atlas.Proxy.Connections;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Forwarding;
using Atlas.Proxy.Routing;

namespace Atlas.Proxy.Http;

/// <summary>Answers a request that the proxy ends itself: status, one line of text, <c>Proxy-Status</c> (RFC 9209).</summary>
internal static class ErrorResponder
{
    // RFC 9110 15.5.20: the client tries again on a connection of its own for the host, where another listener or server may have it.
    private const int Misdirected = 421;

    internal static async Flow SendAsync(WorkerContext context, Downstream session, Exchange x)
    {
        int status = x.Error == ProxyError.BadRequest && x.RequestParser.Error != HttpError.None
            ? x.RequestParser.Error.StatusCode()
            : x.Error == ProxyError.NoRoute && Misdirection.IsElsewhere(session.Connection.Tls, x.Request.Authority.Of(x.HeadBytes)) ? Misdirected
            : x.Error.Status();
        if (x.ResponseStarted)
        {
            // What the client got stays its status; how it ended says the error.
            x.KeepClient = false;
            return;
        }

        x.Status = status;
        if (status is 0 or 499)
        {
            x.KeepClient = false;
            return;
        }

        NativeBuffer? buffer = context.Loop.Buffers.TryRent(BufferSize.Small);
        if (buffer is null)
        {
            x.KeepClient = false;
            return;
        }

        int body = 0;
        int head = x.HeadUs != 0 && GrpcStatus.IsCall(x.HeadBytes, x.Request)
            ? WriteForCall(buffer.Span, context, session, x, status)
            : Write(buffer.Span, context, session, x, status, out body);
        if (!await session.SendHeadAsync(x, buffer, head, body, buffer, head, body))
        {
            x.ClientGone = true;
        }

        buffer.Return();
    }

    // A call of gRPC ends with a status of gRPC, which stands in the head where nothing follows it (gRPC over HTTP2: Trailers-Only).
    private static int WriteForCall(Span<byte> destination, WorkerContext context, Downstream session, Exchange x, int status)
    {
        x.Status = 200;
        x.GrpcStatus = GrpcStatus.Of(x.Error, status);
        var writer = new HeadWriter(destination);
        writer.StatusLine(x.Status);
        writer.Field("date"u8, context.Date());
        writer.Field("content-type"u8, "application/grpc"u8);
        writer.Field("content-length"u8, 0);
        writer.Field("grpc-status"u8, x.GrpcStatus);
        writer.Field("grpc-message"u8, ReasonPhrases.Of(status));
        WriteOrigin(ref writer, session, x);
        WriteRetryAfter(ref writer, context, x, status);
        if (!x.KeepClient)
        {
            writer.Field("connection"u8, "close"u8);
        }

        writer.End();
        return writer.Written;
    }

    // What ended it, and what to look for in the log.
    private static void WriteOrigin(ref HeadWriter writer, Downstream session, Exchange x)
    {
        ReadOnlySpan<byte> type = x.Error == ProxyError.TlsFailed && x.IsCertificateRefused
            ? "tls_certificate_error"u8
            : x.Error.ProxyStatusType();
        if (!type.IsEmpty)
        {
            writer.BeginField("proxy-status"u8);
            writer.Append(session.Listener.PseudonymBytes);
            writer.Append("; error="u8);
            writer.Append(type);
            writer.EndField();
        }

        if (x.Error == ProxyError.SessionConflict)
        {
            // What tells this 409 from one of the application: the request is to be sent once more.
            writer.Field("atlas-conflict"u8, "session"u8);
        }

        // What the store did stays done, whatever became of the response behind it.
        x.Session?.WriteCookie(ref writer, RequestRouter.SchemeOf(session, x).SequenceEqual("https"u8));
        x.Limit.Write(ref writer, HeaderRules.None);
        ReadOnlySpan<byte> id = x.Relay.RequestIdOf(session);
        if (!id.IsEmpty)
        {
            writer.Field("x-request-id"u8, id);
        }

        if (session.Listener.Hsts.Length > 0)
        {
            writer.Field("strict-transport-security"u8, session.Listener.Hsts);
        }
    }

    // The head, and behind it the body.
    private static int Write(
        Span<byte> destination, WorkerContext context, Downstream session, Exchange x, int status, out int body)
    {
        ReadOnlySpan<byte> reason = ReasonPhrases.Of(status);
        var writer = new HeadWriter(destination);
        writer.StatusLine(status);
        writer.Field("date"u8, context.Date());
        writer.Field("content-type"u8, "text/plain"u8);
        writer.Field("content-length"u8, reason.Length + 1);
        WriteOrigin(ref writer, session, x);
        if (status == 405)
        {
            // RFC 9110 15.5.6. What a server allows beyond these is its own to say.
            writer.Field("allow"u8, "GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS"u8);
        }

        WriteRetryAfter(ref writer, context, x, status);

        if (!x.KeepClient)
        {
            writer.Field("connection"u8, "close"u8);
        }

        writer.End();
        int head = writer.Written;
        if (x.Request.Method != HttpMethod.Head)
        {
            writer.Append(reason);
            writer.Append("\n"u8);
            x.ResponseBodyBytes = reason.Length + 1;
        }

        body = writer.Written - head;
        return head;
    }

    private static void WriteRetryAfter(ref HeadWriter writer, WorkerContext context, Exchange x, int status)
    {
        if (status is 429 or 503)
        {
            writer.Field("retry-after"u8, RetryAfterSeconds(context, x));
        }
    }

    /// <summary>When the client may come again, if it is known: once its rate limit or the circuit breaker lets the next request
    /// pass.</summary>
    private static long RetryAfterSeconds(WorkerContext context, Exchange x)
    {
        if (x.Error == ProxyError.RateLimited)
        {
            return x.Limit.RetryAfterSeconds;
        }

        const int second = 1_000;
        long ms = x.Error == ProxyError.CircuitOpen && x.Pool?.CircuitBreaker is { } breaker
            ? breaker.RetryAfterMs(context.Loop.NowMs)
            : second;
        return Math.Max((ms + second - 1) / second, 1);
    }
}

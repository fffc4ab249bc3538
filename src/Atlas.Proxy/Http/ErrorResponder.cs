using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;
using Atlas.Proxy.Errors;

namespace Atlas.Proxy.Http;

/// <summary>Answers a request that the proxy ends itself: status, one line of text, <c>Proxy-Status</c> (RFC 9209).</summary>
internal static class ErrorResponder
{
    internal static async Flow SendAsync(WorkerContext context, HttpSession session, Exchange x)
    {
        int status = x.Error == ProxyError.BadRequest && x.RequestParser.Error != HttpError.None
            ? x.RequestParser.Error.StatusCode()
            : x.Error.Status();
        x.Status = status;
        if (status is 0 or 499 || x.ResponseStarted)
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

        int length = Write(buffer.Span, context, session, x, status);
        if (!await StreamWrites.SendAsync(session.Client, x.ClientSend, buffer, 0, length))
        {
            x.ClientGone = true;
        }

        buffer.Return();
    }

    private static int Write(Span<byte> destination, WorkerContext context, HttpSession session, Exchange x, int status)
    {
        ReadOnlySpan<byte> reason = ReasonPhrases.Of(status);
        var writer = new HeadWriter(destination);
        writer.StatusLine(status);
        writer.Field("date"u8, context.Date());
        writer.Field("content-type"u8, "text/plain"u8);
        writer.Field("content-length"u8, reason.Length + 1);
        ReadOnlySpan<byte> type = x.Error.ProxyStatusType();
        if (!type.IsEmpty)
        {
            writer.BeginField("proxy-status"u8);
            writer.Append(session.Listener.PseudonymBytes);
            writer.Append("; error="u8);
            writer.Append(type);
            writer.EndField();
        }

        if (status == 405)
        {
            // RFC 9110 15.5.6. What a server allows beyond these is its own to say.
            writer.Field("allow"u8, "GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS"u8);
        }

        if (status == 503)
        {
            writer.Field("retry-after"u8, 1);
        }

        if (!x.KeepClient)
        {
            writer.Field("connection"u8, "close"u8);
        }

        writer.End();
        if (x.Request.Method != HttpMethod.Head)
        {
            writer.Append(reason);
            writer.Append("\n"u8);
        }

        return writer.Written;
    }
}

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
        if (!await StreamWrites.SendAsync(session.Client, buffer, 0, length, session.Listener.BodyIdleMs))
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
        writer.BeginField("proxy-status"u8);
        writer.Append(System.Text.Encoding.ASCII.GetBytes(session.Listener.Pseudonym));
        writer.Append("; error="u8);
        writer.Append(x.Error.ProxyStatusType());
        writer.EndField();
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

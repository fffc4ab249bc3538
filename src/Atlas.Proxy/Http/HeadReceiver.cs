using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Protocols.Http1;
using Atlas.Proxy.Errors;

namespace Atlas.Proxy.Http;

/// <summary>Receives the head of a request, within the listener's time for it.</summary>
internal static class HeadReceiver
{
    /// <summary>Reads and parses a head.</summary>
    /// <returns>Done; error with the exchange's error, or without one when the client left; need-more when not a single byte
    /// was there.</returns>
    internal static async ResultFlow<ParseStatus> ReceiveAsync(WorkerContext context, HttpSession session, Exchange x)
    {
        long deadlineMs = context.Loop.NowMs + session.Listener.HeadersMs;
        while (true)
        {
            if (x.InEnd > 0)
            {
                ParseStatus status = x.RequestParser.Parse(x.In!.Span[..x.InEnd], x.Request, session.Listener.Limits, session.Listener.Repairs);
                if (status == ParseStatus.Done)
                {
                    return ParseStatus.Done;
                }

                if (status == ParseStatus.Error || (x.InEnd == x.In!.Length && !x.TryGrowIn(context.Loop.Buffers)))
                {
                    x.Error = status == ParseStatus.Error ? ProxyError.BadRequest : ProxyError.Overload;
                    return ParseStatus.Error;
                }
            }

            int received = session.Client.TryReceive(x.In!.Span[x.InEnd..]);
            if (received > 0)
            {
                x.InEnd += received;
                continue;
            }

            if (received != ByteStream.WouldBlock)
            {
                return ParseStatus.Error;
            }

            if (x.InEnd == 0)
            {
                return ParseStatus.NeedMore;
            }

            WaitResult wait = await session.Client.ReceiveReadyAsync(deadlineMs);
            if (wait == WaitResult.TimedOut)
            {
                x.Error = ProxyError.ClientSlow;
            }

            if (wait != WaitResult.Ready)
            {
                return ParseStatus.Error;
            }
        }
    }
}

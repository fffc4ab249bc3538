using System.Text;
using Atlas.Core.Routing;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Logging;

namespace Atlas.Proxy.Http;

/// <summary>Counts and logs a request when it has ended, however it ended: once per request.</summary>
internal static class RequestEnd
{
    internal static void Record(WorkerContext context, Downstream session, Exchange x)
    {
        long endUs = context.Loop.NowUs;

        // RFC 8441 5: the server's 101 is a 200 to a client of HTTP/2, whose CONNECT went on as a GET.
        int status = session.AsksForTunnel && x.Status == 101 ? 200 : x.Status;
        session.View.Counters.RequestEnded(
            status, x.Error, endUs - x.BeganUs, x.RequestWireBytes, x.ClientSend.Bytes);
        x.Route?.Metrics?.ForWorker(context.Index).RequestEnded(status);
        if (x.Request.Repair != RequestRepairs.None && x.HeadUs != 0)
        {
            session.View.Counters.RequestRepaired(x.Request.Repair);
        }

        IReadOnlyList<AccessLogWriter> log = session.Listener.AccessLog;
        if (log.Count > 0)
        {
            Log(log[context.Index], session, x, status, endUs);
        }
    }

    private static void Log(AccessLogWriter log, Downstream session, Exchange x, int status, long endUs)
    {
        ReadOnlySpan<byte> buffer = x.HeadBytes;
        RequestHead head = x.Request;

        // Of a head that was refused, what was read before stands in the log: who asks why a client gets 400 needs it.
        bool isRead = x.HeadUs != 0;
        Span<byte> failed = stackalloc byte[x.Failed.Count > 0 ? LineBounds.TriesField : 0];
        failed = failed[..x.Failed.Write(failed)];
        log.Write(new AccessRecord
        {
            UnixMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
            ClientIp = !x.Client.IsEmpty ? x.Client.Of(buffer) : session.PeerIp.IsEmpty ? "unix"u8 : session.PeerIp,
            ClientPort = x.Client.IsEmpty ? session.PeerPort : 0,
            Listener = session.View.Name,
            Route = x.Route is null ? default : x.Route.NameBytes,
            Pool = x.Pool is null ? default : x.Pool.NameBytes,
            Server = x.Server is null ? default : x.Server.NameBytes,
            Method = session.AsksForTunnel ? "CONNECT"u8 : head.MethodName.Of(buffer),
            Host = head.Authority.Of(buffer),
            Path = head.Path.Of(buffer),
            Query = head.Query.Of(buffer),
            Version = !isRead ? default : session.ProtocolOf(head),
            Status = status,
            GrpcStatus = x.GrpcStatus,
            Error = x.Error,
            Detail = DetailOf(session, x),
            Attempts = x.Attempts,
            FailedTries = failed,
            ReusedUpstream = x.ReusedUpstream,
            BytesReceived = isRead ? x.RequestWireBytes : x.InEnd,
            BytesSent = x.ClientSend.Bytes,
            BodyReceived = x.RequestBodyBytes,
            BodySent = x.ResponseBodyBytes,
            RequestId = isRead ? x.Relay.RequestIdOf(session) : default,
            UserAgent = ValueOf(buffer, head, KnownHeader.UserAgent),
            Referer = ValueOf(buffer, head, KnownHeader.Referer),
            Tls = session.Connection.TlsRecord,
            Timers = TimersOf(session, x, endUs),
        });
    }

    private static ReadOnlySpan<byte> ValueOf(ReadOnlySpan<byte> buffer, RequestHead head, KnownHeader known)
    {
        int index = head.Headers.IndexOf(known);
        return index < 0 ? default : head.Headers[index].Value.Of(buffer);
    }

    // What ended the request; else what strictest would have refused it for, where that is to be known.
    private static ReadOnlySpan<byte> DetailOf(Downstream session, Exchange x)
    {
        ReadOnlySpan<byte> detail = x.Error switch
        {
            _ when x.Detail.Length > 0 && x.Error != ProxyError.None => Encoding.UTF8.GetBytes(x.Detail),
            ProxyError.UpstreamProtocol => Details.Of(x.ResponseParser.Error),
            ProxyError.BadRequest when x.PathStatus != PathStatus.Ok => Details.Of(x.PathStatus),
            ProxyError.BadRequest when x.UndecidedBy != RouteCondition.None => Details.Of(x.UndecidedBy),
            ProxyError.BadRequest => Details.Of(x.RequestParser.Error),
            ProxyError.None when x.Session is { Problem.Length: > 0 } user => Encoding.UTF8.GetBytes($"session: {user.Problem}"),
            ProxyError.UpstreamTimeout when x.IsExpired => "the route's timeouts.request passed"u8,
            _ => default,
        };
        return detail.IsEmpty && session.Listener.LogsRepairs ? Details.Of(Repairs.ErrorOf(x.Request.Repair)) : detail;
    }

    private static AccessTimers TimersOf(Downstream session, Exchange x, long endUs) => new()
    {
        HandshakeMs = session.HandshakeMs,
        IdleMs = Ms(session.IdleSinceUs, x.BeganUs),
        RequestMs = Ms(x.BeganUs, x.HeadUs),
        QueueMs = x.QueuedUs < 0 ? AccessTimers.NotReached : (int)(x.QueuedUs / 1000),
        ConnectMs = Ms(x.HeadUs + Math.Max(x.QueuedUs, 0), x.ConnectedUs),
        ResponseMs = Ms(x.ConnectedUs, x.ResponseUs),
        DataMs = Ms(x.ResponseUs, endUs),
        ActiveMs = Ms(x.BeganUs, endUs),
    };

    private static int Ms(long fromUs, long toUs) => fromUs == 0 || toUs == 0
        ? AccessTimers.NotReached
        : (int)Math.Min((toUs - fromUs) / 1000, int.MaxValue);
}

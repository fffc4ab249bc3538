using Atlas.Core.Configuration;
using Atlas.Core.Tls;
using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Interop;
using Atlas.Engine.Streams;
using Atlas.Engine.Tls;
using Atlas.Engine.Workers;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Upstream;

/// <summary>Connects to servers: the one place that does. With TLS a connection opens with the PROXY protocol header, if servers get
/// one, and then the handshake; without it the header leaves with the first bytes and is its sender's.</summary>
internal static class ServerDialer
{
    /// <summary>Makes a connection for requests.</summary>
    /// <param name="loop">The worker's.</param>
    /// <param name="server">Where to.</param>
    /// <param name="pool">The server's pool.</param>
    /// <param name="origin">Whom the server is told of; null: nobody.</param>
    /// <param name="deadlineMs">The loop's time at which it gives up, the handshake included.</param>
    internal static async ResultFlow<Dialed> DialAsync(
        EventLoop loop, ServerState server, PoolSnapshot pool, ProxyOrigin? origin, long deadlineMs)
    {
        ConnectResult result = await loop.ConnectAsync(server.Address, deadlineMs);
        if (result.Stream is null)
        {
            return Failed(server, result.Error);
        }

        if (pool.Tls is null)
        {
            server.Connected();
            return new Dialed(result.Stream, ProxyError.None);
        }

        NativeBuffer? opening = origin is null ? null : loop.Buffers.TryRent(BufferSize.Small);
        if (opening is null && origin is not null)
        {
            result.Stream.Abort();
            return new Dialed(null, ProxyError.Overload, IsOurs: true);
        }

        int length = opening is null ? 0 : origin!.WriteHeader(pool.SendProxyProtocol, opening.Span);
        Dialed dialed = await SecureAsync(result.Stream, server, pool, opening, length, deadlineMs);
        opening?.Return();
        return dialed;
    }

    /// <summary>Shakes hands on a connection.</summary>
    /// <param name="stream">The connection, which is aborted on failure.</param>
    /// <param name="server">The server.</param>
    /// <param name="pool">Its pool, which has TLS.</param>
    /// <param name="opening">What goes before the handshake; null: nothing.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="deadlineMs">The loop's time at which it gives up.</param>
    internal static async ResultFlow<Dialed> SecureAsync(
        ByteStream stream, ServerState server, PoolSnapshot pool, NativeBuffer? opening, int length, long deadlineMs)
    {
        int sent = 0;
        while (sent < length)
        {
            int taken = stream.TrySend(opening!.Span[sent..length]);
            sent += Math.Max(taken, 0);
            if (taken < 0 && (taken != ByteStream.WouldBlock || await stream.SendReadyAsync(deadlineMs) != WaitResult.Ready))
            {
                stream.Abort();
                return Failed(server, stream.Loop.NowMs >= deadlineMs ? Errno.ETIMEDOUT : Errno.ECONNRESET);
            }
        }

        TlsClientContext context = pool.Tls!.Context;
        TlsHandshake handshake = await TlsStream.ConnectAsync(
            stream, context, server.SessionsOf(context), pool.Tls.NameOf(server), deadlineMs);
        if (handshake.Stream is null)
        {
            stream.Abort();
            return Failed(server, pool.Tls.NameOf(server), handshake);
        }

        bool isHttp2 = handshake.Stream.Alpn == "h2";
        if (pool.Protocol == UpstreamProtocol.Http2 && !isHttp2)
        {
            handshake.Stream.Abort();
            return Noted(server, new Dialed(null, ProxyError.TlsFailed, Detail: ServerTlsWords.NoHttp2));
        }

        server.Connected();
        return new Dialed(handshake.Stream, ProxyError.None, IsHttp2: isHttp2);
    }

    /// <summary>What an error number of a connect says, which the server's state keeps.</summary>
    internal static Dialed Failed(ServerState server, int error)
    {
        bool isOurs = ConnectErrors.AreOurs(error);
        if (!isOurs)
        {
            server.ConnectFailed(ConnectErrors.Text(error));
        }

        return new Dialed(null, error == Errno.ETIMEDOUT ? ProxyError.ConnectTimeout : ProxyError.ConnectFailed, isOurs);
    }

    private static Dialed Failed(ServerState server, string? name, in TlsHandshake handshake) => Noted(server, handshake.Failure switch
    {
        TlsFailure.TimedOut => new Dialed(null, ProxyError.ConnectTimeout, Detail: handshake.Text),
        TlsFailure.Cancelled => new Dialed(null, ProxyError.ConnectFailed, IsOurs: true),
        TlsFailure failure => new Dialed(
            null,
            ProxyError.TlsFailed,
            IsOurs: failure == TlsFailure.Internal,
            Detail: WordsOf(handshake, name),
            IsCertificateRefused: failure == TlsFailure.ServerCertificateInvalid),
    });

    private static Dialed Noted(ServerState server, in Dialed dialed)
    {
        if (!dialed.IsOurs)
        {
            server.ConnectFailed(ServerTlsWords.Prefixed(dialed.Detail));
        }

        return dialed;
    }

    /// <summary>Why a handshake failed, in words for operators.</summary>
    internal static string WordsOf(in TlsHandshake handshake, string? name) => handshake.CertificateFault switch
    {
        TlsCertificateFault.UnknownAuthority => ServerTlsWords.UnknownAuthority,
        TlsCertificateFault.OtherName => ServerTlsWords.OtherName(name),
        TlsCertificateFault.Expired => ServerTlsWords.Expired,
        TlsCertificateFault.Early => ServerTlsWords.Early,
        TlsCertificateFault.Other => $"the server's certificate is not accepted: {handshake.Text}",
        TlsCertificateFault.None when handshake.Failure == TlsFailure.PeerClosed => ServerTlsWords.Closed,
        TlsCertificateFault.None when handshake.Failure == TlsFailure.Internal => handshake.Text,
        TlsCertificateFault.None or _ => ServerTlsWords.OfReason(handshake.Text),
    };
}

using System.Net;
using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Tls;
using Atlas.Engine.Workers;
using Atlas.Protocols.ProxyProtocol;
using Atlas.Proxy.Connections;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Logging;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.Snapshots;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Proxy.Tcp;

/// <summary>What is looked at before a connection is passed on: the PROXY protocol header, which is taken off, and the ClientHello,
/// which goes on as it came. Most listeners ask for neither, and then nothing is received here.</summary>
internal sealed class ConnectionOpening(TcpListenerSnapshot listener, ByteStream client, SocketAddress peer, ListenerCounters counters)
{
    private readonly EventLoop _loop = client.Loop;
    private TlsFacts? _facts;

    /// <summary>The client's bytes: the connection's, or those of the TLS that ends here.</summary>
    internal ByteStream Stream { get; private set; } = client;

    /// <summary>The client: the peer, or whom its header names.</summary>
    internal SocketAddress Client { get; private set; } = peer;

    /// <summary>What the client connected to, as the header says it; empty: this end of the connection.</summary>
    internal ProxyEndpoint Destination { get; private set; }

    /// <summary>The server name of the ClientHello; empty: none.</summary>
    internal ReadOnlyMemory<byte> ServerName { get; private set; }

    /// <summary>What access logs say of the client's TLS.</summary>
    internal TlsRecord TlsRecord => _facts is null ? new TlsRecord { ServerName = ServerName.Span } : _facts.ToRecord();

    /// <summary>Why it is not passed on.</summary>
    internal ProxyError Error { get; private set; }

    /// <summary>What was wrong with what came; empty where the error says it all.</summary>
    internal string Detail { get; private set; } = "";

    /// <summary>What the client sent that goes on to the server; null: nothing came yet.</summary>
    internal NativeBuffer? Received { get; private set; }

    /// <summary>The bytes in <see cref="Received"/>.</summary>
    internal int ReceivedLength { get; private set; }

    /// <summary>Looks at what the listener asks for.</summary>
    /// <returns>The pool that the connection goes to; null: <see cref="Error"/> says why it goes nowhere.</returns>
    internal async ResultFlow<PoolSnapshot?> RunAsync()
    {
        long beganMs = _loop.NowMs;
        if (listener.ExpectsProxyHeader(Client.Ip) && !await TakeHeaderAsync(beganMs))
        {
            return null;
        }

        if (listener.Tls is not null && !await TakeTlsAsync())
        {
            return null;
        }

        return listener.Names is null ? listener.Pool : await ReadHelloAsync(listener.Names, beganMs + listener.HelloMs);
    }

    /// <summary>Gives back what was received.</summary>
    internal void Release()
    {
        Received?.Return();
        Received = null;
        ReceivedLength = 0;
    }

    private async ResultFlow<bool> TakeHeaderAsync(long beganMs)
    {
        long deadlineMs = beganMs + Math.Max(listener.HelloMs, ProxyHeaderIntake.MinTimeoutMs);
        ProxyIntake intake = await ProxyHeaderIntake.ReadAsync(Stream, deadlineMs);
        if (intake.Status != ProxyIntakeStatus.Done)
        {
            counters.IntakeEnded(intake.Status, intake.Error);
            Detail = intake.Status == ProxyIntakeStatus.Refused ? intake.Error.Text() : "";
            Error = intake.Status switch
            {
                ProxyIntakeStatus.TimedOut => ProxyError.ClientSlow,
                ProxyIntakeStatus.Refused => ProxyError.BadRequest,
                ProxyIntakeStatus.Overload => ProxyError.Overload,
                ProxyIntakeStatus.Cancelled => ProxyError.ShuttingDown,
                ProxyIntakeStatus.Cut or ProxyIntakeStatus.Silent or ProxyIntakeStatus.Done or _ => ProxyError.ClientClosed,
            };
            return false;
        }

        if (!intake.Client.IsEmpty)
        {
            Client = SocketAddress.OfIp(new IPAddress(intake.Client.Ip), intake.Client.Port);
            Destination = intake.Destination;
        }

        Received = intake.Rest;
        ReceivedLength = intake.RestLength;
        return true;
    }

    private async ResultFlow<bool> TakeTlsAsync()
    {
        NativeBuffer? received = Received;
        int length = ReceivedLength;
        Received = null;
        ReceivedLength = 0;
        TlsHandshake handshake = await TlsIntake.TakeAsync(Stream, Client, listener, counters, received, length);
        if (handshake.Stream is null)
        {
            Detail = handshake.Text;
            Error = handshake.Failure switch
            {
                TlsFailure.TimedOut => ProxyError.ClientSlow,
                TlsFailure.PeerClosed => ProxyError.ClientClosed,
                TlsFailure.Cancelled => ProxyError.ShuttingDown,
                TlsFailure.Internal => ProxyError.Overload,
                _ => ProxyError.BadRequest,
            };
            return false;
        }

        Stream = handshake.Stream;
        _facts = listener.AccessLog.Count == 0 ? null : new TlsFacts(handshake.Stream, listener.Tls!.AsksForCertificates);
        return true;
    }

    private async ResultFlow<PoolSnapshot?> ReadHelloAsync(TlsRoutes routes, long deadlineMs)
    {
        var intake = new ClientHelloIntake(routes);
        NativeBuffer? scratch = null;
        while (true)
        {
            if (ReceivedLength > 0)
            {
                scratch ??= _loop.Buffers.TryRent(BufferSize.Small);
                if (scratch is null)
                {
                    Error = ProxyError.Overload;
                    return null;
                }

                if (intake.Read(Received!.Span[..ReceivedLength], scratch.Span))
                {
                    scratch.Return();
                    ServerName = intake.ServerName;
                    Error = intake.Error;
                    Detail = intake.Detail;
                    return intake.Pool;
                }
            }

            if (!await ReceiveAsync(deadlineMs))
            {
                scratch?.Return();
                return null;
            }
        }
    }

    /// <summary>Receives something more.</summary>
    private async ResultFlow<bool> ReceiveAsync(long deadlineMs)
    {
        int received;
        do
        {
            WaitResult wait = await Stream.ReceiveReadyAsync(deadlineMs);
            Received ??= wait == WaitResult.Ready ? _loop.Buffers.TryRent(BufferSize.Small) : null;
            if (wait != WaitResult.Ready || Received is null)
            {
                Error = wait switch
                {
                    WaitResult.TimedOut => ProxyError.ClientSlow,
                    WaitResult.Cancelled => ProxyError.ShuttingDown,
                    WaitResult.Ready or _ => ProxyError.Overload,
                };
                return false;
            }

            // The reader refuses a hello before the buffer is full.
            received = Stream.TryReceive(Received.Span[ReceivedLength..]);
        }
        while (received == ByteStream.WouldBlock);
        Error = received > 0 ? ProxyError.None : ProxyError.ClientClosed;
        ReceivedLength += Math.Max(received, 0);
        return received > 0;
    }
}

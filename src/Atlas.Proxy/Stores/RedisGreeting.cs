using System.Net;
using Atlas.Engine.Flows;
using Atlas.Engine.Interop;
using Atlas.Engine.Streams;
using Atlas.Engine.Tls;
using Atlas.Engine.Workers;
using Atlas.Protocols.Resp;
using Atlas.Proxy.Upstream;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Proxy.Stores;

/// <summary>Makes connections to a server of Redis: looks its name up, connects, shakes hands where there is TLS, says who it is, and
/// asks for an answer. One at a time.</summary>
internal sealed class RedisGreeting(RedisNode node, RedisClient client)
{
    private readonly RedisCall _call = new(client.Loop);
    private int _next;

    private RedisOptions Options => client.Options;

    private string NoAnswer => $"{node.Endpoint} does not answer within {Options.StaleMs} ms";

    private string NoMemory => $"no memory to greet {node.Endpoint}";

    /// <summary>Makes one.</summary>
    internal async ResultFlow<RedisGreeted> ConnectAsync()
    {
        EventLoop loop = client.Loop;
        long deadlineMs = loop.NowMs + Options.StaleMs;
        SocketAddress? address;
        if (node.Endpoint.Ip is { } ip)
        {
            address = SocketAddress.OfIp(ip, node.Endpoint.Port);
        }
        else
        {
            BridgeResult<IPAddress[]> found = await Bridge.RunAsync(loop, LookUpAsync, deadlineMs);
            address = ChooseOf(found.Value ?? []);
        }

        if (address is null)
        {
            return Failed($"the name of {node.Endpoint} has no address");
        }

        ConnectResult result = await loop.ConnectAsync(address, deadlineMs);
        if (result.Stream is null)
        {
            return Failed(WordsOf(result.Error));
        }

        ByteStream stream = result.Stream;
        if (Options.IsTls)
        {
            if (client.Store.Security is not { } security)
            {
                stream.Abort();
                return Failed($"{node.Endpoint}: TLS is not ready");
            }

            string name = Options.ServerName ?? node.Endpoint.Host;
            TlsHandshake handshake = await TlsStream.ConnectAsync(stream, security.Context, security.Sessions, name, deadlineMs);
            if (handshake.Stream is null)
            {
                stream.Abort();
                return Failed($"{node.Endpoint}: {ServerDialer.WordsOf(handshake, name)}{HintOf(handshake.Failure)}");
            }

            stream = handshake.Stream;
        }

        var connection = new RedisConnection(node, stream, Options);
        connection.ReadAsync().Detach();
        return await GreetAsync(connection, deadlineMs);
    }

    /// <summary>Has a greeting that is under way fail.</summary>
    internal void Cancel() => _call.Cancel();

    // Redis without TLS answers what begins a handshake with an error, waits for more of it, or closes.
    private static string HintOf(TlsFailure failure) => failure is TlsFailure.Protocol or TlsFailure.TimedOut or TlsFailure.PeerClosed
        ? "; if it has no TLS at this port, write redis:// in place of rediss://, or remove 'tls'"
        : "";

    // What a server with TLS does with what begins no handshake.
    private string HintOfTls => Options.IsTls ? ""
        : client.Store.Config.Url is null ? ": does it expect TLS? Write 'tls' beside the servers"
        : ": does it expect TLS? Write rediss:// in place of redis://";

    private static RedisGreeted Failed(string problem) => new(null, false, problem);

    private async ResultFlow<RedisGreeted> GreetAsync(RedisConnection connection, long deadlineMs)
    {
        int optional = Write();
        WaitResult wait = WaitResult.TimedOut;
        bool isInTime = true;
        if (connection.TrySend(_call))
        {
            wait = await _call.EndAsync(client.Loop.NowMs + Options.TimeoutMs, deadlineMs);
            if (wait == WaitResult.TimedOut)
            {
                isInTime = false;
                wait = await _call.EndAsync(deadlineMs, deadlineMs);
            }

            _call.Connection?.Abandon(_call);
        }

        // Without memory to send it nothing was answered, which is no consent.
        bool isAnswered = !_call.IsTooLong && !_call.IsReplyTooLong && _call.Status is RedisStatus.Ok or RedisStatus.Failed;
        string problem = wait == WaitResult.Ready ? ProblemOf(optional) : _call.IsTooLong ? NoMemory : NoAnswer;
        if (problem.Length == 0 && connection.IsBroken)
        {
            problem = connection.End == RedisBreak.Silent ? NoAnswer : $"{node.Endpoint} closes connections at once{HintOfTls}";
        }

        problem = problem.Length == 0 && !isAnswered ? NoMemory : problem;
        _call.Reset();
        if (problem.Length > 0)
        {
            connection.Break(RedisBreak.Left);
            return Failed(problem);
        }

        return new RedisGreeted(connection, isInTime, "");
    }

    // Which of the commands may fail.
    private int Write()
    {
        if (!Options.Password.IsEmpty)
        {
            _call.Command(Options.User is null ? 2 : 3).Part("AUTH"u8);
            if (Options.User is { } user)
            {
                _call.Part(System.Text.Encoding.UTF8.GetBytes(user));
            }

            _call.Part(Options.Password.Span);
        }

        if (Options.Database != 0)
        {
            _call.Command(2).Part("SELECT"u8).Part(Options.Database);
        }

        int optional = _call.Commands;
        _call.Command(3).Part("CLIENT"u8).Part("SETNAME"u8).Part("atlas"u8);
        _call.Command(1).Part("PING"u8);
        return optional;
    }

    private string ProblemOf(int optional)
    {
        RespReader replies = _call.Replies;
        for (int i = 0; replies.TryRead(out RespValue reply); i++)
        {
            if (reply.Kind == RespKind.Error && i != optional)
            {
                return WordsOf(RedisCall.Printable(reply.Bytes));
            }
        }

        return "";
    }

    private string WordsOf(string error) => error.Split(' ')[0] switch
    {
        "WRONGPASS" => $"{node.Endpoint} refuses the user or the password: {error}",
        "NOAUTH" => $"{node.Endpoint} wants a password and gets none: add 'password' to the store",
        "LOADING" => $"{node.Endpoint} is loading its data",
        _ => $"{node.Endpoint} answers: {error}",
    };

    private string WordsOf(int error) => error switch
    {
        Errno.ECONNREFUSED => $"{node.Endpoint} refuses connections",
        Errno.ETIMEDOUT => $"{node.Endpoint} takes no connection within {Options.StaleMs} ms",
        _ => $"{node.Endpoint}: {ConnectErrors.Text(error)}",
    };

    private async ValueTask<IPAddress[]> LookUpAsync(CancellationToken stop) => await Dns.GetHostAddressesAsync(node.Endpoint.Host, stop);

    // A name may have several addresses, of which some may not be reachable.
    private SocketAddress? ChooseOf(IPAddress[] addresses) =>
        addresses.Length == 0 ? null : SocketAddress.OfIp(addresses[_next++ % addresses.Length], node.Endpoint.Port);
}

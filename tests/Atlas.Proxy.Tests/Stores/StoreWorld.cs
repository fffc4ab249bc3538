using System.Net;
using System.Text;
using Atlas.Core.Configuration;
using Atlas.Engine.Flows;
using Atlas.Protocols.Resp;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.Stores;
using Atlas.Simulation;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Proxy.Tests.Stores;

/// <summary>A worker and a server of Redis in simulated time.</summary>
internal sealed class StoreWorld : IStoreObserver
{
    internal static readonly RedisEndpoint Endpoint = new("10.0.0.1", 6379);

    private readonly SimulatedLoop _loop;

    internal StoreWorld(int seed = 1, SimulationOptions? options = null, RedisOptions? redis = null, long bufferBytes = 1L << 30)
    {
        World = new SimulatedWorld(seed, options ?? SimulationOptions.Calm);
        _loop = World.AddLoop(bufferBytes);
        Far = World.AddLoop();
        Listener = World.Listen(SocketAddress.OfIp(IPAddress.Parse(Endpoint.Host), Endpoint.Port), Far, Redis);
        Store = new StoreState(new StoreConfig { Name = "shared", Type = StoreType.Redis }, redis ?? new RedisOptions(), workers: 1)
        {
            Topology = RedisTopology.Of(Endpoint),
            Observer = this,
            Metrics = new StoreMetrics("shared", 1),
        };
    }

    internal SimulatedWorld World { get; }

    internal SimulatedLoop Far { get; }

    internal SimulatedListener Listener { get; }

    internal FakeRedis Redis { get; } = new();

    internal StoreState Store { get; }

    /// <summary>Each change as it was told.</summary>
    internal List<string> Changes { get; } = [];

    internal RedisClient Client => field ??= new RedisClient(_loop, Store);

    internal SimulatedLoop Loop => _loop;

    public void StoreChanged(StoreState store) => Changes.Add($"{store.Health.Condition}: {store.Health.Reason}".TrimEnd(' ', ':'));

    /// <summary>How often somebody was asked to look where the servers are.</summary>
    internal int Moves { get; private set; }

    public void ServersMoved(StoreState store) => Moves++;

    /// <summary>Lets the first connection be made.</summary>
    internal RedisClient Connect()
    {
        RedisClient client = Client;
        World.Run(() => Store.Health.Condition == StoreCondition.Up, 1_000);
        return client;
    }

    /// <summary>Begins an ECHO.</summary>
    internal StoreAnswer Echo(string text, bool isIdempotent = false, long deadlineMs = long.MaxValue)
    {
        RedisCall call = Client.Rent();
        call.IsIdempotent = isIdempotent;
        call.Command(2).Part("ECHO"u8).Part(Encoding.Latin1.GetBytes(text));
        return Run(call, deadlineMs);
    }

    /// <summary>Runs a call.</summary>
    internal StoreAnswer Run(RedisCall call, long deadlineMs = long.MaxValue)
    {
        var answer = new StoreAnswer(call);
        RunAsync(answer, deadlineMs).Detach();
        return answer;
    }

    /// <summary>Runs the world until calls have ended.</summary>
    internal void Await(params StoreAnswer[] answers) => World.Run(() => answers.All(answer => answer.Status is not null), 60_000);

    /// <summary>Ends the worker's side, and looks whether something is left.</summary>
    internal void End()
    {
        Client.Leave();
        World.RunFor(10_000);
        World.AssertClean();
    }

    private async Flow RunAsync(StoreAnswer answer, long deadlineMs)
    {
        long beganMs = World.NowMs;
        RedisStatus status = await Client.RunAsync(answer.Call, deadlineMs);
        answer.TookMs = World.NowMs - beganMs;
        answer.Text = TextOf(answer.Call);
        answer.ErrorText = answer.Call.ErrorText;
        Client.Return(answer.Call);
        answer.Status = status;
    }

    private static string TextOf(RedisCall call)
    {
        var texts = new List<string>();
        RespReader replies = call.Replies;
        while (replies.TryRead(out RespValue value))
        {
            texts.Add(value.Kind == RespKind.Integer ? value.Number.ToString(System.Globalization.CultureInfo.InvariantCulture) : Encoding.Latin1.GetString(value.Bytes));
        }

        return string.Join(' ', texts);
    }
}

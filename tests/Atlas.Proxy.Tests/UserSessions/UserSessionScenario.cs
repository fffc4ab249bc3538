using System.Buffers.Text;
using System.Text;
using Atlas.Core.Configuration;
using Atlas.Engine.Flows;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Tests.Sessions;
using Atlas.Proxy.UserSessions;

namespace Atlas.Proxy.Tests.UserSessions;

/// <summary>Servers behind a proxy with a session, and what a client asks them.</summary>
public abstract class UserSessionScenario
{
    private const int Seeds = 8;

    private protected const string Plain = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private protected static SessionConfig Shop { get; } = new()
    {
        Name = "shop",
        Store = "here",
        Cookie = new CookieConfig { Name = "sid" },
        TtlSeconds = 1_800,
        MaxSizeBytes = 128 * 1024,
    };

    /// <summary>What the servers saw, in order.</summary>
    private protected List<WireMessage> Seen { get; } = [];

    private protected void ForSeeds(
        SessionConfig config,
        Func<ProxyWorld, TestStore, Flow> scenario,
        int seeds = Seeds,
        long maxBytes = 1 << 20,
        SessionMetrics? metrics = null)
    {
        TestStore store = null!;
        ProxyWorld.ForSeeds(
            seeds,
            seed =>
            {
                store = new TestStore(maxBytes);
                var session = new SessionSnapshot(config, store, metrics);
                return new ProxyWorld(
                    seed,
                    servers: 3,
                    pool: pool => new PoolSnapshot(pool.Name, pool.Servers) { Session = session },
                    listener: listener => listener with
                    {
                        HiddenFields = new HiddenFields([session.Fields]),
                        Metrics = new ProxyMetrics(workers: 1).Listener("front"),
                    });
            },
            async world =>
            {
                Seen.Clear();
                Answer(world, _ => Plain);
                await scenario(world, store);
            });
    }

    private protected void Answer(ProxyWorld world, Func<WireMessage, string> answer)
    {
        foreach (WireServer server in world.Servers)
        {
            server.Script = turn =>
            {
                Seen.Add(turn.Request);
                return turn.SendAsync(answer(turn.Request));
            };
        }
    }

    /// <summary>Has a session begin with these contents.</summary>
    private protected async ResultFlow<string> BeginAsync(ProxyWorld world, string contents)
    {
        Answer(world, _ => Response($"Atlas-Session: {Text(contents)}\r\n"));
        string id = CookieOf(await AskAsync(world)).ShouldNotBeNull();
        Answer(world, _ => Plain);
        return id;
    }

    private protected static ResultFlow<WireMessage> AskAsync(ProxyWorld world, string? cookie = null, int status = 200) =>
        world.AskAsync(Request(cookie), status);

    private protected static string Request(string? cookie) =>
        $"GET / HTTP/1.1\r\nHost: a\r\n{(cookie is null ? "" : $"Cookie: a=b; sid={cookie}\r\n")}\r\n";

    private protected static string Response(string fields) => $"HTTP/1.1 200 OK\r\n{fields}Content-Length: 2\r\n\r\nok";

    private protected static string Text(string contents) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(contents));

    private protected static string Contents(WireMessage request) =>
        request.Field("atlas-session") is string text ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)) : "";

    private protected static string? CookieOf(WireMessage answer) => answer.Field("set-cookie")?["sid=".Length..].Split(';')[0];
}

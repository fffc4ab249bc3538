using Atlas.Control.Configuration;

namespace Atlas.Control.Tests.Configuration;

public sealed class UnusedStatesTests
{
    [Fact]
    public void Find_StoresAndSessions_WarnsOfThoseThatNothingNames()
    {
        ConfigResult result = ConfigLoader.Parse(
            """
            listeners:
              web: { bind: 127.0.0.1:0, routes: [{ pool: p, rate_limit: { rate: 1/s, store: limits } }] }
            pools:
              p: { servers: [127.0.0.1:1], session: used, sticky: { by: ip, store: clients } }
            stores:
              limits: { type: redis, url: redis://127.0.0.1 }
              clients: {}
              contents: {}
              spare: {}
            sessions:
              used: { store: contents, cookie: { name: a } }
              idle: { store: contents, cookie: { name: b } }
            """,
            "a.yaml");

        ConfigWarnings.Find(result.Config.ShouldNotBeNull()).Select(warning => warning.ToString()).ShouldBe(
        [
            "a.yaml:9:10: store 'spare' is not used: no session, sticky, rate_limit or virtual router names it",
            "a.yaml:12:9: session 'idle' is not used: no pool names it",
        ]);
    }
}

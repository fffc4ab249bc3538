using Atlas.Control.Configuration;

namespace Atlas.Control.Tests.Configuration;

public sealed class UnfitStoresTests
{
    [Fact]
    public void Find_StoresThatHardlyDoWhatTheyAreFor_WarnsOfThem()
    {
        ConfigResult result = ConfigLoader.Parse(
            """
            listeners:
              web:
                bind: 127.0.0.1:0
                routes:
                  - { match: { path: /a }, pool: p, rate_limit: { rate: 1/s, store: here } }
                  - { match: { path: /b }, pool: q, rate_limit: { rate: 1/s, store: quick } }
                  - { match: { path: /c }, pool: r, rate_limit: { rate: 1/s, store: local } }
                  - { match: { path: /d }, pool: s }
                  - { match: { path: /e }, pool: t }
            pools:
              p: { servers: [127.0.0.1:1], session: a }
              q: { servers: [127.0.0.1:1], session: b }
              r: { servers: [127.0.0.1:1], session: c }
              s: { servers: [127.0.0.1:1], session: d }
              t: { servers: [127.0.0.1:1], session: e }
            stores:
              here: {}
              quick: { type: redis, url: redis://127.0.0.1 }
              written: { type: redis, url: redis://127.0.0.1, timeout: 19ms }
              patient: { type: redis, url: redis://127.0.0.1, timeout: 20ms }
            sessions:
              a: { store: here, cookie: { name: a } }
              b: { store: quick, cookie: { name: b } }
              c: { store: written, cookie: { name: c } }
              d: { store: patient, cookie: { name: d } }
              e: { store: quick, cookie: { name: e }, on_store_failure: empty }
            """,
            "a.yaml");

        ConfigWarnings.Find(result.Config.ShouldNotBeNull()).Select(warning => warning.ToString()).ShouldBe(
        [
            "a.yaml:5:73: store 'here' is this process's memory, so that the limit is shared with no other node: remove 'store', or name one of type redis",
            "a.yaml:18:10: a busy machine may answer 503 to requests with session 'b', for which store 'quick' has 5 ms unless told otherwise: "
                + "write timeout: 50ms or more",
            "a.yaml:19:60: a busy machine may answer 503 to requests with session 'c', for which store 'written' has 19 ms: write timeout: 50ms or more",
        ]);
    }
}

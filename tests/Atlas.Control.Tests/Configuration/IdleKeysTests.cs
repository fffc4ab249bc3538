using Atlas.Control.Configuration;

namespace Atlas.Control.Tests.Configuration;

public sealed class IdleKeysTests
{
    private const string Tcp = "t: { bind: '127.0.0.1:81', protocol: tcp, pool: p }";
    private const string Udp = "u: { bind: '127.0.0.1:81', protocol: udp, pool: p }";
    private const string Http = "h: { bind: '127.0.0.1:82', pool: p }";

    // Each ^ stands before a value that a note is about.
    [Theory]
    [InlineData(Tcp, "protocol: http1, keepalive: ^{ idle: 5s }")]
    [InlineData(Tcp, "timeouts: { connect: 1s, response: ^5s, tunnel: ^1h, tunnel_half_closed: 5s }")]
    [InlineData(Tcp, "retry: { attempts: 2, on: ^[connect_failure, 503], budget: ^10% }")]
    [InlineData(Tcp, "retry: { on: ^[reset] }")]
    [InlineData(Tcp, "retry: { on: [] }, queue: { limit: 5 }, circuit_breaker: {}, on_server_down: close, outlier_detection: {}")]
    [InlineData(Tcp, "retry: { on: [connect_failure] }, slow_start: 5s, balance: ip_hash, sticky: { by: ip }")]
    [InlineData("t: { bind: '127.0.0.1:81', protocol: tcp, sni: { a.test: p, default: q } }", "keepalive: ^{ idle: 5s }")]
    [InlineData(Udp, "timeouts: ^{ connect: 1s }, retry: ^{ on: [] }, queue: ^{ limit: 5 }, circuit_breaker: ^{}, on_server_down: ^close, keepalive: ^{}")]
    [InlineData(Udp, "outlier_detection: {}, slow_start: 5s, balance: ip_hash, sticky: { by: ip }")]
    [InlineData(Tcp + ", " + Http, "keepalive: { idle: 5s }, timeouts: { response: 5s }, retry: { on: [503] }")]
    [InlineData(Udp + ", " + Http, "keepalive: { idle: 5s }, timeouts: { response: 5s }, retry: { on: [503] }")]
    [InlineData(Udp + ", " + "t: { bind: '127.0.0.1:81', protocol: tcp, pool: p }", "queue: { limit: 5 }, keepalive: ^{ idle: 5s }")]
    [InlineData(Tcp + ", h: { bind: '127.0.0.1:82', routes: [{ pool: q, mirror: { pool: p } }] }", "keepalive: { idle: 5s }")]
    [InlineData("h: { bind: '127.0.0.1:82', pool: q }", "keepalive: { idle: 5s }")]
    public void Find_PoolOfListenersThatReadNothing_NotesKeysOfRequests(string listeners, string pool)
    {
        string[] parts = $"listeners: {{ {listeners} }}\npools:\n  q: {{ servers: [127.0.0.1:83] }}\n  p: {{ servers: [127.0.0.1:84], {pool} }}\n".Split('^');
        int[] places = [.. parts.SkipLast(1).Select((_, i) => string.Concat(parts[..(i + 1)])).Select(before => before.Length - before.LastIndexOf('\n'))];
        ConfigResult result = ConfigLoader.Parse(string.Concat(parts), "f");
        result.Errors.ShouldBeEmpty();

        var notes = ConfigWarnings.Find(result.Config!).Where(note => note.Message.Contains("no effect", StringComparison.Ordinal));

        notes.Select(note => (note.Line, note.Column)).ShouldBe(places.Select(place => (4, place)));
    }

    [Fact]
    public void Find_KeyOfRequests_SaysWhyItDoesNothing()
    {
        ConfigResult result = ConfigLoader.Parse(
            $"listeners: {{ {Tcp} }}\npools: {{ p: {{ servers: ['127.0.0.1:84'], keepalive: {{}}, retry: {{ on: [503] }} }} }}\n", "f");

        ConfigWarnings.Find(result.Config!).Select(note => note.ToString()).ShouldBe([
            "f:2:53: 'keepalive' is about requests, and only listeners that do not read what they pass on send to pool 'p': it has no effect",
            "f:2:70: of a connection nothing but its opening can be tried again, and only listeners that do not read what they pass on send to "
                + "pool 'p': all but connect_failure has no effect",
        ]);
    }
}

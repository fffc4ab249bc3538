using System.Collections.Concurrent;
using System.Net;
using Atlas.Control.Discovery.Resolving;
using Atlas.Protocols.Dns;

namespace Atlas.Control.Tests.Discovery;

/// <summary>Answers what the test says, and counts what it is asked.</summary>
internal sealed class StubResolver : INameResolver
{
    private readonly ConcurrentDictionary<(string Name, DnsType Type), Func<Task<LookupResult>>> _answers = new();
    private readonly ConcurrentDictionary<(string Name, DnsType Type), int> _asked = new();

    /// <summary>The names as they were asked for. Answers are the same with and without a dot at the end.</summary>
    public ConcurrentDictionary<string, bool> Names { get; } = new();

    public int Asked(string name, DnsType type = DnsType.A) => _asked.GetValueOrDefault((name, type));

    public void Set(string name, DnsType type, Func<Task<LookupResult>> answer) => _answers[(name, type)] = answer;

    public void Set(string name, DnsType type, LookupResult result) => Set(name, type, () => Task.FromResult(result));

    /// <summary>Has addresses; IPv4 ones for A, and IPv6 ones for AAAA.</summary>
    public void Have(string name, params string[] addresses)
    {
        IPAddress[] all = [.. addresses.Select(IPAddress.Parse)];
        Set(name, DnsType.A, Of([.. all.Where(address => address.GetAddressBytes().Length == 4)]));
        Set(name, DnsType.Aaaa, Of([.. all.Where(address => address.GetAddressBytes().Length == 16)]));
    }

    public void Have(string name, params DnsSrv[] services) =>
        Set(name, DnsType.Srv, new LookupResult(LookupOutcome.Answered, "stub") { Services = services });

    public void Fail(string name, LookupOutcome outcome, params DnsType[] types)
    {
        foreach (DnsType type in types)
        {
            Set(name, type, new LookupResult(outcome, $"stub: {outcome}"));
        }
    }

    public async Task<LookupResult> LookupAsync(string name, DnsType type, CancellationToken cancellation)
    {
        Names[name] = true;
        name = name.TrimEnd('.');
        LookupResult result = _answers.TryGetValue((name, type), out var answer)
            ? await answer().WaitAsync(cancellation)
            : new LookupResult(LookupOutcome.NoSuchName, "stub: nothing");
        _asked.AddOrUpdate((name, type), 1, (_, count) => count + 1);
        return result;
    }

    private static LookupResult Of(IPAddress[] addresses) => addresses.Length == 0
        ? new LookupResult(LookupOutcome.NoRecords, "stub: no record")
        : new LookupResult(LookupOutcome.Answered, "stub") { Addresses = addresses };
}

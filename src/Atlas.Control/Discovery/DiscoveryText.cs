using System.Globalization;
using System.Net;
using Atlas.Control.Discovery.Resolving;

namespace Atlas.Control.Discovery;

/// <summary>What is told of names, in words.</summary>
internal static class DiscoveryText
{
    // Addresses that one line tells of.
    private const int MaxTold = 8;

    /// <summary>That the servers of a name are others.</summary>
    internal static string OfChange(NamedServers named, IReadOnlyList<ResolvedServer> before)
    {
        IEnumerable<IPEndPoint> now = named.Servers.Select(server => server.Address);
        IEnumerable<IPEndPoint> then = before.Select(server => server.Address);
        string came = List(now.Except(then), "came");
        string left = List(then.Except(now), "left");
        string change = (came, left) switch
        {
            ("", "") => "other weights or priorities",
            ("", _) => left,
            (_, "") => came,
            _ => $"{came}, {left}",
        };
        string why = named is { Servers.Count: 0, IsDeclined: true } ? "; its SRV record says that the service is not there (target .)" : "";
        return $"{named.Key} has {Count(named.Servers.Count)}: {change}{why}";
    }

    /// <summary>That a lookup ended as the one before did not.</summary>
    /// <param name="watch">Which; it has the result already.</param>
    /// <param name="last">The lookup before; null: there was none.</param>
    /// <param name="named">Whose servers it decides on.</param>
    /// <param name="delayMs">When it is tried again.</param>
    /// <returns>Null: there is nothing to tell.</returns>
    internal static string? OfLookup(NameWatch watch, LookupResult? last, NamedServers named, int delayMs)
    {
        LookupResult result = watch.State.Last!;
        if (result.Outcome == last?.Outcome
            || (result.Outcome == LookupOutcome.Answered && last is null or { Outcome: LookupOutcome.NoRecords })
            || IsOtherFamily(watch, named))
        {
            return null;
        }

        if (result.Outcome == LookupOutcome.Answered)
        {
            return $"{watch.Key} is resolved again by {result.Detail}";
        }

        string kept = named.Servers.Count switch
        {
            0 => "it has no servers",
            1 => "its server stays",
            int many => string.Create(CultureInfo.InvariantCulture, $"its {many} servers stay"),
        };
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{watch.Key} is not resolved: {result.Detail}; {kept}, next try in {delayMs / 1e3:0.#} s");
    }

    // That a host has addresses of one family only is no news.
    private static bool IsOtherFamily(NameWatch watch, NamedServers named) =>
        watch.State is { Last.Outcome: LookupOutcome.NoRecords, Answer: null }
        && named.Watches.Values.Any(other => other != watch && (other.State.Last is null || other.State.Answer is not null));

    private static string Count(int servers) => servers switch
    {
        0 => "no servers",
        1 => "1 server",
        _ => string.Create(CultureInfo.InvariantCulture, $"{servers} servers"),
    };

    private static string List(IEnumerable<IPEndPoint> addresses, string what)
    {
        IPEndPoint[] all = [.. addresses];
        string more = all.Length > MaxTold ? $" and {all.Length - MaxTold} more" : "";
        return all.Length == 0 ? "" : $"{string.Join(", ", all.Take(MaxTold))}{more} {what}";
    }
}

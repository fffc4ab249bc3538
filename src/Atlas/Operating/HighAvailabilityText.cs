using System.Globalization;
using Atlas.Admin.Reports;

namespace Atlas.Operating;

/// <summary>A node's part in high availability as lines for a terminal.</summary>
internal static class HighAvailabilityText
{
    /// <summary>The lines. What matters most stands first in each, for they may be cut.</summary>
    internal static IEnumerable<string> Lines(HighAvailabilityReport report)
    {
        yield return report.State switch
        {
            "serving" => "this node serves",
            "draining" => "this node drains",
            _ => $"this node DOES NOT SERVE: {report.Problem}",
        };
        foreach (string line in (report.VirtualRouters ?? []).SelectMany(Lines))
        {
            yield return line;
        }

        foreach (string line in (report.Peers ?? []).SelectMany(Lines))
        {
            yield return line;
        }

        if (report.Zone is ZoneReport zone)
        {
            string answers = zone.Answers.Count > 0 ? $"answers name {string.Join(", ", zone.Answers)}" : "ANSWERS NAME NO NODE";
            yield return string.Create(CultureInfo.InvariantCulture, $"zone {zone.Name}  on {zone.Address}, serial {zone.Serial}  {answers}");
        }
    }

    private static IEnumerable<string> Lines(VirtualRouterReport router)
    {
        string state = router.State is "master" or "backup" ? router.State : router.State.ToUpperInvariant();
        yield return $"virtual router {router.Name}  {state} since {StatusText.Time(router.Since)}  {string.Join(", ", router.Addresses)}";
        string reason = router.Reason is null ? "" : $"{router.Reason}; ";
        string heard = router.HeardFrom is null ? ""
            : router.HeardPriority == 0 ? $"; last heard {router.HeardFrom}, which stopped"
            : string.Create(CultureInfo.InvariantCulture, $"; last heard {router.HeardFrom}, priority {router.HeardPriority}");
        yield return string.Create(CultureInfo.InvariantCulture, $"  {reason}priority {router.Priority}{heard}");
        if (router.Lowered is string lowered)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"  NOTE priority lowered from {router.ConfiguredPriority}: {lowered}");
        }

        if (router.Lease is string lease)
        {
            yield return $"  lease: {lease}";
        }

        if (router.Conflict is string conflict)
        {
            yield return $"  NOTE {conflict}";
        }

        // A fault's reason says it already.
        if (router.Missing is string missing && router.Reason?.EndsWith(missing, StringComparison.Ordinal) != true)
        {
            yield return $"  NOTE {missing}";
        }
    }

    private static IEnumerable<string> Lines(OtherNodeReport peer)
    {
        string state = peer.State == "dead" ? "DEAD" : peer.State;
        yield return $"peer {peer.Name}  {peer.Address}  {state} since {StatusText.Time(peer.Since)}: {peer.Reason}";
        string known = string.Join(", ", Known(peer));
        if (known.Length > 0)
        {
            yield return $"  {known}";
        }

        if (peer.Problem is string problem)
        {
            yield return $"  NOTE {problem}";
        }
    }

    private static IEnumerable<string> Known(OtherNodeReport peer)
    {
        if (peer.Version is string version)
        {
            yield return $"atlas {version}";
        }

        if (peer.RoundTripSeconds is double seconds)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"round trip {seconds * 1_000:0.##} ms");
        }

        if (peer.ClockAheadSeconds is double ahead)
        {
            string side = ahead < 0 ? "behind" : "ahead";
            yield return string.Create(CultureInfo.InvariantCulture, $"clock {Math.Abs(ahead):0.###} s {side}");
        }

        if (peer.Restarts > 0)
        {
            yield return $"restarted {StatusText.Count(peer.Restarts, "time")}";
        }
    }
}

using System.Globalization;
using Atlas.Core.Configuration;

namespace Atlas.Core.Health;

/// <summary>Ejects servers that fail real requests, and takes them back (after the outlier detection of Envoy). For each pool
/// it is called by one thread at a time.</summary>
public static class OutlierDetector
{
    /// <summary>Milliseconds after which a server that is kept though it fails is looked at again.</summary>
    public const int KeptMs = 1_000;

    // 29 % of 100 are 29, though their product is below.
    private const double Rounding = 1e-9;

    /// <summary>Decides on all servers of a pool: takes back those whose time is over or whose active check passed, then ejects
    /// those that are proposed, as far as <see cref="OutlierDetectionConfig.MaxEjectedShare"/> of all servers (rounded down)
    /// allows it and never the last one that takes new requests. To be called when <see cref="ServerOutliers.Report"/> or
    /// <see cref="ServerOutliers.CheckPassed"/> says so, and when the time that was returned has come. O(servers).</summary>
    /// <param name="config">The pool's settings.</param>
    /// <param name="servers">All servers of the pool, backups included.</param>
    /// <param name="nowMs">Milliseconds of the clock that reports have.</param>
    /// <param name="random">Numbers from 0 to 1.</param>
    /// <param name="verdicts">Takes what was decided.</param>
    /// <returns>When to call again at the latest; <see cref="long.MaxValue"/>: when there is a reason.</returns>
    public static long Decide(
        OutlierDetectionConfig config,
        ReadOnlySpan<OutlierCandidate> servers,
        long nowMs,
        Func<double> random,
        ICollection<OutlierVerdict> verdicts)
    {
        TakeBack(servers, nowMs, verdicts);
        Eject(config, servers, nowMs, random, verdicts);
        return NextMs(servers, nowMs);
    }

    /// <summary>Takes all ejected servers back, as where outlier detection was turned off. O(servers).</summary>
    public static void ReturnAll(ReadOnlySpan<OutlierCandidate> servers, long nowMs, ICollection<OutlierVerdict> verdicts)
    {
        for (int i = 0; i < servers.Length; i++)
        {
            servers[i].Outliers.Settle();
            if (servers[i].Outliers.IsEjected)
            {
                Return(servers[i].Outliers, i, nowMs, "outlier detection is off", verdicts);
            }
        }
    }

    private static void TakeBack(
        ReadOnlySpan<OutlierCandidate> servers, long nowMs, ICollection<OutlierVerdict> verdicts)
    {
        for (int i = 0; i < servers.Length; i++)
        {
            ServerOutliers server = servers[i].Outliers;
            if (server.IsEjected && server.HasPassedCheck)
            {
                Return(server, i, nowMs, "a health check passed", verdicts);
            }
            else if (server.IsEjected && nowMs >= server.Ejection.UntilMs)
            {
                Return(server, i, nowMs, "the time of its ejection is over", verdicts);
            }
        }
    }

    private static void Return(
        ServerOutliers server, int index, long nowMs, string detail, ICollection<OutlierVerdict> verdicts)
    {
        server.Return(nowMs);
        verdicts.Add(new OutlierVerdict(index, OutlierVerdictKind.Returned, server.Ejection, detail));
    }

    private static void Eject(
        OutlierDetectionConfig config,
        ReadOnlySpan<OutlierCandidate> servers,
        long nowMs,
        Func<double> random,
        ICollection<OutlierVerdict> verdicts)
    {
        (int available, int ejected) = Count(servers);
        int most = (int)((config.MaxEjectedShare * servers.Length) + Rounding);
        for (int i = 0; i < servers.Length; i++)
        {
            ServerOutliers server = servers[i].Outliers;
            if (!server.IsProposed)
            {
                TellOneClient(config, servers[i], i, nowMs, verdicts);
                continue;
            }

            if (!server.IsEjected && !servers[i].Status.TakesSticky)
            {
                // It takes no requests anyway. Once it does again, what was counted is of another time.
                server.Forget();
                continue;
            }

            OutlierEvidence evidence = server.Evidence(nowMs);
            if (server.IsEjected || !evidence.IsEnough(config.ConsecutiveFailures))
            {
                server.Settle();
                continue;
            }

            string reason = evidence.Describe(config.ConsecutiveFailures);
            bool isAvailable = servers[i].Status.TakesNew;
            if (WhyKept(isAvailable && available <= 1, ejected, most) is string why)
            {
                Keep(server, i, $"{reason}, but {why}", nowMs, verdicts);
                continue;
            }

            server.Eject(server.Ejection.Next(nowMs, config.EjectForMs, random()), reason);
            ejected++;
            available -= isAvailable ? 1 : 0;
            string time = string.Create(
                CultureInfo.InvariantCulture, $"{(server.Ejection.UntilMs - nowMs) / 1000.0:0.#}");
            verdicts.Add(
                new OutlierVerdict(i, OutlierVerdictKind.Ejected, server.Ejection, $"for {time}s: {reason}"));
        }
    }

    private static void TellOneClient(
        OutlierDetectionConfig config, OutlierCandidate candidate, int index, long nowMs, ICollection<OutlierVerdict> verdicts)
    {
        ServerOutliers server = candidate.Outliers;
        if (!server.TakeOneClient() || !candidate.Status.TakesSticky)
        {
            return;
        }

        OutlierEvidence evidence = server.Evidence(nowMs);
        if (evidence.IsOfOneClient(config.ConsecutiveFailures))
        {
            string detail = evidence.DescribeOneClient(config.ConsecutiveFailures);
            verdicts.Add(new OutlierVerdict(index, OutlierVerdictKind.Kept, server.Ejection, detail));
        }
    }

    private static string? WhyKept(bool isLast, int ejected, int most) =>
        isLast ? "it is the last one available"
        : ejected >= most ? string.Create(CultureInfo.InvariantCulture, $"max_ejected allows {most} of the pool")
        : null;

    private static void Keep(ServerOutliers server, int index, string detail, long nowMs, ICollection<OutlierVerdict> verdicts)
    {
        server.KeptFor = detail;
        if (server.TakeKept(nowMs))
        {
            verdicts.Add(new OutlierVerdict(index, OutlierVerdictKind.Kept, server.Ejection, detail));
        }
    }

    private static (int Available, int Ejected) Count(ReadOnlySpan<OutlierCandidate> servers)
    {
        int available = 0;
        int ejected = 0;
        foreach (OutlierCandidate server in servers)
        {
            available += server.Status.TakesNew ? 1 : 0;
            ejected += server.Outliers.IsEjected ? 1 : 0;
        }

        return (available, ejected);
    }

    private static long NextMs(ReadOnlySpan<OutlierCandidate> servers, long nowMs)
    {
        long nextMs = long.MaxValue;
        foreach (OutlierCandidate server in servers)
        {
            if (server.Outliers.IsEjected)
            {
                nextMs = Math.Min(nextMs, server.Outliers.Ejection.UntilMs);
            }
            else if (server.Outliers.IsProposed)
            {
                nextMs = Math.Min(nextMs, nowMs + KeptMs);
            }
        }

        return nextMs;
    }
}

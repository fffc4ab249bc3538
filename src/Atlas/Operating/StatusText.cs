using System.Globalization;
using Atlas.Admin.Reports;
using Atlas.Core.Health;

namespace Atlas.Operating;

/// <summary>A status as lines for a terminal.</summary>
internal static class StatusText
{
    // What a name may take of a line of 80 columns; wider ones leave more.
    private const int MaxName = 24;
    private const int NarrowWidth = 80;

    private static readonly string[] Heads = ["  SERVER", "STATE", "WEIGHT", "ACTIVE", "REQ/S", "NOTE"];

    /// <summary>The lines, none longer than the width. Names are cut rather than columns moved.</summary>
    internal static IEnumerable<string> Lines(StatusReport status, int width)
    {
        string config = status.ConfigId is null ? "" : $"  configuration {status.ConfigId}";
        return Whole(status, config, width).Select(line => Fit(line, width));
    }

    /// <summary>What is left at a server that takes no new clients: <c>3 requests and 1 tunnel left</c>.</summary>
    internal static string Left(ServerReport server)
    {
        if (server.SafeToRemove == true)
        {
            return "safe to remove";
        }

        if (server.Remaining is not RemainingReport left)
        {
            return "";
        }

        string requests = Count(left.Requests, "request");
        return left.Tunnels == 0 ? $"{requests} left"
            : left.Requests == 0 ? $"{Count(left.Tunnels, "tunnel")} left"
            : $"{requests} and {Count(left.Tunnels, "tunnel")} left";
    }

    /// <summary>A number with its noun, which takes an s in the plural.</summary>
    internal static string Count(long count, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");

    /// <summary>A moment, in UTC.</summary>
    internal static string Time(DateTimeOffset time) => string.Create(CultureInfo.InvariantCulture, $"{time.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z");

    private static IEnumerable<string> Whole(StatusReport status, string config, int width)
    {
        yield return $"{status.Node}  atlas {status.Version}{config}";
        if (status.Since is DateTimeOffset since)
        {
            string before = status.UpgradedFrom is int pid ? string.Create(CultureInfo.InvariantCulture, $", upgraded from process {pid}") : "";
            yield return string.Create(CultureInfo.InvariantCulture, $"process {status.Pid}  since {since.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}{before}");
        }

        foreach (ListenerReport listener in status.Listeners)
        {
            yield return LineOf(listener);
        }

        foreach (string line in status.Certificates is CertificateSummary certificates ? Lines(certificates, "certificate", "certificates") : [])
        {
            yield return line;
        }

        foreach (string line in status.Authorities is CertificateSummary authorities ? Lines(authorities, "authority", "authorities") : [])
        {
            yield return line;
        }

        foreach (StoreReport store in status.Stores ?? [])
        {
            yield return LineOf(store);
        }

        foreach (SessionReport session in status.Sessions ?? [])
        {
            yield return LineOf(session);
        }

        foreach (string line in status.HighAvailability is HighAvailabilityReport others ? HighAvailabilityText.Lines(others) : [])
        {
            yield return line;
        }

        foreach (PoolReport pool in status.Pools)
        {
            yield return "";
            yield return $"pool {pool.Name}  {pool.Balance}{StateOf(pool)}";
            if (pool.Circuit is CircuitReport circuit)
            {
                yield return "  " + TextOf(circuit);
            }

            foreach (string line in Table([Heads, .. pool.Servers.Select(server => Row(server, NameWidth(width)))], width))
            {
                yield return line;
            }

            foreach (ServerNameReport name in (pool.Names ?? []).Where(IsNews))
            {
                yield return Note(name);
            }
        }

        foreach (LeavingReport leaving in status.Leaving ?? [])
        {
            yield return $"removed {leaving.Pool}/{leaving.Server}  {Count(leaving.Requests, "request")} left";
        }
    }

    private static string LineOf(ListenerReport listener)
    {
        string spoken = listener.Tls != true ? $"{listener.Protocol}" : listener.Protocol == "http" ? "https" : $"{listener.Protocol} with TLS";
        string mode = listener.Mode is null ? "" : $", mode {listener.Mode}";
        string http2 = listener.Http2Connections > 0
            ? string.Create(
                CultureInfo.InvariantCulture,
                $", {listener.Http2Connections} of HTTP/2 with {Count(listener.Http2Streams ?? 0, "stream")}")
            : "";
        return $"listener {listener.Name}  {spoken} on {string.Join(", ", listener.Addresses)}{mode}  "
            + Count(listener.Connections ?? 0, "connection") + http2;
    }

    private static string LineOf(StoreReport store)
    {
        string servers = store.Servers is { Count: > 0 } some ? " on " + string.Join(", ", some) : "";
        string state = store.State is "refusing" or "slow" or "down" ? store.State.ToUpperInvariant() : store.State;
        return $"store {store.Name}  {store.Type}{servers}  {state}{(store.Reason is null ? "" : ": " + store.Reason)}";
    }

    private static string LineOf(SessionReport session)
    {
        string kept = session is { Count: long count, Bytes: long bytes, MaxBytes: long most }
            ? string.Create(CultureInfo.InvariantCulture, $"  {Count(count, "session")}, {MiB(bytes)} of {MiB(most)} MiB")
            : "";
        return $"session {session.Name}  in store {session.Store}{kept}";
    }

    private static string MiB(long bytes) => (bytes / (double)(1 << 20)).ToString("0.#", CultureInfo.InvariantCulture);

    private static IEnumerable<string> Lines(CertificateSummary certificates, string one, string several)
    {
        string end = string.Create(CultureInfo.InvariantCulture, $"{certificates.FirstNotAfter.UtcDateTime:yyyy-MM-dd HH:mm}Z");
        string expired = certificates.Expired is int count ? string.Create(CultureInfo.InvariantCulture, $", {count} EXPIRED") : "";
        yield return certificates.Count == 1
            ? $"{one} of {certificates.FirstToEnd}  {(expired.Length > 0 ? "EXPIRED on" : "valid until")} {end}"
            : $"{several}  {certificates.Count}{expired}, first to end {certificates.FirstToEnd}, on {end}";
        foreach (string warning in certificates.Warnings ?? [])
        {
            yield return $"  NOTE {warning}";
        }

        foreach (string problem in certificates.Problems ?? [])
        {
            yield return $"  NOTE not used as it is now: {problem}";
        }
    }

    private static string StateOf(PoolReport pool)
    {
        string share = string.Create(CultureInfo.InvariantCulture, $"{(pool.UsableShare ?? 1) * 100:0} % usable");
        return pool.State switch
        {
            PoolState.Usable or null => $"  {share}",
            PoolState.Backup => $"  BACKUPS SERVE, {share}",
            PoolState.Panic => $"  PANIC, {share}: health is ignored",
            PoolState.Unusable when pool.Servers.Count > 0 && pool.Servers.All(server => server.Weight == 0) =>
                "  NO SERVER HAS A WEIGHT: clients are turned away (NH)",
            PoolState.Unusable => "  NO SERVER IS USABLE",
            _ => throw new InvalidOperationException("unknown state"),
        };
    }

    private static string TextOf(CircuitReport circuit)
    {
        string left = string.Create(CultureInfo.InvariantCulture, $"{circuit.RetryAfterSeconds ?? 0:0.#}s");
        string time = string.Create(CultureInfo.InvariantCulture, $"{circuit.Since?.UtcDateTime:HH:mm:ss}Z");
        return circuit.State switch
        {
            CircuitState.Closed => circuit.Since is { } since ? $"circuit closed since {Time(since)}" : "circuit closed",
            CircuitState.Open => $"CIRCUIT OPEN since {time}, for {left} more: {circuit.Reason}",
            CircuitState.HalfOpen when circuit.RetryAfterSeconds > 0 => $"CIRCUIT HALF OPEN since {time}: a request tries",
            CircuitState.HalfOpen => $"CIRCUIT HALF OPEN since {time}: ready to try, by the next request",
            _ => throw new InvalidOperationException("unknown state"),
        };
    }

    private static int NameWidth(int width) => MaxName + Math.Max(width - NarrowWidth, 0);

    private static string[] Row(ServerReport server, int nameWidth) =>
    [
        "  " + Name(server.Name, nameWidth),
        StateOf(server),
        Weight(server),
        string.Create(CultureInfo.InvariantCulture, $"{server.Active}"),
        string.Create(CultureInfo.InvariantCulture, $"{server.Rate:0.0}"),
        Note(server),
    ];

    private static bool IsNews(ServerNameReport name) => name.Pending == true || name.Problem is not null || name.Servers == 0;

    private static string Note(ServerNameReport name)
    {
        string age = name.AnswerAgeSeconds is long seconds
            ? string.Create(CultureInfo.InvariantCulture, $" for {seconds} s")
            : "";
        return name.Problem is string problem ? $"  NOTE {name.Name} is not resolved{age}: {problem}"
            : name.Pending == true ? $"  NOTE {name.Name} is being looked up"
            : $"  NOTE {name.Name} has no servers: its records name none";
    }

    // Of a server that a name has, the address tells which it is.
    private static string Name(string name, int width) =>
        name.Length > width && name.Contains('@', StringComparison.Ordinal) ? "…" + Fit(name[^(width - 1)..], width) : Fit(name, width);

    private static string StateOf(ServerReport server)
    {
        string found = server.OperationalState is null or OperationalState.Unknown
            ? ""
            : server.OperationalState.Value.ToString().ToLowerInvariant();
        string asked = (server.AdminState ?? AdminState.Ready).ToString().ToLowerInvariant();
        return found.Length == 0 ? asked : server.AdminState is AdminState.Ready ? found : $"{asked}, {found}";
    }

    private static string Weight(ServerReport server) =>
        server.EffectiveWeight is double effective && effective != server.Weight
            ? string.Create(CultureInfo.InvariantCulture, $"{effective:0.##}/{server.Weight}")
            : string.Create(CultureInfo.InvariantCulture, $"{server.Weight}");

    private static string Note(ServerReport server) =>
        server.Remaining is not null ? Left(server)
        : server.OperationalState == OperationalState.Down ? server.LastProbe?.Split(": ", 2)[^1] ?? ""
        : server.Ejection is EjectionReport ejection
            ? string.Create(CultureInfo.InvariantCulture, $"for {ejection.SecondsLeft:0}s more: {ejection.Reason}") + ConnectError(server, ": ")
        : server.NotEjected is string why ? why + ConnectError(server, ": ")
        : string.Join(", ", Remarks(server));

    // Once a connection was made again, it is of no interest here.
    private static string ConnectError(ServerReport server, string before) =>
        server.Unreachable == true ? before + server.LastConnectError?.Split(": ", 2)[^1] : "";

    private static IEnumerable<string> Remarks(ServerReport server)
    {
        if (server.Backup == true)
        {
            yield return "backup";
        }

        if (server.Unreachable == true)
        {
            yield return ConnectError(server, "");
        }

        if (server.Flows is long flows)
        {
            yield return Count(flows, "flow") + " so far";
        }
    }

    private static IEnumerable<string> Table(IReadOnlyList<string[]> rows, int width)
    {
        int[] widths = [.. Enumerable.Range(0, Heads.Length).Select(i => rows.Max(row => row[i].Length))];
        foreach (string[] row in rows)
        {
            // Words to the left, numbers to the right. A note is worth more than its column: it may have a line of its own.
            string[] cells = [.. row.Select((cell, i) => i is 2 or 3 or 4 ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]))];
            string line = string.Join("  ", cells).TrimEnd();
            if (line.Length <= width)
            {
                yield return line;
            }
            else
            {
                yield return string.Join("  ", cells[..^1]).TrimEnd();
                yield return "    " + row[^1];
            }
        }
    }

    // What a terminal would take for a command is shown as a question mark.
    private static string Fit(string text, int width)
    {
        string shown = string.Concat(text.Select(character => char.IsControl(character) ? '?' : character));
        return shown.Length <= width ? shown : shown[..(width - 1)] + "…";
    }
}

using Atlas.Control.Configuration.Kinds;
using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Validation;

/// <summary>Which keys of a health check go with its type.</summary>
internal static class HealthRules
{
    private static readonly string[] HttpExpectations = ["status", "headers", "body"];

    /// <summary>Adds an error for every rule that the pool's check breaks.</summary>
    public static void Check(PoolConfig pool, Findings findings)
    {
        if (pool.HealthCheck is not { } health)
        {
            return;
        }

        if (health.TimeoutMs >= health.IntervalMs)
        {
            bool isWritten = health.Source.IsWritten("timeout");
            (string timeout, string interval) = (Durations.Format(health.TimeoutMs), Durations.Format(health.IntervalMs));
            findings.Add(
                health,
                isWritten ? "timeout" : "interval",
                isWritten
                    ? $"timeout {timeout} is not below interval {interval}: lower timeout or raise interval"
                    : $"timeout, {timeout} by default, is not below interval {interval}: write a lower timeout, too, or raise interval");
        }

        CheckType(health, findings);
        foreach (ServerConfig server in pool.Servers.Where(server => server.Address?.UnixPath is not null))
        {
            if (health.Port is not null)
            {
                findings.Add(health, "port", $"'port' needs servers with ports, and '{server.Address}' is a Unix socket: remove it");
                break;
            }

            if (health.Type == HealthCheckType.Udp)
            {
                findings.Add(health, "type", $"type udp needs servers with ports, and '{server.Address}' is a Unix socket: change the type");
                break;
            }
        }
    }

    private static void CheckType(HealthCheckConfig health, Findings findings)
    {
        if (health.Type != HealthCheckType.Udp)
        {
            findings.Forbid(health, ["send"], "needs type: udp: remove it, or change the type");
            findings.Forbid(health.Expect, ["reply"], "needs type: udp: remove it, or change the type");
        }

        switch (health.Type)
        {
            case HealthCheckType.Tcp:
                findings.Forbid(health, ["path", "host", "expect"], "needs type: http, and a check of type tcp only connects: remove it, or change the type");
                findings.Forbid(health, ["service"], "needs type: grpc, and a check of type tcp only connects: remove it, or change the type");
                break;
            case HealthCheckType.Grpc:
                findings.Forbid(health, ["path", "expect"], "needs type: http, and a check of type grpc has no such thing: remove it");
                break;
            case HealthCheckType.Udp:
                CheckUdp(health, findings);
                break;
            case HealthCheckType.Http:
            default:
                findings.Forbid(health, ["service"], "needs type: grpc, and a check of type http asks for a path: remove it, or change the type");
                break;
        }
    }

    private static void CheckUdp(HealthCheckConfig health, Findings findings)
    {
        const string reason = "needs type: http, and a check of type udp sends a datagram: remove it, or change the type";
        findings.Forbid(health, ["path", "host"], reason);
        findings.Forbid(health.Expect, HttpExpectations, reason);
        findings.Forbid(health, ["service"], "needs type: grpc, and a check of type udp sends a datagram: remove it, or change the type");
        if (!health.Source.IsWritten("send"))
        {
            findings.Add(health, "type", "type udp needs 'send', a datagram that the servers answer: write send: \"text\" or send: \"hex:…\"");
        }
    }
}

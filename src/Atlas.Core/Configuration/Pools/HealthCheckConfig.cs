namespace Atlas.Core.Configuration;

/// <summary>Active checks of a pool's servers.</summary>
public sealed record HealthCheckConfig : ConfigSection
{
    /// <summary>What a probe does. Default HTTP.</summary>
    public HealthCheckType Type { get; init; } = HealthCheckType.Http;

    /// <summary>HTTP only: the path and query that is asked for. Default <c>/health</c>.</summary>
    public string Path { get; init; } = "/health";

    /// <summary>HTTP and gRPC: the <c>Host</c> of the probe. Empty: the server's address.</summary>
    public string Host { get; init; } = "";

    /// <summary>gRPC only: the service whose health is asked for. Empty: the server as a whole.</summary>
    public string Service { get; init; } = "";

    /// <summary>The port that is probed; null: the server's own.</summary>
    public int? Port { get; init; }

    /// <summary>UDP only: the datagram that is sent.</summary>
    public ProbePayload Send { get; init; } = ProbePayload.Empty;

    /// <summary>HTTP and UDP: what a good response is.</summary>
    public HealthExpectConfig Expect { get; init; } = new();

    /// <summary>Between the starts of two probes of a server. Default 5 s.</summary>
    public int IntervalMs { get; init; } = 5_000;

    /// <summary>How long a probe may take; below the interval. Default 2 s.</summary>
    public int TimeoutMs { get; init; } = 2_000;

    /// <summary>Good probes in a row that bring a server up. Default 2.</summary>
    public int Rise { get; init; } = 2;

    /// <summary>Bad probes in a row that take a server down. Default 3.</summary>
    public int Fall { get; init; } = 3;
}

namespace Atlas.Core.Configuration;

/// <summary>What a probe does.</summary>
public enum HealthCheckType
{
    /// <summary>Sends a GET and looks at status and body.</summary>
    Http,

    /// <summary>Opens a connection and closes it.</summary>
    Tcp,

    /// <summary>Calls <c>grpc.health.v1.Health/Check</c> and expects <c>SERVING</c>.</summary>
    Grpc,

    /// <summary>Sends a datagram and looks at the answer.</summary>
    Udp,
}

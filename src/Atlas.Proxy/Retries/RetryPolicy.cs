using System.Collections;
using Atlas.Core.Configuration;

namespace Atlas.Proxy.Retries;

/// <summary>When a request is tried again on another server, if it may be. Immutable.</summary>
public sealed class RetryPolicy
{
    private const int FirstStatus = 500;
    private const int StatusCount = 100;

    private readonly BitArray _onStatuses = new(StatusCount);

    /// <summary>One more try after a connect failure or a reset.</summary>
    public static RetryPolicy Default { get; } = new();

    /// <summary>Tries beyond the first that did something at a server or took its time: after a connect timeout, a reset, a
    /// status.</summary>
    public int Attempts { get; init; } = 1;

    /// <summary>Whether a try follows a connection that could not be made.</summary>
    public bool OnConnectFailure { get; init; } = true;

    /// <summary>Whether a try follows a connection that broke before the first byte of a response.</summary>
    public bool OnReset { get; init; } = true;

    /// <summary>The policy of a section.</summary>
    public static RetryPolicy Of(RetryConfig config)
    {
        var policy = new RetryPolicy
        {
            Attempts = config.Attempts,
            OnConnectFailure = config.OnConnectFailure,
            OnReset = config.OnReset,
        };
        foreach (int status in config.OnStatuses)
        {
            policy._onStatuses[status - FirstStatus] = true;
        }

        return policy;
    }

    /// <summary>Whether a try follows a response with this status.</summary>
    public bool IsOn(int status) => (uint)(status - FirstStatus) < StatusCount && _onStatuses[status - FirstStatus];
}

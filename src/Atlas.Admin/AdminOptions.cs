using System.Net.Sockets;

namespace Atlas.Admin;

/// <summary>How the admin server is offered.</summary>
public sealed record AdminOptions
{
    /// <summary>Where it answers: a socket that is bound, which it closes when it ends.</summary>
    public required Socket Socket { get; init; }

    /// <summary>What callers must show as <c>Authorization: Bearer …</c>; null: nothing. <c>/healthz</c> and <c>/readyz</c>
    /// answer without it, since probes cannot keep a secret, but then give no reasons.</summary>
    public string? Token { get; init; }

    /// <summary>The version of Atlas, for the metric <c>atlas_build_info</c>.</summary>
    public string Version { get; init; } = "";

    /// <summary>The clock of heartbeats.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Takes sentences for the operator, on any thread.</summary>
    public Action<string> Notice { get; init; } = _ => { };
}

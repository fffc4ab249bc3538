using Atlas.Core.Tls;

namespace Atlas.Control.Tls;

/// <summary>What a <see cref="CertificateWatch"/> needs.</summary>
public sealed record CertificateWatchOptions
{
    /// <summary>The lock under which configurations come into force.</summary>
    public required Lock Gate { get; init; }

    /// <summary>Puts what was read into force, under the lock. Throws where it cannot; what was in force then stays.</summary>
    public required Action<TlsMaterial> Take { get; init; }

    /// <summary>Takes what there is to tell, on any thread. Must neither block nor call back.</summary>
    public Action<CertificateEvent> Tell { get; init; } = _ => { };

    /// <summary>Takes a note on files for the operator. Must neither block nor call back.</summary>
    public Action<string> Say { get; init; } = _ => { };

    /// <summary>The clock and its timers.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Between two looks at the files.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(2);
}

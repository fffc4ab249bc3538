using Atlas.Protocols.Dns;

namespace Atlas.Control.Discovery.Resolving;

/// <summary>Finds the records of names.</summary>
public interface INameResolver
{
    /// <summary>Looks up a name once. What goes wrong is in the result.</summary>
    /// <param name="name">A host name, without a dot at its end.</param>
    /// <param name="type">A, AAAA or SRV.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    Task<LookupResult> LookupAsync(string name, DnsType type, CancellationToken cancellation);
}

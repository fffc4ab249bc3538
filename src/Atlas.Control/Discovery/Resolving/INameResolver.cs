using Atlas.Protocols.Dns;

namespace Atlas.Control.Discovery.Resolving;

/// <summary>Finds the records of names.</summary>
public interface INameResolver
{
    /// <summary>Looks up a name once. What goes wrong is in the result.</summary>
    /// <param name="name">A host name; with a dot at its end it stands as it is, without search domains.</param>
    /// <param name="type">A, AAAA or SRV.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    Task<LookupResult> LookupAsync(string name, DnsType type, CancellationToken cancellation);
}

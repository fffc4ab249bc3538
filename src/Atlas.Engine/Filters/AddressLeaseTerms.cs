using Atlas.Engine.Links;

namespace Atlas.Engine.Filters;

/// <summary>What an <see cref="AddressLease"/> says.</summary>
public sealed record AddressLeaseTerms
{
    /// <summary>The addresses, at least one, all of the lease's family.</summary>
    public required IReadOnlyList<LinkAddress> Addresses { get; init; }

    /// <summary>How long after the last renewal this host still answers for them, in milliseconds, at least 1. The kernel counts in its
    /// ticks, of 1 to 10 ms.</summary>
    public required int AnswerMs { get; init; }

    /// <summary>How long after the last renewal the filter drops anything, in milliseconds: as long as the addresses may be on an
    /// interface without it. After that it does nothing, whoever has the addresses then.</summary>
    public required int FilterMs { get; init; }

    /// <summary>The only ports at which other hosts reach the addresses; null: all of them, and whatever else is sent there. Errors about
    /// packets that were sent from the addresses and neighbour discovery are always taken.</summary>
    public IReadOnlyList<AcceptedPort>? Accepts { get; init; }
}

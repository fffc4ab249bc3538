namespace Atlas.Core.Health;

/// <summary>Failures of a server in a row, of both kinds, and whether they came from more than one client: one word, so that
/// threads change it with a compare-and-swap. Counts stop at <see cref="MaxCount"/>.
/// <code>unused 1 | gateway failures 15 | connect failures 15 | several 1 | first client's key 32</code></summary>
/// <param name="Word">The word; 0: no failure since the last success.</param>
internal readonly record struct FailureRun(ulong Word)
{
    /// <summary>Where a kind is not counted any further.</summary>
    internal const int MaxCount = (1 << 15) - 1;

    private const ulong SeveralBit = 1UL << 32;
    private const int ConnectShift = 33;
    private const int GatewayShift = 48;

    internal int ConnectFailures => (int)(Word >> ConnectShift) & MaxCount;

    internal int GatewayFailures => (int)(Word >> GatewayShift) & MaxCount;

    internal bool FromSeveral => (Word & SeveralBit) != 0;

    /// <summary>The run with one more failure.</summary>
    internal FailureRun With(ServerOutcome outcome, uint clientKey)
    {
        ulong word = Word == 0 ? clientKey : (uint)Word == clientKey ? Word : Word | SeveralBit;
        bool isConnect = outcome == ServerOutcome.ConnectFailure;
        bool isFull = (isConnect ? ConnectFailures : GatewayFailures) == MaxCount;
        return new FailureRun(isFull ? word : word + (1UL << (isConnect ? ConnectShift : GatewayShift)));
    }
}

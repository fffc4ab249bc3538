namespace Atlas.Core.HighAvailability;

/// <summary>What a node has heard last of another one; the default: nothing.</summary>
/// <param name="Boot">The other one's boot; 0: nothing was heard.</param>
/// <param name="Sequence">The sequence number of what was heard.</param>
/// <param name="AgeUs">How long ago, in microseconds.</param>
public readonly record struct PeerEcho(UInt128 Boot, ulong Sequence, uint AgeUs);

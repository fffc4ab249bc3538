namespace Atlas.Bench.Load.Attacks;

/// <summary>What one connection does to a proxy that speaks HTTP/2.</summary>
/// <param name="Name">As the table calls it.</param>
/// <param name="Bytes">What it sends after the preface, its SETTINGS first.</param>
internal sealed record Attack(string Name, byte[] Bytes)
{
    /// <summary>The most that one call sends.</summary>
    internal int ChunkBytes { get; init; } = 16 * 1024;

    /// <summary>Whether what comes back is read.</summary>
    internal bool Reads { get; init; } = true;

    /// <summary>How long the connection stays after all is sent, if it is not cut.</summary>
    internal int HoldMs { get; init; } = 100;
}

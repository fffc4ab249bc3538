namespace Atlas.Core.Configuration;

/// <summary>HTTP statuses from one to another, written <c>200-399</c> or <c>204</c>.</summary>
/// <param name="First">The lowest, from 100.</param>
/// <param name="Last">The highest, up to 599.</param>
public readonly record struct StatusRange(int First, int Last)
{
    /// <summary>Whether the status is in the range.</summary>
    public bool Contains(int status) => status >= First && status <= Last;

    /// <summary>As it is written in a configuration.</summary>
    public override string ToString() => First == Last ? $"{First}" : $"{First}-{Last}";
}

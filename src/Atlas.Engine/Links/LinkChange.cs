namespace Atlas.Engine.Links;

/// <summary>A change of a link or of its addresses.</summary>
public readonly record struct LinkChange
{
    /// <summary>What changed.</summary>
    public required LinkChangeKind Kind { get; init; }

    /// <summary>The link; 0 for <see cref="LinkChangeKind.Overrun"/>.</summary>
    public int LinkIndex { get; init; }

    /// <summary>Of a link: whether it is switched on.</summary>
    public bool IsUp { get; init; }

    /// <summary>Of a link: whether it carries traffic.</summary>
    public bool IsRunning { get; init; }

    /// <summary>Of an address: what it is, or was.</summary>
    public ListedAddress Address { get; init; }
}

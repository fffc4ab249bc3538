namespace Atlas.Control.Tls;

/// <summary>Who names files of TLS.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Its configured name.</param>
public readonly record struct TlsOwner(TlsOwnerKind Kind, string Name)
{
    /// <summary>What it is, in a word, such as <c>pool</c>.</summary>
    public string Word => WordOf(Kind);

    /// <summary>Its name if it is of a kind; else null.</summary>
    public string? NameAs(TlsOwnerKind kind) => Kind == kind ? Name : null;

    /// <summary>What messages call it: <c>listener secure</c>.</summary>
    public override string ToString() => $"{Word} {Name}";

    /// <summary>A kind in a word.</summary>
    internal static string WordOf(TlsOwnerKind kind) => kind switch
    {
        TlsOwnerKind.Listener => "listener",
        TlsOwnerKind.Pool => "pool",
        TlsOwnerKind.Store => "store",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}

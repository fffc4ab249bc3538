using Atlas.Control.Tls.Reading;

namespace Atlas.Control.Tls.Watching;

/// <summary>A place of the configuration that names files of TLS, with what is in force there.</summary>
/// <param name="Owner">Whose it is.</param>
/// <param name="Path">The file of the certificates, as it is written.</param>
internal abstract record TlsSlot(TlsOwner Owner, string Path)
{
    /// <summary>The same for the same place of a later configuration.</summary>
    public (Type Kind, TlsOwner Owner, string Path) Key => (GetType(), Owner, Path);

    /// <summary>What messages call it: <c>certificate a.example (certs/a.pem)</c>.</summary>
    public abstract string Title { get; }

    /// <summary>The title with whose it is: <c>listener secure: certificate a.example (certs/a.pem)</c>.</summary>
    public string Text => $"{Owner}: {Title}";

    /// <summary>Whether another one has the same in force.</summary>
    public abstract bool HasSame(TlsSlot other);

    /// <summary>Whether a reading found what is in force here.</summary>
    public abstract bool IsAsIn(LoadedItems items);

    /// <summary>Why a reading fell back on what is in force here; null: it did not.</summary>
    public abstract string? ProblemIn(LoadedItems items);

    /// <summary>What is to be said where it came into force in place of another one of the same key.</summary>
    public abstract string ChangeFrom(TlsSlot before);
}

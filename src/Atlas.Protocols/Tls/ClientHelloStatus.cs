namespace Atlas.Protocols.Tls;

/// <summary>What a call of <see cref="ClientHelloReader.Read"/> came to.</summary>
public enum ClientHelloStatus : byte
{
    /// <summary>All is well so far; call again with at least one more byte appended to the same bytes.</summary>
    NeedMore,

    /// <summary>The hello is complete and valid.</summary>
    Done,

    /// <summary>The first bytes are no TLS record, which includes the hello of SSL 2.</summary>
    NotTls,

    /// <summary>It is TLS and broken; the reader's Error says how.</summary>
    Malformed,

    /// <summary>It is longer than <see cref="ClientHelloReader.MaxBytes"/>, or than the scratch where it needs that.</summary>
    TooLarge,
}

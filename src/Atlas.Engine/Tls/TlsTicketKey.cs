namespace Atlas.Engine.Tls;

/// <summary>One key of tickets: a name, by which a ticket tells what it was made with (RFC 5077 4), a key for AES-256 and one for
/// HMAC-SHA256.</summary>
internal sealed class TlsTicketKey
{
    internal const int NameLength = 16;
    internal const int SecretLength = 32;
    internal const int Length = NameLength + (2 * SecretLength);

    private readonly byte[] _bytes;

    /// <summary>Makes one of <see cref="Length"/> bytes, which are copied.</summary>
    internal TlsTicketKey(ReadOnlySpan<byte> bytes)
    {
        // Pinned, so that no copies of it are left behind when the heap is compacted.
        _bytes = GC.AllocateUninitializedArray<byte>(Length, pinned: true);
        bytes.CopyTo(_bytes);
    }

    internal ReadOnlySpan<byte> Name => _bytes.AsSpan(0, NameLength);

    internal ReadOnlySpan<byte> CipherSecret => _bytes.AsSpan(NameLength, SecretLength);

    internal ReadOnlySpan<byte> MacSecret => _bytes.AsSpan(NameLength + SecretLength, SecretLength);
}

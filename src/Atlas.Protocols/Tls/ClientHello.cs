using System.Runtime.InteropServices;
using Atlas.Protocols.Http;

namespace Atlas.Protocols.Tls;

/// <summary>What a ClientHello says that routing can go by. Its slices are of the message, which
/// <see cref="MessageOf"/> finds.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly struct ClientHello
{
    /// <summary>Bytes of the longest host name (RFC 1035 2.3.4, without the root's dot).</summary>
    public const int MaxServerName = 253;

    /// <summary>Where the handshake message lies: in the bytes received, or in the scratch if it came in several records.</summary>
    public Slice Message { get; init; }

    /// <summary>Whether <see cref="Message"/> is a slice of the scratch.</summary>
    public bool IsInScratch { get; init; }

    /// <summary>The server name (SNI) as the client wrote it, checked; empty if there is none.</summary>
    public Slice ServerName { get; init; }

    /// <summary>The list of application protocols; empty if there is none. <see cref="AlpnOf"/> takes it apart.</summary>
    public Slice AlpnList { get; init; }

    /// <summary>The highest version of TLS that the client offers, such as 0x0304 for TLS 1.3.</summary>
    public ushort HighestVersion { get; init; }

    /// <summary>Whether it wants to resume a session: it brings a ticket or pre-shared keys.</summary>
    public bool Resumes { get; init; }

    /// <summary>Whether it has the extension encrypted_client_hello; the server name is then that of the outer hello.
    /// Browsers send it with random content too, so it does not tell that there is an inner one.</summary>
    public bool HasEncryptedClientHello { get; init; }

    /// <summary>The handshake message, from its type on.</summary>
    /// <param name="received">What was last given to the reader.</param>
    /// <param name="scratch">The scratch that was lent to it.</param>
    public ReadOnlySpan<byte> MessageOf(ReadOnlySpan<byte> received, ReadOnlySpan<byte> scratch) =>
        Message.Of(IsInScratch ? scratch : received);

    /// <summary>Copies the server name in lower case.</summary>
    /// <param name="message">The handshake message.</param>
    /// <param name="destination">At least <see cref="MaxServerName"/> bytes.</param>
    /// <returns>The part of the destination that is the name; empty if there is none.</returns>
    public Span<byte> ServerNameOf(ReadOnlySpan<byte> message, Span<byte> destination)
    {
        System.Text.Ascii.ToLower(ServerName.Of(message), destination, out int length);
        return destination[..length];
    }

    /// <summary>The application protocols in the client's order of preference.</summary>
    /// <param name="message">The handshake message.</param>
    public AlpnNames AlpnOf(ReadOnlySpan<byte> message) => new(AlpnList.Of(message));
}

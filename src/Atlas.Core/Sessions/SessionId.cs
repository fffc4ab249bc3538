using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;

namespace Atlas.Core.Sessions;

/// <summary>Names a user's session: 128 random bits, as text 22 characters of base64url (RFC 4648 5). Whoever has it has the session,
/// so it is never logged, and stores keep a hash of it only.</summary>
/// <param name="Value">The bits.</param>
public readonly record struct SessionId(UInt128 Value)
{
    /// <summary>Characters of an id.</summary>
    public const int Length = 22;

    /// <summary>Bytes of an id.</summary>
    public const int Bytes = 16;

    /// <summary>Takes random bytes for an id.</summary>
    /// <param name="random"><see cref="Bytes"/> of them that nobody can guess.</param>
    public static SessionId Of(ReadOnlySpan<byte> random) => new(BinaryPrimitives.ReadUInt128BigEndian(random));

    /// <summary>Reads an id.</summary>
    /// <param name="text">What a client sent. One id has one text only: unused bits of the last character are 0.</param>
    /// <param name="id">The id.</param>
    public static bool TryParse(ReadOnlySpan<byte> text, out SessionId id)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        Span<byte> again = stackalloc byte[Length];
        id = default;
        if (text.Length != Length
            || Base64Url.DecodeFromUtf8(text, bytes, out _, out int length) != OperationStatus.Done
            || length != Bytes)
        {
            return false;
        }

        id = Of(bytes);
        id.Write(again);
        return again.SequenceEqual(text);
    }

    /// <summary>Writes the id's text.</summary>
    /// <param name="destination">At least <see cref="Length"/> bytes.</param>
    public void Write(Span<byte> destination)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        WriteBytes(bytes);
        Base64Url.EncodeToUtf8(bytes, destination, out _, out _);
    }

    /// <summary>Writes the id's bits.</summary>
    /// <param name="destination">At least <see cref="Bytes"/> bytes.</param>
    public void WriteBytes(Span<byte> destination) => BinaryPrimitives.WriteUInt128BigEndian(destination, Value);
}

using System.Buffers.Binary;
using System.Text;
using Atlas.Core.Sessions;

namespace Atlas.Proxy.UserSessions.Handover;

/// <summary>
/// Calls and replies as bytes, between two processes of one machine. All numbers are little endian.
/// <code>
///   call   4 length of the rest, 1 kind, 1 flags (1 expects a version, 2 was stored, 4 has contents), 8 expected version, 16 id,
///          8 version, 8 created, 8 left in ms, 2 length of the name, the session's name, the contents
///   reply  4 length of the rest, 1 result (255: no such session here), 1 flags (4 has contents), 8 version, 8 created,
///          8 left in ms (of a sync: how many found no room), the contents (of a sync: names that are
///          not there, a line each)
/// </code>
/// </summary>
internal static class SessionFrames
{
    /// <summary>The result that says that the other process has no sessions of that name in memory.</summary>
    internal const byte NotHere = 255;

    /// <summary>What is read and written at once of many.</summary>
    internal const int BufferBytes = 64 * 1024;

    private const int LengthBytes = 4;
    private const int CallBytes = 52;
    private const int ReplyBytes = 26;
    private const byte Expects = 1;
    private const byte WasStored = 2;
    private const byte HasContents = 4;

    // More than contents may have (max_size), by far.
    private const int MaxBytes = 64 * 1024 * 1024;

    /// <summary>A call as bytes.</summary>
    internal static byte[] Write(string name, in SessionCall call)
    {
        int nameLength = Encoding.UTF8.GetByteCount(name);
        byte[] frame = new byte[LengthBytes + CallBytes + nameLength + (call.Contents?.Length ?? 0)];
        BinaryPrimitives.WriteInt32LittleEndian(frame, frame.Length - LengthBytes);
        Span<byte> rest = frame.AsSpan(LengthBytes);
        rest[0] = (byte)call.Kind;
        rest[1] = (byte)((call.Expected is null ? 0 : Expects) | (call.WasStored ? WasStored : 0) | (call.Contents is null ? 0 : HasContents));
        BinaryPrimitives.WriteUInt64LittleEndian(rest[2..], call.Expected ?? 0);
        call.Id.WriteBytes(rest[10..26]);
        BinaryPrimitives.WriteUInt64LittleEndian(rest[26..], call.Stamp.Version);
        BinaryPrimitives.WriteInt64LittleEndian(rest[34..], call.Stamp.CreatedSeconds);
        BinaryPrimitives.WriteInt64LittleEndian(rest[42..], call.LeftMs);
        BinaryPrimitives.WriteUInt16LittleEndian(rest[50..], (ushort)nameLength);
        Encoding.UTF8.GetBytes(name, rest[CallBytes..]);
        call.Contents?.CopyTo(rest[(CallBytes + nameLength)..]);
        return frame;
    }

    /// <summary>Reads a call.</summary>
    /// <exception cref="IOException">It is none.</exception>
    internal static (string Name, SessionCall Call) ReadCall(ReadOnlySpan<byte> rest)
    {
        int nameLength = rest.Length < CallBytes ? int.MaxValue : BinaryPrimitives.ReadUInt16LittleEndian(rest[50..]);
        if (nameLength > rest.Length - CallBytes || rest[0] > (byte)SessionCallKind.Sync)
        {
            throw new IOException("what was sent is no call of sessions");
        }

        byte flags = rest[1];
        return (Encoding.UTF8.GetString(rest.Slice(CallBytes, nameLength)), new SessionCall
        {
            Kind = (SessionCallKind)rest[0],
            Id = SessionId.Of(rest[10..26]),
            Expected = (flags & Expects) == 0 ? null : BinaryPrimitives.ReadUInt64LittleEndian(rest[2..]),
            WasStored = (flags & WasStored) != 0,
            Contents = (flags & HasContents) == 0 ? null : rest[(CallBytes + nameLength)..].ToArray(),
            Stamp = new SessionStamp(BinaryPrimitives.ReadUInt64LittleEndian(rest[26..]), BinaryPrimitives.ReadInt64LittleEndian(rest[34..])),
            LeftMs = BinaryPrimitives.ReadInt64LittleEndian(rest[42..]),
        });
    }

    /// <summary>A reply as bytes; null: there are no such sessions here.</summary>
    internal static byte[] Write(SessionReply? reply)
    {
        SessionReply said = reply ?? default;
        byte[] frame = new byte[LengthBytes + ReplyBytes + (said.Contents?.Length ?? 0)];
        BinaryPrimitives.WriteInt32LittleEndian(frame, frame.Length - LengthBytes);
        Span<byte> rest = frame.AsSpan(LengthBytes);
        rest[0] = reply is null ? NotHere : (byte)said.Result;
        rest[1] = said.Contents is null ? (byte)0 : HasContents;
        BinaryPrimitives.WriteUInt64LittleEndian(rest[2..], said.Stamp.Version);
        BinaryPrimitives.WriteInt64LittleEndian(rest[10..], said.Stamp.CreatedSeconds);
        BinaryPrimitives.WriteInt64LittleEndian(rest[18..], said.LeftMs);
        said.Contents?.CopyTo(rest[ReplyBytes..]);
        return frame;
    }

    /// <summary>Reads a reply.</summary>
    /// <exception cref="IOException">It is none, or says that there are no such sessions there.</exception>
    internal static SessionReply ReadReply(ReadOnlySpan<byte> rest) =>
        rest.Length < ReplyBytes || rest[0] > (byte)StoreResult.Cancelled
            ? throw new IOException("the other process has no such sessions in memory")
            : new SessionReply(
                (StoreResult)rest[0],
                (rest[1] & HasContents) == 0 ? null : rest[ReplyBytes..].ToArray(),
                new SessionStamp(BinaryPrimitives.ReadUInt64LittleEndian(rest[2..]), BinaryPrimitives.ReadInt64LittleEndian(rest[10..])),
                BinaryPrimitives.ReadInt64LittleEndian(rest[18..]));

    /// <summary>Reads the next frame, without its length.</summary>
    /// <returns>Null: the stream has ended.</returns>
    /// <exception cref="IOException">It ended within a frame, or one is too long.</exception>
    internal static async ValueTask<byte[]?> ReadAsync(Stream stream)
    {
        byte[] head = new byte[LengthBytes];
        int read = await stream.ReadAtLeastAsync(head, LengthBytes, throwOnEndOfStream: false).ConfigureAwait(false);
        int length = BinaryPrimitives.ReadInt32LittleEndian(head);
        if (read == 0)
        {
            return null;
        }

        if (read < LengthBytes || length is < 0 or > MaxBytes)
        {
            throw new IOException("what was sent is no frame of sessions");
        }

        byte[] rest = new byte[length];
        await stream.ReadExactlyAsync(rest).ConfigureAwait(false);
        return rest;
    }
}

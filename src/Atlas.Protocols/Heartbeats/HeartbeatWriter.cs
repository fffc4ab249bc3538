using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Atlas.Protocols.Heartbeats;

/// <summary>Writes heartbeats; the table is above <see cref="HeartbeatReader"/>.</summary>
public static class HeartbeatWriter
{
    /// <summary>Writes one.</summary>
    /// <param name="heartbeat">What it says.</param>
    /// <param name="key">The key, <see cref="HeartbeatLimits.KeyBytes"/> bytes.</param>
    /// <param name="destination">Room for <see cref="HeartbeatLimits.MaxBytes"/> bytes.</param>
    /// <returns>Its length.</returns>
    /// <exception cref="ArgumentException">A text is too long or not of its form, or the room is too small: the caller's mistake.</exception>
    public static int Write(Heartbeat heartbeat, ReadOnlySpan<byte> key, Span<byte> destination)
    {
        int from = WriteText(heartbeat.From, HeartbeatLimits.NameBytes, destination[HeartbeatLimits.FixedBytes..]);
        int to = WriteText(heartbeat.To, HeartbeatLimits.NameBytes, destination[(HeartbeatLimits.FixedBytes + from)..]);
        int version = WriteText(heartbeat.Version, HeartbeatLimits.VersionBytes, destination[(HeartbeatLimits.FixedBytes + from + to)..]);
        if (from == 0 || to == 0)
        {
            throw new ArgumentException("a heartbeat has the names of two nodes", nameof(heartbeat));
        }

        int signed = HeartbeatLimits.FixedBytes + from + to + version;
        int length = signed + HeartbeatLimits.MacBytes;
        HeartbeatLimits.Mark.CopyTo(destination);
        destination[4] = HeartbeatLimits.FormatVersion;
        destination[5] = (byte)heartbeat.State;
        BinaryPrimitives.WriteUInt16BigEndian(destination[6..], (ushort)length);
        BinaryPrimitives.WriteUInt128BigEndian(destination[8..], heartbeat.Boot);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], heartbeat.Sequence);
        BinaryPrimitives.WriteUInt128BigEndian(destination[32..], heartbeat.EchoBoot);
        BinaryPrimitives.WriteUInt64BigEndian(destination[48..], heartbeat.EchoSequence);
        BinaryPrimitives.WriteUInt32BigEndian(destination[56..], heartbeat.EchoAgeUs);
        BinaryPrimitives.WriteInt64BigEndian(destination[60..], heartbeat.WallClockMs);
        destination[68..84].Clear();
        destination[84] = (byte)from;
        destination[85] = (byte)to;
        destination[86] = (byte)version;
        destination[87] = 0;
        HMACSHA256.HashData(key, destination[..signed], destination[signed..length]);
        return length;
    }

    private static int WriteText(string text, int most, Span<byte> destination)
    {
        if (text.Length > most || Ascii.FromUtf16(text, destination, out int length) != OperationStatus.Done || !HeartbeatLimits.IsText(destination[..length]))
        {
            throw new ArgumentException($"'{text}' is not at most {most} printable ASCII characters, or has no room", nameof(text));
        }

        return length;
    }
}

using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Atlas.Protocols.Heartbeats;

/// <summary>
/// Reads heartbeats. A heartbeat is one datagram; numbers are big-endian.
/// <code>
///   offset  bytes  field
///        0      4  "ATLH"
///        4      1  version of this form: 1
///        5      1  state of the data plane: 1 serving, 2 draining, 3 not serving, 4 stopped
///        6      2  length of the datagram with its code
///        8     16  boot: random, chosen when the sender started; not 0
///       24      8  sequence: grows within a boot, from 1
///       32     16  echo: the boot of the receiver that the sender heard last; 0: none
///       48      8  echo: the sequence that it heard of that boot
///       56      4  echo: microseconds from hearing to sending
///       60      8  wall clock: milliseconds since 1970, signed
///       68     16  reserved: 0; whoever reads it passes over it
///       84      4  lengths of sender, receiver and version, a byte each; 0
///       88         the sender's name, the receiver's, the version: printable ASCII
///      end     32  HMAC-SHA-256 (RFC 2104) of all before, by the key of the cluster
/// </code>
/// Nothing is told of a datagram whose code is wrong but that it is. The echo is what makes a heartbeat more than a record that
/// somebody plays back: only who heard the receiver a moment ago can name its boot and sequence under the key.
/// </summary>
public static class HeartbeatReader
{
    /// <summary>Reads a datagram. It costs one HMAC over at most <see cref="HeartbeatLimits.MaxBytes"/> bytes, and nothing where the head is wrong.</summary>
    /// <param name="datagram">The whole datagram.</param>
    /// <param name="key">The key, <see cref="HeartbeatLimits.KeyBytes"/> bytes.</param>
    /// <param name="heartbeat">What it says; null unless it is authentic.</param>
    public static HeartbeatStatus Read(ReadOnlySpan<byte> datagram, ReadOnlySpan<byte> key, out Heartbeat? heartbeat)
    {
        heartbeat = null;
        HeartbeatStatus status = Look(datagram);
        if (status != HeartbeatStatus.Authentic)
        {
            return status;
        }

        ReadOnlySpan<byte> signed = datagram[..^HeartbeatLimits.MacBytes];
        Span<byte> code = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, signed, code);
        if (!CryptographicOperations.FixedTimeEquals(code, datagram[signed.Length..]))
        {
            return HeartbeatStatus.NotAuthentic;
        }

        heartbeat = ReadFields(signed);
        return heartbeat is null ? HeartbeatStatus.Malformed : HeartbeatStatus.Authentic;
    }

    /// <summary>What can be seen of a datagram without the key: whether it is worth the work of looking at its code.</summary>
    /// <returns><see cref="HeartbeatStatus.Authentic"/>: its code decides.</returns>
    public static HeartbeatStatus Look(ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length < HeartbeatLimits.MinBytes)
        {
            return HeartbeatStatus.TooShort;
        }

        if (datagram.Length > HeartbeatLimits.MaxBytes)
        {
            return HeartbeatStatus.TooLong;
        }

        return !datagram.StartsWith(HeartbeatLimits.Mark) ? HeartbeatStatus.NoHeartbeat
            : datagram[4] != HeartbeatLimits.FormatVersion ? HeartbeatStatus.UnknownVersion
            : BinaryPrimitives.ReadUInt16BigEndian(datagram[6..]) != datagram.Length ? HeartbeatStatus.WrongLength
            : HeartbeatStatus.Authentic;
    }

    private static Heartbeat? ReadFields(ReadOnlySpan<byte> signed)
    {
        var state = (HeartbeatState)signed[5];
        (int from, int to, int version) = (signed[84], signed[85], signed[86]);
        ReadOnlySpan<byte> texts = signed[HeartbeatLimits.FixedBytes..];
        if (state is not (HeartbeatState.Serving or HeartbeatState.Draining or HeartbeatState.NotServing or HeartbeatState.Stopped)
            || from is 0 or > HeartbeatLimits.NameBytes
            || to is 0 or > HeartbeatLimits.NameBytes
            || version > HeartbeatLimits.VersionBytes
            || signed[87] != 0
            || texts.Length != from + to + version
            || !HeartbeatLimits.IsText(texts))
        {
            return null;
        }

        var heartbeat = new Heartbeat
        {
            State = state,
            Boot = BinaryPrimitives.ReadUInt128BigEndian(signed[8..]),
            Sequence = BinaryPrimitives.ReadUInt64BigEndian(signed[24..]),
            EchoBoot = BinaryPrimitives.ReadUInt128BigEndian(signed[32..]),
            EchoSequence = BinaryPrimitives.ReadUInt64BigEndian(signed[48..]),
            EchoAgeUs = BinaryPrimitives.ReadUInt32BigEndian(signed[56..]),
            WallClockMs = BinaryPrimitives.ReadInt64BigEndian(signed[60..]),
            From = Encoding.ASCII.GetString(texts[..from]),
            To = Encoding.ASCII.GetString(texts.Slice(from, to)),
            Version = Encoding.ASCII.GetString(texts[(from + to)..]),
        };
        bool hasEcho = heartbeat.EchoBoot != 0;
        return heartbeat.Boot != 0 && heartbeat.Sequence != 0 && hasEcho == (heartbeat.EchoSequence != 0) && (hasEcho || heartbeat.EchoAgeUs == 0)
            ? heartbeat
            : null;
    }
}

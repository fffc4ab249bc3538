using System.Buffers.Binary;
using System.Text;

namespace Atlas.Control.Health;

/// <summary>The two messages of <c>grpc.health.v1.Health/Check</c> (GRPC Health Checking Protocol), in Protocol Buffers and
/// framed as gRPC over HTTP/2 wants it: a byte that says whether what follows is compressed, its length in four bytes, and the
/// message. Each has one field.</summary>
internal static class GrpcHealthMessages
{
    /// <summary>Bytes before a message.</summary>
    internal const int FrameBytes = 5;

    /// <summary>Bytes of a response that are read, frame included. What a server needs is 7.</summary>
    internal const int MaxResponseBytes = 1024;

    /// <summary>The status of a service that works.</summary>
    internal const ulong Serving = 1;

    // The fields' tags: service is number 1 and a text, status is number 1 and a varint.
    private const byte ServiceTag = (1 << 3) | 2;
    private const ulong StatusTag = 1 << 3;

    /// <summary>A framed request.</summary>
    /// <param name="service">The service that is asked for, at most 256 characters; empty: the server as a whole.</param>
    internal static byte[] Request(string service)
    {
        int text = Encoding.UTF8.GetByteCount(service);
        if (text == 0)
        {
            return new byte[FrameBytes];
        }

        int prefix = text < 0x80 ? 2 : 3;
        byte[] request = new byte[FrameBytes + prefix + text];
        BinaryPrimitives.WriteInt32BigEndian(request.AsSpan(1), prefix + text);
        request[FrameBytes] = ServiceTag;
        request[FrameBytes + 1] = (byte)(text < 0x80 ? text : text | 0x80);
        if (prefix == 3)
        {
            request[FrameBytes + 2] = (byte)(text >> 7);
        }

        Encoding.UTF8.GetBytes(service, request.AsSpan(FrameBytes + prefix));
        return request;
    }

    /// <summary>The status in a framed response; null: it is none that is understood.</summary>
    internal static ulong? StatusOf(ReadOnlySpan<byte> response)
    {
        if (response.Length < FrameBytes
            || response[0] != 0
            || BinaryPrimitives.ReadUInt32BigEndian(response[1..]) != (uint)(response.Length - FrameBytes))
        {
            return null;
        }

        // A field that is not there has its default, which is UNKNOWN; of several the last counts.
        ulong status = 0;
        ReadOnlySpan<byte> rest = response[FrameBytes..];
        while (rest.Length > 0)
        {
            if (!TryReadVarint(ref rest, out ulong tag) || tag >> 3 == 0)
            {
                return null;
            }

            if (tag == StatusTag ? !TryReadVarint(ref rest, out status) : !TrySkip(ref rest, tag & 7))
            {
                return null;
            }
        }

        return status;
    }

    /// <summary>The name of a status.</summary>
    internal static string NameOf(ulong status) => status switch
    {
        0 => "UNKNOWN",
        Serving => "SERVING",
        2 => "NOT_SERVING",
        3 => "SERVICE_UNKNOWN",
        _ => "a status that is not known",
    };

    /// <summary>Skips the value of a field that is not known, so that servers may add some.</summary>
    private static bool TrySkip(ref ReadOnlySpan<byte> rest, ulong wireType)
    {
        ulong length;
        switch (wireType)
        {
            case 0:
                return TryReadVarint(ref rest, out _);
            case 1:
                length = sizeof(ulong);
                break;
            case 2:
                if (!TryReadVarint(ref rest, out length))
                {
                    return false;
                }

                break;
            case 5:
                length = sizeof(uint);
                break;
            default:
                // Groups are of a version before this protocol.
                return false;
        }

        if (length > (ulong)rest.Length)
        {
            return false;
        }

        rest = rest[(int)length..];
        return true;
    }

    private static bool TryReadVarint(ref ReadOnlySpan<byte> rest, out ulong value)
    {
        value = 0;
        for (int i = 0; i < 10 && i < rest.Length; i++)
        {
            value |= (ulong)(rest[i] & 0x7f) << (7 * i);
            if (rest[i] < 0x80)
            {
                rest = rest[(i + 1)..];
                return true;
            }
        }

        return false;
    }
}

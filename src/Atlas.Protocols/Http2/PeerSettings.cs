using System.Buffers.Binary;

namespace Atlas.Protocols.Http2;

/// <summary>What the peer asked for (RFC 9113 6.5.2, RFC 8441 3).</summary>
internal sealed class PeerSettings
{
    private const int HeaderTableSize = 1;
    private const int EnablePush = 2;
    private const int MaxConcurrentStreams = 3;
    private const int InitialWindowSize = 4;
    private const int MaxFrameSize = 5;
    private const int MaxHeaderListSize = 6;
    private const int EnableConnectProtocol = 8;
    private const int NoRfc7540Priorities = 9;

    private const int SettingBytes = 6;
    private const uint LargestFrame = (1 << 24) - 1;

    /// <summary>How many streams may be open; as many as can be before it is told.</summary>
    public uint Streams { get; private set; } = uint.MaxValue;

    /// <summary>What its streams begin with.</summary>
    public int Window { get; private set; } = Http2Limits.FirstWindow;

    /// <summary>The largest frame that it takes.</summary>
    public int FrameBytes { get; private set; } = Http2Limits.FrameBytes;

    /// <summary>The most that the table of the blocks that it decodes may count.</summary>
    public uint TableSize { get; private set; } = Hpack.HpackDecoder.TableLimit;

    /// <summary>Whether it takes extended CONNECT.</summary>
    public bool TakesConnect { get; private set; }

    /// <summary>The settings that SETTINGS of this side begin with.</summary>
    /// <param name="role">Which side this is.</param>
    /// <param name="limits">The limits.</param>
    /// <param name="buffer">Room for 8 numbers.</param>
    /// <returns>Numbers and values, in turn.</returns>
    public static ReadOnlySpan<uint> Own(Http2Role role, Http2Limits limits, Span<uint> buffer)
    {
        buffer[0] = MaxConcurrentStreams;
        buffer[1] = (uint)limits.Streams;
        buffer[2] = InitialWindowSize;
        buffer[3] = (uint)limits.StreamWindow;
        buffer[4] = MaxHeaderListSize;
        buffer[5] = (uint)limits.HeaderListBytes;
        buffer[6] = role == Http2Role.Server ? (uint)EnableConnectProtocol : EnablePush;
        buffer[7] = role == Http2Role.Server ? 1u : 0u;
        return role == Http2Role.Server ? buffer : buffer[2..];
    }

    /// <summary>Takes the payload of SETTINGS: in order, so that of a setting that comes twice the last one holds.</summary>
    /// <param name="payload">Whole settings.</param>
    /// <param name="role">Which side this is, not the peer.</param>
    public Http2Error Take(ReadOnlySpan<byte> payload, Http2Role role)
    {
        for (; payload.Length >= SettingBytes; payload = payload[SettingBytes..])
        {
            Http2Error error = Take(BinaryPrimitives.ReadUInt16BigEndian(payload), BinaryPrimitives.ReadUInt32BigEndian(payload[2..]), role);
            if (error != Http2Error.None)
            {
                return error;
            }
        }

        return Http2Error.None;
    }

    private Http2Error Take(int setting, uint value, Http2Role role)
    {
        switch (setting)
        {
            case HeaderTableSize:
                TableSize = value;
                return Http2Error.None;
            case EnablePush:
                // A server pushes, and is not asked to (RFC 9113 6.5.2).
                return value > (role == Http2Role.Server ? 1u : 0u) ? Http2Error.InvalidSetting : Http2Error.None;
            case MaxConcurrentStreams:
                Streams = value;
                return Http2Error.None;
            case InitialWindowSize when value > int.MaxValue:
                return Http2Error.InvalidInitialWindow;
            case InitialWindowSize:
                Window = (int)value;
                return Http2Error.None;
            case MaxFrameSize when value is < Http2Limits.FrameBytes or > LargestFrame:
                return Http2Error.InvalidSetting;
            case MaxFrameSize:
                FrameBytes = (int)value;
                return Http2Error.None;
            case EnableConnectProtocol when value > 1 || (value == 0 && TakesConnect):
                return Http2Error.InvalidSetting;
            case EnableConnectProtocol:
                TakesConnect = value == 1;
                return Http2Error.None;
            case NoRfc7540Priorities when value > 1:
                return Http2Error.InvalidSetting;
            default:
                return Http2Error.None;
        }
    }
}

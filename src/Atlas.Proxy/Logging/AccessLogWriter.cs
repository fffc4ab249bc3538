using Atlas.Core.Configuration;

namespace Atlas.Proxy.Logging;

/// <summary>Writes records into one worker's ring of an <see cref="AccessLog"/>. For that worker's thread only. Never
/// blocks, allocates nothing, makes no system call but to wake a log that has been idle.</summary>
public sealed class AccessLogWriter
{
    private readonly AccessLog _log;
    private readonly AccessRing _ring;
    private readonly AccessLogFormat _format;
    private readonly LogDate _date = new();
    private long _written;
    private long _dropped;

    internal AccessLogWriter(AccessLog log, AccessRing ring, AccessLogFormat format)
    {
        _log = log;
        _ring = ring;
        _format = format;
    }

    /// <summary>The log that it writes to.</summary>
    public AccessLog Log => _log;

    /// <summary>The form of the lines.</summary>
    public AccessLogFormat Format => _format;

    /// <summary>Records that were handed to the log. Any thread.</summary>
    public long Written => Volatile.Read(ref _written);

    /// <summary>Records that were dropped because the ring was full. Any thread.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Writes a record, or drops and counts it when the log has fallen behind by a whole ring.</summary>
    public void Write(in AccessRecord record)
    {
        Span<byte> room = Reserve(LineBounds.Of(record), record.UnixMs);
        if (room.IsEmpty)
        {
            return;
        }

        var line = new LineCursor(room);
        if (_format == AccessLogFormat.Json)
        {
            JsonLine.Write(ref line, record, _date);
        }
        else
        {
            CombinedLine.Write(ref line, record, _date);
        }

        Commit(line.Length);
    }

    /// <summary>Writes the record of a connection that was passed on unread, always as JSON, else as
    /// <see cref="Write(in AccessRecord)"/>.</summary>
    public void Write(in StreamRecord record)
    {
        Span<byte> room = Reserve(LineBounds.Of(record), record.UnixMs);
        if (!room.IsEmpty)
        {
            var line = new LineCursor(room);
            JsonLine.Write(ref line, record, _date);
            Commit(line.Length);
        }
    }

    private Span<byte> Reserve(int length, long unixMs)
    {
        Span<byte> room = _ring.TryReserve(length);
        if (room.IsEmpty)
        {
            Volatile.Write(ref _dropped, _dropped + 1);
            return room;
        }

        _date.MoveTo(unixMs);
        return room;
    }

    private void Commit(int length)
    {
        _ring.Commit(length);
        Volatile.Write(ref _written, _written + 1);
        _log.WakeIfAsleep();
    }
}

using System.Globalization;
using System.Threading.Channels;

namespace Atlas.Running;

/// <summary>Takes lines for the operator from any thread and writes them in order, away from who says them: a terminal that is
/// stopped, or a pipe that nobody reads, holds up neither checks nor reloads nor the end. What does not fit meanwhile is dropped
/// and counted.</summary>
internal sealed class NoticeLines : IAsyncDisposable
{
    /// <summary>Messages that wait: some hours of a troubled pool, at a few hundred bytes each. All lines of a reload are one.</summary>
    internal const int Capacity = 1_024;

    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(1);

    private readonly Channel<IReadOnlyList<string>> _messages = Channel.CreateBounded<IReadOnlyList<string>>(Capacity);
    private readonly TextWriter _writer;
    private readonly TimeProvider _time;
    private readonly Task _writing;
    private volatile bool _hasTimes;
    private int _dropped;

    /// <summary>Begins to write.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="time">The clock.</param>
    internal NoticeLines(TextWriter writer, TimeProvider? time = null)
    {
        _writer = writer;
        _time = time ?? TimeProvider.System;
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>From now on, each line begins with the time at which it is said: RFC 3339, UTC, with milliseconds.</summary>
    internal void BeginTimes() => _hasTimes = true;

    /// <summary>Says a line. Never blocks. Without effect once it has ended.</summary>
    internal void Say(string line) => Say([line]);

    /// <summary>Says lines that belong together: all of them are written, or none is. Never blocks.</summary>
    internal void Say(IReadOnlyList<string> lines)
    {
        if (lines.Count > 0 && !_messages.Writer.TryWrite(_hasTimes ? [.. lines.Select(Timed)] : lines))
        {
            Interlocked.Add(ref _dropped, lines.Count);
        }
    }

    /// <summary>Writes what was said until now; what cannot be written within a second is lost.</summary>
    public async ValueTask DisposeAsync()
    {
        _messages.Writer.TryComplete();
        await Task.WhenAny(_writing, Task.Delay(EndLimit, _time));
    }

    private string Timed(string line) =>
        string.Create(CultureInfo.InvariantCulture, $"{_time.GetUtcNow().UtcDateTime:yyyy-MM-ddTHH:mm:ss.fff}Z {line}");

    private async Task WriteAsync()
    {
        await foreach (IReadOnlyList<string> lines in _messages.Reader.ReadAllAsync())
        {
            await WriteDroppedAsync("before");
            foreach (string line in lines)
            {
                await WriteAsync(line);
            }
        }

        await WriteDroppedAsync("after");
    }

    private async Task WriteDroppedAsync(string where)
    {
        if (Interlocked.Exchange(ref _dropped, 0) is int dropped and > 0)
        {
            string count = dropped == 1 ? "1 line was" : string.Create(CultureInfo.InvariantCulture, $"{dropped} lines were");
            string text = $"{count} not written, since nobody took those {where}";
            await WriteAsync(_hasTimes ? Timed(text) : text);
        }
    }

    private async Task WriteAsync(string line)
    {
        try
        {
            await _writer.WriteLineAsync(line);
        }
        catch (IOException)
        {
            // Whoever read it has gone, or its disk is full: the next line may be taken.
            Interlocked.Increment(ref _dropped);
        }
    }
}

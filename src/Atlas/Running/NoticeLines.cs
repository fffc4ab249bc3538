using System.Globalization;
using System.Threading.Channels;

namespace Atlas.Running;

/// <summary>Takes lines for the operator from any thread and writes them in order, away from who says them: a terminal that is
/// stopped, or a pipe that nobody reads, holds up neither checks nor reloads. What does not fit meanwhile is dropped and
/// counted.</summary>
internal sealed class NoticeLines : IAsyncDisposable
{
    // Some hours of a troubled pool, at a few hundred bytes a line.
    private const int Capacity = 1_024;

    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(1);

    private readonly Channel<string> _lines = Channel.CreateBounded<string>(Capacity);
    private readonly TextWriter _writer;
    private readonly Task _writing;
    private int _dropped;

    /// <summary>Begins to write.</summary>
    internal NoticeLines(TextWriter writer)
    {
        _writer = writer;
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>Says a line. Never blocks.</summary>
    internal void Say(string line)
    {
        if (!_lines.Writer.TryWrite(line))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    /// <summary>Writes what was said until now; what cannot be written within a second is lost.</summary>
    public async ValueTask DisposeAsync()
    {
        _lines.Writer.TryComplete();
        await Task.WhenAny(_writing, Task.Delay(EndLimit));
    }

    private async Task WriteAsync()
    {
        await foreach (string line in _lines.Reader.ReadAllAsync())
        {
            if (Interlocked.Exchange(ref _dropped, 0) is int dropped and > 0)
            {
                await _writer.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture, $"{dropped} lines were not written, since nobody took those before them"));
            }

            await _writer.WriteLineAsync(line);
        }
    }
}

namespace Atlas.Cli.Tests.Programs;

/// <summary>The lines that a program has written so far.</summary>
public sealed class Lines
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private TaskCompletionSource _news = New();
    private bool _ended;

    public Lines(TextReader reader) => Ended = ReadAsync(reader);

    public Task Ended { get; }

    public string Text
    {
        get
        {
            lock (_gate)
            {
                return string.Concat(_lines.Select(line => line + "\n"));
            }
        }
    }

    /// <summary>The first line with this prefix, now or to come; null when the program ends before.</summary>
    public async Task<string?> FindAsync(string prefix, int skip)
    {
        while (true)
        {
            Task news;
            lock (_gate)
            {
                string? line = _lines.Where(l => l.StartsWith(prefix, StringComparison.Ordinal)).Skip(skip).FirstOrDefault();
                if (line is not null || _ended)
                {
                    return line;
                }

                news = _news.Task;
            }

            await news;
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task ReadAsync(TextReader reader)
    {
        string? line;
        do
        {
            line = await reader.ReadLineAsync();
            lock (_gate)
            {
                if (line is not null)
                {
                    _lines.Add(line);
                }

                _ended = line is null;
                _news.SetResult();
                _news = New();
            }
        }
        while (line is not null);
    }
}

namespace Atlas.Control.Discovery.Resolving;

/// <summary>What a file says, read again when it has changed, and looked at once a second at most. A file that is not there, or
/// cannot be read, counts as empty until something was read, and then as what it was. Any thread.</summary>
internal sealed class ReadFile<T>(string path, Func<string, T> parse, TimeProvider time)
    where T : class
{
    private const int LookMs = 1_000;
    private const int MaxBytes = 8 * 1024 * 1024;

    private readonly Lock _gate = new();
    private T? _value;
    private (DateTime Written, long Length) _seen;
    private long _lookedAt;

    internal T Value
    {
        get
        {
            lock (_gate)
            {
                if (_value is null || time.GetElapsedTime(_lookedAt).TotalMilliseconds >= LookMs)
                {
                    _lookedAt = time.GetTimestamp();
                    Look();
                }

                return _value ??= parse("");
            }
        }
    }

    private void Look()
    {
        try
        {
            var file = new FileInfo(path);
            if (file.Exists && file.Length <= MaxBytes && (file.LastWriteTimeUtc, file.Length) is var seen && seen != _seen)
            {
                _value = parse(File.ReadAllText(path));
                _seen = seen;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Somebody writes it anew: the next look finds it.
        }
    }
}

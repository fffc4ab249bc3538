namespace Atlas.Running;

/// <summary>Tells when the content of a file has changed. It compares the content itself, once a second: this also sees a
/// file that was replaced, one behind links, and one on a file system without notifications.</summary>
internal static class FileWatch
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Runs until cancelled.</summary>
    /// <param name="path">The file. While it cannot be read it counts as unchanged.</param>
    /// <param name="changed">Called once for each content that differs from the one before and stayed the same for two looks
    /// in a row, so that no half-written file is taken.</param>
    /// <param name="cancellation">Ends it.</param>
    internal static async Task RunAsync(string path, Action changed, CancellationToken cancellation)
    {
        byte[]? known = await ReadAsync(path, cancellation);
        byte[]? last = known;
        using var timer = new PeriodicTimer(Interval);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            byte[]? now = await ReadAsync(path, cancellation);
            bool settled = Same(now, last);
            last = now;
            if (now is not null && settled && !Same(now, known))
            {
                known = now;
                changed();
            }
        }
    }

    private static bool Same(byte[]? a, byte[]? b) =>
        (a is null && b is null) || (a is not null && b is not null && a.AsSpan().SequenceEqual(b));

    private static async Task<byte[]?> ReadAsync(string path, CancellationToken cancellation)
    {
        try
        {
            return await File.ReadAllBytesAsync(path, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

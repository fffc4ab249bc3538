namespace Atlas.Tests;

/// <summary>Waits for what other threads do.</summary>
internal static class Wait
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Returns once something is so.</summary>
    /// <exception cref="OperationCanceledException">It is not, for a minute.</exception>
    internal static Task UntilAsync(Func<bool> isSo) => UntilAsync(isSo, known => known);

    /// <summary>Returns what was read once it is as is wanted.</summary>
    /// <exception cref="OperationCanceledException">It is not, for a minute.</exception>
    internal static async Task<T> UntilAsync<T>(Func<T> read, Func<T, bool> isWanted)
    {
        using var limit = new CancellationTokenSource(Limit);
        T known;
        while (!isWanted(known = read()))
        {
            await Task.Delay(5, limit.Token);
        }

        return known;
    }
}

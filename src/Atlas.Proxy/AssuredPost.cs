using Atlas.Engine.Workers;

namespace Atlas.Proxy;

/// <summary>Hands work to a worker that must not be lost, without waiting for it. Any thread.</summary>
internal static class AssuredPost
{
    // A worker whose mailbox is full is asked again this often, for a minute: longer than any turn of a worker that lives. One
    // that has ended refuses as well, and has no connections.
    private const int RepeatMs = 10;
    private const int MaxRepeats = 6_000;

    /// <summary>Runs an action on a loop's thread, soon.</summary>
    internal static void Post(EventLoop loop, Action action)
    {
        if (!loop.TryPost(action))
        {
            _ = RepeatAsync(loop, action);
        }
    }

    private static async Task RepeatAsync(EventLoop loop, Action action)
    {
        int repeats = 0;
        do
        {
            await Task.Delay(RepeatMs).ConfigureAwait(false);
        }
        while (!loop.TryPost(action) && ++repeats < MaxRepeats);
    }
}

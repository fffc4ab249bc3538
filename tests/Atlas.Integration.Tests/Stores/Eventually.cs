using System.Net.Sockets;

namespace Atlas.Integration.Tests.Stores;

/// <summary>Waits for what comes about in other processes.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Waits until it is so; a refused connection is not so.</summary>
    internal static async Task IsAsync(Func<Task<bool>> isSo)
    {
        long began = Environment.TickCount64;
        while (true)
        {
            try
            {
                if (await isSo())
                {
                    return;
                }
            }
            catch (SocketException)
            {
                // Not yet.
            }

            (Environment.TickCount64 - began).ShouldBeLessThan((long)Limit.TotalMilliseconds, "it has not come about");
            await Task.Delay(20);
        }
    }

    internal static Task IsAsync(Func<bool> isSo) => IsAsync(() => Task.FromResult(isSo()));
}

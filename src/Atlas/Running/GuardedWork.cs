namespace Atlas.Running;

/// <summary>Work on .NET's thread pool, where an exception that nobody catches ends the process.</summary>
internal static class GuardedWork
{
    /// <summary>Does the work. Should it fail, the operator is told, and the process goes on with what it had.</summary>
    /// <param name="work">What to do.</param>
    /// <param name="failed">What it means that it failed, in words.</param>
    /// <param name="notice">Takes a line for the operator.</param>
    internal static void Run(Action work, string failed, Action<string> notice)
    {
        try
        {
            work();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            notice($"{failed}: {e.GetType().Name}: {e.Message}");
        }
    }
}

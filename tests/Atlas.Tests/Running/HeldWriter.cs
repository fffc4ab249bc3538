using System.Collections.Concurrent;
using System.Text;

namespace Atlas.Tests.Running;

/// <summary>Standard error as a test wants it: taken at once, held until it is released, or failing.</summary>
internal sealed class HeldWriter : TextWriter
{
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override Encoding Encoding => Encoding.UTF8;

    /// <summary>Whether nothing is taken until <see cref="Release"/>.</summary>
    public bool IsHeld { get; init; }

    /// <summary>The line that cannot be written.</summary>
    public string? FailsOn { get; init; }

    /// <summary>What was taken.</summary>
    public string[] Lines => [.. _lines];

    /// <summary>Ends when the first line came.</summary>
    public Task Asked => _asked.Task;

    public void Release() => _released.TrySetResult();

    public override async Task WriteLineAsync(string? value)
    {
        _asked.TrySetResult();
        if (IsHeld)
        {
            await _released.Task;
        }

        if (value == FailsOn)
        {
            throw new IOException("broken pipe");
        }

        _lines.Enqueue(value!);
    }
}

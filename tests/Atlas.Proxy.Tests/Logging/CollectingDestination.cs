using System.Text;
using Atlas.Engine.Interop;
using Atlas.Proxy.Logging;

namespace Atlas.Proxy.Tests.Logging;

/// <summary>Keeps what is written; can be held, told to write in small parts, or to fail.</summary>
internal sealed class CollectingDestination : LogDestination
{
    private readonly MemoryStream _bytes = new();
    private readonly ManualResetEventSlim _gate = new(true);
    private readonly SemaphoreSlim _attempted = new(0);

    /// <summary>Bytes that a write takes at most.</summary>
    public int MaxBytes { get; set; } = int.MaxValue;

    /// <summary>Bytes that are taken before every write fails.</summary>
    public int SpaceBytes { get; set; } = int.MaxValue;

    public List<string> Reopened { get; } = [];

    public string Text
    {
        get
        {
            lock (_bytes)
            {
                return Encoding.UTF8.GetString(_bytes.ToArray());
            }
        }
    }

    public string[] Lines => Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public void Hold() => _gate.Reset();

    public void Release() => _gate.Set();

    /// <summary>Waits until the log's thread tries to write.</summary>
    public void AwaitAttempt() => _attempted.Wait(TimeSpan.FromSeconds(30)).ShouldBeTrue();

    internal override int TryWrite(ReadOnlySpan<byte> bytes)
    {
        _attempted.Release();
        _gate.Wait();
        int length = Math.Min(Math.Min(bytes.Length, MaxBytes), SpaceBytes);
        if (length == 0)
        {
            return -Errno.ENOSPC;
        }

        SpaceBytes -= length;
        lock (_bytes)
        {
            _bytes.Write(bytes[..length]);
        }

        return length;
    }

    internal override int Reopen()
    {
        lock (_bytes)
        {
            Reopened.Add(Text);
            _bytes.SetLength(0);
        }

        return 0;
    }

    internal override void Close()
    {
    }
}

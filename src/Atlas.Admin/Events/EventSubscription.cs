using System.Threading.Channels;

namespace Atlas.Admin.Events;

/// <summary>Somebody who listens to an <see cref="EventHub"/>, until disposed.</summary>
internal sealed class EventSubscription(EventHub hub) : IDisposable
{
    /// <summary>Events that wait for a listener; one more, and it is dropped.</summary>
    internal const int MaxWaiting = 256;

    private readonly Channel<NumberedEvent> _waiting = Channel.CreateBounded<NumberedEvent>(MaxWaiting);
    private readonly CancellationTokenSource _dropped = new();

    /// <summary>The events, in order.</summary>
    internal ChannelReader<NumberedEvent> Events => _waiting.Reader;

    /// <summary>Cancelled when the listener fell behind.</summary>
    internal CancellationToken Dropped => _dropped.Token;

    public void Dispose() => hub.Remove(this);

    /// <summary>Adds an event.</summary>
    /// <returns>False: the listener is dropped.</returns>
    internal bool Offer(NumberedEvent numbered)
    {
        if (_waiting.Writer.TryWrite(numbered))
        {
            return true;
        }

        // On another thread: whoever publishes waits for nobody.
        _ = _dropped.CancelAsync();
        return false;
    }
}

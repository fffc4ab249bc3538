using Atlas.Admin.Reports;

namespace Atlas.Admin.Events;

/// <summary>Hands events to whoever listens, and keeps the last ones for those who come back. Any thread; publishing waits for
/// nobody: who does not keep up is dropped.</summary>
public sealed class EventHub
{
    /// <summary>Events that are kept.</summary>
    public const int MaxKept = 100;

    /// <summary>Listeners at once.</summary>
    public const int MaxSubscribers = 32;

    private readonly Lock _gate = new();
    private readonly Queue<NumberedEvent> _kept = new();
    private readonly List<EventSubscription> _subscribers = [];
    private long _last;

    /// <summary>Tells everybody.</summary>
    public void Publish(EventReport report)
    {
        lock (_gate)
        {
            var numbered = new NumberedEvent(++_last, report);
            _kept.Enqueue(numbered);
            if (_kept.Count > MaxKept)
            {
                _kept.Dequeue();
            }

            _subscribers.RemoveAll(subscriber => !subscriber.Offer(numbered));
        }
    }

    /// <summary>Begins to listen.</summary>
    /// <param name="after">The number of the last event that was heard, to hear those kept since; null: only new ones.</param>
    /// <returns>Null: there are <see cref="MaxSubscribers"/>.</returns>
    internal EventSubscription? Subscribe(long? after)
    {
        lock (_gate)
        {
            if (_subscribers.Count == MaxSubscribers)
            {
                return null;
            }

            var subscriber = new EventSubscription(this);
            foreach (NumberedEvent missed in _kept.Where(kept => kept.Number > after))
            {
                subscriber.Offer(missed);
            }

            _subscribers.Add(subscriber);
            return subscriber;
        }
    }

    internal void Remove(EventSubscription subscriber)
    {
        lock (_gate)
        {
            _subscribers.Remove(subscriber);
        }
    }
}

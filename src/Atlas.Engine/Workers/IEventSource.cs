namespace Atlas.Engine.Workers;

/// <summary>Something with a descriptor that a worker watches.</summary>
internal interface IEventSource
{
    /// <summary>Called on the worker's thread with the mask of epoll events.</summary>
    void OnEvents(uint mask);
}

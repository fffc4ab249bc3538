namespace Atlas.Engine.Workers;

/// <summary>Something with a descriptor that a worker watches. Called on the worker's thread.</summary>
internal interface IEventSource
{
    /// <summary>Something happened: the mask of epoll events.</summary>
    void OnEvents(uint mask);

    /// <summary>The loop ends: close, and stop being watched.</summary>
    void OnLoopEnding();
}

namespace Atlas.Engine.Links;

/// <summary>What a <see cref="LinkPoller"/> waits for. Only the engine's own types are that.</summary>
public interface ILinkSource
{
    /// <summary>What the kernel watches.</summary>
    internal LinkDescriptor Descriptor { get; }
}

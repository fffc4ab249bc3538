namespace Atlas.Proxy.Stores;

/// <summary>Hears what workers find of stores. Called on workers' threads, rarely; must not block and not throw.</summary>
public interface IStoreObserver
{
    /// <summary>A worker finds a store otherwise than before; what all of them find says <see cref="StoreState.Health"/>.</summary>
    void StoreChanged(StoreState store);

    /// <summary>A server of a store says that it is not the one for a call any more: whoever knows the servers should look
    /// again.</summary>
    void ServersMoved(StoreState store);
}

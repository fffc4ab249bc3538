namespace Atlas.Bench.Load;

/// <summary>Clients of one proxy.</summary>
internal interface ILoad : IAsyncDisposable
{
    /// <summary>Exchanges as fast as they go for about so long, until none is under way any more.</summary>
    /// <exception cref="BenchException">An exchange failed.</exception>
    Task<LoadResult> RunAsync(double seconds);
}

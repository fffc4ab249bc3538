namespace Atlas.Proxy.Relaying;

/// <summary>The links of a session in its <see cref="SessionList{T}"/>.</summary>
internal interface ISessionLinks<T>
    where T : class
{
    /// <summary>The next one.</summary>
    T? Next { get; set; }

    /// <summary>The one before.</summary>
    T? Previous { get; set; }
}

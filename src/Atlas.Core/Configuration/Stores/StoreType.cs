namespace Atlas.Core.Configuration;

/// <summary>What a store is.</summary>
public enum StoreType
{
    /// <summary>This process's memory.</summary>
    Memory,

    /// <summary>A Redis or Valkey server.</summary>
    Redis,
}

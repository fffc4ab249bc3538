using Atlas.Core.Configuration;

namespace Atlas.Control.Health;

/// <summary>A pool whose servers may be ejected.</summary>
/// <param name="Name">The pool's name.</param>
/// <param name="Config">Its settings; null: none is ejected, and who is comes back.</param>
/// <param name="Servers">All of its servers, backups included.</param>
public sealed record OutlierPool(string Name, OutlierDetectionConfig? Config, IReadOnlyList<OutlierServer> Servers);

using System.Net;

namespace Atlas.Control.Discovery;

/// <summary>A server that a name has.</summary>
/// <param name="Address">Where it is.</param>
/// <param name="Weight">Its weight; null: that of the configuration.</param>
/// <param name="IsBackup">Whether it is one by its records: its priority is not the first.</param>
internal readonly record struct ResolvedServer(IPEndPoint Address, int? Weight, bool IsBackup);

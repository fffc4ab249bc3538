using Atlas.Core.Health;

namespace Atlas.Running.Upgrades;

/// <summary>What an operator asked of a server.</summary>
/// <param name="Pool">The pool's name.</param>
/// <param name="Server">The server's name.</param>
/// <param name="Address">Its address: at another one it is another server.</param>
/// <param name="State">The state.</param>
/// <param name="Weight">The weight; null: the file's.</param>
/// <param name="DeadlineMs">What is left until a drain becomes maintenance; null: it does not.</param>
internal sealed record HandedOrder(string Pool, string Server, string Address, AdminState State, int? Weight, int? DeadlineMs);

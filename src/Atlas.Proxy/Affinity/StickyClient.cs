using System.Runtime.InteropServices;

namespace Atlas.Proxy.Affinity;

/// <summary>Whose request it is, to a store that knows each client's server.</summary>
/// <param name="Key">What the client is known by.</param>
/// <param name="HasKey">Whether it is known at all.</param>
/// <param name="IsNew">Whether the key is one that Atlas has just made, of which the response has to tell.</param>
/// <param name="IsUnbound">Whether no server is known to be the client's: by the store, or by this node where it asks none or has no
/// answer.</param>
/// <param name="IsUnasked">Whether the store did not answer, so that it may know better than this node.</param>
/// <param name="FirstServer">The server that the client brings the name of, by its place in the pool, which counts where the store knows
/// nothing; -1: none.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct StickyClient(
    UInt128 Key, bool HasKey, bool IsNew = false, bool IsUnbound = false, bool IsUnasked = false, int FirstServer = -1);

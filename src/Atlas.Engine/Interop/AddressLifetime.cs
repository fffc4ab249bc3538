using System.Runtime.InteropServices;

namespace Atlas.Engine.Interop;

/// <summary><c>struct ifa_cacheinfo</c>: how long an address is chosen for new connections, and how long it is there.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct AddressLifetime
{
    /// <summary>In seconds; 0: others are chosen before it (RFC 4862 5.5.4).</summary>
    internal uint Preferred;

    /// <summary>In seconds; all ones: for ever.</summary>
    internal uint Valid;
    internal uint Created;
    internal uint Changed;
}

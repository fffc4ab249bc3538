using System.Net;

namespace Atlas.Core.Configuration;

/// <summary>An address as an interface has it, written <c>10.0.0.100/24</c>.</summary>
/// <param name="Address">The address.</param>
/// <param name="PrefixLength">The bits of its network's prefix.</param>
public sealed record InterfaceAddress(IPAddress Address, int PrefixLength)
{
    /// <summary>As it is written in a configuration.</summary>
    public override string ToString() => $"{Address}/{PrefixLength}";
}

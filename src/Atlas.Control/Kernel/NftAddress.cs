using System.Globalization;
using System.Net;
using Atlas.Core.KernelForwarding;

namespace Atlas.Control.Kernel;

/// <summary>An address of a listener.</summary>
/// <param name="Listener">The listener.</param>
/// <param name="Ip">The address; null: all of this host's.</param>
/// <param name="Port">The port.</param>
internal sealed record NftAddress(ForwardedListener Listener, IPAddress? Ip, int Port)
{
    /// <summary>As nft writes it in a set.</summary>
    internal string Written => string.Create(CultureInfo.InvariantCulture, $"{(Ip is null ? "" : $"{Ip} . ")}{Port}");
}

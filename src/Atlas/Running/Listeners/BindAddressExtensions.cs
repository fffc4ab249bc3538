using Atlas.Core.Configuration;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Running.Listeners;

/// <summary>Addresses to listen on.</summary>
internal static class BindAddressExtensions
{
    /// <summary>The address that is written, as the kernel has it.</summary>
    internal static SocketAddress ToSocketAddress(this BindAddress address) => address.UnixPath is string path
        ? SocketAddress.OfUnixPath(path)
        : SocketAddress.OfIp(address.Ip!, address.Port);
}

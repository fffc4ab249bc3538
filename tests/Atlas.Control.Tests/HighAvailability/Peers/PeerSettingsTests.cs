using Atlas.Control.HighAvailability.Peers;
using Atlas.Core.Configuration;

namespace Atlas.Control.Tests.HighAvailability.Peers;

public sealed class PeerSettingsTests
{
    [Theory]
    [InlineData(null, "10.0.0.2:9901 10.0.0.3:9901", "0.0.0.0:9901")]
    [InlineData(null, "10.0.0.2:9901 [::3]:9901", "[::]:9901")]
    [InlineData(null, "b.internal:9901", "[::]:9901")]
    [InlineData("10.0.0.1:1", "10.0.0.2:9901", "10.0.0.1:1")]
    [InlineData("10.0.0.1:1", "", null)]
    public void BindOf_PeersAndBind_IsTheAddress(string? bind, string peers, string? expected)
    {
        var config = new HighAvailabilityConfig
        {
            Bind = bind is not null && BindAddress.TryParse(bind, out BindAddress? address) ? address : null,
            Peers = [.. peers.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(peer => new PeerConfig
            {
                Address = ServerAddress.TryParse(peer, out ServerAddress? server) ? server : null,
            })],
        };
        PeerSettings.BindOf(config)?.ToString().ShouldBe(expected);
    }
}

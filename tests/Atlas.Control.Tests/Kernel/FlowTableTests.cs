using System.Net;
using Atlas.Control.Kernel;

namespace Atlas.Control.Tests.Kernel;

public sealed class FlowTableTests
{
    private static readonly FlowKey Web = new(IsUdp: false, IPAddress.Parse("10.77.1.1"), 80, IPAddress.Parse("10.0.0.1"), 8080);

    [Theory]
    [InlineData("ipv4     2 tcp      6 431999 ESTABLISHED src=10.77.1.2 dst=10.77.1.1 sport=5000 dport=80 src=10.0.0.1 dst=10.77.2.1 sport=8080 dport=5000 [ASSURED] mark=0 zone=0 use=2", 1)]
    [InlineData("ipv4     2 tcp      6 100 FIN_WAIT src=10.77.1.2 dst=10.77.1.1 sport=5000 dport=80 src=10.0.0.1 dst=10.77.2.1 sport=8080 dport=5000 mark=0", 1)]
    [InlineData("ipv4     2 tcp      6 100 TIME_WAIT src=10.77.1.2 dst=10.77.1.1 sport=5000 dport=80 src=10.0.0.1 dst=10.77.2.1 sport=8080 dport=5000 mark=0", 0)]
    [InlineData("ipv4     2 tcp      6 100 SYN_SENT src=10.77.1.2 dst=10.77.1.1 sport=5000 dport=80 [UNREPLIED] src=10.0.0.1 dst=10.77.2.1 sport=8080 dport=5000 mark=0", 0)]
    [InlineData("ipv4     2 tcp      6 100 ESTABLISHED src=10.77.1.2 dst=10.77.1.9 sport=5000 dport=80 src=10.0.0.1 dst=10.77.2.1 sport=8080 dport=5000 mark=0", 0)]
    [InlineData("ipv4     2 icmp     1 29 src=10.77.1.2 dst=10.77.1.1 type=8 code=0 id=1 src=10.77.1.1 dst=10.77.1.2 type=0 code=0 id=1", 0)]
    [InlineData("conntrack v1.4.7 (conntrack-tools): 3 flow entries have been shown.", 0)]
    [InlineData("", 0)]
    public void Count_Line_IsAnOpenFlowOfItsListenerAndServer(string line, int count)
    {
        FlowTable.Count([line]).GetValueOrDefault(Web).ShouldBe(count);
    }

    [Fact]
    public void Count_Udp_IsApartFromTcpAndCountsForAnyAddress()
    {
        const string line = "ipv6     10 udp      17 29 src=fd77:0001:0000:0000:0000:0000:0000:0002 dst=fd77:0001:0000:0000:0000:0000:0000:0001 "
            + "sport=5000 dport=53 src=fd77:0002:0000:0000:0000:0000:0000:0011 dst=fd77:0002:0000:0000:0000:0000:0000:0001 sport=53 dport=5000 mark=0";
        var asked = new FlowKey(IsUdp: true, IPAddress.Parse("fd77:1::1"), 53, IPAddress.Parse("fd77:2::11"), 53);

        Dictionary<FlowKey, int> counts = FlowTable.Count([line, line]);

        counts[asked].ShouldBe(2);
        counts[asked with { Asked = null }].ShouldBe(2);
        counts.ShouldNotContainKey(asked with { IsUdp = false });
    }
}

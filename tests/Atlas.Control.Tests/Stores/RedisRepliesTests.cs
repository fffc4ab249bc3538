using System.Text;
using Atlas.Control.Stores;
using Atlas.Core.Configuration;

namespace Atlas.Control.Tests.Stores;

public sealed class RedisRepliesTests
{
    private static readonly ServerAddress Asked = Address("10.0.0.9:7000");

    [Theory]
    [InlineData("*2\r\n$9\r\n127.0.0.1\r\n$4\r\n6380\r\n", "127.0.0.1:6380")]
    [InlineData("*2\r\n$3\r\n::1\r\n$4\r\n6380\r\n", "[::1]:6380")]
    [InlineData("*2\r\n$13\r\nredis.example\r\n$4\r\n6380\r\n", "redis.example:6380")]
    [InlineData("*-1\r\n", null)]
    [InlineData("*2\r\n$9\r\n127.0.0.1\r\n$1\r\nx\r\n", null)]
    [InlineData("*2\r\n$9\r\n127.0.0.1\r\n$5\r\n99999\r\n", null)]
    [InlineData("*2\r\n$12\r\nunix:/a/b/cd\r\n$1\r\n1\r\n", null)]
    [InlineData("+OK\r\n", null)]
    public void MasterOf_Reply_IsTheAddress(string reply, string? expected) =>
        (RedisReplies.MasterOf(Encoding.ASCII.GetBytes(reply))?.ToString()).ShouldBe(expected);

    [Fact]
    public void ClusterOf_Reply_HasMastersAndTheirSlots()
    {
        const string reply = "*3\r\n"
            + "*4\r\n:0\r\n:5460\r\n*4\r\n$8\r\n10.0.0.1\r\n:6379\r\n$2\r\nid\r\n*0\r\n*4\r\n$8\r\n10.0.0.4\r\n:6379\r\n$2\r\nid\r\n*2\r\n+hostname\r\n+x\r\n"
            + "*3\r\n:5461\r\n:10000\r\n*3\r\n$0\r\n\r\n:7000\r\n$2\r\nid\r\n"
            + "*3\r\n:16383\r\n:16383\r\n*2\r\n$8\r\n10.0.0.1\r\n:6379\r\n";

        RedisServers servers = RedisReplies.ClusterOf(Encoding.ASCII.GetBytes(reply), Asked).ShouldNotBeNull();

        servers.Servers.Select(server => server.ToString()).ShouldBe(["10.0.0.1:6379", "10.0.0.9:7000"]);
        servers.Slots.Count.ShouldBe(16_384);
        servers.Slots.Count(slot => slot == 0).ShouldBe(5_462);
        servers.Slots.Count(slot => slot == 1).ShouldBe(4_540);
        servers.Slots[5_460].ShouldBe((short)0);
        servers.Slots[5_461].ShouldBe((short)1);
        servers.Slots[10_001].ShouldBe((short)-1);
        servers.Slots[16_383].ShouldBe((short)0);
    }

    [Theory]
    [InlineData("+OK\r\n")]
    [InlineData("*1\r\n:1\r\n")]
    [InlineData("*1\r\n*3\r\n:5\r\n:4\r\n*2\r\n$8\r\n10.0.0.1\r\n:6379\r\n")]
    [InlineData("*1\r\n*3\r\n:0\r\n:16384\r\n*2\r\n$8\r\n10.0.0.1\r\n:6379\r\n")]
    [InlineData("*1\r\n*3\r\n:-1\r\n:4\r\n*2\r\n$8\r\n10.0.0.1\r\n:6379\r\n")]
    [InlineData("*1\r\n*3\r\n:0\r\n:4\r\n*2\r\n$8\r\n10.0.0.1\r\n:0\r\n")]
    [InlineData("*1\r\n*4\r\n:0\r\n:4\r\n*2\r\n$8\r\n10.0.0.1\r\n:6379\r\n")]
    public void ClusterOf_NoSuchReply_IsNull(string reply) => RedisReplies.ClusterOf(Encoding.ASCII.GetBytes(reply), Asked).ShouldBeNull();

    private static ServerAddress Address(string text)
    {
        ServerAddress.TryParse(text, out ServerAddress? address).ShouldBeTrue();
        return address!;
    }
}

using System.Net;
using System.Text;
using Atlas.Core.Affinity;
using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using Atlas.Core.HighAvailability;
using Atlas.Proxy.Routing;
using Atlas.Proxy.Snapshots;
using static Atlas.Proxy.Tests.Snapshots.Configs;

namespace Atlas.Proxy.Tests.Snapshots;

/// <summary>Nodes with one configuration and one secret send a client to the same server.</summary>
public sealed class StickySecretsTests
{
    private static readonly byte[] Own = [.. "own"u8];
    private static readonly SecretConfig Cluster = new() { FilePath = "cluster" };
    private static readonly PoolConfig Pool = Pool("web", ("a", 1), ("b", 2), ("c", 3)) with { Sticky = new StickyConfig { By = StickyKind.Cookie } };

    [Fact]
    public void Find_SecretsOfPoolAndCluster_ThePoolsGoesFirst()
    {
        var own = new StickyConfig { Secret = new SecretConfig { FilePath = "own" } };
        new StickySecrets(Cluster, Read("x")).Find(own).ShouldBe(Own);
        new StickySecrets(Cluster, Read("x")).Find(new StickyConfig()).ShouldBe(new ClusterSecret(Read("x")(Cluster)).StickySecret);
        new StickySecrets(null, Read("x")).Find(new StickyConfig()).ShouldBeNull();
        new StickySecrets(Cluster, null).Find(new StickyConfig()).ShouldBeNull();
    }

    [Fact]
    public void Find_TheClustersTwice_DerivesItOnce()
    {
        var secrets = new StickySecrets(Cluster, Read("x"));
        secrets.Find(new StickyConfig()).ShouldBeSameAs(secrets.Find(new StickyConfig()));
    }

    [Fact]
    public void Cookie_OfAnotherNodeWithTheSecret_NamesTheSameServer()
    {
        foreach (string server in new[] { "a", "b", "c" })
        {
            // What a node with that secret puts into the cookie.
            string id = IdOf("x", server);
            ServerOf(id, "x").ShouldBe(server);
            ServerOf(id, "y").ShouldBeNull("another secret's ids are not taken");
        }
    }

    [Fact]
    public void Build_SecretOfTheCluster_IsRead()
    {
        var read = new List<string>();
        AtlasConfig config = Config(Pool) with { HighAvailability = new HighAvailabilityConfig { Node = "a", Secret = Cluster } };
        SnapshotBuilder.Build(config, ProxySnapshot.Empty, readSecret: secret =>
        {
            read.Add(secret.FilePath);
            return Read("x")(secret);
        }).Pools.ShouldHaveSingleItem().Affinity.ShouldNotBeNull();
        read.ShouldBe(["cluster"]);
    }

    [Fact]
    public void Build_ConsistentHash_IsTheSameOnAllNodes()
    {
        PoolConfig pool = Pool with { Sticky = null, Balance = BalanceAlgorithm.ConsistentHash };
        PoolSnapshot one = SnapshotBuilder.Build(Config(pool), ProxySnapshot.Empty).Pools[0];
        PoolSnapshot other = SnapshotBuilder.Build(Config(pool), ProxySnapshot.Empty).Pools[0];
        var picks = new HashSet<int>();
        for (ulong key = 0; key < 1_000; key++)
        {
            int pick = one.Balancer.Current.Pick(new PickRequest { Key = key * 0x9E37_79B9_7F4A_7C15, HasKey = true });
            other.Balancer.Current.Pick(new PickRequest { Key = key * 0x9E37_79B9_7F4A_7C15, HasKey = true }).ShouldBe(pick);
            picks.Add(pick);
        }

        picks.Count.ShouldBe(3);
    }

    private static string IdOf(string secret, string server)
    {
        var ids = new ServerIds(new ClusterSecret(Read(secret)(Cluster)).StickySecret, "web", ["a", "b", "c"]);
        return Encoding.ASCII.GetString(ids[server[0] - 'a']);
    }

    private static string? ServerOf(string id, string secret) => ServerExplanation.Of(
        Pool, new ListenerConfig(), $"GET / HTTP/1.1\r\nHost: a\r\nCookie: atlas={id}\r\n\r\n", IPAddress.Loopback, Cluster, Read(secret)).Server;

    private static Func<SecretConfig, byte[]> Read(string secret) =>
        file => file.FilePath == "own" ? Own : Encoding.ASCII.GetBytes("0123456789abcdef" + secret);
}

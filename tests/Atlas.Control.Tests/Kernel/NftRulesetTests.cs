using Atlas.Control.Kernel;
using Atlas.Core.Balancing;

namespace Atlas.Control.Tests.Kernel;

public sealed class NftRulesetTests
{
    [Theory]
    [InlineData("servers: [10.0.0.1:80]", "\t\tgoto to/fast/10.0.0.1/80\n")]
    [InlineData("servers: [{ name: a, address: 10.0.0.1:80 }, { name: b, address: 10.0.0.2:80 }]",
        "\t\tnumgen inc mod 2 vmap { 0 : goto to/fast/a, 1 : goto to/fast/b }\n")]
    [InlineData("servers: [{ name: a, address: 10.0.0.1:80, weight: 3 }, { name: b, address: 10.0.0.2:80 }]",
        "\t\tnumgen inc mod 4 vmap { 0-1 : goto to/fast/a, 2 : goto to/fast/b, 3 : goto to/fast/a }\n")]
    [InlineData("balance: random, servers: [{ name: a, address: 10.0.0.1:80, weight: 3 }, { name: b, address: 10.0.0.2:80 }]",
        "\t\tnumgen random mod 4 vmap { 0-2 : goto to/fast/a, 3 : goto to/fast/b }\n")]
    [InlineData("balance: ip_hash, servers: [{ name: a, address: 10.0.0.1:80 }, { name: b, address: 10.0.0.2:80 }]",
        "\t\tjhash ip saddr mod 1021 seed 0x61746c61 vmap { ")]
    [InlineData("balance: first, servers: [{ name: a, address: 10.0.0.1:80 }, { name: b, address: 10.0.0.2:80 }]",
        "\t\tgoto to/fast/a\n")]
    public void Rules_Balance_IsALookup(string pool, string rule) =>
        Rules(pool).ShouldContain("chain for/fast {\n" + rule);

    [Theory]
    [InlineData("", "@nh,64,64")]
    [InlineData("hash_ipv6_prefix: 48, ", "@nh,64,48")]
    [InlineData("hash_ipv6_prefix: 128, ", "ip6 saddr")]
    public void Rules_HashOfIpv6_GoesByThePrefix(string keys, string expression) =>
        Rules($"balance: ip_hash, {keys}servers: [\"[fd00::1]:80\", \"[fd00::2]:80\"]", "bind: \"[fd00::9]:80\", protocol: tcp, mode: kernel")
            .ShouldContain($"\t\tjhash {expression} mod 1021 seed");

    [Theory]
    [InlineData("bind: 10.77.1.1:80, protocol: tcp", "10.0.0.1:8080", "meta l4proto tcp dnat ip to 10.0.0.1:8080")]
    [InlineData("bind: 10.77.1.1:80, protocol: udp", "10.0.0.1:8080", "meta l4proto udp dnat ip to 10.0.0.1:8080")]
    [InlineData("bind: \"[fd00::9]:80\", protocol: tcp", "[fd00::1]:8080", "meta l4proto tcp dnat ip6 to [fd00::1]:8080")]
    public void Rules_Server_IsATranslationOfTheDestination(string listener, string server, string rule) =>
        Rules($"servers: [{{ name: a, address: \"{server}\" }}]", listener + ", mode: kernel")
            .ShouldContain($"chain to/fast/a {{\n\t\tcounter name \"flows/fast/a\"\n\t\t{rule}\n\t}}\n");

    [Theory]
    [InlineData("bind: 10.77.1.1:80, protocol: tcp", "ip daddr . tcp dport vmap { 10.77.1.1 . 80 : goto for/fast }")]
    [InlineData("bind: [10.77.1.1:80, 10.77.1.2:81], protocol: udp",
        "ip daddr . udp dport vmap { 10.77.1.1 . 80 : goto for/fast, 10.77.1.2 . 81 : goto for/fast }")]
    [InlineData("bind: 0.0.0.0:80, protocol: tcp", "fib daddr type local meta nfproto ipv4 tcp dport vmap { 80 : goto for/fast }")]
    public void Rules_Bind_IsALookup(string listener, string rule) =>
        Rules("servers: [10.0.0.1:80]", listener + ", mode: kernel").ShouldContain($"chain flow/pick {{\n\t\t{rule}\n\t}}\n");

    [Theory]
    [InlineData("", true)]
    [InlineData(", snat: true", true)]
    [InlineData(", snat: false", false)]
    public void Rules_Snat_Masquerades(string key, bool masquerades)
    {
        string rules = Rules("servers: [10.0.0.1:80]", $"bind: 10.77.1.1:80, protocol: tcp, mode: kernel{key}");

        rules.Contains(
            "ct status dnat meta l4proto tcp ct original ip daddr 10.77.1.1 ct original proto-dst 80 ct reply ip saddr { 10.0.0.1 } masquerade",
            StringComparison.Ordinal).ShouldBe(masquerades);
        rules.Contains("masquerade", StringComparison.Ordinal).ShouldBe(masquerades);
    }

    [Theory]
    [InlineData("a-b.c_d", "a-b.c_d")]
    [InlineData("10.0.0.1:80", "10.0.0.1/80")]
    [InlineData("[fd00::1]:80", "fd00//1/80")]
    [InlineData("a b\"", "a_20_b_22_")]
    public void Word_Name_IsPartOfAnIdentifier(string name, string word) => NftNames.Word(name).ShouldBe(word);

    private static string Rules(string pool, string listener = "bind: 10.77.1.1:80, protocol: tcp, mode: kernel")
    {
        string file = $"listeners:\n  fast: {{ {listener}, pool: web }}\npools:\n  web: {{ {pool} }}\n";
        IReadOnlyList<KernelListener> listeners = ForwarderUnderTest.Listeners(file, new Dictionary<string, BalancedServer>(), []);
        return new NftRuleset([.. listeners.Select(known => known.Now(turn: 0, takesNew: true))]).Rules;
    }
}

using Atlas.Control.Kernel;

namespace Atlas.Control.Tests.Kernel;

public sealed class NftJsonTests
{
    [Fact]
    public void Counters_Listing_HasThemByName() => NftJson.Counters(
        """
        {"nftables": [{"metainfo": {"version": "1.0.6", "json_schema_version": 1}},
          {"counter": {"family": "inet", "name": "in/a/b", "table": "t", "handle": 13, "packets": 12345678901, "bytes": 2}}]}
        """).ShouldBe(new Dictionary<string, NftCounter> { ["in/a/b"] = new(12345678901, 2) });

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"nftables": 1}""")]
    [InlineData("""{"nftables": [{"counter": {}}]}""")]
    [InlineData("""{"nftables": [{"counter": {"name": "a", "packets": "x", "bytes": 1}}]}""")]
    [InlineData("""{"nftables": [{"counter": {"name": "a", "packets": 1.5, "bytes": 1}}]}""")]
    public void Counters_NoSuchListing_IsNull(string json) => NftJson.Counters(json).ShouldBeNull();
}

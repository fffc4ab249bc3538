using Atlas.Protocols.Resp;

namespace Atlas.Protocols.Tests.Resp;

public sealed class ClusterSlotTests
{
    [Fact]
    public void Crc16_CheckValueOfTheSpecification_IsIt() => ClusterSlot.Crc16("123456789"u8).ShouldBe((ushort)0x31C3);

    // As CLUSTER KEYSLOT of Redis 7 answers.
    [Theory]
    [InlineData("", 0)]
    [InlineData("somekey", 11_058)]
    [InlineData("foo{hash_tag}", 2_515)]
    [InlineData("123456789", 12_739)]
    public void Of_KnownKeys_IsWhatRedisAnswers(string key, int slot) => ClusterSlot.Of(Bytes.Of(key)).ShouldBe(slot);

    // The examples of the cluster specification, "Hash tags".
    [Theory]
    [InlineData("{user1000}.following", "user1000")]
    [InlineData("{user1000}.followers", "user1000")]
    [InlineData("foo{{bar}}zap", "{bar")]
    [InlineData("foo{bar}{zap}", "bar")]
    public void Of_KeyWithTag_IsTheSlotOfTheTag(string key, string tag) =>
        ClusterSlot.Of(Bytes.Of(key)).ShouldBe(ClusterSlot.Crc16(Bytes.Of(tag)) % ClusterSlot.Count);

    [Theory]
    [InlineData("foo{}{bar}")]
    [InlineData("{}")]
    [InlineData("a{b")]
    [InlineData("a}b{c")]
    public void Of_KeyWithoutTag_IsTheSlotOfTheWhole(string key) =>
        ClusterSlot.Of(Bytes.Of(key)).ShouldBe(ClusterSlot.Crc16(Bytes.Of(key)) % ClusterSlot.Count);
}

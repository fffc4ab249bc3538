using System.Text;
using Atlas.Proxy.Stores;

namespace Atlas.Proxy.Tests.Stores;

public sealed class RedisErrorTests
{
    private const string InScript = "ERR Error running script (call to f_c1d1f64c2d3b): @user_script:2: @user_script: 2: ";

    [Theory]
    [InlineData("OOM command not allowed when used memory > 'maxmemory'.")]
    [InlineData("OOM command not allowed when used memory > 'maxmemory'. script: c1d1f64c2d3b, on @user_script:2.")]
    [InlineData("READONLY You can't write against a read only replica.")]
    [InlineData("MISCONF Redis is configured to save RDB snapshots")]
    [InlineData("NOREPLICAS Not enough good replicas to write.")]
    [InlineData("NOPERM this user has no permissions to run the 'get' command")]
    [InlineData("ERR The user executing the script can't run this command or subcommand")]
    [InlineData("ERR unknown command `GETEX`, with args beginning with: `k`, `PX`, `1`, ")]
    [InlineData("ERR unknown command 'GETEX', with args beginning with: 'k' 'PX' '1' ")]
    [InlineData(InScript + "-OOM command not allowed when used memory > 'maxmemory'.")]
    [InlineData(InScript + "-READONLY You can't write against a read only replica.")]
    [InlineData(InScript + "-MISCONF Redis is configured to save RDB snapshots")]
    [InlineData(InScript + "-NOREPLICAS Not enough good replicas to write.")]
    [InlineData(InScript + "NOREPLICAS Not enough good replicas to write.")]
    [InlineData(InScript + "The user executing the script can't run this command or subcommand")]
    [InlineData("ERR Error running script (call to f_c1d1f64c2d3b): @user_script:2: -OOM command not allowed when used memory > 'maxmemory'.")]
    public void IsRefusal_OfWhatTheServerDoesToAll_IsTrue(string error) => RedisError.IsRefusal(Bytes(error)).ShouldBeTrue();

    [Theory]
    [InlineData("")]
    [InlineData("OOM")]
    [InlineData("ERR")]
    [InlineData("ERR value is not an integer or out of range")]
    [InlineData("WRONGTYPE Operation against a key holding the wrong kind of value")]
    [InlineData("WRONGTYPE of -OOM ")]
    [InlineData("NOSCRIPT No matching script.")]
    [InlineData(InScript)]
    [InlineData(InScript + "-")]
    [InlineData(InScript + "-WRONGTYPE Operation against a key holding the wrong kind of value")]
    [InlineData(InScript + "attempt to compare nil with number")]
    public void IsRefusal_OfWhatConcernsOneCall_IsFalse(string error) => RedisError.IsRefusal(Bytes(error)).ShouldBeFalse();

    [Theory]
    [InlineData("MOVED 3999 127.0.0.1:6381", true)]
    [InlineData("ASK 3999 127.0.0.1:6381", true)]
    [InlineData("CLUSTERDOWN The cluster is down", true)]
    [InlineData("READONLY You can't write against a read only replica.", true)]
    [InlineData(InScript + "-READONLY You can't write against a read only replica.", true)]
    [InlineData(InScript + "-OOM command not allowed when used memory > 'maxmemory'.", false)]
    [InlineData("OOM command not allowed when used memory > 'maxmemory'.", false)]
    [InlineData("ERR value is not an integer or out of range", false)]
    [InlineData("", false)]
    public void IsMisdirected_SaysWhetherAnotherServerIsTheOne(string error, bool expected) =>
        RedisError.IsMisdirected(Bytes(error)).ShouldBe(expected);

    [Fact]
    public void Error_CutAnywhere_IsReadWithoutHarm()
    {
        byte[] error = Bytes(InScript + "-READONLY You can't write against a read only replica.");
        for (int length = 0; length <= error.Length; length++)
        {
            bool isWhole = length >= (InScript + "-READONLY ").Length;
            RedisError.IsRefusal(error.AsSpan(0, length)).ShouldBe(isWhole);
            RedisError.IsMisdirected(error.AsSpan(0, length)).ShouldBe(isWhole);
        }
    }

    private static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);
}

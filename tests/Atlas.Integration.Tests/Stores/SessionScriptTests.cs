using System.Globalization;
using System.Text;
using Atlas.Core.Sessions;
using Atlas.Proxy.Stores;
using Atlas.Proxy.UserSessions;

namespace Atlas.Integration.Tests.Stores;

/// <summary>The scripts of sessions on a real server of Redis.</summary>
public sealed class SessionScriptTests
{
    private const string Version = "version1";
    private const string Stored = $"\u0001{Version}\0\0\0\0\0\0\0\u0001one";
    private static readonly string Moved = Encoding.UTF8.GetString(SessionStamp.Moved);

    [Theory]
    [InlineData(Stored, Version, "1")]
    [InlineData(Stored, "*", "1")]
    [InlineData(Stored, "version2", "0")]
    [InlineData(Stored, "", "0")]
    [InlineData("", Version, "0")]
    [InlineData("", "*", "0")]
    [InlineData("", "", "1")]
    [InlineData(null, Version, "0")]
    [InlineData(null, "*", "0")]
    [InlineData(null, "", "0")]
    public async Task SetAndDelete_AreDoneWhereTheVersionIsThere(string? stored, string expected, string reply)
    {
        using RedisProcess redis = await RedisProcess.StartAsync();
        using StoreUser user = await new StoreUser(redis.Port).ConnectAsync();
        long farMs = DateTimeOffset.UtcNow.AddDays(1).ToUnixTimeMilliseconds();
        await PutAsync(user, stored);
        (await user.RunAsync(call => call.Script(RedisSessions.Set, 4).Key("k"u8).Part(Bytes(expected)).Part(farMs).Part("two"u8).Part(60_000)))
            .ShouldBe((RedisStatus.Ok, reply));
        (await user.CallAsync("GET", "k")).Text.ShouldBe(reply == "1" ? "two" : TextOf(stored));

        await PutAsync(user, stored);
        (await user.RunAsync(call => call.Script(RedisSessions.Delete, 2).Key("k"u8).Part(Bytes(expected)).Part(farMs)))
            .ShouldBe((RedisStatus.Ok, reply));
        (await user.CallAsync("GET", "k")).Text.ShouldBe(reply == "1" ? "(null)" : TextOf(stored));
    }

    [Theory]
    [InlineData(Stored, "1", "1")]
    [InlineData("", "1", "0")]
    [InlineData(null, "0", "0")]
    public async Task DeleteAnyAndRenewal_LeaveWhatHasMoved(string? stored, string deleted, string renewed)
    {
        using RedisProcess redis = await RedisProcess.StartAsync();
        using StoreUser user = await new StoreUser(redis.Port).ConnectAsync();
        await PutAsync(user, stored);
        (await user.RunAsync(call => call.Script(RedisSessions.Renewal, 1).Key("k"u8).Part(900_000))).ShouldBe((RedisStatus.Ok, renewed));
        long keptMs = long.Parse((await user.CallAsync("PTTL", "k")).Text, CultureInfo.InvariantCulture);
        (keptMs > 800_000).ShouldBe(renewed == "1");

        (await user.RunAsync(call => call.Script(RedisSessions.DeleteAny, 0).Key("k"u8))).ShouldBe((RedisStatus.Ok, deleted));
        (await user.CallAsync("GET", "k")).Text.ShouldBe(deleted == "1" ? "(null)" : TextOf(stored));
    }

    [Fact]
    public async Task Set_TooLate_DoesNothingAndTellsTheTime()
    {
        using RedisProcess redis = await RedisProcess.StartAsync();
        using StoreUser user = await new StoreUser(redis.Port).ConnectAsync();
        await PutAsync(user, Stored);
        long beforeMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        (RedisStatus status, string text) = await user.RunAsync(
            call => call.Script(RedisSessions.Set, 4).Key("k"u8).Part("*"u8).Part(beforeMs - 1_000).Part("two"u8).Part(60_000));

        status.ShouldBe(RedisStatus.Ok);
        long.Parse(text, CultureInfo.InvariantCulture).ShouldBeInRange(beforeMs, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        (await user.CallAsync("GET", "k")).Text.ShouldBe(Stored);
    }

    // Nothing for an empty text, and for null what stands where a session has moved.
    private static async Task PutAsync(StoreUser user, string? stored)
    {
        await user.CallAsync("DEL", "k");
        if (stored != "")
        {
            (await user.CallAsync("SET", "k", stored ?? Moved, "PX", "60000")).Status.ShouldBe(RedisStatus.Ok);
        }
    }

    private static string TextOf(string? stored) => stored switch
    {
        null => Moved,
        "" => "(null)",
        _ => stored,
    };

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}

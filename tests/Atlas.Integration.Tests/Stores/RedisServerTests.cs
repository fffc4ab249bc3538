using Atlas.Engine.Tests.Tls;
using Atlas.Engine.Tls;
using Atlas.Proxy.Stores;

namespace Atlas.Integration.Tests.Stores;

/// <summary>Stores on a real server of Redis.</summary>
public sealed class RedisServerTests
{
    private static readonly RedisOptions Patient = new() { TimeoutMs = 500 };

    [Fact]
    public async Task Call_CommandsAndScripts_AreDone()
    {
        using RedisProcess redis = await RedisProcess.StartAsync();
        using StoreUser user = await new StoreUser(redis.Port, Patient with { Database = 3 }).ConnectAsync();
        string large = new('x', 200_000);
        var script = new RedisScript("return redis.call('INCRBY', KEYS[1], ARGV[1])");

        (await user.CallAsync("GET", "a")).ShouldBe((RedisStatus.Ok, "(null)"));
        (await user.CallAsync("SET", "a", large)).ShouldBe((RedisStatus.Ok, "OK"));
        (await user.CallAsync("GET", "a")).ShouldBe((RedisStatus.Ok, large));
        (await user.RunAsync(call => call.Script(script, 1).Key("n"u8).Part(5))).ShouldBe((RedisStatus.Ok, "5"));
        (await user.RunAsync(call => call.Script(script, 1).Key("n"u8).Part(5))).ShouldBe((RedisStatus.Ok, "10"));
        (await user.CallAsync("INCR", "a")).ShouldBe((RedisStatus.Failed, "ERR value is not an integer or out of range"));
        (await redis.AskAsync("-n", "3", "GET", "n")).ShouldBe("10");
        (await redis.AskAsync("CLIENT", "LIST")).ShouldContain("name=atlas");
        string[] texts = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(async i => (await user.CallAsync("ECHO", $"{i}")).Text));
        texts.ShouldBe(Enumerable.Range(0, 1_000).Select(i => $"{i}"));
    }

    [Fact]
    public async Task Call_ServerKilledAndStartedAgain_IsUpAgain()
    {
        using RedisProcess redis = await RedisProcess.StartAsync();
        using StoreUser user = await new StoreUser(redis.Port).ConnectAsync();
        redis.Kill();
        await Eventually.IsAsync(async () => (await user.CallAsync("GET", "a")).Status == RedisStatus.Unavailable);
        await Eventually.IsAsync(() => user.Store.Health.Reason == $"127.0.0.1:{redis.Port} refuses connections");

        await redis.RestartAsync();
        await Eventually.IsAsync(async () => (await user.CallAsync("SET", "a", "1")).Status == RedisStatus.Ok);
        user.Store.Health.ShouldBe(StoreHealth.Up);
    }

    [Fact]
    public async Task Call_ServerStopped_CostsFewTimeoutsAndComesBack()
    {
        using RedisProcess redis = await RedisProcess.StartAsync();
        using StoreUser user = await new StoreUser(redis.Port, Patient with { TimeoutMs = 50 }).ConnectAsync();
        await redis.StopAsync();
        var ends = new List<RedisStatus>();
        for (int i = 0; i < 200; i++)
        {
            ends.Add((await user.CallAsync("GET", "a")).Status);
        }

        ends.Count(end => end == RedisStatus.TimedOut).ShouldBeLessThanOrEqualTo(3);
        ends.ShouldNotContain(RedisStatus.Ok);
        await Eventually.IsAsync(() => user.Store.Health.Condition == StoreCondition.Down);
        await redis.GoOnAsync();
        await Eventually.IsAsync(async () => (await user.CallAsync("GET", "a")).Status == RedisStatus.Ok);
    }

    [Fact]
    public async Task Call_ServerIsFull_IsToldAsRefusingUntilAWriteIsDoneAgain()
    {
        using RedisProcess redis = await RedisProcess.StartAsync("--maxmemory", "1mb", "--maxmemory-policy", "noeviction");
        using StoreUser user = await new StoreUser(redis.Port, Patient).ConnectAsync();

        string large = new('x', 200_000);
        (RedisStatus Status, string Text) refused = default;
        for (int i = 0; i < 10 && refused.Status == RedisStatus.Ok; i++)
        {
            refused = await user.CallAsync("SET", $"a{i}", large);
        }

        (await user.CallAsync("GET", "a")).ShouldBe((RedisStatus.Ok, "(null)"), "reads need no memory");

        refused.Status.ShouldBe(RedisStatus.Failed);
        refused.Text.ShouldStartWith("OOM command not allowed");
        user.Store.Health.ShouldBe(new StoreHealth(StoreCondition.Refusing, $"it answers with {refused.Text}"));

        // The same of a script, which Redis answers with where it came up.
        var script = new RedisScript("return redis.call('SET', KEYS[1], ARGV[1])");
        (await user.RunAsync(call => call.Script(script, 1).Key("b"u8).Part(1))).Text.ShouldStartWith($"{refused.Text} script: ");

        // Nobody has to call: the worker tries by itself, and leaves nothing.
        await redis.AskAsync("CONFIG", "SET", "maxmemory", "0");
        user.Store.Health.Condition.ShouldBe(StoreCondition.Refusing);
        await Eventually.IsAsync(() => user.Store.Health == StoreHealth.Up);
        await Eventually.IsAsync(async () => !(await redis.AskAsync("KEYS", "*")).Contains('{', StringComparison.Ordinal));
        user.Changes.ShouldBe(["Up", $"Refusing: it answers with {refused.Text}", "Up"]);
    }

    [Fact]
    public async Task Connect_UserOfAnAcl_MayDoWhatTheListSays()
    {
        using RedisProcess redis = await RedisProcess.StartAsync();
        await redis.AskAsync("ACL", "SETUSER", "atlas", "on", ">secret", "~atlas:*", "+get", "+set", "+ping", "+client|setname");
        await redis.AskAsync("ACL", "SETUSER", "default", "off");
        using StoreUser user = await new StoreUser(redis.Port, Patient with { User = "atlas", Password = "secret"u8.ToArray() }).ConnectAsync();

        (await user.CallAsync("SET", "atlas:a", "1")).Status.ShouldBe(RedisStatus.Ok);
        (await user.CallAsync("SET", "other", "1")).Text.ShouldStartWith("NOPERM");

        using var wrong = new StoreUser(redis.Port, Patient with { User = "atlas", Password = "wrong"u8.ToArray() });
        wrong.Begin();
        await Eventually.IsAsync(() => wrong.Store.Health.Condition == StoreCondition.Down);
        wrong.Store.Health.Reason.ShouldStartWith($"127.0.0.1:{redis.Port} refuses the user or the password: WRONGPASS");

        using var none = new StoreUser(redis.Port);
        none.Begin();
        await Eventually.IsAsync(() => none.Store.Health.Condition == StoreCondition.Down);
        none.Store.Health.Reason.ShouldBe($"127.0.0.1:{redis.Port} wants a password and gets none: add 'password' to the store");
    }

    [Fact]
    public async Task Connect_NameInPlaceOfAnAddress_IsLookedUp()
    {
        using RedisProcess redis = await RedisProcess.StartAsync();
        using StoreUser user = await new StoreUser(RedisTopology.Of(new RedisEndpoint("localhost", redis.Port)), Patient).ConnectAsync();

        (await user.CallAsync("GET", "a")).Status.ShouldBe(RedisStatus.Ok);
    }

    [Fact]
    public async Task Connect_TlsToAServerWithout_SaysWhatToWrite()
    {
        using RedisProcess redis = await RedisProcess.StartAsync();
        using var user = new StoreUser(redis.Port, Patient with { IsTls = true });
        user.Store.Tls = new TlsClientContext(new TlsClientOptions { CaPem = TestCertificates.AuthorityPem, IsVerified = true });
        user.Begin();
        await Eventually.IsAsync(() => user.Store.Health.Condition == StoreCondition.Down);

        user.Store.Health.Reason.ShouldEndWith("; if it has no TLS at this port, write redis:// in place of rediss://, or remove 'tls'");
    }

    [Fact]
    public async Task Connect_WithoutTlsToAServerThatHasIt_SaysWhatToWrite()
    {
        string directory = Directory.CreateTempSubdirectory("atlas-redis-tls-").FullName;
        string cert = Path.Combine(directory, "cert.pem");
        string key = Path.Combine(directory, "key.pem");
        await File.WriteAllBytesAsync(cert, TestCertificates.Pem(TestCertificates.Server));
        await File.WriteAllBytesAsync(key, TestCertificates.KeyPem(TestCertificates.Server));
        using RedisProcess redis = await RedisProcess.StartAsync(
            "--port", "0", "--tls-port", "{port}", "--tls-cert-file", cert, "--tls-key-file", key, "--tls-ca-cert-file", cert);
        Directory.Delete(directory, recursive: true);
        using var user = new StoreUser(redis.Port, Patient);
        user.Begin();
        await Eventually.IsAsync(() => user.Store.Health.Condition == StoreCondition.Down);

        user.Store.Health.Reason.ShouldStartWith($"127.0.0.1:{redis.Port} closes connections at once: does it expect TLS? Write ");
    }

    [Fact]
    public async Task Connect_Tls_ChecksTheCertificate()
    {
        string directory = Directory.CreateTempSubdirectory("atlas-redis-tls-").FullName;
        string cert = Path.Combine(directory, "cert.pem");
        string key = Path.Combine(directory, "key.pem");
        await File.WriteAllBytesAsync(cert, TestCertificates.Pem(TestCertificates.Server));
        await File.WriteAllBytesAsync(key, TestCertificates.KeyPem(TestCertificates.Server));
        using RedisProcess redis = await RedisProcess.StartAsync(
            "--port", "0", "--tls-port", "{port}", "--tls-cert-file", cert, "--tls-key-file", key, "--tls-ca-cert-file", cert, "--tls-auth-clients", "no");
        Directory.Delete(directory, recursive: true);
        using var user = new StoreUser(redis.Port, Patient with { IsTls = true, ServerName = "localhost" });
        user.Store.Tls = new TlsClientContext(new TlsClientOptions { CaPem = TestCertificates.AuthorityPem, IsVerified = true });
        await user.ConnectAsync();
        string large = new('x', 100_000);
        (await user.CallAsync("SET", "a", large)).Status.ShouldBe(RedisStatus.Ok);
        (await user.CallAsync("GET", "a")).Text.ShouldBe(large);

        using var other = new StoreUser(redis.Port, Patient with { IsTls = true, ServerName = "other.test" });
        other.Store.Tls = user.Store.Tls;
        other.Begin();
        await Eventually.IsAsync(() => other.Store.Health.Condition == StoreCondition.Down);
        other.Store.Health.Reason.ShouldContain("other.test");
    }
}

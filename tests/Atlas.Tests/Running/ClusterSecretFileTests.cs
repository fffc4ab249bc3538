using System.Runtime.Versioning;
using Atlas.Control.Configuration;
using Atlas.Core.Configuration;
using Atlas.Running;

namespace Atlas.Tests.Running;

public sealed class ClusterSecretFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("atlas");

    private string Secret => Path.Combine(_folder.FullName, "cluster.key");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Cluster_AFile_GivesTheSameKeysWithoutTheLineEnd()
    {
        File.WriteAllText(Secret, "0123456789abcdef\n");
        new SecretFiles(Config()).Cluster!.HeartbeatKey.ShouldBe(new Core.HighAvailability.ClusterSecret("0123456789abcdef"u8).HeartbeatKey);
        Secrets.FindMissing(Config()).ShouldBeEmpty();
        new SecretFiles(new AtlasConfig()).Cluster.ShouldBeNull();
    }

    [Fact]
    public void Read_WhatWasRead_ReadsNoFileAgain()
    {
        File.WriteAllText(Secret, "0123456789abcdef");
        AtlasConfig config = Config();
        var files = new SecretFiles(config);
        File.Delete(Secret);
        files.Read(config.HighAvailability!.Secret!).ShouldBe("0123456789abcdef"u8.ToArray());
    }

    [Fact]
    public void Cluster_TooShort_SaysWhatToDo()
    {
        File.WriteAllText(Secret, "swordfish\n");
        string expected = "the secret has 9 bytes, and needs 16 that nobody can guess: make one with 'openssl rand -hex 32'";
        Should.Throw<IOException>(() => new SecretFiles(Config())).Message.ShouldBe($"high_availability.secret: {expected}");
        ConfigError error = Secrets.FindMissing(Config()).ShouldHaveSingleItem();
        error.ToString().ShouldEndWith($"'secret': {expected}");
    }

    [Theory]
    [SupportedOSPlatform("linux")]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite, null)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.GroupRead, "its group")]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead, "others")]
    public void FindOpen_RightsOfTheFile_AreToldWhereOthersHaveIt(UnixFileMode mode, string? who)
    {
        File.WriteAllText(Secret, "0123456789abcdef");
        File.SetUnixFileMode(Secret, mode);
        Secrets.FindOpen(Config()).Select(warning => warning.Message).ShouldBe(
            who is null ? [] : [$"'secret': cluster.key is open to {who}: chmod 600 {Secret}"]);
    }

    [Theory]
    [SupportedOSPlatform("linux")]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite, false)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.OtherRead, true)]
    public void Load_RightsOfTheFile_AreToldAndNoError(UnixFileMode mode, bool isTold)
    {
        File.WriteAllText(Secret, "0123456789abcdef");
        File.SetUnixFileMode(Secret, mode);
        string path = Path.Combine(_folder.FullName, "atlas.yaml");
        File.WriteAllText(
            path,
            """
            listeners: { web: { bind: 127.0.0.1:0, routes: [{ respond: { status: 200 } }] } }
            high_availability: { node: a, secret: { file: cluster.key } }
            """);
        var lines = new List<string>();

        RunnableConfig.Load(path, lines.Add).ShouldNotBeNull(string.Join('\n', lines));

        lines.ShouldBe(isTold ? [$"warning: {path}:2:47: 'secret': cluster.key is open to others: chmod 600 {Secret}"] : []);
    }

    private AtlasConfig Config() => new()
    {
        FileName = Path.Combine(_folder.FullName, "atlas.yaml"),
        HighAvailability = new HighAvailabilityConfig { Node = "a", Secret = new SecretConfig { FilePath = "cluster.key" } },
    };
}

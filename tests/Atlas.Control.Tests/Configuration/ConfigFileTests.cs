using System.Text;
using Atlas.Control.Configuration;

namespace Atlas.Control.Tests.Configuration;

public sealed class ConfigFileTests : IDisposable
{
    private const string Minimal = "listeners: { a: { bind: 127.0.0.1:80, pool: p } }\npools: { p: { servers: [127.0.0.1:81] } }\n";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("atlas-config-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Load_FileThatIsNotThere_SaysSo() =>
        Errors(Path.Combine(_directory.FullName, "none.yaml")).ShouldBe(["1:1: there is no such file"]);

    [Fact]
    public void Load_Directory_SaysSo() => Errors(_directory.FullName).ShouldBe(["1:1: this is a directory: name a file"]);

    [Fact]
    public void Load_EmptyPath_IsAnError() => ConfigLoader.Load("").Errors.ShouldHaveSingleItem().Line.ShouldBe(1);

    [Fact]
    public void Load_ByteOrderMark_IsPassedOver() => Errors(Write([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Minimal)])).ShouldBeEmpty();

    [Fact]
    public void Load_Utf16_SaysSo() =>
        Errors(Write([.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(Minimal)])).ShouldBe(["1:1: the file is UTF-16: save it as UTF-8"]);

    [Fact]
    public void Load_ByteThatIsNoUtf8_HasItsPlace() =>
        Errors(Write([.. "# ä\n# ö"u8, 0xE4, .. "\n"u8])).ShouldBe(["2:4: this byte is no UTF-8: save the file as UTF-8"]);

    [Theory]
    [InlineData("\0")]
    [InlineData("\e")]
    [InlineData("\u0085")]
    [InlineData("\u2028")]
    [InlineData("\uFEFF")]
    [InlineData("\r")]
    public void Load_ControlCharacter_HasItsPlace(string character) =>
        Errors(Write(Encoding.UTF8.GetBytes($"a: b\nc: {character}d\n")))
            .ShouldBe(["2:4: this control character may not stand in a configuration: remove it"]);

    [Fact]
    public void Load_LineEndsOfWindows_AreTaken() =>
        Errors(Write(Encoding.UTF8.GetBytes(Minimal.Replace("\n", "\r\n", StringComparison.Ordinal)))).ShouldBeEmpty();

    [Fact]
    public void Load_FileOfTheMostBytes_IsRead() => Errors(Write(Padded(ConfigLoader.MaxFileBytes))).ShouldBeEmpty();

    [Fact]
    public void Load_FileOfOneByteMore_IsRefused() =>
        Errors(Write(Padded(ConfigLoader.MaxFileBytes + 1)))
            .ShouldBe(["1:1: the file has more than 1048576 bytes, which is the most that a configuration may have"]);

    [Fact]
    public void Load_GoodFile_KeepsItsName()
    {
        string file = Write(Encoding.UTF8.GetBytes(Minimal));

        ConfigLoader.Load(file).Config.ShouldNotBeNull().FileName.ShouldBe(file);
    }

    private static IEnumerable<string> Errors(string file) =>
        ConfigLoader.Load(file).Errors.Select(error => error.ToString()).Select(error => error[(file.Length + 1)..]);

    private static byte[] Padded(int length) => [.. Encoding.UTF8.GetBytes(Minimal.PadRight(length - 1, ' ')), (byte)'\n'];

    private string Write(ReadOnlySpan<byte> bytes)
    {
        string file = Path.Combine(_directory.FullName, "atlas.yaml");
        File.WriteAllBytes(file, bytes);
        return file;
    }
}

using System.IO.Pipes;
using Atlas.Engine.Files;
using Atlas.Engine.Interop;

namespace Atlas.Engine.Tests.Files;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class AppendFileTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("atlas-append-");

    private string Path => System.IO.Path.Combine(_directory.FullName, "log");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void TryWrite_TwoWritersAndATruncation_EachWriteGoesToTheEnd()
    {
        AppendFile first = AppendFile.TryOpen(Path, out _)!;
        AppendFile second = AppendFile.TryOpen(Path, out _)!;

        first.TryWrite("one\n"u8).ShouldBe(4);
        second.TryWrite("two\n"u8).ShouldBe(4);
        first.TryWrite("three\n"u8).ShouldBe(6);
        File.ReadAllText(Path).ShouldBe("one\ntwo\nthree\n");

        File.WriteAllText(Path, "");
        second.TryWrite("four\n"u8);
        File.ReadAllText(Path).ShouldBe("four\n");
        first.Close();
        second.Close();
    }

    [Fact]
    public void TryOpen_NewFile_OthersMayNotReadIt()
    {
        AppendFile.TryOpen(Path, out int error)!.Close();

        error.ShouldBe(0);
        (File.GetUnixFileMode(Path) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite)).ShouldBe(default);
    }

    [Fact]
    public void TryOpen_NoSuchDirectory_GivesTheError()
    {
        AppendFile.TryOpen(Path + "/below/log", out int error).ShouldBeNull();

        Errno.Text(error).ShouldContain("No such file");
    }

    [Fact]
    public void TryWrite_DeviceIsFull_GivesTheError()
    {
        AppendFile full = AppendFile.TryOpen("/dev/full", out _)!;

        full.TryWrite("x"u8).ShouldBe(-Errno.ENOSPC);
        full.Close();
    }

    [Fact]
    public void TryWrite_PipeWithoutAReader_GivesTheErrorAndNoSignalEndsUs()
    {
        var pipe = new AnonymousPipeServerStream(PipeDirection.In);
        AppendFile file = AppendFile.TryOpen($"/proc/self/fd/{pipe.GetClientHandleAsString()}", out _)!;
        pipe.Dispose();

        file.TryWrite("x"u8).ShouldBe(-Errno.EPIPE);
        file.Close();
    }

    [Fact]
    public void TryWrite_AfterClose_GivesBadDescriptor()
    {
        AppendFile file = AppendFile.TryOpen(Path, out _)!;
        file.Close();

        file.TryWrite("x"u8).ShouldBe(-Errno.EBADF);
    }
}

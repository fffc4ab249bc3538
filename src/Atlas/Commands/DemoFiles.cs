using Atlas.Control.Tls;
using Atlas.Core.Configuration;

namespace Atlas.Commands;

/// <summary>The certificate of a demo with TLS, in a folder of its own that only this user may enter and that goes with it.</summary>
internal sealed class DemoFiles : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("atlas-demo-");

    /// <summary>Makes a certificate and writes its files.</summary>
    internal DemoFiles()
    {
        SelfSignedAuthority made = SelfSignedAuthority.Create(DateTimeOffset.UtcNow);
        AuthorityPath = Write("ca.pem", made.AuthorityPem);
        Certificate = new CertificateConfig { CertPath = Write("site.pem", made.ChainPem), KeyPath = Write("site.key", made.KeyPem) };
    }

    /// <summary>The file of the authority that clients have to trust.</summary>
    internal string AuthorityPath { get; }

    /// <summary>The certificate for <c>localhost</c> and the loopback addresses.</summary>
    internal CertificateConfig Certificate { get; }

    public void Dispose() => _folder.Delete(recursive: true);

    private string Write(string name, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        string path = Path.Combine(_folder.FullName, name);
        using var writer = new StreamWriter(path, options);
        writer.Write(text);
        return path;
    }
}

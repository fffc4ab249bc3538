using System.Security.Cryptography;
using Atlas.Control.Tls;

namespace Atlas.Control.Tests.Tls;

/// <summary>What is said of files that have no certificate or key, or not the right ones.</summary>
public sealed class FileFindingsTests : TlsFindings
{
    [Fact]
    public void Key_OfAnotherCertificate_IsAnError()
    {
        Pki.WritePair("a", "a.example");
        Pki.Write("a.key", TestPki.Leaf("a.example").Leaf.KeyPem);

        Error(Pair, "'key': a.key is not the key of the certificate in a.pem: name the two files that were made together");
    }

    [Fact]
    public void Key_OfAnotherKind_IsAnError()
    {
        Pki.WritePair("a", "a.example");
        using var rsa = RSA.Create(2048);
        Pki.Write("a.key", rsa.ExportPkcs8PrivateKeyPem());

        Error(Pair, "'key': a.key is not the key of the certificate in a.pem: name the two files that were made together");
    }

    [Fact]
    public void Chain_WithTheOwnCertificateLast_SaysWhichToPutFirst()
    {
        var (leaf, root) = TestPki.Leaf("a.example");
        Pki.Write("a.pem", root.CertPem + leaf.CertPem);
        Pki.Write("a.key", leaf.KeyPem);

        Pki.Texts(Pki.LoadListener(Pair).Errors).ShouldBe(["'key': a.key is the key of certificate 2 of 2 in a.pem: put that one first"]);
    }

    [Fact]
    public void Files_Swapped_AreSaidToBe()
    {
        Pki.WritePair("a", "a.example");

        // The certificate may be open to all.
        Pki.Write("a.pem", File.ReadAllText(Path.Combine(Pki.Folder, "a.pem")), UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Error(
            "{ certificates: [{ cert: a.key, key: a.pem }] }",
            "'cert' and 'key' are swapped: a.key has the private key and a.pem the certificate");
        Pki.LoadListener("{ certificates: [{ cert: a.key, key: a.pem }] }").Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void Key_ThatIsACertificateOpenToAll_IsAnErrorWithoutAdviceOnRights()
    {
        Pki.WritePair("a", "a.example");
        Pki.Write("a.pem", File.ReadAllText(Path.Combine(Pki.Folder, "a.pem")), UnixFileMode.UserRead | UnixFileMode.OtherRead);

        Pki.LoadListener("{ certificates: [{ cert: a.pem, key: a.pem }] }").Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void Files_TheSameWithoutKey_AreSaidToBe()
    {
        Pki.WritePair("a", "a.example");

        Error(
            "{ certificates: [{ cert: a.pem, key: a.pem }] }",
            "'key': a.pem has a certificate and no private key: 'cert' and 'key' may be swapped, or name the same file");
    }

    [Theory]
    [InlineData("", "a.pem is empty")]
    [InlineData("hello", "a.pem has no certificate: a PEM file has lines that say -----BEGIN CERTIFICATE-----")]
    [InlineData("0DER", "a.pem is not PEM but DER, or a PKCS#12 archive: convert it, as with openssl x509 -inform der -in FILE, or openssl pkcs12 -nodes")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "the certificate in a.pem is damaged: fetch the file anew")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAA!A\n-----END CERTIFICATE-----\n", "the certificate in a.pem is damaged: fetch the file anew")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n", "the certificate in a.pem is damaged: fetch the file anew")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----BEGIN CERTIFICATE-----\n", "certificate 1 of 2 in a.pem is damaged: fetch the file anew")]
    public void Cert_Damaged_IsAnError(string content, string message)
    {
        Pki.WritePair("a", "a.example");
        Pki.Write("a.pem", content);

        Error(Pair, $"'cert': {message}");
    }

    [Theory]
    [InlineData("", "a.key is empty")]
    [InlineData("hello", "a.key has no private key: a PEM file has a line that says -----BEGIN PRIVATE KEY-----")]
    [InlineData("0DER", "a.key is not PEM but DER: convert it, as with openssl pkey -inform der -in FILE")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAA!A\n-----END PRIVATE KEY-----\n", "the private key in a.key is damaged: fetch the file anew")]
    [InlineData(
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n",
        "the private key in a.key is damaged, or neither RSA nor ECDSA: make an ECDSA key on P-256, or RSA with 2048 bits")]
    [InlineData(
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n",
        "the key in a.key is encrypted, and Atlas asks nobody for a passphrase: write it without, as with openssl pkey -in FILE -out NEW, and chmod 600 NEW")]
    public void Key_Damaged_IsAnError(string content, string message)
    {
        Pki.WritePair("a", "a.example");
        Pki.Write("a.key", content);

        Error(Pair, $"'key': {message}");
    }

    [Fact]
    public void Key_Encrypted_IsAnError()
    {
        var leaf = Pki.WritePair("a", "a.example");
        Pki.Write("a.key", leaf.Key.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 10)));

        Pki.Texts(Pki.LoadListener(Pair).Errors).ShouldHaveSingleItem().ShouldStartWith("'key': the key in a.key is encrypted, and Atlas asks nobody");
    }

    [Fact]
    public void Key_TwoInAFile_IsAnError()
    {
        var leaf = Pki.WritePair("a", "a.example");
        Pki.Write("a.key", leaf.KeyPem + leaf.KeyPem);

        Error(Pair, "'key': a.key has 2 private keys: leave the one of the certificate");
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead, "its group")]
    [InlineData(UnixFileMode.GroupRead | UnixFileMode.OtherRead, "others")]
    [InlineData(UnixFileMode.OtherWrite, "others")]
    public void Key_ThatOthersMayRead_IsAWarningWithTheCommand(UnixFileMode more, string who)
    {
        var leaf = Pki.WritePair("a", "a.example");
        Pki.Write("a.key", leaf.KeyPem, UnixFileMode.UserRead | UnixFileMode.UserWrite | more);

        Warning(Pair, $"'key': a.key is open to {who}: chmod 600 FOLDER/a.key");
    }

    [Fact]
    public void Key_BehindALink_HasTheRightsOfTheFile()
    {
        var leaf = Pki.WritePair("a", "a.example");
        File.Delete(Path.Combine(Pki.Folder, "a.key"));
        Pki.Write("real.key", leaf.KeyPem);
        File.CreateSymbolicLink(Path.Combine(Pki.Folder, "a.key"), "real.key");

        Pki.LoadListener(Pair).Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void Chain_WithAsManyCertificatesAsTheMost_IsTakenAndOneMoreIsNot()
    {
        var chain = new List<IssuedCertificate> { TestPki.Authority() };
        while (chain.Count < TlsFiles.MaxChain - 1)
        {
            chain.Insert(0, TestPki.Authority($"CN=Level {chain.Count}", chain[0]));
        }

        var leaf = TestPki.Issue(new IssueOptions { Names = ["a.example"], Issuer = chain[0] });
        string all = leaf.CertPem + string.Concat(chain.Select(one => one.CertPem));
        Pki.Write("a.key", leaf.KeyPem);
        Pki.Write("a.pem", all);
        Warning(Pair);

        Pki.Write("a.pem", all + chain[^1].CertPem);
        Error(Pair, "'cert': a.pem has 11 certificates, and a chain has at most 10: it has the own one and those of the authorities above");
    }

    [Fact]
    public void File_AsLongAsTheMost_IsTakenAndOneMoreIsNot()
    {
        var leaf = Pki.WritePair("a", "a.example");
        string pem = File.ReadAllText(Path.Combine(Pki.Folder, "a.pem"));
        Pki.Write("a.pem", pem.PadRight(TlsFiles.MaxFileBytes, '\n'));
        Warning(Pair);

        Pki.Write("a.pem", pem.PadRight(TlsFiles.MaxFileBytes + 1, '\n'));
        Error(Pair, "'cert': FOLDER/a.pem has more than 1048576 bytes: name the file of one certificate");
    }

    [Fact]
    public void File_ThatIsADirectory_IsAnError()
    {
        Pki.WritePair("a", "a.example");

        Error("{ certificates: [{ cert: ., key: a.key }] }", $"'cert': {Pki.Folder} is a directory: name a file");
    }

    [Fact]
    public void Files_ChangedInAnyByte_AreReadOrRefusedAndThrowNothing()
    {
        var leaf = TestPki.Issue(new IssueOptions { Names = ["a.example", "192.0.2.1"], Usage = ClientAuth });
        Pki.Write("a.key", leaf.KeyPem);
        byte[] cert = leaf.Certificate.RawData;
        Change(cert, der => Pki.Write("a.pem", PemEncoding.WriteString("CERTIFICATE", der)), Pair);

        Pki.Write("b.pem", leaf.CertPem);
        Change(
            TestPki.Authority().Certificate.RawData,
            der => Pki.Write("ca.pem", PemEncoding.WriteString("CERTIFICATE", der)),
            "{ certificates: [{ cert: b.pem, key: a.key }], client_ca: ca.pem }");

        Pki.Write("a.pem", leaf.CertPem);
        Change(leaf.Key.ExportPkcs8PrivateKey(), der => Pki.Write("a.key", PemEncoding.WriteString("PRIVATE KEY", der)), Pair);
    }

    private void Change(byte[] der, Action<byte[]> write, string tls)
    {
        for (int i = 0; i < der.Length; i++)
        {
            byte[] changed = [.. der];
            changed[i] ^= (byte)(1 << (i % 8));
            write(changed);

            var loading = Pki.LoadListener(tls);

            (loading.Material is null).ShouldBe(loading.Errors.Count > 0, $"byte {i}");
        }
    }
}

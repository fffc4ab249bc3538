using System.Security.Cryptography;
using Atlas.Control.Tls;
using Atlas.Core.Tls;

namespace Atlas.Control.Tests.Tls;

/// <summary>What is said of files that are not as they should be.</summary>
public sealed class TlsFindingsTests : IDisposable
{
    private const string Pair = "{ certificates: [{ cert: a.pem, key: a.key }] }";
    private const string ClientAuth = "1.3.6.1.5.5.7.3.2";

    private readonly TestPki _pki = new();

    public void Dispose() => _pki.Dispose();

    [Fact]
    public void Key_OfAnotherCertificate_IsAnError()
    {
        _pki.WritePair("a", "a.example");
        _pki.Write("a.key", TestPki.Leaf("a.example").Leaf.KeyPem);

        Error(Pair, "'key': a.key is not the key of the certificate in a.pem: name the two files that were made together");
    }

    [Fact]
    public void Key_OfAnotherKind_IsAnError()
    {
        _pki.WritePair("a", "a.example");
        using var rsa = RSA.Create(2048);
        _pki.Write("a.key", rsa.ExportPkcs8PrivateKeyPem());

        Error(Pair, "'key': a.key is not the key of the certificate in a.pem: name the two files that were made together");
    }

    [Fact]
    public void Chain_WithTheOwnCertificateLast_SaysWhichToPutFirst()
    {
        var (leaf, root) = TestPki.Leaf("a.example");
        _pki.Write("a.pem", root.CertPem + leaf.CertPem);
        _pki.Write("a.key", leaf.KeyPem);

        _pki.Texts(_pki.LoadListener(Pair).Errors).ShouldBe(["'key': a.key is the key of certificate 2 of 2 in a.pem: put that one first"]);
    }

    [Fact]
    public void Files_Swapped_AreSaidToBe()
    {
        _pki.WritePair("a", "a.example");

        // The certificate may be open to all.
        _pki.Write("a.pem", File.ReadAllText(Path.Combine(_pki.Folder, "a.pem")), UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Error(
            "{ certificates: [{ cert: a.key, key: a.pem }] }",
            "'cert' and 'key' are swapped: a.key has the private key and a.pem the certificate");
        _pki.LoadListener("{ certificates: [{ cert: a.key, key: a.pem }] }").Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void Key_ThatIsACertificateOpenToAll_IsAnErrorWithoutAdviceOnRights()
    {
        _pki.WritePair("a", "a.example");
        _pki.Write("a.pem", File.ReadAllText(Path.Combine(_pki.Folder, "a.pem")), UnixFileMode.UserRead | UnixFileMode.OtherRead);

        _pki.LoadListener("{ certificates: [{ cert: a.pem, key: a.pem }] }").Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void Files_TheSameWithoutKey_AreSaidToBe()
    {
        _pki.WritePair("a", "a.example");

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
        _pki.WritePair("a", "a.example");
        _pki.Write("a.pem", content);

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
        _pki.WritePair("a", "a.example");
        _pki.Write("a.key", content);

        Error(Pair, $"'key': {message}");
    }

    [Fact]
    public void Key_Encrypted_IsAnError()
    {
        var leaf = _pki.WritePair("a", "a.example");
        _pki.Write("a.key", leaf.Key.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 10)));

        _pki.Texts(_pki.LoadListener(Pair).Errors).ShouldHaveSingleItem().ShouldStartWith("'key': the key in a.key is encrypted, and Atlas asks nobody");
    }

    [Fact]
    public void Key_TwoInAFile_IsAnError()
    {
        var leaf = _pki.WritePair("a", "a.example");
        _pki.Write("a.key", leaf.KeyPem + leaf.KeyPem);

        Error(Pair, "'key': a.key has 2 private keys: leave the one of the certificate");
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead, "its group")]
    [InlineData(UnixFileMode.GroupRead | UnixFileMode.OtherRead, "others")]
    [InlineData(UnixFileMode.OtherWrite, "others")]
    public void Key_ThatOthersMayRead_IsAWarningWithTheCommand(UnixFileMode more, string who)
    {
        var leaf = _pki.WritePair("a", "a.example");
        _pki.Write("a.key", leaf.KeyPem, UnixFileMode.UserRead | UnixFileMode.UserWrite | more);

        Warning(Pair, $"'key': a.key is open to {who}: chmod 600 FOLDER/a.key");
    }

    [Fact]
    public void Key_BehindALink_HasTheRightsOfTheFile()
    {
        var leaf = _pki.WritePair("a", "a.example");
        File.Delete(Path.Combine(_pki.Folder, "a.key"));
        _pki.Write("real.key", leaf.KeyPem);
        File.CreateSymbolicLink(Path.Combine(_pki.Folder, "a.key"), "real.key");

        _pki.LoadListener(Pair).Warnings.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(90, null)]
    [InlineData(91, "'cert': certificate 1 of 2 in a.pem (CN=leaf) expired on 2026-08-30 12:00 UTC: clients refuse it, so put a new one there")]
    [InlineData(-2, "'cert': certificate 1 of 2 in a.pem (CN=leaf) is not valid before 2026-05-31 12:00 UTC: clients refuse it, so put a new one there")]
    public void Certificate_OutOfItsTime_IsAWarningAndServed(int days, string? warning)
    {
        var root = TestPki.Issue(new IssueOptions
        {
            Subject = "CN=Old Root", IsAuthority = true, NotBefore = IssueOptions.Now.AddYears(-1), NotAfter = IssueOptions.Now.AddYears(1),
        });
        var leaf = TestPki.Issue(new IssueOptions { Subject = "CN=leaf", Names = ["a.example"], Issuer = root });
        _pki.Write("a.pem", leaf.CertPem + root.CertPem);
        _pki.Write("a.key", leaf.KeyPem);
        _pki.Now = IssueOptions.Now.AddDays(days);

        var loading = _pki.LoadListener(Pair);

        loading.Material.ShouldNotBeNull();
        _pki.Texts(loading.Warnings).ShouldBe(warning is null ? [] : [warning]);
    }

    [Theory]
    [InlineData(false, false, "; unless it is a root that clients know, append its certificate")]
    [InlineData(false, true, "; unless it is a root that servers know, append its certificate")]
    [InlineData(true, false, "; whoever does not know it, refuses the certificate, so append the issuer's")]
    public void Chain_WithoutTheIssuer_IsAWarningOfAPublicAuthorityAndElseANote(bool isLogged, bool isOfPool, string advice)
    {
        var root = TestPki.Authority();
        var between = TestPki.Authority("CN=Between", root);
        var leaf = TestPki.Issue(new IssueOptions { Subject = "CN=leaf", Names = ["a.example"], Issuer = between, IsLogged = isLogged });
        _pki.Write("a.pem", leaf.CertPem);
        _pki.Write("a.key", leaf.KeyPem);

        var loading = isOfPool ? _pki.LoadPool("{ cert: a.pem, key: a.key }") : _pki.LoadListener(Pair);

        string text = "'cert': a.pem ends before a root: CN=Between is neither in it nor known to this system" + advice;
        _pki.Texts(loading.Warnings).ShouldBe(isLogged ? [text] : []);
        _pki.Texts(loading.Notes).ShouldBe(isLogged ? [] : [text]);
    }

    // 90 days: 14 are too little. 9 days: 3 are.
    [Theory]
    [InlineData(90, 14, 0, null)]
    [InlineData(90, 14, 1, "expires in 14 days, on 2026-08-30 12:00 UTC: renew it")]
    [InlineData(9, 3, 0, null)]
    [InlineData(9, 3, 1, "expires in 3 days, on 2026-06-10 12:00 UTC: renew it")]
    public void Certificate_NearItsEnd_IsSaidToBeWithItsDate(int days, int left, int seconds, string? text)
    {
        var whole = new IssueOptions { NotBefore = IssueOptions.Now, NotAfter = IssueOptions.Now.AddDays(days) };
        var leaf = TestPki.Issue(whole with { Names = ["a.example"] });
        _pki.Write("a.pem", leaf.CertPem);
        _pki.Write("a.key", leaf.KeyPem);
        _pki.Write("ca.pem", TestPki.Issue(whole with { Subject = "CN=ca", IsAuthority = true }).CertPem);
        _pki.Now = IssueOptions.Now.AddDays(days - left).AddSeconds(seconds);

        var loading = _pki.LoadListener("{ certificates: [{ cert: a.pem, key: a.key }], client_ca: ca.pem }");

        _pki.Texts(loading.Ending).ShouldBe(
            text is null ? [] : [$"'cert': a.pem {text}", $"'client_ca': certificate 1 of 1 in ca.pem (CN=ca) {text}"]);
        loading.Warnings.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("[ECDHE-RSA-AES128-GCM-SHA256]", "ECDSA")]
    [InlineData("[ECDHE-RSA-AES128-GCM-SHA256, ECDHE-ECDSA-AES128-GCM-SHA256]", null)]
    public void Ciphers_ForNoKeyOfACertificate_AreAWarning(string ciphers, string? kind)
    {
        _pki.WritePair("a", "a.example");

        Warning(
            $"{{ certificates: [{{ cert: a.pem, key: a.key }}], ciphers: {ciphers} }}",
            kind is null ? [] : [TextOfCiphers(kind, "a.example")]);
    }

    [Theory]
    [InlineData("a.example", "ECDHE-RSA-AES128-GCM-SHA256", null)]
    [InlineData("b.example", "ECDHE-RSA-AES128-GCM-SHA256", "a.example")]
    [InlineData("b.example", "ECDHE-ECDSA-AES128-GCM-SHA256", "b.example")]
    public void Ciphers_ForOneOfTwoKeys_AreAWarningUnlessTheOtherHasAllNames(string ofRsa, string cipher, string? missed)
    {
        _pki.WritePair("a", "a.example");
        _pki.WritePair("b", new IssueOptions { Names = [ofRsa], Key = () => RSA.Create(2048) });

        Warning(
            $"{{ certificates: [{{ cert: a.pem, key: a.key }}, {{ cert: b.pem, key: b.key }}], ciphers: {cipher} }}",
            missed is null ? [] : [TextOfCiphers(missed == "a.example" ? "ECDSA" : "RSA", missed)]);
    }

    [Fact]
    public void Certificate_OfAPoolOutOfItsTime_IsRefusedByServers()
    {
        _pki.WritePair("a", new IssueOptions { NotAfter = IssueOptions.Now.AddHours(-1) });

        _pki.Texts(_pki.LoadPool("{ cert: a.pem, key: a.key }").Warnings).ShouldBe(
            ["'cert': certificate 1 of 2 in a.pem (CN=leaf) expired on 2026-06-01 11:00 UTC: servers refuse it, so put a new one there"]);
    }

    [Fact]
    public void Chain_OutOfOrder_IsAWarning()
    {
        var root = TestPki.Authority();
        var between = TestPki.Authority("CN=Between", root);
        var leaf = TestPki.Issue(new IssueOptions { Subject = "CN=leaf", Names = ["a.example"], Issuer = between });
        _pki.Write("a.pem", leaf.CertPem + root.CertPem + between.CertPem);
        _pki.Write("a.key", leaf.KeyPem);

        const string why = "has not signed the one before it: some clients need the order own certificate, its issuer, the issuer's issuer";
        Warning(Pair, $"'cert': certificate 2 of 3 in a.pem (CN=Test Root) {why}", $"'cert': certificate 3 of 3 in a.pem (CN=Between) {why}");
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
        _pki.Write("a.key", leaf.KeyPem);
        _pki.Write("a.pem", all);
        Warning(Pair);

        _pki.Write("a.pem", all + chain[^1].CertPem);
        Error(Pair, "'cert': a.pem has 11 certificates, and a chain has at most 10: it has the own one and those of the authorities above");
    }

    [Fact]
    public void File_AsLongAsTheMost_IsTakenAndOneMoreIsNot()
    {
        var leaf = _pki.WritePair("a", "a.example");
        string pem = File.ReadAllText(Path.Combine(_pki.Folder, "a.pem"));
        _pki.Write("a.pem", pem.PadRight(TlsFiles.MaxFileBytes, '\n'));
        Warning(Pair);

        _pki.Write("a.pem", pem.PadRight(TlsFiles.MaxFileBytes + 1, '\n'));
        Error(Pair, "'cert': FOLDER/a.pem has more than 1048576 bytes: name the file of one certificate");
    }

    [Fact]
    public void File_ThatIsADirectory_IsAnError()
    {
        _pki.WritePair("a", "a.example");

        Error("{ certificates: [{ cert: ., key: a.key }] }", $"'cert': {_pki.Folder} is a directory: name a file");
    }

    [Theory]
    [InlineData(2040, "has an RSA key of 2040 bits, and at least 2048 are needed: make a new key")]
    [InlineData(2048, null)]
    public void Certificate_WithARsaKey_NeedsEnoughBits(int bits, string? error)
    {
        var leaf = TestPki.Issue(new IssueOptions { Names = ["a.example"], Key = () => RSA.Create(bits) });
        _pki.Write("a.pem", leaf.CertPem);
        _pki.Write("a.key", leaf.KeyPem);

        _pki.Texts(_pki.LoadListener(Pair).Errors).ShouldBe(error is null ? [] : [$"'cert': a.pem {error}"]);
    }

    [Fact]
    public void Certificate_OnACurveOfNoClient_IsAnError()
    {
        var leaf = TestPki.Issue(new IssueOptions { Names = ["a.example"], Key = () => ECDsa.Create(ECCurve.CreateFromFriendlyName("secp256k1")) });
        _pki.Write("a.pem", leaf.CertPem);
        _pki.Write("a.key", leaf.KeyPem);

        Error(Pair, "'cert': a.pem has a key on a curve that clients do not take: use P-256, P-384 or P-521");
    }

    [Fact]
    public void Certificate_SignedWithSha1_IsAnErrorUnlessARoot()
    {
        var root = TestPki.Issue(new IssueOptions { Subject = "CN=Old", IsAuthority = true, IsSignedWithSha1 = true, Key = () => RSA.Create(2048) });
        var leaf = TestPki.Issue(new IssueOptions { Names = ["a.example"], Issuer = root, IsSignedWithSha1 = true });
        _pki.Write("a.pem", leaf.CertPem + root.CertPem);
        _pki.Write("a.key", leaf.KeyPem);

        Error(Pair, "'cert': certificate 1 of 2 in a.pem (CN=test) is signed with SHA-1 or MD5, which clients refuse: have it signed with SHA-256");
    }

    [Fact]
    public void Files_ChangedInAnyByte_AreReadOrRefusedAndThrowNothing()
    {
        var leaf = TestPki.Issue(new IssueOptions { Names = ["a.example", "192.0.2.1"], Usage = ClientAuth });
        _pki.Write("a.key", leaf.KeyPem);
        byte[] cert = leaf.Certificate.RawData;
        Change(cert, der => _pki.Write("a.pem", PemEncoding.WriteString("CERTIFICATE", der)), Pair);

        _pki.Write("b.pem", leaf.CertPem);
        Change(
            TestPki.Authority().Certificate.RawData,
            der => _pki.Write("ca.pem", PemEncoding.WriteString("CERTIFICATE", der)),
            "{ certificates: [{ cert: b.pem, key: a.key }], client_ca: ca.pem }");

        _pki.Write("a.pem", leaf.CertPem);
        Change(leaf.Key.ExportPkcs8PrivateKey(), der => _pki.Write("a.key", PemEncoding.WriteString("PRIVATE KEY", der)), Pair);
    }

    [Fact]
    public void Certificate_WithoutNames_IsAWarning()
    {
        _pki.WritePair("a");

        Warning(Pair, "'cert': a.pem is for no name (subjectAltName; the common name counts for nothing): clients refuse it");
    }

    [Fact]
    public void Certificate_ForClientsAlone_IsAWarningOfAListener()
    {
        var leaf = TestPki.Issue(new IssueOptions { Names = ["a.example"], Usage = ClientAuth });
        _pki.Write("a.pem", leaf.CertPem);
        _pki.Write("a.key", leaf.KeyPem);

        Warning(Pair, "'cert': a.pem is for clientAuth or other things but not serverAuth (extended key usage): clients refuse it");
        _pki.LoadPool("{ cert: a.pem, key: a.key }").Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void ClientCa_WithWhatIsNoAuthority_IsAWarning()
    {
        _pki.WritePair("a", "a.example");
        var expired = TestPki.Issue(new IssueOptions { Subject = "CN=Gone", IsAuthority = true, NotAfter = IssueOptions.Now.AddHours(-1) });
        _pki.Write("ca.pem", TestPki.Leaf("b.example").Leaf.CertPem + expired.CertPem);

        Warning(
            "{ certificates: [{ cert: a.pem, key: a.key }], client_ca: ca.pem }",
            "'client_ca': certificate 1 of 2 in ca.pem (CN=leaf) is no authority's, so that nothing it signed is believed: 'client_ca' is for "
                + "the authority that signed the certificates of clients; of this one that is CN=Test Root",
            "'client_ca': certificate 2 of 2 in ca.pem (CN=Gone) expired on 2026-06-01 11:00 UTC: nothing it signed is believed");
    }

    [Theory]
    [InlineData(-1, true, false)]
    [InlineData(1, true, false)]
    [InlineData(-1, false, true)]
    [InlineData(1, false, true)]
    public void Ca_WithARenewalBesideIt_IsAWarningOnlyIfTheKeyIsAnother(int endsInDays, bool sameKey, bool isSaid)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var old = new IssueOptions
        {
            IsAuthority = true, Key = () => key, NotBefore = IssueOptions.Now.AddDays(-90), NotAfter = IssueOptions.Now.AddDays(endsInDays),
        };
        var renewal = new IssueOptions { IsAuthority = true, Key = sameKey ? () => key : new IssueOptions().Key };
        _pki.Write("ca.pem", TestPki.Issue(old).CertPem + TestPki.Issue(renewal).CertPem);

        var loading = _pki.LoadPool("{ ca: ca.pem }");

        (loading.Warnings.Count + loading.Ending.Count).ShouldBe(isSaid ? 1 : 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Ca_WithABundle_IsAWarningOnlyIfNoneIsValid(bool areAllExpired)
    {
        var own = new IssueOptions { IsAuthority = true, NotBefore = IssueOptions.Now.AddDays(-9), NotAfter = IssueOptions.Now.AddDays(-1) };
        var pem = Enumerable.Range(0, AuthorityMaterial.MaxOwn + 1).Select(i => TestPki.Issue(own with
        {
            Subject = $"CN=Root {i}", NotAfter = i < 2 || areAllExpired ? own.NotAfter : IssueOptions.Now.AddYears(1),
        }).CertPem);
        _pki.Write("ca.pem", string.Concat(pem));

        var loading = _pki.LoadPool("{ ca: ca.pem }");

        string[] all = ["'ca': none of the 51 certificates in ca.pem is valid: nothing they signed is believed"];
        string[] some =
        [
            "'ca': 2 of 51 certificates in ca.pem are not valid, and nothing they signed is believed; the first is CN=Root 0, which expired on "
                + "2026-05-31 12:00 UTC",
        ];
        _pki.Texts(loading.Warnings).ShouldBe(areAllExpired ? all : []);
        _pki.Texts(loading.Notes).ShouldBe(areAllExpired ? [] : some);
        loading.Ending.ShouldBeEmpty();
    }

    [Fact]
    public void Ca_WithTheCertificateOfAServerThatSignedItself_IsANote()
    {
        _pki.Write("ca.pem", TestPki.Issue(new IssueOptions { Subject = "CN=own" }).CertPem);

        var loading = _pki.LoadPool("{ ca: ca.pem }");

        loading.Warnings.ShouldBeEmpty();
        _pki.Texts(loading.Notes).ShouldBe(
            ["'ca': certificate 1 of 1 in ca.pem (CN=own) is no authority's: it signed itself, and is all that it lets in"]);
    }

    [Theory]
    [InlineData("servers", "ca")]
    [InlineData("clients", "client_ca")]
    public void Ca_WithAPrivateKey_SaysWhatBelongsThere(string whose, string key)
    {
        var leaf = _pki.WritePair("a", "a.example");
        _pki.Write("ca.pem", leaf.KeyPem);

        var loading = key == "ca" ? _pki.LoadPool("{ ca: ca.pem }") : _pki.LoadListener("{ certificates: [{ cert: a.pem, key: a.key }], client_ca: ca.pem }");

        _pki.Texts(loading.Errors).ShouldBe(
        [
            $"'{key}': ca.pem has a private key and no certificate: name the file of the certificates of the authority that signed those of {whose}",
        ]);
    }

    [Fact]
    public void Ca_WithoutCertificate_IsAnError()
    {
        _pki.Write("ca.pem", "nothing");

        _pki.Texts(_pki.LoadPool("{ ca: ca.pem }").Errors).ShouldBe(
            ["'ca': ca.pem has no certificate: a PEM file has lines that say -----BEGIN CERTIFICATE-----"]);
    }

    private static string TextOfCiphers(string kind, string name) =>
        $"'ciphers': none is for a key of {kind}, as the certificate of {name} has, so that clients with TLS 1.2 are refused there: add one whose name "
            + $"begins with ECDHE-{kind}, or write min_version: \"1.3\"";

    private void Change(byte[] der, Action<byte[]> write, string tls)
    {
        for (int i = 0; i < der.Length; i++)
        {
            byte[] changed = [.. der];
            changed[i] ^= (byte)(1 << (i % 8));
            write(changed);

            var loading = _pki.LoadListener(tls);

            (loading.Material is null).ShouldBe(loading.Errors.Count > 0, $"byte {i}");
        }
    }

    private void Error(string tls, params string[] expected)
    {
        var loading = _pki.LoadListener(tls);

        _pki.Texts(loading.Errors).ShouldBe(expected);
        loading.Missing.ShouldBeEmpty();
        loading.Material.ShouldBeNull();
    }

    private void Warning(string tls, params string[] expected)
    {
        var loading = _pki.LoadListener(tls);

        loading.Errors.ShouldBeEmpty();
        _pki.Texts(loading.Warnings).ShouldBe(expected);
        loading.Material.ShouldNotBeNull();
    }
}

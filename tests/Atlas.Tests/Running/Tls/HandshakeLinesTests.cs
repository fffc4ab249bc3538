using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Atlas.Engine.Tls;
using Atlas.Running.Tls;
using Microsoft.Extensions.Time.Testing;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Tests.Running.Tls;

public sealed class HandshakeLinesTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _lines = [];
    private readonly HandshakeLines _handshakes;

    public HandshakeLinesTests() => _handshakes = new HandshakeLines(_lines.Add, _time);

    public void Dispose() => _handshakes.Dispose();

    [Fact]
    public void Failure_OfAClient_HasALineWithAddressAndReason()
    {
        _handshakes.HandshakeFailed("secure", Client(7), "unknown_name", "no certificate for the name \"x\"", refused: null);
        _handshakes.HandshakeFailed("secure", SocketAddress.OfUnixPath("/x"), "protocol", "", refused: null);

        _lines.ShouldBe(
        [
            "listener secure: TLS handshake with 10.0.0.7 failed (unknown_name): no certificate for the name \"x\"",
            "listener secure: TLS handshake with unix failed (protocol)",
        ]);
    }

    [Fact]
    public void Failure_OfACertificate_HasItsFingerprintThenTheNames()
    {
        byte[] own = Certificate("CN=alice");
        byte[] issuer = Certificate("CN=Corp CA");
        _handshakes.HandshakeFailed("secure", Client(7), "certificate_invalid", "x", new TlsRefusedCertificate(own, faultDer: null));
        _handshakes.HandshakeFailed("secure", Client(8), "certificate_invalid", "x", new TlsRefusedCertificate(own, issuer));

        string shown = $"it showed SHA-256 {Convert.ToHexStringLower(SHA256.HashData(own))}";
        _lines.ShouldBe(
        [
            $"listener secure: TLS handshake with 10.0.0.7 failed (certificate_invalid): x; {shown}, subject \"CN=alice\"",
            $"listener secure: TLS handshake with 10.0.0.8 failed (certificate_invalid): x; {shown}, issuer \"CN=Corp CA\", subject \"CN=alice\"",
        ]);
    }

    [Fact]
    public void Failures_ThatAreAlike_HaveOneLineAPeriodAndACount()
    {
        for (int i = 0; i < 5; i++)
        {
            // The port of a client is another one each time.
            _handshakes.HandshakeFailed("secure", Client(7, port: 1000 + i), "protocol", "x", refused: null);
        }

        _lines.Count.ShouldBe(1);
        _time.Advance(HandshakeLines.Period);
        _lines[1..].ShouldBe(
            ["listener secure: 4 more TLS handshakes failed (protocol) within 10 s without a line of their own"]);

        _handshakes.HandshakeFailed("secure", Client(7), "protocol", "x", refused: null);
        _lines.Count.ShouldBe(3);
        _time.Advance(HandshakeLines.Period);
        _lines.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData("other", 1, "protocol")]
    [InlineData("secure", 2, "protocol")]
    [InlineData("secure", 1, "closed")]
    public void Failures_ThatDifferInAnything_HaveALineEach(string listener, byte client, string result)
    {
        _handshakes.HandshakeFailed("secure", Client(1), "protocol", "x", refused: null);

        _handshakes.HandshakeFailed(listener, Client(client), result, "x", refused: null);

        _lines.Count.ShouldBe(2);
    }

    // The detail is the client's choice: who asks for made-up names has one line, and others theirs.
    [Fact]
    public void Failures_OfAClientWithEverOtherDetails_HaveOneLine()
    {
        for (int i = 0; i < 100; i++)
        {
            _handshakes.HandshakeFailed("secure", Client(1), "unknown_name", $"{i}.example", refused: null);
        }

        _lines.Count.ShouldBe(1);
        _handshakes.HandshakeFailed("secure", Client(2), "unknown_name", "x.example", refused: null);
        _lines.Count.ShouldBe(2);
    }

    [Fact]
    public void Failures_PastTheBound_AreCounted()
    {
        for (byte i = 0; i <= HandshakeLines.MaxLines; i++)
        {
            _handshakes.HandshakeFailed("secure", Client(i), "protocol", "x", refused: null);
        }

        _lines.Count.ShouldBe(HandshakeLines.MaxLines);
        _time.Advance(HandshakeLines.Period);
        _lines[^1].ShouldStartWith("listener secure: 1 more TLS handshake failed (protocol) within 10 s");
    }

    [Fact]
    public void Failures_LeftOut_AreCountedByListenerAndReasonTheMostFirst()
    {
        for (int i = 0; i < 3; i++)
        {
            _handshakes.HandshakeFailed("a", Client(1), "closed", "x", refused: null);
            _handshakes.HandshakeFailed("b", Client(1), "closed", "x", refused: null);
            _handshakes.HandshakeFailed("b", Client(1), "protocol", "x", refused: null);
        }

        _handshakes.HandshakeFailed("b", Client(1), "protocol", "x", refused: null);
        _lines.Clear();
        _time.Advance(HandshakeLines.Period);

        _lines.ShouldBe(
        [
            "listener b: 3 more TLS handshakes failed (protocol) within 10 s without a line of their own",
            "listener a: 2 more TLS handshakes failed (closed) within 10 s without a line of their own",
            "listener b: 2 more TLS handshakes failed (closed) within 10 s without a line of their own",
        ]);
    }

    [Fact]
    public void Failures_LeftOutAtMoreListenersThanLines_HaveOneForTheRest()
    {
        for (int i = 0; i < 2 * (HandshakeLines.MaxLines + 2); i++)
        {
            _handshakes.HandshakeFailed($"l{i / 2}", Client(1), "protocol", "x", refused: null);
        }

        _lines.Clear();
        _time.Advance(HandshakeLines.Period);

        _lines.Count.ShouldBe(HandshakeLines.MaxLines + 1);
        _lines[^1].ShouldBe("other listeners and reasons: 2 more TLS handshakes failed within 10 s; atlas_tls_handshakes_total counts all");
    }

    private static SocketAddress Client(byte last, int port = 1) => SocketAddress.OfIp(new IPAddress([10, 0, 0, last]), port);

    private static byte[] Certificate(string subject)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 certificate = new CertificateRequest(subject, key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1));
        return certificate.RawData;
    }
}

using System.Text;
using System.Text.Json;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Logging;
using CsCheck;

namespace Atlas.Proxy.Tests.Logging;

public sealed class JsonLineTests
{
    [Fact]
    public void Write_TypicalRecord_GivesTheLine() =>
        Encoding.UTF8.GetString(Records.Json(Records.Typical())).ShouldBe(
            """
            {"time":"2024-02-29T12:34:56.007Z","client_ip":"192.0.2.7","client_port":50123,
            "listener":"web","route":"","pool":"api","server":"b",
            "method":"GET","host":"example.com","path":"/a/b","query":"x=1",
            "version":"HTTP/1.1","status":502,"grpc_status":"","flag":"UR","end":"upstream_reset","detail":"","attempts":2,"failed_tries":"a=CF","reused_upstream":true,
            "bytes_received":120,"bytes_sent":345,"body_received":0,"body_sent":45,
            "request_id":"0123456789abcdef0123456789abcdef","user_agent":"curl/8.5","referer":"https://example.com/",
            "tls_version":"TLSv1.3","tls_cipher":"TLS_AES_128_GCM_SHA256","sni":"example.com","alpn":"http/1.1","tls_resumed":true,
            "client_cert_verify":"SUCCESS","client_cert_subject":"CN=a",
            "timers":{"Th":0,"Ti":12,"TR":1,"Tw":0,"Tc":3,"Tr":-1,"Td":-1,"Ta":9}}
            """.Replace("\n", "") + "\n");

    [Theory]
    [InlineData(-1, "")]
    [InlineData(0, "0")]
    [InlineData(14, "14")]
    public void Write_StatusOfACall_IsATextThatMayBeEmpty(int status, string text) =>
        Encoding.UTF8.GetString(Records.Json(new AccessRecord { GrpcStatus = status })).ShouldContain($"\"grpc_status\":\"{text}\",");

    [Fact]
    public void Write_ConnectionThatMovedOn_GivesTheLine() =>
        Encoding.UTF8.GetString(Records.Json(new StreamRecord
        {
            UnixMs = 1_709_210_096_007,
            Protocol = "tcp"u8,
            ClientIp = "192.0.2.7"u8,
            ClientPort = 50_123,
            Listener = "database"u8,
            Pool = "postgres"u8,
            Server = "c"u8,
            Error = ProxyError.UpstreamTruncated,
            EndedFirst = "server"u8,
            Attempts = 3,
            FailedTries = "a=CF b=CT"u8,
            BytesReceived = 120,
            ConnectMs = 3,
            DurationMs = 9,
        })).ShouldBe(
            """
            {"time":"2024-02-29T12:34:56.007Z","protocol":"tcp","client_ip":"192.0.2.7","client_port":50123,"listener":"database",
            "pool":"postgres","server":"c","tls_version":"","tls_cipher":"","sni":"","alpn":"","tls_resumed":false,
            "client_cert_verify":"","client_cert_subject":"","flag":"UX","end":"upstream_truncated","ended_first":"server","detail":"","attempts":3,
            "failed_tries":"a=CF b=CT","bytes_received":120,"bytes_sent":0,"timers":{"Tw":0,"Tc":3,"Tt":9}}
            """.Replace("\n", "") + "\n");

    [Fact]
    public void Write_LongestConnection_StaysWithinTheBound()
    {
        byte[] text = new byte[100_000];
        var record = new StreamRecord
        {
            UnixMs = long.MaxValue,
            Protocol = text,
            ClientIp = text,
            ClientPort = int.MinValue,
            Listener = text,
            Pool = text,
            Server = text,
            Tls = Records.TlsOf(text),
            Error = ProxyError.UpstreamTruncated,
            EndedFirst = text,
            Detail = text,
            Attempts = int.MinValue,
            FailedTries = text,
            BytesReceived = long.MinValue,
            BytesSent = long.MinValue,
            QueueMs = int.MinValue,
            ConnectMs = int.MinValue,
            DurationMs = long.MinValue,
        };

        JsonDocument.Parse(Records.Json(record)).Dispose();
    }

    [Theory]
    [InlineData("a\"b\\c", @"a\""b\\c")]
    [InlineData("a\r\nb\0", @"a\u000D\u000Ab\u0000")]
    [InlineData("\u007f\u001b[31m\u0085\u2028", @"\u007F\u001B[31m\u0085\u2028")]
    [InlineData("grüße 😀", "grüße 😀")]
    public void Write_SpecialCharacters_EscapesThem(string text, string expected) =>
        Encoding.UTF8.GetString(Records.Json(Records.Filled(Encoding.UTF8.GetBytes(text), "/"u8)))
            .ShouldContain($"\"user_agent\":\"{expected}\"");

    [Fact]
    public void Write_InvalidUtf8_GivesReplacementCharacters() =>
        Encoding.UTF8.GetString(Records.Json(Records.Filled([(byte)'a', 0xFF, 0xC0, 0x80, (byte)'b', 0xE2, 0x82], "/"u8)))
            .ShouldContain("\"user_agent\":\"a\\ufffd\\ufffd\\ufffdb\\ufffd\"");

    [Fact]
    public void Write_AnyBytes_ParsesToTheSameValues() =>
        Gen.Byte.Array[0, 100].Sample(bytes =>
        {
            byte[] line = Records.Json(Records.Filled(bytes, bytes));

            line.AsSpan().IndexOfAnyInRange((byte)0, (byte)0x1F).ShouldBe(line.Length - 1);
            using JsonDocument json = JsonDocument.Parse(line);
            string expected = Encoding.UTF8.GetString(bytes);
            foreach (string key in (string[])["client_ip", "listener", "route", "pool", "server", "method", "host", "path", "query",
                "version", "request_id", "user_agent", "referer",
                "tls_version", "tls_cipher", "sni", "alpn", "client_cert_verify", "client_cert_subject"])
            {
                json.RootElement.GetProperty(key).GetString().ShouldBe(expected);
            }

            json.RootElement.GetProperty("bytes_sent").GetInt64().ShouldBe(long.MinValue);
        });

    [Fact]
    public void Write_LongestRecord_StaysWithinTheBound()
    {
        foreach (byte worst in (byte[])[0, 0xFF, (byte)'"', (byte)'a'])
        {
            byte[] text = new byte[100_000];
            Array.Fill(text, worst);
            AccessRecord record = Records.Filled(text, text);

            LineBounds.Of(record).ShouldBeLessThanOrEqualTo(AccessLog.MaxLineBytes);
            JsonDocument.Parse(Records.Json(record)).Dispose();
            Records.Combined(record).Length.ShouldBeLessThan(AccessLog.MaxLineBytes);
        }
    }

    [Theory]
    [InlineData(2048, false)]
    [InlineData(2049, true)]
    public void Write_LongPath_IsCutWithAMark(int length, bool isCut)
    {
        byte[] path = new byte[length];
        Array.Fill(path, (byte)'p');

        string text = Encoding.UTF8.GetString(Records.Json(Records.Filled("x"u8, path)));

        text.ShouldContain($"\"path\":\"{new string('p', 2048)}{(isCut ? "…" : "")}\"");
    }

    [Fact]
    public void Write_CutWithinACharacter_LeavesTheCharacterOut()
    {
        string path = new string('p', 2046) + "€€";

        string text = Encoding.UTF8.GetString(Records.Json(Records.Filled("x"u8, Encoding.UTF8.GetBytes(path))));

        text.ShouldContain($"\"path\":\"{new string('p', 2046)}…\"");
    }

    [Fact]
    public void Flag_EveryError_HasFlagAndWord()
    {
        foreach (ProxyError error in Enum.GetValues<ProxyError>())
        {
            Encoding.ASCII.GetString(EndReasons.Flag(error)).ShouldBe(error.Flag());
            EndReasons.Word(error).IndexOfAnyExcept("abcdefghijklmnopqrstuvwxyz_"u8).ShouldBe(-1);
        }

        Encoding.ASCII.GetString(EndReasons.Word(ProxyError.None)).ShouldBe("completed");
        Encoding.ASCII.GetString(EndReasons.Word((ProxyError)255)).ShouldBe("unknown");
    }
}

using System.Diagnostics;
using Atlas.Integration.Tests.Wire;

namespace Atlas.Integration.Tests.Clients;

/// <summary>A client that others wrote.</summary>
public sealed class CurlTests
{
    [Fact]
    public async Task Curl_TwoRequests_UsesOneConnection()
    {
        await using var server = new RecordingServer();
        await using var atlas = new RunningAtlas(server);

        string text = await CurlAsync("", "--write-out", " %{num_connects} %{http_version}\n", $"{atlas.Url}/1", $"{atlas.Url}/2");

        text.ShouldBe("A 1 1.1\nA 0 1.1\n");
    }

    [Theory]
    [InlineData("--http1.1")]
    [InlineData("--http1.0")]
    public async Task Curl_Upload_ComesBack(string version)
    {
        string body = new('x', 300_000);
        await using var server = new RecordingServer(async (self, connection) =>
        {
            while (await self.ReadRequestAsync(connection) is { } request)
            {
                await connection.SendAsync($"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{request.Body.Length:x}\r\n{request.Body}\r\n0\r\n\r\n");
            }
        });
        await using var atlas = new RunningAtlas(server);

        // Without an Expect field curl sends the body at once, with one it waits a second for the 100 of a server that sends none.
        string text = await CurlAsync(body, version, "--data-binary", "@-", "--header", "Expect:", atlas.Url);

        (text == body).ShouldBeTrue();
    }

    [Fact]
    public async Task Curl_ChunkedUpload_ComesBack()
    {
        await using var server = new RecordingServer(async (self, connection) =>
        {
            while (await self.ReadRequestAsync(connection) is { } request)
            {
                await connection.SendAsync(RecordingServer.Response(request.Body));
            }
        });
        await using var atlas = new RunningAtlas(server);

        string text = await CurlAsync("hello", "--http1.1", "--upload-file", "-", "--header", "Expect:", $"{atlas.Url}/file");

        text.ShouldBe("hello");
        server.Requests.Single()["transfer-encoding"].ShouldBe("chunked");
    }

    private static async Task<string> CurlAsync(string input, params string[] arguments)
    {
        using var curl = new Process();
        curl.StartInfo = new ProcessStartInfo("curl", ["--silent", "--show-error", "--max-time", "30", .. arguments])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        curl.Start();
        Task<string> output = curl.StandardOutput.ReadToEndAsync();
        Task<string> errors = curl.StandardError.ReadToEndAsync();
        await curl.StandardInput.WriteAsync(input);
        curl.StandardInput.Close();
        await curl.WaitForExitAsync();
        curl.ExitCode.ShouldBe(0, await errors);
        return await output;
    }
}

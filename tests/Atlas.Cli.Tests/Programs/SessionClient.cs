using System.Net;

namespace Atlas.Cli.Tests.Programs;

/// <summary>A user of a <see cref="SessionApp"/>, who keeps the cookie that they get.</summary>
public sealed class SessionClient(string address) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false })
    {
        BaseAddress = new Uri($"http://{address}"),
        Timeout = RunningProgram.Limit,
    };

    /// <summary>The value of the cookie; null: none.</summary>
    public string? Cookie { get; set; }

    /// <summary>Asks, with this status expected, and says what the application got.</summary>
    public async Task<SessionView> AskAsync(string path, HttpStatusCode status = HttpStatusCode.OK)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (Cookie is not null)
        {
            request.Headers.Add("Cookie", $"sid={Cookie}");
        }

        using HttpResponseMessage response = await _http.SendAsync(request);
        string body = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(status, body);
        if (response.Headers.TryGetValues("Set-Cookie", out IEnumerable<string>? set))
        {
            string value = set.Single()["sid=".Length..].Split(';')[0];
            Cookie = value.Length > 0 ? value : null;
        }

        string[] parts = body.Split(' ');
        return parts.Length == 3 && status == HttpStatusCode.OK ? new SessionView(parts[0], parts[1], parts[2]) : new SessionView("", "", body);
    }

    public void Dispose() => _http.Dispose();
}
